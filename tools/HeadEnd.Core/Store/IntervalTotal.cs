namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>Imported energy of all devices in the intervals that begin at one instant under one rate.</summary>
/// <param name="StartUtcSeconds">Begin of the intervals.</param>
/// <param name="Rate">Index of the rate.</param>
/// <param name="ImportMilliwattHours">Sum over the devices, mWh.</param>
public sealed record IntervalTotal(long StartUtcSeconds, int Rate, long ImportMilliwattHours);
