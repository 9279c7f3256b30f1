namespace MeterFirmware.Drivers.Fram;

/// <summary>What is on the chip.</summary>
public enum FramState
{
    /// <summary>It does not answer.</summary>
    Missing = 0,

    /// <summary>Something else than a store of this geometry: a new chip, or one of another board. Whoever owns the
    /// board decides whether it is formatted.</summary>
    Unformatted = 1,

    Ready = 2,
}
