namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>What a person says about a load file; null: the file's own header and rows must say it.</summary>
public sealed record LoadSettings
{
    /// <summary>What <see cref="Unit"/> takes.</summary>
    public static readonly string[] Units = ["kWh", "Wh", "MWh", "kW", "W", "reading"];

    /// <summary>What <see cref="Clock"/> takes.</summary>
    public static readonly string[] Clocks = ["local", "standard", "always-96"];

    /// <summary>Column of the times, by name or number from 1; a date's and a time's column joined by '+'.</summary>
    public string? Time { get; init; }

    /// <summary>Column of the imported energy.</summary>
    public string? Energy { get; init; }

    /// <summary>Column of the exported energy; "none": there is one, and it is left out.</summary>
    public string? Export { get; init; }

    /// <summary>Column of the reactive energy, kvarh.</summary>
    public string? Reactive { get; init; }

    /// <summary>Column of the energy that is generated behind the meter.</summary>
    public string? Generation { get; init; }

    /// <summary>One of <see cref="Units"/>; "reading": a register's readings in kWh.</summary>
    public string? Unit { get; init; }

    /// <summary>"start" or "end": what a row's time is of its interval.</summary>
    public string? Stamp { get; init; }

    /// <summary>"point" or "comma".</summary>
    public string? DecimalSign { get; init; }

    /// <summary>"month-first" or "day-first".</summary>
    public string? DateOrder { get; init; }

    /// <summary>One of <see cref="TextFile.Encodings"/>.</summary>
    public string? Encoding { get; init; }

    /// <summary>One of <see cref="Clocks"/>: how local times go over the change of the clocks.</summary>
    public string? Clock { get; init; }

    /// <summary>Intervals that may lack a good row.</summary>
    public int SkipBad { get; init; }

    /// <summary>Whether the caller has a use for exported energy.</summary>
    public bool TakesExport { get; init; }

    /// <summary>Whether the caller has a use for reactive energy.</summary>
    public bool TakesReactive { get; init; }
}
