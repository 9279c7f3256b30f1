namespace MeterFirmware.Modbus;

/// <summary>
/// A meter's values in whole numbers, all at fixed places: <see cref="PlainTable"/> says where a quantity lies, with
/// four registers each for the total and the three phases (signed, 64 bits, high word first, in the unit of
/// <see cref="Quantity"/>), and where the Wh of each rate do. What the meter has not is 8000 0000 0000 0000.</summary>
public sealed class PlainMap : IModbusMap
{
    public const int RegistersPerValue = 4;
    public const int RatesMax = 64;

    private const int QuantityRegisters = Quantity.PhaseSlots * RegistersPerValue;
    private const int RateRegisters = RatesMax * RegistersPerValue;

    // Room for every quantity, in the map or not yet.
    private const int End = Quantity.Count * QuantityRegisters;

    private readonly IModbusMeter _meter;

    public PlainMap(IModbusMeter meter)
    {
        _meter = meter;
    }

    /// <summary>Address of a value.</summary>
    public static int AddressOf(int quantity, int phase) =>
        PlainTable.RegisterOf(quantity) + phase * RegistersPerValue;

    public bool Covers(int address, int count)
    {
        int end = address + count;
        return end <= End
            || (address >= PlainTable.ImportRates && end <= PlainTable.ImportRates + RateRegisters)
            || (address >= PlainTable.ExportRates && end <= PlainTable.ExportRates + RateRegisters);
    }

    public int Read(int address, int count, byte[] destination, int offset)
    {
        long value = 0;
        for (int i = 0; i < count; i++)
        {
            int part = (address + i) % RegistersPerValue;
            if (i == 0 || part == 0)
            {
                value = Value(address + i - part);
            }

            ModbusProtocol.WriteUInt16(destination, offset + 2 * i, (int)(value >> (48 - 16 * part)));
        }

        return 0;
    }

    public int Write(int address, int count, byte[] source, int offset) => ModbusProtocol.IllegalAddress;

    private long Value(int address)
    {
        long value;
        bool isThere;
        if (address < PlainTable.ImportRates)
        {
            int place = address % QuantityRegisters;
            int quantity = PlainTable.QuantityAt(address - place);
            value = 0;
            isThere = quantity >= 0 && _meter.TryRead(quantity, place / RegistersPerValue, out value);
        }
        else
        {
            bool isImport = address < PlainTable.ExportRates;
            int rate = (address - (isImport ? PlainTable.ImportRates : PlainTable.ExportRates)) / RegistersPerValue;
            isThere = _meter.TryReadRate(isImport ? Quantity.Import : Quantity.Export, rate, out value);
        }

        return isThere ? value : long.MinValue;
    }
}
