using MeterFirmware.Basics;
using MeterFirmware.History;
using MeterFirmware.Metering;

namespace MeterFirmware.Dlt645Meter;

/// <summary>Load profile, 06 xx.</summary>
internal sealed class ProfileReadout
{
    private const int AllClasses = (1 << LoadProfile.ClassCount) - 1;

    private readonly ILoadProfile _profile;
    private readonly ReadoutState _state;
    private readonly int _phaseCount;
    private int _classes;

    /// <param name="profile">Null: there is none.</param>
    public ProfileReadout(ILoadProfile profile, ReadoutState state, int phaseCount)
    {
        _profile = profile;
        _state = state;
        _phaseCount = phaseCount;
    }

    /// <summary>The record's instant, UTC.</summary>
    public long UtcSeconds { get; private set; }

    /// <summary>Class 0 is all; which: 0 oldest, 1 at or after a time, 2 newest.</summary>
    public bool TrySeek(int profileClass, int which, long utcSeconds)
    {
        if (_profile == null)
        {
            return false;
        }

        _classes = profileClass == 0 ? AllClasses : 1 << (profileClass - 1);
        if (which < 2)
        {
            _profile.Seek(which == 0 ? 0 : utcSeconds, long.MaxValue);
            return TryNext();
        }

        bool isThere = _profile.TrySeekNewest(_classes, out long newest);
        UtcSeconds = isThere ? newest : UtcSeconds;
        return isThere;
    }

    public bool TryNext()
    {
        if (!_profile.TryNext(_classes, out long utcSeconds, out int _))
        {
            return false;
        }

        UtcSeconds = utcSeconds;
        return true;
    }

    /// <summary>A value of section 1 to 6, in the units of its identifier.</summary>
    public bool TryValue(int section, int field, out long value)
    {
        switch (section)
        {
            case 1:
                return field < 3 ? TryPhase(LoadProfile.VoltageCurrent, field, 0, 100, out value)
                    : field < 6 ? TryPhase(LoadProfile.VoltageCurrent, field - 3, _phaseCount, 1, out value)
                    : TryTake(LoadProfile.VoltageCurrent, 2 * _phaseCount, 10, out value);
            case 2:
                return field < 4
                    ? TryPhase(LoadProfile.Power, field - 1, 1, 100, out value)
                    : TryPhase(LoadProfile.Power, field - 5, _phaseCount + 2, 100, out value);
            case 3:
                return TryPhase(LoadProfile.PowerFactor, field - 1, 1, 10, out value);
            case 4:
                // What is recorded is quadrants I + IV and II + III; other combination words ask for something else.
                value = 0;
                return (field < 2 || _state.Combination[field - 1] == (field == 2 ? 0x41 : 0x14))
                    && TryEnergy(LoadProfile.Energy, field, out value);
            case 5:
                return TryEnergy(LoadProfile.Quadrants, field, out value);
            default:
                // Reactive demand is not measured.
                bool isThere = TryTake(LoadProfile.Demand, 0, 1, out value);
                isThere = TryTake(LoadProfile.Demand, 1, 1, out long export) && isThere && field == 0;
                value = (value - export) / 100;
                return isThere;
        }
    }

    /// <summary>Puts the classes' intervals in force: nothing before the start time. Returns whether they
    /// are.</summary>
    /// <param name="utcSeconds">Now; the instant itself is recorded already when it lies on the grid.</param>
    /// <param name="gridSeconds">Records lie on multiples of it.</param>
    public bool Apply(long utcSeconds, int gridSeconds)
    {
        if (!CanSetIntervals)
        {
            return true;
        }

        // On as soon as the last multiple before the start is past, so that the start itself is recorded.
        bool hasStarted = utcSeconds >= CivilTime.FloorDivide(_state.ProfileStartUtc - 1, gridSeconds) * gridSeconds;
        for (int i = 0; i < LoadProfile.ClassCount; i++)
        {
            bool isOn = (_state.ProfileMode & (1 << i)) != 0 && hasStarted;
            _profile.TrySetInterval(i, isOn ? _state.ProfileMinutes[i] : 0);
        }

        return hasStarted;
    }

    /// <summary>Takes over what the board configured, when nothing was written yet or nothing can be.</summary>
    public void Adopt()
    {
        _state.ProfileMode = 0;
        for (int i = 0; i < LoadProfile.ClassCount && _profile != null; i++)
        {
            int minutes = _profile.IntervalMinutes(i);
            _state.ProfileMode |= minutes > 0 ? 1 << i : 0;
            _state.ProfileMinutes[i] = minutes > 0 ? minutes : 15;
        }
    }

    public bool HasProfile => _profile != null;

    /// <summary>False without a profile, too.</summary>
    public bool CanSetIntervals => _profile != null && _profile.CanSetIntervals;

    /// <summary>A column of phases; phase −1 is the total in front of it.</summary>
    private bool TryPhase(int profileClass, int phase, int first, int divisor, out long value)
    {
        value = 0;
        return phase < _phaseCount && TryTake(profileClass, first + phase, divisor, out value);
    }

    private bool TryEnergy(int profileClass, int index, out long value)
    {
        bool isThere = TryTake(profileClass, index, 1, out value);
        value = EnergyRegisters.DisplayHundredths(value);
        return isThere;
    }

    private bool TryTake(int profileClass, int index, int divisor, out long value)
    {
        bool isThere = _profile.TryValue(profileClass, index, out value);
        value /= divisor;
        return isThere;
    }
}
