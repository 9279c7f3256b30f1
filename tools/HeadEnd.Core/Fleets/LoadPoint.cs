namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>Energy of one or more devices in the intervals that begin at one instant.</summary>
/// <param name="StartUtcSeconds">Begin of the intervals.</param>
/// <param name="Rate">Name of the rate; empty: not known.</param>
/// <param name="RateIndex">Its index.</param>
/// <param name="ImportMilliwattHours">Drawn.</param>
/// <param name="ExportMilliwattHours">Given back.</param>
/// <param name="Intervals">Records in the sums.</param>
public sealed record LoadPoint(
    long StartUtcSeconds, string Rate, int RateIndex, long ImportMilliwattHours, long ExportMilliwattHours,
    int Intervals);
