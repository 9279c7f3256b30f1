namespace MeterFirmware.Tools.GridServices.Baselines;

/// <summary>An event and what its load would have been.</summary>
/// <param name="BaselineWattHours">Of the whole event.</param>
/// <param name="Adjustment">Factor of the day; 1 where the method has none.</param>
public sealed record BaselineResult(
    DemandEvent Event, decimal BaselineWattHours, decimal ActualWattHours, decimal Adjustment)
{
    public decimal ReductionWattHours => BaselineWattHours - ActualWattHours;
}
