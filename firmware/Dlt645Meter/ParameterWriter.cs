using MeterFirmware.Basics;
using MeterFirmware.Dlt645;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Dlt645Meter;

/// <summary>Parameters, 04 xx, as they are written: checked, kept, then in force; or refused, and nothing has
/// changed.</summary>
internal sealed class ParameterWriter
{
    private const int Unused = 9999;
    private const long NoTime = 9_999_999_999;
    private const long DaysOfAYear = 366;

    private readonly ReadoutParts _parts;
    private readonly ReadoutState _state;
    private readonly Dlt645Counts _counts;
    private readonly TariffAccess _tariffs;
    private readonly ProfileReadout _profile;
    private readonly ParameterReadout _readout;
    private readonly Meter _meter;
    private readonly CivilTime _time = new CivilTime();
    private readonly SettlementDates _oldDates = new SettlementDates();

    public ParameterWriter(
        ReadoutParts parts, ReadoutState state, Dlt645Counts counts, TariffAccess tariffs, ProfileReadout profile,
        ParameterReadout readout)
    {
        _readout = readout;
        _parts = parts;
        _state = state;
        _counts = counts;
        _tariffs = tariffs;
        _profile = profile;
        _meter = parts.Product.Meter;
    }

    private long NowUtc => _parts.NowUtc;

    /// <summary>Error bits of <see cref="Dlt645Protocol"/>; 0: done. What cannot be set is still taken when it is so
    /// already: a master that writes a whole parameter set back stops at the first refusal.</summary>
    public int Write(int di, long[] fields, int count)
    {
        int error = TryWrite(di, fields, count);
        return error == 0 || IsAsRead(di, fields, count) ? 0 : error;
    }

    /// <summary>Puts in force what the state says, after a write and after a restart.</summary>
    public void Apply()
    {
        _counts.Zones = _state.Zones;
        _counts.Periods = _state.Periods;
        _counts.Harmonics = _state.Harmonics;
        DemandMeter demand = _meter.ImportDemand;
        bool isOther = _state.DemandPeriodMinutes * CivilTime.SecondsPerMinute != demand.PeriodSeconds
            || _state.DemandSlipMinutes * CivilTime.SecondsPerMinute != demand.SlipSeconds;
        if (_state.DemandPeriodMinutes > 0 && isOther)
        {
            _meter.TrySetDemandWindow(_state.DemandPeriodMinutes, _state.DemandSlipMinutes);
        }

        FollowProfileStart();
        _profile.Apply(NowUtc, _parts.Metering.GridMinutes * CivilTime.SecondsPerMinute);
        if (_parts.Recorder == null)
        {
            return;
        }

        _parts.Recorder.Freezer.SetPlan(
            _state.PlanMonth, _state.PlanDay, _state.PlanHour, _state.PlanMinute, _state.PlanSinceUtc);
        _parts.Recorder.Freezer.SettlementDatesChanged(_state.DatesSinceUtc);
    }

    private bool IsAsRead(int di, long[] fields, int count)
    {
        // A table that is shorter than its block goes on with its last entry.
        int group = (di >> 16) & 0xFF;
        int length = group == 0x01 || group == 0x02 ? TariffLimits.StandardPeriodCountMax : count;
        for (int i = 0; i < length; i++)
        {
            if (!_readout.TryRead(di, i, out long value) || value != fields[i < count ? i : count - 1])
            {
                return false;
            }
        }

        return true;
    }

    private int TryWrite(int di, long[] fields, int count)
    {
        int group = (di >> 16) & 0xFF;
        int row = (di >> 8) & 0xFF;
        int last = di & 0xFF;
        if (group >= 0x01 && group <= 0x06)
        {
            return TariffFields.Write(_tariffs, group, row, last, fields, count);
        }

        if (group == 0 && row == 0x01 && last >= 0x06 && last <= 0x09)
        {
            return SwitchAt(last - 0x06, fields[0]);
        }

        if (group == 0 && row == 0x0B)
        {
            return SetDate(last - 1, (int)fields[0]);
        }

        int error = group != 0 ? Dlt645Protocol.ErrorNoSuchData : Set(row, last, fields[0]);
        if (error != 0)
        {
            _state.Revert();
            return error;
        }

        if (!_state.TrySave())
        {
            return Dlt645Protocol.ErrorOther;
        }

        Apply();
        return 0;
    }

