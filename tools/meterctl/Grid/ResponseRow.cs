namespace MeterFirmware.Tools.MeterCtl.Grid;

/// <summary>A row of a trace.</summary>
/// <param name="SetpointWatts">&gt; 0 charges.</param>
/// <param name="IsMeasured">False: the sensor had no reading.</param>
internal sealed record ResponseRow(int Ms, int Millihertz, int Millivolts, int SetpointWatts, bool IsMeasured);
