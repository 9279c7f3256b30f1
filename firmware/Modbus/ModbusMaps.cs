namespace MeterFirmware.Modbus;

/// <summary>Several maps beside one another; a range that no single one covers is an illegal address.</summary>
public sealed class ModbusMaps : IModbusMap
{
    private readonly IModbusMap[] _maps;

    public ModbusMaps(IModbusMap[] maps)
    {
        _maps = maps;
    }

    public bool Covers(int address, int count) => Find(address, count) != null;

    public int Read(int address, int count, byte[] destination, int offset)
    {
        IModbusMap map = Find(address, count);
        return map == null ? ModbusProtocol.IllegalAddress : map.Read(address, count, destination, offset);
    }

    public int Write(int address, int count, byte[] source, int offset)
    {
        IModbusMap map = Find(address, count);
        return map == null ? ModbusProtocol.IllegalAddress : map.Write(address, count, source, offset);
    }

    private IModbusMap Find(int address, int count)
    {
        for (int i = 0; i < _maps.Length; i++)
        {
            if (_maps[i].Covers(address, count))
            {
                return _maps[i];
            }
        }

        return null;
    }
}
