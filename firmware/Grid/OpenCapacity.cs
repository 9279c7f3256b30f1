using MeterFirmware.Basics;

namespace MeterFirmware.Grid;

/// <summary>What may still be connected to a transformer or feeder: whole W and VA, shares in millionths.</summary>
public static class OpenCapacity
{
    /// <summary>The method of <see cref="GenerationWatts"/>, as it stands in every message.</summary>
    public const string GenerationMethod = "DL/T 2041-2025";

    /// <summary>The method of <see cref="LoadWatts"/>: ours, no standard was found.</summary>
    public const string LoadMethod = "load headroom";

    public const int Green = 0;
    public const int Yellow = 1;
    public const int Red = 2;

    private const int Whole = 1_000_000;

    /// <summary>Generation that an area bears: (P − PG + β·S·cosθ + PESS) ÷ τ, DL/T 2041-2025. Negative
    /// where there is too much already.</summary>
    /// <param name="loadWatts">P, the area's load.</param>
    /// <param name="generationWatts">PG, generation that is there.</param>
    /// <param name="betaPpm">β: 0.8, or (n − 1) ÷ n for n transformers in parallel.</param>
    /// <param name="storageWatts">PESS.</param>
    /// <param name="tauPpm">τ, the share of its rating that new generation reaches at most; above 0.</param>
    public static long GenerationWatts(
        long loadWatts, long generationWatts, long transformerVoltAmperes, int powerFactorPpm, int betaPpm,
        long storageWatts, int tauPpm)
    {
        long usable = Share(transformerVoltAmperes, powerFactorPpm, betaPpm);
        return Scaling.DivideRounded((loadWatts - generationWatts + usable + storageWatts) * Whole, tauPpm);
    }

    /// <summary>Load that a transformer bears beside the greatest that it had.</summary>
    /// <param name="usablePpm">Of its rating: 0.8.</param>
    public static long LoadWatts(
        long transformerVoltAmperes, int powerFactorPpm, int usablePpm, long greatestWatts) =>
        Share(transformerVoltAmperes, powerFactorPpm, usablePpm) - greatestWatts;

    /// <summary>The colour of an area.</summary>
    /// <param name="connectableWatts">Capacity less what is connected.</param>
    /// <param name="registrableWatts">The same less what is registered and not yet connected.</param>
    /// <param name="isAboveRed">The level above is red, and so is what it feeds.</param>
    public static int ZoneOf(long connectableWatts, long registrableWatts, bool isAboveRed) =>
        isAboveRed || connectableWatts <= 0 ? Red : registrableWatts <= 0 ? Yellow : Green;

    /// <summary>The zone's word in messages.</summary>
    public static string NameOf(int zone) => zone == Red ? "red" : zone == Yellow ? "yellow" : "green";

    // Up to 1 GVA it stays within 63 bits.
    private static long Share(long voltAmperes, int firstPpm, int secondPpm) =>
        Scaling.DivideRounded(voltAmperes * (long)firstPpm / 1000 * secondPpm, 1_000_000_000);
}
