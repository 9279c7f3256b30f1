using MeterFirmware.Basics;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>What ends a session by itself: energy, time, cost; and when the driver means to leave, which ends nothing.
/// Asked for by command, never looser than configured.</summary>
public sealed class SessionQuota
{
    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public const int SavedBytes = 32;

    private readonly SessionSettings _settings;
    private long _askedWattHours;
    private long _askedSeconds;
    private long _askedCost;
    private long _askedDepartureUtc;

    public SessionQuota(SessionSettings settings)
    {
        _settings = settings;
    }

    /// <summary>In force, 0 for none: Wh, s, ten-thousandths of the currency.</summary>
    public long WattHours { get; private set; }

    public long Seconds { get; private set; }

    public long Cost { get; private set; }

    /// <summary>UTC seconds, 0 not told. It is the plan's: the session goes on until the vehicle has left.</summary>
    public long DepartureUtc { get; set; }

    /// <summary>What the next session is to be limited to; 0 for none.</summary>
    public void Ask(long wattHours, long seconds, long cost, long departureUtc)
    {
        _askedWattHours = wattHours;
        _askedSeconds = seconds;
        _askedCost = cost;
        _askedDepartureUtc = departureUtc;
    }

    /// <summary>Puts in force what was asked for, within the settings.</summary>
    public void Take()
    {
        WattHours = Tighter(_askedWattHours, _settings.WattHoursMax);
        Seconds = Tighter(_askedSeconds, _settings.SecondsMax);
        Cost = Tighter(_askedCost, _settings.CostMax);
        DepartureUtc = _askedDepartureUtc;
    }

    /// <summary>Asks for what a session that was cut has left.</summary>
    public void AskForRest(long wattHours, long seconds, long cost) =>
        Ask(Rest(WattHours, wattHours), Rest(Seconds, seconds), Rest(Cost, cost), DepartureUtc);

    /// <summary>Why the session is to end now, a <see cref="SessionReason"/>; None while no limit is reached.</summary>
    /// <param name="wattHours">Energy so far.</param>
    /// <param name="elapsedMs">Time since its start, by the monotonic clock: a clock that is set is no time that
    /// passes.</param>
    /// <param name="cost">Cost so far, ten-thousandths of the currency.</param>
    public int Reached(long wattHours, long elapsedMs, long cost)
    {
        if (WattHours > 0 && wattHours >= WattHours)
        {
            return SessionReason.EnergyReached;
        }

        if (Seconds > 0 && elapsedMs / 1_000 >= Seconds)
        {
            return SessionReason.TimeReached;
        }

        return Cost > 0 && cost >= Cost ? SessionReason.CostReached : SessionReason.None;
    }

    public void Save(byte[] bytes, int offset)
    {
        LittleEndian.WriteInt64(bytes, offset, WattHours);
        LittleEndian.WriteInt64(bytes, offset + 8, Seconds);
        LittleEndian.WriteInt64(bytes, offset + 16, Cost);
        LittleEndian.WriteInt64(bytes, offset + 24, DepartureUtc);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. False: a value below 0; then there are none.</summary>
    public bool TryLoad(byte[] bytes, int offset)
    {
        WattHours = LittleEndian.ReadInt64(bytes, offset);
        Seconds = LittleEndian.ReadInt64(bytes, offset + 8);
        Cost = LittleEndian.ReadInt64(bytes, offset + 16);
        DepartureUtc = LittleEndian.ReadInt64(bytes, offset + 24);
        bool isGood = WattHours >= 0 && Seconds >= 0 && Cost >= 0 && DepartureUtc >= 0;
        if (!isGood)
        {
            WattHours = 0;
            Seconds = 0;
            Cost = 0;
            DepartureUtc = 0;
        }

        return isGood;
    }

    private static long Rest(long max, long used) => max == 0 ? 0 : max > used ? max - used : 1;

    private static long Tighter(long asked, long configured) =>
        configured == 0 ? asked : asked == 0 || asked > configured ? configured : asked;
}
