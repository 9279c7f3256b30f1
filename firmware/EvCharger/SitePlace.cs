using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.SiteBus;

namespace MeterFirmware.EvCharger;

/// <summary>The charger as a member of a site: tells the leader what vehicle and driver want, and the driver what the
/// leader plans. While a leader plans, the charger's own plan keeps the wishes and limits nothing.</summary>
public sealed class SitePlace
{
    private const int ChargingMilliampsMin = 500;

    // Beyond a day nobody plans.
    private const int DepartureSecondsMax = 7 * 86_400;

    private readonly PlanText _text = new PlanText();
    private readonly SiteMember _member;
    private readonly PlannedCharging _wishes;
    private readonly ChargeState _state;
    private readonly int _stationMilliamps;
    private long _nowMs;

    /// <param name="wishes">The driver's; null: nobody can tell any.</param>
    /// <param name="state">The safety loop's.</param>
    /// <param name="stationMilliamps">Commissioned ceiling.</param>
    public SitePlace(SiteMember member, PlannedCharging wishes, ChargeState state, int stationMilliamps)
    {
        _member = member;
        _wishes = wishes;
        _state = state;
        _stationMilliamps = stationMilliamps;
    }

    /// <summary>A leader plans for this charger, and <see cref="Write"/> says what.</summary>
    public bool IsPlanned => _member.Reason != 0;

    /// <summary>What the leader's plan does and why.</summary>
    public PlanReason Reason => (PlanReason)_member.Reason;

    /// <summary>The limit of this tick, mA a phase.</summary>
    /// <param name="currentMilliamps">Of each of the charger's own phases.</param>
    public int Tick(
        long nowMs, bool isTimed, long utcSeconds, SessionManager sessions, int[] currentMilliamps, int phaseCount,
            long importWattHours)
    {
        int drawnMilliamps = TellCurrents(currentMilliamps, phaseCount);
        _nowMs = nowMs;
        bool isFaulted = _state.NeedsPerson;
        bool wants = sessions.IsAuthorized && !isFaulted;
        _member.WantedMilliamps = wants ? _stationMilliamps : 0;
        _member.DeliveredWattHours = sessions.IsActive
            ? Delivered(importWattHours - sessions.Record.StartWattHours) : 0;
        _member.State = (wants ? SiteMemberState.Plugged : 0)
            | (drawnMilliamps >= ChargingMilliampsMin ? SiteMemberState.Charging : 0)
            | (isFaulted ? SiteMemberState.Fault : 0);
        if (_wishes != null)
        {
            TellWishes(isTimed, utcSeconds);
        }

        _member.Tick(nowMs);
        if (_wishes != null)
        {
            _wishes.IsLed = _member.IsLed;
        }

        return _member.LimitMilliamps;
    }

    /// <summary>One line for the driver, e.g. "waiting for 00:00, price 0.3500; ready 06:40 at the latest".</summary>
    /// <param name="utcSeconds">Now; the leader tells times as seconds from now.</param>
    public void Write(ByteTextWriter writer, long utcSeconds, int offsetSeconds)
    {
        long local = utcSeconds + offsetSeconds;
        long ready = _member.ReadyMs < 0 ? -1 : Minute(local + (_member.ReadyMs - _nowMs) / 1000);
        _text.Write(
            writer, Reason, Minute(local + (_member.StartMs - _nowMs) / 1000), _member.PriceMicros, ready,
                _member.LimitMilliamps);
    }

    private static int Delivered(long wattHours) =>
        wattHours < 0 ? 0 : wattHours < SiteFrame.WattHoursMax ? (int)wattHours : SiteFrame.WattHoursMax;

    // The largest is returned.
    private int TellCurrents(int[] currentMilliamps, int phaseCount)
    {
        int most = 0;
        for (int phase = 0; phase < SiteFrame.PhaseCount; phase++)
        {
            int milliamps = phase < phaseCount ? currentMilliamps[phase] : 0;
            _member.DrawnMilliamps[phase] = milliamps;
            most = milliamps > most ? milliamps : most;
        }

        return most;
    }

    private void TellWishes(bool isTimed, long utcSeconds)
    {
        _member.WantedWattHours = _wishes.RemainingWattHours;
        long end = _wishes.EndUtc(utcSeconds);
        long seconds = end - utcSeconds;
        seconds = seconds > DepartureSecondsMax ? DepartureSecondsMax : seconds;
        bool isKnown = isTimed && end > 0;
        _member.DepartureSeconds = !isKnown ? -1 : seconds > 0 ? (int)seconds : 0;
        _member.State |= (_wishes.WantsNow ? SiteMemberState.Boost
            : 0) | (_wishes.SkipsPlan ? SiteMemberState.SkipsPlan : 0);
    }

    // On the way a second is lost or won, and 00:00 must not become 23:59.
    private static long Minute(long seconds) => (seconds + 30) / 60 * 60;
}
