using MeterFirmware.Modbus;

namespace MeterFirmware.Firmware.Tests.Modbus;

/// <summary>A map at another address.</summary>
public sealed class ShiftedMap : IModbusMap
{
    private readonly IModbusMap _map;
    private readonly int _by;

    public ShiftedMap(IModbusMap map, int by)
    {
        _map = map;
        _by = by;
    }

    public bool Covers(int address, int count) => _map.Covers(address - _by, count);

    public int Read(int address, int count, byte[] destination, int offset) => Covers(address, count)
        ? _map.Read(address - _by, count, destination, offset) : ModbusProtocol.IllegalAddress;

    public int Write(int address, int count, byte[] source, int offset) => ModbusProtocol.IllegalAddress;
}
