namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>Which columns of a table are a load, and what their cells mean.</summary>
internal sealed record ColumnChoice
{
    /// <summary>The date and time, or the date alone.</summary>
    public int Time { get; init; } = -1;

    /// <summary>The time of day beside a date; −1: there is none.</summary>
    public int Clock { get; init; } = -1;

    /// <summary>The clock's column counts hours: 1 is the hour from 00:00 to 01:00.</summary>
    public bool IsHourNumber { get; init; }

    /// <summary>The time's column holds periods "A to B".</summary>
    public bool IsPeriod { get; init; }

    /// <summary>The header says that the times are UTC.</summary>
    public bool IsUtc { get; init; }

    /// <summary>The times begin their intervals; null: the file does not say.</summary>
    public bool? IsStart { get; init; }

    public int Energy { get; init; } = -1;

    /// <summary>−1: there is none.</summary>
    public int Export { get; init; } = -1;

    /// <summary>−1: there is none.</summary>
    public int Reactive { get; init; } = -1;

    /// <summary>−1: there is none.</summary>
    public int Generation { get; init; } = -1;

    /// <summary>kWh, Wh, MWh, kW or W.</summary>
    public string Unit { get; init; } = "kWh";

    /// <summary>The energy's column holds a register's readings.</summary>
    public bool IsReading { get; init; }
}
