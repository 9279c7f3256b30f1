namespace MeterFirmware.Tools.HeadEnds.Areas;

/// <summary>A transformer's load and the quality of its voltage on one day, from the means of the intervals.</summary>
/// <param name="Area">Name of the area.</param>
/// <param name="Day">Local day.</param>
/// <param name="RatingKva">Of the transformer; null: not known.</param>
/// <param name="MostVoltAmperes">Highest apparent power of an interval at the supply's meter; null: none was
/// measured.</param>
/// <param name="MostUtcSeconds">Begin of that interval.</param>
/// <param name="UnbalancePermilleMax">Highest (largest − smallest) / largest phase current of an interval with at
/// least a tenth of the rated current; null: no such interval, or one phase.</param>
/// <param name="QualifiedSeconds">Time of members with every phase within GB/T 12325, section 4.</param>
/// <param name="JudgedSeconds">Time of members whose voltage is known.</param>
public sealed record AreaLoad(
    string Area,
    DateOnly Day,
    int? RatingKva,
    long? MostVoltAmperes,
    long MostUtcSeconds,
    int? UnbalancePermilleMax,
    long QualifiedSeconds,
    long JudgedSeconds)
{
    private const int Permille = 1_000;

    /// <summary>Highest load in thousandths of the rating; null: not known.</summary>
    public int? LoadPermille => MostVoltAmperes is { } most && RatingKva is { } rating
        ? (int)(most / rating) : null;

    /// <summary>Qualified time in thousandths of the time judged (合格率); null: nothing was.</summary>
    public int? QualifiedPermille => JudgedSeconds > 0 ? (int)(QualifiedSeconds * Permille / JudgedSeconds) : null;
}
