using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Protocols;
using MeterFirmware.SmartMeter;

namespace MeterFirmware.Tools.MeterCtl.Dlt645Text;

/// <summary>
/// The smart-meter product as DL/T 645 sees it: registers, demand, readings, clock, instant freeze, demand clear.
/// What the product has not (settlements, table writes, events, relay) is "no such data" or refused.
/// </summary>
public sealed class Dlt645ProductMeter : IDlt645Meter
{
    private const int EnergyParts = 9;
    private readonly SmartMeterProduct _product;
    private readonly IClock _clock;
    private readonly CivilTime _time = new();
    private readonly long[] _frozen;
    private long _frozenAt = -1;

    public Dlt645ProductMeter(SmartMeterProduct product, IClock clock, int phaseCount)
    {
        _product = product;
        _clock = clock;
        Counts.Phases = phaseCount;
        Counts.Rates = product.Meter.Tariff.RateCount;
        Counts.Settlements = 0;
        _frozen = new long[EnergyParts * (Dlt645Catalogue.RatesMax + 1)];
    }

    public Dlt645Counts Counts { get; } = new();

    public bool IsProgrammingAllowed => true;

    public long ProfileTime => 0;

    private Meter Meter => _product.Meter;

    public bool TryRead(int di, int field, out long value)
    {
        value = 0;
        int quantity = (di >> 16) & 0xFF;
        int second = (di >> 8) & 0xFF;
        int last = di & 0xFF;
        switch (di >> 24)
        {
            case 0x00:
                return last == 0 && TryEnergy(quantity, second, out value);
            case 0x01:
                return last == 0 && (quantity == 1 || quantity == 2) && TryDemand(quantity, second, field, out value);
            case 0x02:
                return _product.HasReading && TryVariable(quantity, second, last, out value);
            case 0x04:
                return TryParameter(di, out value);
            case 0x05:
                return quantity == 1 && last == 1 && _frozenAt >= 0 && TryFrozen(second, field, out value);
            default:
                return false;
        }
    }

    private bool TryEnergy(int quantity, int rate, out long value)
    {
        if (quantity > 8)
        {
            return TryPhaseEnergy(quantity, out value);
        }

        // Combination words 05, 05, 50: forward + reverse, quadrants 1 + 2, quadrants 3 + 4.
        long wattHours = quantity switch
        {
            0 => WattHours(EnergyKind.Import, rate) + WattHours(EnergyKind.Export, rate),
            1 => WattHours(EnergyKind.Import, rate),
            2 => WattHours(EnergyKind.Export, rate),
            3 => WattHours(EnergyKind.ReactiveQuadrant1, rate) + WattHours(EnergyKind.ReactiveQuadrant2, rate),
            4 => WattHours(EnergyKind.ReactiveQuadrant3, rate) + WattHours(EnergyKind.ReactiveQuadrant4, rate),
            _ => WattHours(EnergyKind.ReactiveQuadrant1 + quantity - 5, rate),
        };
        value = EnergyRegisters.DisplayHundredths(wattHours);
        return rate <= Counts.Rates;
    }

    private bool TryPhaseEnergy(int quantity, out long value)
    {
        value = 0;
        int phase = quantity >= 0x3D ? 2 : quantity >= 0x29 ? 1 : 0;
        int part = quantity - (0x15 + 0x14 * phase);
        if (part < 0 || part > 1 || phase >= Counts.Phases)
        {
            return false;
        }

        int kind = part == 0 ? EnergyKind.Import : EnergyKind.Export;
        value = EnergyRegisters.DisplayHundredths(Meter.Registers.PhaseWattHours(kind, phase));
        return true;
    }

    private long WattHours(int kind, int rate)
    {
        if (rate > Counts.Rates)
        {
            return 0;
        }

        return rate == 0 ? Meter.Registers.TotalWattHours(kind) : Meter.Registers.RateWattHours(kind, rate - 1);
    }

    private bool TryDemand(int quantity, int rate, int field, out long value)
    {
        value = 0;
        if (rate > Counts.Rates)
        {
            return false;
        }

        DemandMeter demand = quantity == 1 ? Meter.ImportDemand : Meter.ExportDemand;
        long at = rate == 0 ? demand.MaximumUtcSeconds : demand.RateMaximumUtcSeconds(rate - 1);
        if (field == 1)
        {
            // A maximum that has not been yet has no time: zeros.
            value = at > 0 ? Dlt645Time.ToMinuteDigits(at + Meter.OffsetSeconds, _time) : 0;
            return true;
        }

        value = (rate == 0 ? demand.MaximumMilliwatts : demand.RateMaximumMilliwatts(rate - 1)) / 100;
        return true;
    }

