using MeterFirmware.Charging;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Stands for drivers who tell neither energy nor departure: the firmware's history of the user, then of the
/// station, then of the half hour. A vehicle that stops drawing is full, one that still draws wants more.</summary>
internal sealed class DriverGuess(SiteOptions site, StepPrices prices)
{
    private const int KeysMax = 256;
    private const int DefaultStayHours = 4;
    private const int DefaultSlotsAtFull = 24;

    private readonly StayHistory _history = new(KeysMax);

    /// <summary>What the controller believes at plug-in.</summary>
    public void Expect(ChargingSession session, out int milliampSlots, out int staySlots)
    {
        foreach (uint key in KeysOf(session))
        {
            if (_history.TryExpect(key, out milliampSlots, out staySlots))
            {
                milliampSlots = Math.Min(milliampSlots, staySlots * site.StationMilliamps);
                return;
            }
        }

        milliampSlots = DefaultSlotsAtFull * site.StationMilliamps;
        staySlots = DefaultStayHours * 3600 / site.StepSeconds;
    }

    /// <summary>What it believes is still wanted.</summary>
    public int Remaining(ActiveSession session, int believedMilliampSlots)
    {
        if (session.RemainingMillijoules <= 0)
        {
            // Seen by the draw: the vehicle ended it.
            return 0;
        }

        long given = session.DeliveredMillijoules / site.MillijoulesPerMilliamp;
        return (int)Math.Max(believedMilliampSlots - given,
            Math.Max(Connectors.MilliampsMin, believedMilliampSlots / 4));
    }

    public void Learn(ActiveSession session)
    {
        // What was taken, not what was wanted: of a vehicle cut short nobody knows more.
        int taken = (int)(session.DeliveredMillijoules / site.MillijoulesPerMilliamp);
        foreach (uint key in KeysOf(session.Session))
        {
            _history.Learn(key, taken, session.Session.StaySteps);
        }
    }

    private IEnumerable<uint> KeysOf(ChargingSession session)
    {
        int index = (int)(session.FirstStep - prices.FirstStep);
        int hour = prices.SlotOfDay(index) * site.StepSeconds / 3600;
        if (session.User.Length > 0)
        {
            yield return StayHistory.KeyOf("u" + session.User);
        }

        yield return StayHistory.KeyOf((prices.IsRestDay(index) ? "r" : "w") + hour);
        yield return StayHistory.KeyOf("s" + session.Station);
    }
}
