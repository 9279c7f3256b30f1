namespace MeterFirmware.History;

/// <summary>Why registers were frozen. Constants, because they index arrays and are stored.</summary>
public static class FreezeKind
{
    /// <summary>By command.</summary>
    public const int Instant = 0;

    public const int Hourly = 1;

    /// <summary>At 24:00 local time.</summary>
    public const int Daily = 2;

    /// <summary>At a settlement date: with cost and carbon; demand begins anew.</summary>
    public const int Settlement = 3;

    /// <summary>Before another tariff table comes into force.</summary>
    public const int TableSwitch = 4;

    /// <summary>By the plan of <see cref="Freezer.SetPlan"/>.</summary>
    public const int Timed = 5;

    public const int Count = 6;
}
