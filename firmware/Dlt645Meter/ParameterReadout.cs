using MeterFirmware.Basics;
using MeterFirmware.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Dlt645Meter;

/// <summary>Parameters, 04 xx, as they are read.</summary>
internal sealed class ParameterReadout
{
    private const int Seasons = 0;
    private const int DayTables = 1;
    private const int Prices = 2;
    private const int Tiers = 3;

    private readonly ReadoutParts _parts;
    private readonly ReadoutState _state;
    private readonly Dlt645Counts _counts;
    private readonly TariffAccess _tariffs;
    private readonly EventReadout _events;
    private readonly ProfileReadout _profile;
    private readonly Meter _meter;
    private readonly TableReadout _tables = new TableReadout();
    private readonly CivilTime _time = new CivilTime();

    public ParameterReadout(ReadoutParts parts, ReadoutState state, Dlt645Counts counts, TariffAccess tariffs,
        EventReadout events, ProfileReadout profile)
    {
        _parts = parts;
        _state = state;
        _counts = counts;
        _tariffs = tariffs;
        _events = events;
        _profile = profile;
        _meter = parts.Product.Meter;
    }

    public bool TryRead(int di, int field, out long value)
    {
        int group = (di >> 16) & 0xFF;
        int row = (di >> 8) & 0xFF;
        int last = di & 0xFF;
        switch (group)
        {
            case 0x00:
                return row == 0x04 ? TryPlate(last, field, out value) : TryGeneral(row, last, out value);
            case 0x01:
            case 0x02:
                return TryTable(group == 0x02, last, field, out value);
            case 0x03:
                return _tables.TryHoliday(Holidays(), last - 1, out value);
            case 0x05:
                return TableReadout.TryPrice(_tariffs.Get(Prices, row == 2), last - 1, out value);
            case 0x06:
                TariffTable tiers = _tariffs.Get(Tiers, row >= 2);
                return (row & 1) == 0
                    ? TableReadout.TryTierLimit(tiers, last - 1, out value)
                    : TableReadout.TryTierPrice(tiers, last - 1, out value);
            case 0x80:
                value = 0;
                return _parts.Plate != null && _parts.Plate.TryRead(group, last, field, out value);
            default:
                value = 0;
                return false;
        }
    }

    /// <summary>The protocol has one list of holidays: that of the set being written once it differs, else what runs.
    /// </summary>
    private TariffTable Holidays() =>
        _tariffs.IsWritten ? _tariffs.Get(Seasons, !_tariffs.IsSecondRunning(Seasons)) : _tariffs.InForce(Seasons);

    private bool TryTable(bool isSecond, int table, int field, out long value)
    {
        TariffTable set = _tariffs.Get(table == 0 ? Seasons : DayTables, isSecond);
        if (table > 0)
        {
            return TableReadout.TryPeriod(set, table - 1, field, out value);
        }

        return TableReadout.TryZone(set, field, out value);
    }

    private bool TryGeneral(int row, int last, out long value)
    {
        value = 0;
        switch (row)
        {
            case 0x01:
                return TryTimes(last, out value);
            case 0x02:
                return TryCount(last, out value);
            case 0x05:
                value = Status(last);
                return last < 4 || last > 6 || last - 4 < _counts.Phases;
            case 0x06:
                value = _state.Combination[last - 1];
                return true;
            case 0x09:
                value = last == 1 ? _state.ProfileMode : _state.FreezeModes[last - 2];
                return last == 1 ? _profile.HasProfile : _parts.Recorder != null;
            case 0x0A:
                value = last == 1 ? ProfileStart() : _state.ProfileMinutes[last - 2];
                return _profile.HasProfile;
            case 0x0B:
                return _parts.Recorder != null && TryDate(last - 1, out value);
            default:
                return false;
        }
    }

    private bool TryPlate(int last, int field, out long value)
    {
        value = last == 0x02 ? _state.MeterNumber : 0;
        return last == 0x02 || (last == 0x09 && TryPulses(out value))
            || (_parts.Plate != null && _parts.Plate.TryRead(0x04, last, field, out value));
    }

    private bool TryTimes(int last, out long value)
    {
        value = 0;
        if (last == 0x03 || last == 0x04)
        {
            DemandMeter demand = _meter.ImportDemand;
            value = (last == 0x03 ? demand.PeriodSeconds : demand.SlipSeconds) / CivilTime.SecondsPerMinute;
            return true;
        }

        if (last == 0x05 && _parts.Recorder != null && _parts.Recorder.Pulse != null)
        {
            value = _parts.Recorder.Pulse.PulseMs;
            return true;
        }

        if (last < 0x06 || last > 0x09)
        {
            return false;
        }

        // No switch: zeros.
        value = _tariffs.TrySwitchTime(last - 0x06, out long utcSeconds)
            ? Dlt645Time.ToMinuteDigits(utcSeconds + _tariffs.InForce(Seasons).OffsetSecondsAt(utcSeconds), _time) : 0;
        return true;
    }

