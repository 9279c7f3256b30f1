namespace MeterFirmware.Hardware;

/// <summary>
/// The way to a vehicle that can give energy back: a gateway that speaks ISO 15118-20 (or CHAdeMO) with it, or a DC
/// converter of its own. The basic pilot of IEC 61851-1 and GB/T 18487.1 can only offer current, so a board that has
/// nothing but the pilot has no such supply. It must let go by itself when <see cref="TryHold"/> was not called for 1
/// s.
/// </summary>
public interface IBidirectionalSupply
{
    /// <summary>What the vehicle says now. False: none that speaks.</summary>
    /// <param name="permitsDischarge">The vehicle and its driver allow giving back, at this moment.</param>
    /// <param name="storedPermille">State of charge, thousandths.</param>
    /// <param name="capacityWattHours">Usable capacity, Wh.</param>
    bool TryRead(out bool permitsDischarge, out int storedPermille, out int capacityWattHours);

    /// <summary>Called in every tick. False: it was not taken; the caller lets go.</summary>
    /// <param name="isHeld">True: the vehicle follows <paramref name="dischargeWatts"/>. False: it charges by the
    /// pilot.</param>
    /// <param name="dischargeWatts">Power to give back at the meter, W; 0 = it rests.</param>
    bool TryHold(bool isHeld, int dischargeWatts);
}
