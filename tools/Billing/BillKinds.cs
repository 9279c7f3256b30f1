namespace MeterFirmware.Tools.Billing;

/// <summary>Kinds of lines as documents and bills spell them.</summary>
public static class BillKinds
{
    /// <summary>Said on every bill.</summary>
    public const string RoundingRule =
        "each line is exact and rounded once, half away from zero, to 0.0001; the total is the sum of the lines";

    /// <summary>A line of more prices, as a list of half hours gives, shows their number only.</summary>
    public const int PartsShownMax = 24;

    public static string Name(BillLineKind kind) => kind == BillLineKind.PowerFactor ? "powerFactor"
        : kind.ToString().ToLowerInvariant();
}
