namespace MeterFirmware.Tools.Billing;

/// <summary>Kinds of lines as documents and bills spell them.</summary>
public static class BillKinds
{
    /// <summary>Said on every bill.</summary>
    public const string RoundingRule =
        "each line is exact and rounded once, half away from zero, to 0.0001; the total is the sum of the lines";

    public static string Name(BillLineKind kind) => kind == BillLineKind.PowerFactor ? "powerFactor"
        : kind.ToString().ToLowerInvariant();
}
