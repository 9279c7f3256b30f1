namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Which phases a station draws from: all, the first, or with <see cref="SiteOptions.Spread"/> each in
/// turn as they first appear in the file.</summary>
public sealed class StationPhases(SiteOptions site)
{
    private readonly Dictionary<string, int> _phase = [];

    /// <summary>Bits 1, 2, 4 for L1, L2, L3.</summary>
    public int MaskOf(string station)
    {
        if (site.Phases == 3)
        {
            return 7;
        }

        if (!site.Spread)
        {
            return 1;
        }

        if (!_phase.TryGetValue(station, out int phase))
        {
            phase = _phase.Count % 3;
            _phase.Add(station, phase);
        }

        return 1 << phase;
    }
}
