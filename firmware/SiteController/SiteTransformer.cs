using MeterFirmware.Grid;
using MeterFirmware.Hardware;

namespace MeterFirmware.SiteController;

/// <summary>The transformer that feeds the site, watched by the meter at the mains: what is told of it, and by how much
/// it aged in the running interval.</summary>
public sealed class SiteTransformer
{
    /// <summary>Warnings, as the events number them.</summary>
    public const int Loading = 0;
    public const int Unbalance = 1;
    public const int Voltage = 2;
    public const int HotSpot = 3;
    public const int Oil = 4;
    public const int WarningCount = 5;

    private const double SecondsPerHour = 3_600;

    private readonly TransformerMonitor _monitor;
    private readonly int _ambientCelsius;
    private readonly int[] _told = new int[WarningCount];
    private double _lifeHoursBefore;

    public SiteTransformer(SiteSettings settings)
    {
        TransformerSettings transformer = new TransformerSettings();
        transformer.IndoorKelvin = settings.IsTransformerIndoors ? TransformerSettings.IndoorsKelvin : 0;
        _ambientCelsius = settings.AmbientCelsius;
        _monitor = new TransformerMonitor(
            transformer, settings.TransformerKilovoltAmperes * 1000L, settings.NominalVolts * 1000, settings.Phases);
    }

    public TransformerMonitor Monitor => _monitor;

    /// <summary>Highest loading of the strongest phase in the running interval, permille.</summary>
    public int LoadingPermilleMax { get; private set; }

    /// <summary>Highest hot spot in the running interval, tenths of a degree Celsius.</summary>
    public int HotSpotTenthsMax { get; private set; }

    /// <summary>Life that the running interval has cost, s: as long as it is at the design's load.</summary>
    public int LifeSeconds =>
        (int)((_monitor.Thermal.LossOfLifeHours - _lifeHoursBefore) * SecondsPerHour + 0.5);

    /// <summary>Takes the meter's reading, twice a second or so.</summary>
    /// <param name="isRead">False: it said nothing.</param>
    public void Tick(long nowMs, Measurement reading, bool isRead)
    {
        _monitor.Tick(nowMs, reading, isRead, _ambientCelsius);
        int loading = _monitor.LoadingPermilleMax;
        LoadingPermilleMax = loading > LoadingPermilleMax ? loading : LoadingPermilleMax;
        int tenths = TenthsOf(_monitor.Thermal.HotSpotCelsius);
        HotSpotTenthsMax = tenths > HotSpotTenthsMax ? tenths : HotSpotTenthsMax;
    }

    /// <summary>The next interval begins.</summary>
    public void BeginInterval()
    {
        _lifeHoursBefore = _monitor.Thermal.LossOfLifeHours;
        LoadingPermilleMax = _monitor.LoadingPermilleMax;
        HotSpotTenthsMax = TenthsOf(_monitor.Thermal.HotSpotCelsius);
    }

    /// <summary>Step of a warning; 0: there is none.</summary>
    public int LevelOf(int warning)
    {
        switch (warning)
        {
            case Loading: return _monitor.Loading.Level;
            case Unbalance: return _monitor.Unbalance.Level;
            case Voltage: return _monitor.Voltage.Level;
            case HotSpot: return _monitor.HotSpot.Level;
            default: return _monitor.Oil.Level;
        }
    }

    /// <summary>True: the step is another than the one that was told last, and is told now.</summary>
    public bool TryTell(int warning, int level)
    {
        bool isNew = _told[warning] != level;
        _told[warning] = level;
        return isNew;
    }

    /// <summary>What a warning judges: permille, of the voltage mV of the phase that is farthest off, tenths of a
    /// degree.</summary>
    public int ValueOf(int warning)
    {
        switch (warning)
        {
            case Loading: return _monitor.LoadingPermilleMax;
            case Unbalance: return _monitor.UnbalancePermille;
            case Voltage: return _monitor.FarthestMillivolts;
            case HotSpot: return TenthsOf(_monitor.Thermal.HotSpotCelsius);
            default: return TenthsOf(_monitor.Thermal.OilCelsius);
        }
    }

    /// <summary>The warning's word in messages.</summary>
    public static string NameOf(int warning)
    {
        switch (warning)
        {
            case Loading: return "loading";
            case Unbalance: return "unbalance";
            case Voltage: return "voltage";
            case HotSpot: return "hot-spot";
            default: return "oil";
        }
    }

    internal static int TenthsOf(double celsius) => (int)(celsius * 10 + (celsius < 0 ? -0.5 : 0.5));
}
