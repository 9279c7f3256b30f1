using NodaTime;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>A recorded load: consecutive intervals of equal length, each with its energy in exact µJ.</summary>
/// <param name="StartUtcSeconds">Begin of the first interval.</param>
/// <param name="StepSeconds">Length of every interval.</param>
/// <param name="Microjoules">Imported energy of each interval.</param>
public sealed record LoadFile(long StartUtcSeconds, int StepSeconds, IReadOnlyList<long> Microjoules)
{
    /// <summary>As the user gave it.</summary>
    public string Path { get; init; } = "";

    /// <summary>Exported energy of each interval; null: the file has none.</summary>
    public IReadOnlyList<long>? ExportMicrojoules { get; init; }

    /// <summary>Reactive energy of each interval, µvar·s; null: the file has none.</summary>
    public IReadOnlyList<long>? ReactiveMicrojoules { get; init; }

    /// <summary>Generated energy of each interval behind the meter; null: the file has none.</summary>
    public IReadOnlyList<long>? GenerationMicrojoules { get; init; }

    /// <summary>Line of each interval's row; 0: the interval has none.</summary>
    public IReadOnlyList<int> Lines { get; init; } = [];

    /// <summary>What --skip-bad left out; such an interval counts 0.</summary>
    public IReadOnlyList<SkippedRow> Skipped { get; init; } = [];

    /// <summary>How the file was read, one line for a person.</summary>
    public string Description { get; init; } = "";

    public long EndUtcSeconds => StartUtcSeconds + (long)StepSeconds * Microjoules.Count;

    /// <summary>Reads a CSV, JSON or XML file; every error names the file, the line and what was expected
    /// there.</summary>
    /// <param name="path">As the user gave it.</param>
    /// <param name="zone">The tariff's zone: gives local times their place, the missing and the repeated hour
    /// too.</param>
    /// <param name="settings">What the file does not say itself.</param>
    public static LoadFile Read(string path, DateTimeZone zone, LoadSettings? settings = null) =>
        new LoadReader(path, zone, settings ?? new LoadSettings()).Read();
}
