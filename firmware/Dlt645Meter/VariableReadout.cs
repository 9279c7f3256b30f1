using MeterFirmware.Basics;
using MeterFirmware.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Dlt645Meter;

/// <summary>Variables, 02 xx: the last good reading, and what is counted from the registers.</summary>
internal sealed class VariableReadout
{
    private const int MinuteMs = 60_000;

    // Arc tangents of 1/1, 1/2, 1/4 … in 1/1000 of a degree: one table serves all angles (CORDIC).
    private static readonly int[] _arcTangents =
        { 45_000, 26_565, 14_036, 7_125, 3_576, 1_790, 895, 448, 224, 112, 56, 28, 14, 7, 3, 2 };

    private readonly ReadoutParts _parts;
    private readonly SmartMeterProduct _product;
    private readonly Dlt645Counts _counts;
    private long _minuteStartMs = -1;
    private long _minuteStartMicrojoules;
    private long _minuteStartWattHours;
    private long _minuteMilliwatts;
    private bool _hasMinute;

    public VariableReadout(ReadoutParts parts, Dlt645Counts counts)
    {
        _parts = parts;
        _product = parts.Product;
        _counts = counts;
    }

    /// <summary>Takes the mean power of each minute from the registers.</summary>
    public void Tick(long nowMs)
    {
        if (_minuteStartMs >= 0 && nowMs - _minuteStartMs < MinuteMs)
        {
            return;
        }

        EnergyRegisters registers = _product.Meter.Registers;
        long wattHours = registers.TotalWattHours(EnergyKind.Import) - registers.TotalWattHours(EnergyKind.Export);
        long microjoules = registers.TotalRemainder(EnergyKind.Import) - registers.TotalRemainder(EnergyKind.Export);
        if (_minuteStartMs >= 0)
        {
            _minuteMilliwatts = ((wattHours - _minuteStartWattHours) * Scaling.MicrojoulesPerWattHour
                + microjoules - _minuteStartMicrojoules) / (nowMs - _minuteStartMs);
            _hasMinute = true;
        }

        _minuteStartMs = nowMs;
        _minuteStartWattHours = wattHours;
        _minuteStartMicrojoules = microjoules;
    }

    /// <summary>02 qq pp ll.</summary>
    public bool TryRead(int quantity, int phase, int last, out long value)
    {
        value = 0;
        if (quantity == 0x80)
        {
            return TrySpecial(last, out value);
        }

        if (quantity >= 0x08)
        {
            return TryHarmonic(quantity, phase - 1, last, out value);
        }

        Measurement m = _product.Reading;
        if (!_product.HasReading || phase > m.PhaseCount)
        {
            return false;
        }

        long active = Sum(m.ActivePowerMilliwatts, phase);
        switch (quantity)
        {
            case 1:
                value = m.VoltageMillivolts[phase - 1] / 100;
                return true;
            case 2:
                value = active < 0 ? -m.CurrentMilliamps[phase - 1] : m.CurrentMilliamps[phase - 1];
                return true;
            case 3:
                value = active / 100;
                return true;
            case 4:
                value = Sum(m.ReactivePowerMillivars, phase) / 100;
                return true;
            case 5:
                value = Sum(m.ApparentPowerMillivoltamperes, phase) / 100;
                return true;
            case 6:
                long apparent = Sum(m.ApparentPowerMillivoltamperes, phase);
                value = apparent == 0 ? 1000 : active * 1000 / apparent;
                return true;
            default:
                value = AngleTenths(active, m.ReactivePowerMillivars[phase - 1]);
                return m.ApparentPowerMillivoltamperes[phase - 1] > 0;
        }
    }

    private bool TrySpecial(int last, out long value)
    {
        Meter meter = _product.Meter;
        value = 0;
        switch (last)
        {
            case 0x02:
                value = _product.Reading.FrequencyMillihertz / 10;
                return _product.HasReading && value > 0;
            case 0x03:
                value = _minuteMilliwatts / 100;
                return _hasMinute;
            case 0x04:
                // Both directions are kept apart; a window has one of them or the difference.
                value = (meter.ImportDemand.LastMilliwatts - meter.ExportDemand.LastMilliwatts) / 100;
                return true;
            case 0x07:
                int tenths = 0;
                bool isThere = _parts.Temperature != null && _parts.Temperature.TryRead(out tenths);
                value = tenths;
                return isThere;
            case 0x0B:
                TariffTable tiers = meter.Tariffs.InForce(TariffPart.Tiers);
                value = tiers.TierAdd(meter.ImportCost.Tier, meter.Rate) / 100;
                return value >= 0 && tiers.TierCount > 1;
            case 0x20:
                value = meter.Tariffs.ImportPrice(meter.ImportCost.Tier) / 100;
                return value >= 0;
            default:
                return false;
        }
    }

    private bool TryHarmonic(int quantity, int phase, int order, out long value)
    {
        value = 0;
        if (_parts.Harmonics == null || phase < 0 || phase >= _counts.Phases)
        {
            return false;
        }

        bool isCurrent = (quantity & 1) != 0;
        int hundredths;
        bool isThere = quantity <= 0x09
            ? _parts.Harmonics.TryReadDistortion(isCurrent, phase, out hundredths)
            : _parts.Harmonics.TryReadHarmonic(isCurrent, phase, order, out hundredths);
        value = hundredths;
        return isThere;
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

    /// <summary>Angle from current to voltage in 0.1°, 0 to 359.9: 0 import at power factor 1, 90 inductive.</summary>
    internal static int AngleTenths(long active, long reactive)
    {
        // Into the right half plane, then turned step by step onto the axis.
        long x = (active < 0 ? -active : active) << 16;
        long y = (active < 0 ? -reactive : reactive) << 16;
        int angle = active < 0 ? 180_000 : 0;
        for (int i = 0; i < _arcTangents.Length; i++)
        {
            long turnedX = y > 0 ? x + (y >> i) : x - (y >> i);
            long turnedY = y > 0 ? y - (x >> i) : y + (x >> i);
            angle += y > 0 ? _arcTangents[i] : -_arcTangents[i];
            x = turnedX;
            y = turnedY;
        }

        return ((angle + 360_050) / 100) % 3600;
    }
}
