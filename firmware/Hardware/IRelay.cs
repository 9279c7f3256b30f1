namespace MeterFirmware.Hardware;

/// <summary>A load-control relay with optional feedback. (An EV charger's contactor is <c>IContactor</c>.)</summary>
public interface IRelay
{
    /// <summary>What was last asked for.</summary>
    bool IsClosed { get; }

    /// <summary>Drives the coil. False: the board could not.</summary>
    bool TrySet(bool closed);

    /// <summary>Reads the feedback contact. False: the board has none.</summary>
    bool TryReadFeedback(out bool closed);
}