    private bool TryVariable(int quantity, int phase, int last, out long value)
    {
        Measurement m = _product.Reading;
        value = 0;
        if (quantity == 0x80)
        {
            value = last == 2 ? m.FrequencyMillihertz / 10 : Meter.ImportDemand.LastMilliwatts / 100;
            return last == 2 || last == 4;
        }

        if (phase > m.PhaseCount)
        {
            return false;
        }

        int p = phase - 1;
        switch (quantity)
        {
            case 1:
                value = m.VoltageMillivolts[p] / 100;
                return true;
            case 2:
                value = m.ActivePowerMilliwatts[p] < 0 ? -m.CurrentMilliamps[p] : m.CurrentMilliamps[p];
                return true;
            case 3:
                value = Sum(m.ActivePowerMilliwatts, phase) / 100;
                return true;
            case 4:
                value = Sum(m.ReactivePowerMillivars, phase) / 100;
                return true;
            case 5:
                value = Sum(m.ApparentPowerMillivoltamperes, phase) / 100;
                return true;
            case 6:
                long apparent = Sum(m.ApparentPowerMillivoltamperes, phase);
                value = apparent == 0 ? 1000 : Sum(m.ActivePowerMilliwatts, phase) * 1000 / apparent;
                return true;
            default:
                return false;
        }
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

    private bool TryParameter(int di, out long value)
    {
        value = di switch
        {
            0x04000104 => Meter.ImportDemand.SlipSeconds / 60,
            0x04000204 => Counts.Rates,
            0x04000601 or 0x04000602 => 0x05,
            0x04000603 => 0x50,
            _ => -1,
        };
        return value >= 0;
    }

    private bool TryFrozen(int part, int field, out long value)
    {
        value = 0;
        if (part == 0)
        {
            value = Dlt645Time.ToMinuteDigits(_frozenAt, _time);
            return true;
        }

        if (part >= EnergyParts || field > Counts.Rates)
        {
            return false;
        }

        value = _frozen[part * (Dlt645Catalogue.RatesMax + 1) + field];
        return true;
    }

    public int Freeze(int month, int day, int hour, int minute)
    {
        // Only "now": the product keeps no plan of freezes.
        if (minute != 99 || !TryReadClock(out long now))
        {
            return Dlt645.ErrorOther;
        }

        _frozenAt = now;
        for (int part = 1; part < EnergyParts; part++)
        {
            for (int rate = 0; rate <= Counts.Rates; rate++)
            {
                TryEnergy(part, rate, out _frozen[part * (Dlt645Catalogue.RatesMax + 1) + rate]);
            }
        }

        return 0;
    }

    public bool TryReadClock(out long localSeconds)
    {
        bool known = _clock.TryReadUtc(out long utcSeconds, out _);
        localSeconds = utcSeconds + Meter.Tariff.OffsetSecondsAt(utcSeconds);
        return known;
    }

    public int SetClock(long localSeconds, bool isBroadcast, int operatorCode)
    {
        // The offset of the moment that is set, found by the offset near it.
        long utcSeconds = localSeconds - Meter.Tariff.OffsetSecondsAt(localSeconds);
        utcSeconds = localSeconds - Meter.Tariff.OffsetSecondsAt(utcSeconds);
        _clock.SetUtc(utcSeconds, 0);
        return 0;
    }

    public int ClearDemand(int operatorCode)
    {
        Meter.ImportDemand.Clear(false);
        Meter.ExportDemand.Clear(false);
        return 0;
    }

    public int Write(int di, long[] fields, int fieldCount, int operatorCode) => Dlt645.ErrorNoSuchData;

    public int ClearMeter(int operatorCode) => Dlt645.ErrorOther;

    public int ClearEvents(int di, int operatorCode) => Dlt645.ErrorOther;

    public int Relay(int command, int operatorCode) => Dlt645.ErrorOther;

    public bool TrySeekProfile(int which, long localSeconds) => false;

    public bool TryReadProfile(int section, int field, out long value)
    {
        value = 0;
        return false;
    }

    public bool TryNextProfile() => false;

    public void OnSettingsChanged()
    {
    }
}
