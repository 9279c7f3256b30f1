using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>
/// What planner and allocator know of each connector, in columns sized at start: on the device an object a connector
/// would cost twelve bytes a field. A connector without a session has <see cref="IsPluggedIn"/> false.
/// Energies are in milliamp-slots: the charge that 1 mA on each used phase brings in one planning slot.
/// </summary>
public sealed class Connectors
{
    /// <summary>Connectors that one site can hold.</summary>
    public const int CountMax = 64;

    /// <summary>The least current that may be offered, per phase: IEC 61851-1 has no pilot duty for less.</summary>
    public const int MilliampsMin = 6000;

    /// <summary>Order of phases 1, 2, 3 for <see cref="PhaseOrder"/>.</summary>
    public const byte PhaseOrder123 = 0 | (1 << 2) | (2 << 4);

    /// <param name="count">Connectors, 1 to <see cref="CountMax"/>.</param>
    public Connectors(int count)
    {
        Invariant.Require(count >= 1 && count <= CountMax, "connector count must be 1 to 64");
        Count = count;
        IsPluggedIn = new bool[count];
        PhaseMask = new byte[count];
        BalanceMask = new byte[count];
        PhaseOrder = new byte[count];
        TakesMilliamps = new int[count];
        Node = new byte[count];
        MilliampsMax = new int[count];
        DemandMilliampSlots = new int[count];
        RemainingMilliampSlots = new int[count];
        DepartureSlot = new int[count];
        IsCharging = new bool[count];
        WantedMilliamps = new int[count];
        OfferMilliamps = new int[count];
        ForcedNow = new bool[count];
        SkipsPlan = new bool[count];
        for (int i = 0; i < count; i++)
        {
            PhaseMask[i] = 1;
            PhaseOrder[i] = PhaseOrder123;
        }
    }

    public int Count { get; }

    /// <summary>A vehicle is there and may be offered current.</summary>
    public bool[] IsPluggedIn { get; }

    /// <summary>Site phases the connector draws from, as bits 1, 2, 4: those it is wired to, or fewer when it is known
    /// that its vehicle uses fewer.</summary>
    public byte[] PhaseMask { get; }

    /// <summary>Phases that count for the unbalance cap, as far as they differ from <see cref="PhaseMask"/>; 0: they do
    /// not.</summary>
    public byte[] BalanceMask { get; }

    /// <summary>Site phase (0 to 2, two bits each, lowest first) of the charger's own phases 0, 1, 2.</summary>
    public byte[] PhaseOrder { get; }

    /// <summary>What the vehicle is known to take, mA a phase, at most; 0 = unknown. Planned with; offers may be
    /// higher.</summary>
    public int[] TakesMilliamps { get; }

    /// <summary>Node of the <see cref="LimitTree"/> that feeds the connector.</summary>
    public byte[] Node { get; }

    /// <summary>The least of cable, station and vehicle, mA a phase. Below 6 A the connector gets nothing.</summary>
    public int[] MilliampsMax { get; }

    /// <summary>Energy wanted in the whole session.</summary>
    public int[] DemandMilliampSlots { get; }

    /// <summary>Energy still wanted; 0 = served.</summary>
    public int[] RemainingMilliampSlots { get; }

    /// <summary>First planning slot in which the vehicle is gone. In the past: it should have left, charge
    /// now.</summary>
    public int[] DepartureSlot { get; }

    /// <summary>Drew current in the last slot.</summary>
    public bool[] IsCharging { get; }

    /// <summary>What the planner (or the fixed rule without a plan) asks for, mA a phase; 0 = wait.</summary>
    public int[] WantedMilliamps { get; }

    /// <summary>What the allocator grants, mA a phase: 0 or at least <see cref="MilliampsMin"/>.</summary>
    public int[] OfferMilliamps { get; }

    /// <summary>The driver asked to charge now; served before every plan.</summary>
    public bool[] ForcedNow { get; }

    /// <summary>The driver skips price planning in this session; shares as if prices were flat.</summary>
    public bool[] SkipsPlan { get; }

    /// <summary>What a plan reckons with, mA a phase.</summary>
    public int RateOf(int connector)
    {
        int takes = TakesMilliamps[connector];
        return takes > 0 && takes < MilliampsMax[connector] ? takes : MilliampsMax[connector];
    }

    /// <summary>Phases that count for the unbalance cap.</summary>
    public int BalanceMaskOf(int connector) =>
        BalanceMask[connector] == 0 ? PhaseMask[connector] : BalanceMask[connector];

    /// <summary>Phases in use, 1 to 3.</summary>
    public int PhaseCountOf(int connector)
    {
        int mask = PhaseMask[connector];
        return (mask & 1) + ((mask >> 1) & 1) + ((mask >> 2) & 1);
    }

    /// <summary>Starts a session. A demand that the station cannot bring until departure is planned as far as it
    /// goes.</summary>
    public void PlugIn(int connector, int milliampsMax, int demandMilliampSlots, int departureSlot)
    {
        IsPluggedIn[connector] = true;
        MilliampsMax[connector] = milliampsMax;
        DemandMilliampSlots[connector] = demandMilliampSlots < 0 ? 0 : demandMilliampSlots;
        RemainingMilliampSlots[connector] = DemandMilliampSlots[connector];
        DepartureSlot[connector] = departureSlot;
        IsCharging[connector] = false;
        ForcedNow[connector] = false;
        SkipsPlan[connector] = false;
        TakesMilliamps[connector] = 0;
    }

    public void PlugOut(int connector)
    {
        IsPluggedIn[connector] = false;
        IsCharging[connector] = false;
        ForcedNow[connector] = false;
        WantedMilliamps[connector] = 0;
        OfferMilliamps[connector] = 0;
        RemainingMilliampSlots[connector] = 0;
    }
}
