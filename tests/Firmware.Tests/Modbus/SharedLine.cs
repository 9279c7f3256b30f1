using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Hardware;

namespace MeterFirmware.Firmware.Tests.Modbus;

/// <summary>The master's end of a line with several units: all hear what it says, and it hears all of them.</summary>
public sealed class SharedLine : ISerialLine
{
    private readonly ScriptedLine[] _units;

    public SharedLine(ScriptedLine[] units)
    {
        _units = units;
    }

    public BusFault LastFault => BusFault.None;

    public bool TryConfigure(int baud, int parity) => true;

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        received = 0;
        for (int i = 0; i < _units.Length && received < count; i++)
        {
            _units[i].TryRead(buffer, offset + received, count - received, out int more);
            received += more;
        }

        return true;
    }

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        for (int i = 0; i < _units.Length; i++)
        {
            _units[i].TryWrite(buffer, offset, count);
        }

        return true;
    }
}