    /// <summary>A start that was set under a clock that was ahead comes earlier than it was thought to, by whole
    /// years.</summary>
    public void FollowProfileStart()
    {
        if (!_meter.IsTimed || _state.ProfileStartUtc - NowUtc <= DaysOfAYear * CivilTime.SecondsPerDay)
        {
            return;
        }

        long next = NextUtc(Dlt645Time.ToMinuteDigits(_state.ProfileStartUtc
            + _tariffs.InForce(0).OffsetSecondsAt(_state.ProfileStartUtc), _time) % 100_000_000);
        _state.ProfileStartUtc = next > 0 && next < _state.ProfileStartUtc ? next : _state.ProfileStartUtc;
    }

    private int Set(int row, int last, long value)
    {
        switch (row)
        {
            case 0x01:
                return SetDemand(last, (int)value);
            case 0x02:
                return SetCount(last, (int)value);
            case 0x04:
                _state.MeterNumber = value;
                return last == 0x02 ? 0 : Dlt645Protocol.ErrorNoSuchData;
            case 0x06:
                return SetCombination(last, (int)value);
            case 0x09:
                return SetMode(last, (int)value);
            case 0x0A:
                return last == 1 ? SetProfileStart(value) : SetProfileInterval(last - 2, (int)value);
            default:
                return Dlt645Protocol.ErrorNoSuchData;
        }
    }

    /// <summary>A window that <see cref="DemandMeter.IsWindow"/> knows. A period that the slip does not divide becomes
    /// a block; write the slip after it.</summary>
    private int SetDemand(int last, int minutes)
    {
        int period = _meter.ImportDemand.PeriodSeconds / CivilTime.SecondsPerMinute;
        int slip = _meter.ImportDemand.SlipSeconds / CivilTime.SecondsPerMinute;
        bool isGood = last == 0x03 ? DemandMeter.IsWindow(minutes, minutes) : DemandMeter.IsWindow(period, minutes);
        _state.DemandPeriodMinutes = last == 0x03 ? minutes : period;
        _state.DemandSlipMinutes = last != 0x03 ? minutes : slip == period || minutes % slip != 0 ? minutes : slip;
        return last != 0x03 && last != 0x04 ? Dlt645Protocol.ErrorNoSuchData : isGood ? 0 : Dlt645Protocol.ErrorOther;
    }

    /// <summary>Zones and periods are lengths of the blocks; the others follow from the tariff and are taken as they
    /// are.
    /// </summary>
    private int SetCount(int last, int value)
    {
        DaySchedule days = _tariffs.InForce(1).Schedule;
        switch (last)
        {
            case 1:
                _state.Zones = value;
                return value >= _tariffs.InForce(0).Schedule.SeasonCount ? 0 : Dlt645Protocol.ErrorZoneCount;
            case 2:
                return value == days.DayTableCount ? 0 : Dlt645Protocol.ErrorOther;
            case 3:
                _state.Periods = value;
                for (int table = 0; table < days.DayTableCount; table++)
                {
                    if (value < days.PeriodCount(table))
                    {
                        return Dlt645Protocol.ErrorPeriodCount;
                    }
                }

                return 0;
            case 4:
                return value == _counts.Rates ? 0 : Dlt645Protocol.ErrorRateCount;
            case 6:
                _state.Harmonics = value;
                return value >= 1 && value <= Dlt645Catalogue.HarmonicsMax && _parts.Harmonics != null
                    ? 0 : Dlt645Protocol.ErrorOther;
            default:
                return Dlt645Protocol.ErrorOther;
        }
    }

    /// <summary>Each register added, subtracted or left out: both bits of a pair are a contradiction.</summary>
    private int SetCombination(int last, int word)
    {
        bool isGood = last > 1 || word < 16;
        for (int bit = 0; bit < 8; bit += 2)
        {
            isGood = isGood && ((word >> bit) & 3) != 3;
        }

        _state.Combination[last - 1] = word;
        return isGood ? 0 : Dlt645Protocol.ErrorOther;
    }

