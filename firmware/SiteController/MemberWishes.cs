using MeterFirmware.Charging;
using MeterFirmware.SiteBus;

namespace MeterFirmware.SiteController;

/// <summary>What the driver and the vehicle of each member want, from its reports.</summary>
public sealed class MemberWishes
{
    // Less is no new wish, but a meter's or a clock's last digit.
    private const int WishMs = 60_000;
    private const int WishWattHours = 200;

    private readonly Connectors _connectors;

    public MemberWishes(Connectors connectors)
    {
        _connectors = connectors;
        int count = connectors.Count;
        WattHours = new int[count];
        DeliveredWattHours = new int[count];
        State = new int[count];
        DepartureMs = new long[count];
        for (int i = 0; i < count; i++)
        {
            DepartureMs[i] = -1;
        }
    }

    /// <summary>Energy that each member's vehicle still wants, Wh; 0 = unknown.</summary>
    public int[] WattHours { get; }

    /// <summary>Energy of each member's session so far, Wh.</summary>
    public int[] DeliveredWattHours { get; }

    /// <summary>Departure on our monotonic clock; −1 = unknown.</summary>
    public long[] DepartureMs { get; }

    /// <summary>Bits of <see cref="SiteMemberState"/> of each member.</summary>
    public int[] State { get; }

    /// <summary>Takes a report. True: a driver has said something new: target, departure, boost, skip.</summary>
    public bool Take(int member, SiteFrame report, long nowMs)
    {
        const int Wishes = SiteMemberState.Boost | SiteMemberState.SkipsPlan;
        long departureMs = report.DepartureSeconds < 0 ? -1 : nowMs + (long)report.DepartureSeconds * 1000;
        long departureChange = departureMs - DepartureMs[member];
        bool isNewDeparture = (departureMs < 0) != (DepartureMs[member] < 0) || departureChange > WishMs
            || departureChange < -WishMs;
        long target = (long)report.WantedWattHours + report.DeliveredWattHours;
        long targetChange = target - WattHours[member] - DeliveredWattHours[member];
        bool isNewTarget = (report.WantedWattHours > 0) != (WattHours[member] > 0)
            || (report.WantedWattHours > 0 && (targetChange > WishWattHours || targetChange < -WishWattHours));
        bool isNew = isNewDeparture || isNewTarget || ((report.State ^ State[member]) & Wishes) != 0;
        WattHours[member] = report.WantedWattHours;
        DeliveredWattHours[member] = report.DeliveredWattHours;
        DepartureMs[member] = departureMs;
        State[member] = report.State;
        _connectors.ForcedNow[member] = (report.State & SiteMemberState.Boost) != 0;
        _connectors.SkipsPlan[member] = (report.State & SiteMemberState.SkipsPlan) != 0;
        return isNew;
    }
}