    private bool TryPulses(out long value)
    {
        bool isThere = _parts.Recorder != null && _parts.Recorder.Pulse != null;
        value = isThere ? _parts.Recorder.Pulse.PulsesPerKwh : 0;
        return isThere;
    }

    private bool TryCount(int last, out long value)
    {
        switch (last)
        {
            case 1:
                value = _state.Zones;
                return true;
            case 2:
                value = _tariffs.InForce(DayTables).Schedule.DayTableCount;
                return true;
            case 3:
                value = _state.Periods;
                return true;
            case 4:
                value = _counts.Rates;
                return true;
            case 5:
                value = StandardTables.HolidayDays(Holidays().Schedule);
                return true;
            case 6:
                value = _counts.Harmonics;
                return _parts.Harmonics != null;
            default:
                value = _counts.Tiers;
                return true;
        }
    }

    private long ProfileStart()
    {
        if (_state.ProfileStartUtc == 0)
        {
            return 0;
        }

        int offsetSeconds = _tariffs.InForce(Seasons).OffsetSecondsAt(_state.ProfileStartUtc);
        return Dlt645Time.ToMinuteDigits(_state.ProfileStartUtc + offsetSeconds, _time) % 100_000_000;
    }

    /// <summary>DDhh; 99 99 is unused, and the month's end is the first at 00 h.</summary>
    private bool TryDate(int index, out long value)
    {
        SettlementDates dates = _parts.Recorder.Freezer.Dates;
        value = dates.Day(index) == SettlementDates.Unused ? 9999
            : dates.Day(index) == SettlementDates.MonthEnd ? 100
            : dates.Day(index) * 100 + dates.Hour(index);
        return true;
    }

    /// <summary>Status words 1 to 7 (DL/T 645-2007, annex C).</summary>
    private long Status(int word)
    {
        Measurement m = _parts.Product.Reading;
        switch (word)
        {
            case 1:
                // Bit 1: sliding demand; bits 4, 5: active, reactive power reverse.
                DemandMeter demand = _meter.ImportDemand;
                return (demand.SlipSeconds < demand.PeriodSeconds ? 2 : 0)
                    | (IsReverse(m.ActivePowerMilliwatts) ? 16 : 0)
                    | (IsReverse(m.ReactivePowerMillivars) ? 32 : 0);
            case 2:
                long directions = 0;
                for (int p = 0; p < _counts.Phases; p++)
                {
                    directions |= m.ActivePowerMilliwatts[p] < 0 ? 1L << p : 0;
                    directions |= m.ReactivePowerMillivars[p] < 0 ? 16L << p : 0;
                }

                return directions;
            case 3:
                return Operation();
            case 7:
                return _events.Lasting(false, 0);
            default:
                return _events.Lasting(true, word - 4);
        }
    }

    /// <summary>Bit 0: day tables of the second set; 3: programming allowed; 4, 6: relay open, told to open; 5: zone
    /// tables of the second set; 7: alarm; 10, 11: rate prices, tiers of the second set; 12: supply is kept.</summary>
    private long Operation()
    {
        bool isToldOpen = _parts.Relay != null && !_parts.Relay.IsClosed;
        bool isOpen = isToldOpen;
        if (_parts.Relay != null && _parts.Relay.TryReadFeedback(out bool isClosed))
        {
            isOpen = !isClosed;
        }

        bool isProgramming = _parts.Programming != null && _parts.Programming.IsOpen;
        return Bit(_tariffs.IsSecondRunning(DayTables), 0) | Bit(isProgramming, 3) | Bit(isOpen, 4)
            | Bit(_tariffs.IsSecondRunning(Seasons), 5) | Bit(isToldOpen, 6) | Bit(_state.HasAlarm, 7)
            | Bit(_tariffs.IsSecondRunning(Prices), 10) | Bit(_tariffs.IsSecondRunning(Tiers), 11)
            | Bit(_state.KeepsSupply, 12);
    }

    private static long Bit(bool isSet, int bit) => isSet ? 1L << bit : 0;

    private bool IsReverse(int[] column)
    {
        long sum = 0;
        for (int p = 0; p < _counts.Phases; p++)
        {
            sum += column[p];
        }

        return sum < 0;
    }
}
