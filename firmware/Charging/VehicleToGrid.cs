using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>
/// Decides whether a vehicle gives energy back in a slot: only with the vehicle's and the grid's permission, only above
/// its state-of-charge floor, only when what was given can be recharged before departure, and only when the price pays
/// for the losses both ways and for the wear of the battery. Or to hold a building's peak down.
/// </summary>
public sealed class VehicleToGrid
{
    private const int Full = 1000;

    /// <param name="capacityWattHours">Usable capacity of the battery.</param>
    public VehicleToGrid(int capacityWattHours)
    {
        Invariant.Require(capacityWattHours > 0, "a battery has a capacity");
        CapacityWattHours = capacityWattHours;
    }

    public int CapacityWattHours { get; set; }

    /// <summary>The vehicle (and its driver) allows discharging.</summary>
    public bool VehiclePermits { get; set; }

    /// <summary>The connection agreement allows feeding in; a building's peak may be shaved without it.</summary>
    public bool GridPermits { get; set; }

    /// <summary>Never discharged below this, thousandths of the capacity.</summary>
    public int FloorPermille { get; set; } = 300;

    /// <summary>What a driver who says nothing needs at departure, thousandths of the capacity.</summary>
    public int NeededPermille { get; set; } = 800;

    /// <summary>Efficiency of one way, thousandths.</summary>
    public int EfficiencyPermille { get; set; } = 930;

    /// <summary>Wear of the battery for each kWh taken out, millionths of the currency.</summary>
    public int CycleCostMicrosPerKwh { get; set; } = 300_000;

    /// <summary>What brings back what was given: the offer that holds, W.</summary>
    public int ChargeWattsMax { get; set; } = 7000;

    public int DischargeWattsMax { get; set; } = 7000;

    /// <summary>What a kWh given back must at least earn, when it is recharged at a price; millionths.</summary>
    public long BreakEvenMicros(int rechargePriceMicros) =>
        // One kWh at the meter needs 1/η from the battery, which needs 1/η² from the meter later.
        (long)rechargePriceMicros * Full / EfficiencyPermille * Full / EfficiencyPermille
        + (long)CycleCostMicrosPerKwh * Full / EfficiencyPermille;

    /// <summary>Dearest price of recharging at which giving back at an export price still pays; millionths.</summary>
    public int RechargePriceMax(int exportPriceMicros)
    {
        long price = (exportPriceMicros - (long)CycleCostMicrosPerKwh * Full / EfficiencyPermille)
            * EfficiencyPermille / Full * EfficiencyPermille / Full;

        // The divisions cut: at most a few millionths off.
        for (price += 2; BreakEvenMicros((int)price) >= exportPriceMicros; price--)
        {
        }

        return (int)price;
    }

    /// <summary>Power to give back now in W, 0 = none.</summary>
    /// <param name="storedWattHours">Energy in the battery.</param>
    /// <param name="neededWattHours">Energy the driver needs in it at departure.</param>
    /// <param name="secondsToDeparture">Negative or 0: it leaves, give nothing.</param>
    /// <param name="slotSeconds">Length of the slot that is decided.</param>
    /// <param name="exportPriceMicros">What a kWh fed in earns now.</param>
    /// <param name="rechargePriceMicros">Cheapest price at which it can be recharged before departure.</param>
    /// <param name="rechargeSeconds">Time at that price before departure.</param>
    public int DischargeWatts(
        int storedWattHours, int neededWattHours, int secondsToDeparture, int slotSeconds, int exportPriceMicros,
        int rechargePriceMicros, int rechargeSeconds)
    {
        bool pays = exportPriceMicros > BreakEvenMicros(rechargePriceMicros);
        if (!VehiclePermits || !GridPermits || !pays)
        {
            return 0;
        }

        return Spare(storedWattHours, neededWattHours, secondsToDeparture, slotSeconds, rechargeSeconds);
    }

    /// <summary>Power to give back in W so that a building stays below its peak limit; never more than the building
    /// draws, so nothing is fed in and the grid's permission is not needed.</summary>
    /// <param name="buildingWatts">Import without the vehicle; at or below the limit nothing is given.</param>
    public int PeakShavingWatts(
        int buildingWatts, int peakLimitWatts, int storedWattHours, int neededWattHours, int secondsToDeparture,
            int slotSeconds)
    {
        int over = buildingWatts - (peakLimitWatts > 0 ? peakLimitWatts : 0);
        if (!VehiclePermits || over <= 0)
        {
            return 0;
        }

        int spare =
            Spare(storedWattHours, neededWattHours, secondsToDeparture, slotSeconds, secondsToDeparture - slotSeconds);
        return over < spare ? over : spare;
    }

    // What the battery can give in the slot and get back in time.
    private int Spare(int stored, int needed, int secondsToDeparture, int slotSeconds, int rechargeSeconds)
    {
        if (secondsToDeparture <= slotSeconds || rechargeSeconds <= 0)
        {
            return 0;
        }

        long floor = (long)CapacityWattHours * FloorPermille / Full;
        long rechargeable = (long)ChargeWattsMax * rechargeSeconds / 3600 * EfficiencyPermille / Full;
        long mustKeep = needed - rechargeable;
        long keep = mustKeep > floor ? mustKeep : floor;
        long spare = (stored - keep) * EfficiencyPermille / Full;
        if (spare <= 0)
        {
            return 0;
        }

        long watts = spare * 3600 / slotSeconds;
        return watts < DischargeWattsMax ? (int)watts : DischargeWattsMax;
    }
}
