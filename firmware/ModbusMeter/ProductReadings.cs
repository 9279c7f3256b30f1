using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Modbus;

namespace MeterFirmware.ModbusMeter;

/// <summary>A product's last reading and its registers, as Modbus maps ask for them.</summary>
public sealed class ProductReadings : IModbusMeter
{
    private const long MicrojoulesPerMilliwattHour = 3_600_000;

    private readonly IReadingSource _product;

    public ProductReadings(IReadingSource product, int phaseCount)
    {
        _product = product;
        PhaseCount = phaseCount;
    }

    public int PhaseCount { get; }

    public int RateCount => _product.Registers.RateCount;

    public bool TryRead(int quantity, int phase, out long value)
    {
        Measurement m = _product.Reading;
        value = 0;
        if (quantity >= Quantity.Import)
        {
            return TryEnergy(quantity, phase, out value);
        }

        if (!_product.HasReading || phase > m.PhaseCount)
        {
            return false;
        }

        switch (quantity)
        {
            case Quantity.Voltage:
                value = phase == 0 ? Sum(m.VoltageMillivolts, 0) / m.PhaseCount : m.VoltageMillivolts[phase - 1];
                return true;
            case Quantity.Current:
                value = Sum(m.CurrentMilliamps, phase);
                return true;
            case Quantity.Active:
                value = Sum(m.ActivePowerMilliwatts, phase);
                return true;
            case Quantity.Reactive:
                value = Sum(m.ReactivePowerMillivars, phase);
                return true;
            case Quantity.Apparent:
                value = Sum(m.ApparentPowerMillivoltamperes, phase);
                return true;
            case Quantity.PowerFactor:
                long apparent = Sum(m.ApparentPowerMillivoltamperes, phase);
                value = phase > 0 ? m.PowerFactorTenThousandths[phase - 1]
                    : apparent == 0 ? 10_000 : Sum(m.ActivePowerMilliwatts, 0) * 10_000 / apparent;

                // The chip rounds power and apparent power each for itself.
                value = value > 10_000 ? 10_000 : value < -10_000 ? -10_000 : value;
                return true;
            default:
                value = m.FrequencyMillihertz;
                return quantity == Quantity.Frequency && phase == 0 && value > 0;
        }
    }

    public bool TryReadRate(int quantity, int rate, out long wattHours)
    {
        bool isThere = rate < RateCount;
        int kind = quantity == Quantity.Import ? EnergyKind.Import : EnergyKind.Export;
        wattHours = isThere ? _product.Registers.RateWattHours(kind, rate) : 0;
        return isThere;
    }

    private bool TryEnergy(int quantity, int phase, out long value)
    {
        value = 0;
        if (phase > PhaseCount || quantity > Quantity.ReactiveExport)
        {
            return false;
        }

        if (quantity <= Quantity.Export)
        {
            value = MilliwattHours(quantity == Quantity.Import ? EnergyKind.Import : EnergyKind.Export, phase);
            return true;
        }

        // Inductive in quadrants I and II, capacitive in III and IV.
        int kind = quantity == Quantity.ReactiveImport ? EnergyKind.ReactiveQuadrant1 : EnergyKind.ReactiveQuadrant3;
        value = MilliwattHours(kind, phase) + MilliwattHours(kind + 1, phase);
        return true;
    }

    private long MilliwattHours(int kind, int phase)
    {
        EnergyRegisters registers = _product.Registers;
        long wattHours = phase == 0 ? registers.TotalWattHours(kind) : registers.PhaseWattHours(kind, phase - 1);
        long microjoules = phase == 0 ? registers.TotalRemainder(kind) : registers.PhaseRemainder(kind, phase - 1);
        return wattHours * 1_000 + microjoules / MicrojoulesPerMilliwattHour;
    }

    private long Sum(int[] column, int phase)
    {
        if (phase > 0)
        {
            return column[phase - 1];
        }

        long sum = 0;
        for (int p = 0; p < _product.Reading.PhaseCount; p++)
        {
            sum += column[p];
        }

        return sum;
    }
}