    private int SetMode(int last, int word)
    {
        if (last == 1)
        {
            bool isAllowed = _profile.CanSetIntervals ? word < 1 << LoadProfile.ClassCount : word == _state.ProfileMode;
            _state.ProfileMode = word;
            return !_profile.HasProfile ? Dlt645Protocol.ErrorNoSuchData : isAllowed ? 0 : Dlt645Protocol.ErrorOther;
        }

        // 05 is the hourly freeze: totals of both directions. Variables (bit 7) are not frozen.
        int most = last == 5 ? 0x03 : 0x7F;
        _state.FreezeModes[last - 2] = word;
        return _parts.Recorder == null ? Dlt645Protocol.ErrorNoSuchData
            : (word & ~most) == 0 ? 0 : Dlt645Protocol.ErrorOther;
    }

    /// <summary>MMDDhhmm: the next time it comes; zeros: at once.</summary>
    private int SetProfileStart(long digits)
    {
        if (!_profile.HasProfile)
        {
            return Dlt645Protocol.ErrorNoSuchData;
        }

        _state.ProfileStartUtc = 0;
        if (digits == 0)
        {
            return 0;
        }

        if (!_meter.IsTimed || !_profile.CanSetIntervals)
        {
            return Dlt645Protocol.ErrorOther;
        }

        _state.ProfileStartUtc = NextUtc(digits);
        return _state.ProfileStartUtc > 0 ? 0 : Dlt645Protocol.ErrorOther;
    }

    /// <summary>When MMDDhhmm comes next, UTC; 0: it never does.</summary>
    private long NextUtc(long digits)
    {
        long local = NowUtc + _meter.OffsetSeconds;
        _time.Set(local);
        for (int year = _time.Year % 100; year <= _time.Year % 100 + 8; year++)
        {
            if (Dlt645Time.TryFromSecondDigits((year * 100_000_000L + digits) * 100, out long start) && start >= local)
            {
                return _tariffs.InForce(0).UtcOf(start);
            }
        }

        return 0;
    }

    private int SetProfileInterval(int profileClass, int minutes)
    {
        bool isGood = _profile.CanSetIntervals
            ? minutes >= 1 && minutes <= 60 && minutes % _parts.Metering.GridMinutes == 0
            : minutes == _state.ProfileMinutes[profileClass];
        _state.ProfileMinutes[profileClass] = minutes;
        return !_profile.HasProfile ? Dlt645Protocol.ErrorNoSuchData : isGood ? 0 : Dlt645Protocol.ErrorOther;
    }

    /// <summary>DDhh, day 1 to 28; 99 99 unused, but not all three. Each keeps its place.</summary>
    private int SetDate(int place, int value)
    {
        if (_parts.Recorder == null || _parts.TariffKeeper == null)
        {
            return Dlt645Protocol.ErrorNoSuchData;
        }

        SettlementDates dates = _parts.Recorder.Freezer.Dates;
        _oldDates.Take(dates);
        bool isGood = _meter.IsTimed && (value == Unused ? dates.TrySet(place, SettlementDates.Unused, 0)
            : value / 100 <= SettlementDates.DayMax && value >= 100 && dates.TrySet(place, value / 100, value % 100));
        if (!isGood || dates.Count == 0 || !_parts.TariffKeeper.TryKeepDates(NowUtc))
        {
            dates.Take(_oldDates);
            return Dlt645Protocol.ErrorOther;
        }

        return 0;
    }

    /// <summary>A part's switch time, YYMMDDhhmm; zeros or all 99, as readers write "none": it does not
    /// switch.</summary>
    private int SwitchAt(int part, long digits)
    {
        if (digits == 0 || digits == NoTime)
        {
            return _tariffs.TryCancelSwitch(part) && _state.TrySave() ? 0 : Dlt645Protocol.ErrorOther;
        }

        return Dlt645Time.TryFromSecondDigits(digits * 100, out long local)
            && _tariffs.TrySwitchAt(part, _tariffs.InForce(0).UtcOf(local)) && _state.TrySave()
            ? 0 : Dlt645Protocol.ErrorOther;
    }
}
