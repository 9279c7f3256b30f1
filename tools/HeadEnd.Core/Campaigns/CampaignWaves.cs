namespace MeterFirmware.Tools.HeadEnds.Campaigns;

/// <summary>How a campaign goes out.</summary>
/// <param name="First">Devices of the first wave.</param>
/// <param name="GrowthPercent">Size of each wave in percent of the one before: 100 leaves it, 200 doubles it.</param>
/// <param name="PauseSeconds">From the end of a wave to the begin of the next one.</param>
/// <param name="ErrorsPermilleMax">Refused and silent devices in thousandths of those begun; more pauses it.</param>
public sealed record CampaignWaves(int First = 5, int GrowthPercent = 200, int PauseSeconds = 60,
    int ErrorsPermilleMax = 100)
{
    /// <summary>Longest pause, s.</summary>
    public const int PauseSecondsMax = 7 * 86_400;

    private const int GrowthPercentMax = 1_000;
    private const int Permille = 1_000;

    /// <summary>Devices of a wave.</summary>
    /// <param name="wave">1 is the first.</param>
    public int SizeOf(int wave)
    {
        double size = First * Math.Pow(GrowthPercent / 100.0, wave - 1);
        return size >= CampaignDesk.DevicesMax ? CampaignDesk.DevicesMax : (int)size;
    }

    /// <summary>Whether so many errors of so many devices are too many.</summary>
    public bool AreTooMany(int errors, int begun) => errors > 0 && errors * (long)Permille > (long)ErrorsPermilleMax
        * begun;

    /// <summary>What is out of its range; null: nothing.</summary>
    public string? Problem() =>
        First is < 1 or > CampaignDesk.DevicesMax ? $"first: 1 to {CampaignDesk.DevicesMax} devices were expected"
        : GrowthPercent is < 100 or > GrowthPercentMax ? $"growthPercent: 100 to {GrowthPercentMax} was expected"
        : PauseSeconds is < 0 or > PauseSecondsMax ? $"pauseSeconds: 0 to {PauseSecondsMax} was expected"
        : ErrorsPermilleMax is < 0 or > Permille ? $"errorsPermilleMax: 0 to {Permille} was expected" : null;
}
