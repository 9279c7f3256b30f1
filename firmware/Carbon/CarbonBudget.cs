namespace MeterFirmware.Carbon;

/// <summary>A budget of a settlement period, total and intensity, with two warning levels. Each level warns
/// once.</summary>
public sealed class CarbonBudget
{
    public const int Total = 0;
    public const int Intensity = 1;

    // An intensity means little before so much energy, 10 kWh.
    private const long IntensityMilliwattHoursMin = 10_000_000;

    private int _totalLevel;
    private int _intensityLevel;

    /// <summary>CO2 allowed in a period after certificates, mg; 0: no budget.</summary>
    public long MilligramsMax { get; set; }

    /// <summary>Mean allowed in a period, µg/kWh; 0: no budget.</summary>
    public long MicrogramsPerKwhMax { get; set; }

    /// <summary>Levels in permille of the budget.</summary>
    public int FirstLevelPermille { get; set; } = 800;

    public int SecondLevelPermille { get; set; } = 1000;

    internal void Clear()
    {
        _totalLevel = 0;
        _intensityLevel = 0;
    }

    internal bool TryWarn(
        long milligrams, long intensity, long milliwattHours, out int which, out int level, out long reached,
        out long allowed)
    {
        which = Total;
        reached = milligrams;
        allowed = MilligramsMax;
        level = Level(reached, allowed);
        if (level > _totalLevel)
        {
            _totalLevel = level;
            return true;
        }

        which = Intensity;
        reached = intensity;
        allowed = MicrogramsPerKwhMax;
        level = milliwattHours < IntensityMilliwattHoursMin ? 0 : Level(reached, allowed);
        if (level > _intensityLevel)
        {
            _intensityLevel = level;
            return true;
        }

        return false;
    }

    // 10^12 kg in mg × 1000 still fits.
    private int Level(long reached, long allowed) =>
        allowed == 0 ? 0
        : reached * 1000 >= allowed * SecondLevelPermille ? 2
        : reached * 1000 >= allowed * FirstLevelPermille ? 1 : 0;
}
