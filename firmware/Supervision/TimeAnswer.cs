namespace MeterFirmware.Supervision;

/// <summary>What became of an offered time.</summary>
public enum TimeAnswer
{
    /// <summary>Within the reading error: nothing to do.</summary>
    Kept = 0,

    /// <summary>Small error: the clock runs faster or slower until it is gone.</summary>
    Slewing = 1,

    /// <summary>Large error, or the first time: the clock was set, and a step is waiting to be recorded.</summary>
    Stepped = 2,

    /// <summary>A better source was heard of late.</summary>
    LessTrusted = 3,

    /// <summary>A large step from a source that can be forged: waits for a second, agreeing one.</summary>
    NeedsConfirmation = 4,

    /// <summary>A date outside of this firmware's life, or a broadcast beyond its rules.</summary>
    Refused = 5,
}
