namespace MeterFirmware.Tools.HeadEnds.Alarms;

/// <summary>Kinds of alarms; each has words in the pages.</summary>
public static class AlarmKinds
{
    /// <summary>A device that is offline.</summary>
    public const string Silent = "silent";

    /// <summary>Messages of a device are refused.</summary>
    public const string Refused = "refused";

    /// <summary>Intervals of the last days did not come.</summary>
    public const string Missing = "missing-data";

    /// <summary>Something else is wrong with the data of the last days.</summary>
    public const string Data = "data";

    /// <summary>Line loss of an area above the limit, or below nothing.</summary>
    public const string Loss = "loss";

    /// <summary>A transformer above its rating.</summary>
    public const string Overload = "overload";

    /// <summary>A bill that differs from the meter's own freeze.</summary>
    public const string Bill = "bill";

    /// <summary>A daily work that failed.</summary>
    public const string Work = "work";

    /// <summary>The signature of a charging session is wrong.</summary>
    public const string Signature = "signature";

    /// <summary>Somebody opened a cover, or held a magnet to it.</summary>
    public const string Tamper = "tamper";

    /// <summary>A device says that it has a fault.</summary>
    public const string Fault = "fault";

    /// <summary>A device's clock was far off, or it has no time.</summary>
    public const string Clock = "clock-error";

    /// <summary>A certificate of ours expires soon.</summary>
    public const string Certificate = "certificate";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Silent, Refused, Missing, Data, Loss, Overload, Bill, Work, Signature, Tamper, Fault, Clock, Certificate,
    ];
}
