using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;

namespace MeterFirmware.Drivers.Tests.Sensors;

/// <summary>An SDM120 (Eastron's protocol description, input registers as floats) at the other end of a line: the
/// firmware's server over registers that a test sets.</summary>
internal sealed class ModbusMeterBench : IModbusMap
{
    /// <summary>As firmware/Modbus/Meters/sdm120.txt has them.</summary>
    public const string DataFile = "name sdm120\nline 2400 none\nphases 1\nfunction 4\nread 0x0000 80\n"
        + "voltage 1 0x0000 f32 1 V\ncurrent 1 0x0006 f32 1 A\nactive 1 0x000C f32 1 W\nactive 0 0x000C f32 1 W\n"
        + "frequency 0 0x0046 f32 1 Hz\nimport 0 0x0048 f32 1 kWh\nexport 0 0x004A f32 1 kWh\n";

    private readonly int[] _registers = new int[80];
    private readonly ModbusServer _server;

    public ModbusMeterBench(int unit)
    {
        PairedLine line = new PairedLine();
        Line = line;
        ModbusSettings settings = new ModbusSettings { Unit = unit, Baud = 2400, Framing = ModbusFraming.Rtu };
        _server = new ModbusServer(line.Other, settings, this);
        SetFloat(0x0000, 230_500, 1_000);
        SetFloat(0x0006, 10, 1);
        SetFloat(0x000C, 2_305, 1);
        SetFloat(0x0046, 50, 1);
        SetFloat(0x004A, 0, 1);
        SetImport(1_000);
    }

    public ISerialLine Line { get; }

    public bool IsSilent { get; set; }

    /// <summary>The counter, Wh.</summary>
    public void SetImport(int wattHours) => SetFloat(0x0048, wattHours, 1_000);

    public void SetFloat(int register, long value, int divisor)
    {
        int bits = ModbusFloat.FromRatio(value, divisor);
        _registers[register] = (bits >> 16) & 0xFFFF;
        _registers[register + 1] = bits & 0xFFFF;
    }

    public void Tick(long nowMs)
    {
        if (!IsSilent)
        {
            _server.Tick(nowMs);
        }
    }

    public bool Covers(int address, int count) => address + count <= _registers.Length;

    public int Read(int address, int count, byte[] destination, int offset)
    {
        for (int i = 0; i < count; i++)
        {
            ModbusProtocol.WriteUInt16(destination, offset + 2 * i, _registers[address + i]);
        }

        return 0;
    }

    public int Write(int address, int count, byte[] source, int offset) => ModbusProtocol.IllegalAddress;
}
