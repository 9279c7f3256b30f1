namespace MeterFirmware.Tools.GridServices.Baselines;

/// <summary>How the energy without an event is estimated; the words stand on the command line and in results.</summary>
public enum BaselineMethod
{
    /// <summary>10 last days of the same type without an event, times the factor of the day.</summary>
    TenInTen,

    /// <summary>The last 5 working days without an event (Jiangsu).</summary>
    LastFive,

    /// <summary>The 5 greatest of the 10 working days from two days before on (Beijing).</summary>
    FiveOfTen,

    /// <summary>3 h before and 2 h after, an hour left out on each side (PJM).</summary>
    SameDay,
}
