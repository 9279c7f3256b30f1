using MeterFirmware.Hardware;

namespace MeterFirmware.Charging;

/// <summary>
/// Follows the surplus of local generation by a meter at the grid point. Once a second; without a reading for five
/// seconds there is no surplus.
/// </summary>
public sealed class SurplusCharging
{
    /// <summary>The surplus is not looked at.</summary>
    public const int Off = 0;

    /// <summary>Charges from surplus only; imports at most what is allowed.</summary>
    public const int Only = 1;

    /// <summary>Charges with the least current, or the plan's, and more from surplus.</summary>
    public const int Minimum = 2;

    /// <summary>Most that may be allowed or kept in reserve, W.</summary>
    public const int WattsMax = 100_000;

    /// <summary>How long the surplus may be gone before charging stops, s: usually, and at most.</summary>
    public const int LackSecondsDefault = SurplusController.LackMsDefault / 1000;
    public const int LackSecondsMax = 3_600;

    private const int ReadMs = 1_000;
    private const int StaleMs = 5_000;

    // A vehicle shows its phases by 3 A on the strongest, for as long as it may take to ramp up.
    private const int DrawingMilliampsMin = 3_000;
    private const int ShownMs = 20_000;

    private readonly IPowerSensor _grid;
    private readonly Measurement _reading = new Measurement();
    private readonly SurplusController _controller;
    private readonly PhasesShown _vehicle = new PhasesShown(ShownMs, DrawingMilliampsMin);
    private readonly int _wiredPhases;
    private long _nextReadMs;
    private long _readAtMs = -StaleMs;

    /// <param name="grid">The meter at the grid point, import above 0.</param>
    /// <param name="phaseVolts">Nominal volts of a phase.</param>
    /// <param name="phaseCount">Phases that the charger can close, 1 or 3.</param>
    /// <param name="stationMilliampsMax">Commissioned ceiling, mA a phase.</param>
    public SurplusCharging(IPowerSensor grid, int phaseVolts, int phaseCount, int stationMilliampsMax)
    {
        _grid = grid;
        _wiredPhases = phaseCount;
        _controller = new SurplusController(phaseVolts, phaseCount, stationMilliampsMax);
        TrySet(Off, 0, 0, LackSecondsDefault);
    }

    /// <summary><see cref="Off"/>, <see cref="Only"/> or <see cref="Minimum"/>.</summary>
    public int Mode { get; private set; }

    /// <summary>Import that is allowed to keep the least current, W.</summary>
    public int ImportWatts => _controller.HelpWattsMax;

    /// <summary>Export that is left, as a reserve against importing, W.</summary>
    public int ExportWatts => -_controller.TargetGridWatts;

    /// <summary>How long the surplus may be gone before charging stops, s.</summary>
    public int LackSeconds => _controller.LackMs / 1000;

    /// <summary>Power at the grid point, W, import above 0. Means something while <see cref="IsGridKnown"/>.</summary>
    public int GridWatts { get; private set; }

    public bool IsGridKnown { get; private set; }

    /// <summary>Import of the building without the vehicle, W, of the same moment.</summary>
    public int BuildingWatts { get; private set; }

    /// <summary>What the surplus allows, mA a phase: 0 or at least 6 A.</summary>
    public int LimitMilliamps => IsGridKnown ? _controller.Milliamps : 0;

    /// <summary>Phases that suit the surplus, 1 or 3.</summary>
    public int Phases => Mode == Off ? Measurement.PhaseCountMax : _controller.PhasesWanted;

    /// <summary>The command's word for a mode.</summary>
    public static string NameOf(int mode) => mode == Only ? "only" : mode == Minimum ? "minimum" : "off";

    /// <summary>False: a mode that does not exist, watts outside 0 to <see cref="WattsMax"/>, or seconds outside 0 to
    /// <see cref="LackSecondsMax"/>; nothing changed.</summary>
    public bool TrySet(int mode, int importWatts, int exportWatts, int lackSeconds)
    {
        if (mode < Off || mode > Minimum || importWatts < 0 || importWatts > WattsMax
            || exportWatts < 0 || exportWatts > WattsMax || lackSeconds < 0 || lackSeconds > LackSecondsMax)
        {
            return false;
        }

        Mode = mode;
        _controller.HelpWattsMax = importWatts;
        _controller.TargetGridWatts = -exportWatts;
        _controller.LackMs = lackSeconds * 1000;
        _controller.Reset();
        return true;
    }

    /// <summary>The vehicle has left: another one may come.</summary>
    public void ForgetVehicle() => _vehicle.Forget();

    /// <summary>One tick.</summary>
    /// <param name="vehicle">The charger's own meter.</param>
    /// <param name="phasesInUse">Phases that the contactor closes.</param>
    /// <param name="ceilingMilliamps">What others allow, mA a phase.</param>
    /// <param name="mayChangePhases">The contactor could close soon after a change of the phases.</param>
    public void Tick(long nowMs, Measurement vehicle, int phasesInUse, int ceilingMilliamps, bool mayChangePhases)
    {
        if (nowMs < _nextReadMs)
        {
            return;
        }

        _nextReadMs = nowMs + ReadMs;
        if (_grid.TryRead(nowMs, _reading))
        {
            _readAtMs = nowMs;
            GridWatts = WattsOf(_reading);
            BuildingWatts = GridWatts - WattsOf(vehicle);
            IsGridKnown = true;
        }
        else if (nowMs - _readAtMs >= StaleMs)
        {
            IsGridKnown = false;
            _controller.Reset();
            return;
        }

        int shown = _vehicle.Observe(nowMs, phasesInUse == _wiredPhases, vehicle.CurrentMilliamps);
        if (Mode == Off || _readAtMs != nowMs)
        {
            return;
        }

        // A vehicle may use fewer phases than it is given; it shows when it draws.
        int known = _vehicle.Count > 0 && _vehicle.Count < phasesInUse ? _vehicle.Count : phasesInUse;
        _controller.CeilingMilliamps = ceilingMilliamps;
        _controller.MayChangePhases = mayChangePhases;
        _controller.VehiclePhases = _vehicle.Count;
        _controller.Tick(nowMs, GridWatts, WattsOf(vehicle), 0, shown > 0 ? shown : known);
    }

    private static int WattsOf(Measurement reading)
    {
        long milliwatts = 0;
        for (int phase = 0; phase < reading.PhaseCount; phase++)
        {
            milliwatts += reading.ActivePowerMilliwatts[phase];
        }

        return (int)(milliwatts / 1000);
    }
}
