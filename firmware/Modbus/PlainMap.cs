namespace MeterFirmware.Modbus;

/// <summary>
/// A meter's values in whole numbers, all at fixed places: quantity × 16, four registers each for the total and the
/// three phases (signed, 64 bits, high word first, in the unit of <see cref="Quantity"/>); imported and exported Wh
/// of each rate from 0x0400 and 0x0600. What the meter has not is 8000 0000 0000 0000.</summary>
public sealed class PlainMap : IModbusMap
{
    public const int RegistersPerValue = 4;
    public const int ImportRates = 0x0400;
    public const int ExportRates = 0x0600;
    public const int RatesMax = 64;

    private const int QuantityRegisters = Quantity.PhaseSlots * RegistersPerValue;
    private const int RateRegisters = RatesMax * RegistersPerValue;

    private readonly IModbusMeter _meter;

    public PlainMap(IModbusMeter meter)
    {
        _meter = meter;
    }

    /// <summary>Address of a value.</summary>
    public static int AddressOf(int quantity, int phase) => quantity * QuantityRegisters + phase * RegistersPerValue;

    public bool Covers(int address, int count)
    {
        int end = address + count;
        return end <= Quantity.Count * QuantityRegisters
            || (address >= ImportRates && end <= ImportRates + RateRegisters)
            || (address >= ExportRates && end <= ExportRates + RateRegisters);
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
        if (address < ImportRates)
        {
            int phase = address % QuantityRegisters / RegistersPerValue;
            isThere = _meter.TryRead(address / QuantityRegisters, phase, out value);
        }
        else
        {
            bool isImport = address < ExportRates;
            int rate = (address - (isImport ? ImportRates : ExportRates)) / RegistersPerValue;
            isThere = _meter.TryReadRate(isImport ? Quantity.Import : Quantity.Export, rate, out value);
        }

        return isThere ? value : long.MinValue;
    }
}
