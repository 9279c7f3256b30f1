using MeterFirmware.Basics;

namespace MeterFirmware.EvCharger;

/// <summary>What ends a session by itself: energy, time, cost, departure. Asked for by command, never looser than configured.</summary>
public sealed class SessionLimits
{
    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public const int SavedBytes = 32;

    private readonly SessionConfiguration _configuration;
    private long _askedWattHours;
    private long _askedSeconds;
    private long _askedCost;
    private long _askedDepartureUtc;
    private long _wattHoursMax;
    private long _secondsMax;
    private long _costMax;
    private long _departureUtc;

    public SessionLimits(SessionConfiguration configuration)
    {
        _configuration = configuration;
    }

    /// <summary>What the next session is to be limited to; 0 for none.</summary>
    public void Ask(long wattHours, long seconds, long cost, long departureUtc)
    {
        _askedWattHours = wattHours;
        _askedSeconds = seconds;
        _askedCost = cost;
        _askedDepartureUtc = departureUtc;
    }

    /// <summary>Puts in force what was asked for, within the configuration.</summary>
    public void Take()
    {
        _wattHoursMax = Tighter(_askedWattHours, _configuration.WattHoursMax);
        _secondsMax = Tighter(_askedSeconds, _configuration.SecondsMax);
        _costMax = Tighter(_askedCost, _configuration.CostMax);
        _departureUtc = _askedDepartureUtc;
    }

    /// <summary>Asks for what a session that was cut has left.</summary>
    public void AskForRest(long wattHours, long seconds, long cost) =>
        Ask(Rest(_wattHoursMax, wattHours), Rest(_secondsMax, seconds), Rest(_costMax, cost), _departureUtc);

    /// <summary>Why the session is to end now, a <see cref="SessionReason"/>; None while no limit is reached.</summary>
    /// <param name="wattHours">Energy so far.</param>
    /// <param name="elapsedMs">Time since its start, by the monotonic clock: a clock that is set is no time that passes.</param>
    /// <param name="cost">Cost so far, ten-thousandths of the currency.</param>
    /// <param name="utcSeconds">Time of day, for the departure; 0 unknown.</param>
    public int Reached(long wattHours, long elapsedMs, long cost, long utcSeconds)
    {
        if (_wattHoursMax > 0 && wattHours >= _wattHoursMax)
        {
            return SessionReason.EnergyReached;
        }

        if (_secondsMax > 0 && elapsedMs / 1_000 >= _secondsMax)
        {
            return SessionReason.TimeReached;
        }

        if (_costMax > 0 && cost >= _costMax)
        {
            return SessionReason.CostReached;
        }

        return _departureUtc > 0 && utcSeconds >= _departureUtc ? SessionReason.Departed : SessionReason.None;
    }

    public void Save(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt64(bytes, offset, _wattHoursMax);
        LittleEndian.WriteInt64(bytes, offset + 8, _secondsMax);
        LittleEndian.WriteInt64(bytes, offset + 16, _costMax);
        LittleEndian.WriteInt64(bytes, offset + 24, _departureUtc);
    }

    public void Load(byte[] bytes, int offset)
    {
        _wattHoursMax = LittleEndian.ReadInt64(bytes, offset);
        _secondsMax = LittleEndian.ReadInt64(bytes, offset + 8);
        _costMax = LittleEndian.ReadInt64(bytes, offset + 16);
        _departureUtc = LittleEndian.ReadInt64(bytes, offset + 24);
    }

    private static long Rest(long max, long used) => max == 0 ? 0 : max > used ? max - used : 1;

    private static long Tighter(long asked, long configured) =>
        configured == 0 ? asked : asked == 0 || asked > configured ? configured : asked;
}
