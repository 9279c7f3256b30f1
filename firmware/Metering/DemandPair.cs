namespace MeterFirmware.Metering;

/// <summary>Demand of both directions; their windows lie alike, and no window holds both.</summary>
internal sealed class DemandPair
{
    private bool _exporting;

    public DemandPair(MeteringSettings settings)
    {
        Import = new DemandMeter(
            settings.RateCountMax, settings.DemandPeriodMinutes, settings.DemandSlipMinutes);
        Export = new DemandMeter(
            settings.RateCountMax, settings.DemandPeriodMinutes, settings.DemandSlipMinutes);
    }

    public DemandMeter Import { get; }

    public DemandMeter Export { get; }

    /// <summary>Length of a sub-block.</summary>
    public int SlipSeconds => Import.SlipSeconds;

    /// <summary>False: no such window, nothing changes.</summary>
    public bool TrySetWindow(int periodMinutes, int slipMinutes) =>
        Import.TrySetWindow(periodMinutes, slipMinutes) && Export.TrySetWindow(periodMinutes, slipMinutes);

    public void Clear(bool onSubBlock)
    {
        Import.Clear(onSubBlock);
        Export.Clear(onSubBlock);
    }

    public void Restart(bool onSubBlock)
    {
        Import.Restart(onSubBlock);
        Export.Restart(onSubBlock);
    }

    public void RestartRate(bool onSubBlock)
    {
        Import.RestartRate(onSubBlock);
        Export.RestartRate(onSubBlock);
    }

    /// <summary>Starts both anew when energy flows the other way than before; none at all keeps the
    /// direction.</summary>
    public void RestartOnReversal(long netMicrojoules)
    {
        bool exporting = netMicrojoules < 0 || (netMicrojoules == 0 && _exporting);
        if (exporting != _exporting)
        {
            _exporting = exporting;
            Restart(false);
        }
    }

    /// <param name="rate">The rate that the sub-block lies in.</param>
    /// <param name="utcSeconds">Its end; 0 when the time is not known.</param>
    public void EndSubBlock(int rate, long utcSeconds)
    {
        Import.EndSubBlock(rate, utcSeconds);
        Export.EndSubBlock(rate, utcSeconds);
    }
}
