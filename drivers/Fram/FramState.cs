namespace MeterFirmware.Drivers.Fram;

/// <summary>What is on the chip.</summary>
public enum FramState
{
    /// <summary>It does not answer.</summary>
    Missing = 0,

    /// <summary>No store: a new chip. Whoever owns the board decides whether it is formatted.</summary>
    Unformatted = 1,

    Ready = 2,

    /// <summary>A whole store of another geometry: another board's, or of a board.json that was changed.</summary>
    Other = 3,
}
