namespace MeterFirmware.Charging;

/// <summary>
/// Charges from what the site would feed into the grid: follows the measured grid power smoothly, starts when the surplus
/// lasts, stops when its lack lasts. A stationary battery counts as surplus only if the vehicle goes first.
/// </summary>
public sealed class SurplusController
{
    /// <summary>Surplus for the minimum must last this long before a start.</summary>
    public const int StartMs = 60_000;

    /// <summary>Lack of it must last this long before a stop, unless <see cref="LackMs"/> says otherwise: a cloud passes.</summary>
    public const int StopMs = 180_000;

    /// <summary>Surplus for three phases must last this long before one phase becomes three: each change is a pause.</summary>
    public const int ThreePhasesMs = 600_000;

    private const int All = 3;
    private const int SmoothingMs = 20_000;

    // Three phases are taken with this to spare, so that the border is not crossed again at once.
    private const int ThreePhasesPermille = 1_100;

    private readonly int _nominalVolts;
    private readonly int _milliampsMax;
    private int _phaseCount;
    private long _smoothMilliwatts;
    private long _aboveSinceMs = -1;
    private long _belowSinceMs = -1;
    private long _otherSinceMs = -1;
    private long _lastMs = -1;

    /// <param name="phaseCount">Phases that the contactor closes.</param>
    public SurplusController(int nominalVolts, int phaseCount, int milliampsMax)
    {
        _nominalVolts = nominalVolts;
        _milliampsMax = milliampsMax;
        _phaseCount = phaseCount;
        PhasesWanted = phaseCount;
    }

    /// <summary>Grid power aimed at, W; below 0 leaves some export as a reserve against importing. 0 = zero export.</summary>
    public int TargetGridWatts { get; set; }

    /// <summary>The vehicle is charged before the stationary battery: what flows into the battery is surplus too.</summary>
    public bool VehicleBeforeBattery { get; set; }

    /// <summary>Import that is tolerated to keep the minimum when there is some surplus, W.</summary>
    public int HelpWattsMax { get; set; }

    /// <summary>So long may the surplus, with the tolerated import, be too little for the minimum before charging stops.</summary>
    public int LackMs { get; set; } = StopMs;

    /// <summary>What the surplus allows, mA a phase: 0 or at least 6 A.</summary>
    public int Milliamps { get; private set; }

    /// <summary>Phases that suit the surplus, 1 or 3; a station that cannot switch keeps what it has.</summary>
    public int PhasesWanted { get; private set; }

    /// <summary>Forgets the past, e.g. because the vehicle left or another mode was chosen.</summary>
    public void Reset()
    {
        Milliamps = 0;
        _smoothMilliwatts = 0;
        _aboveSinceMs = -1;
        _belowSinceMs = -1;
        _otherSinceMs = -1;
        _lastMs = -1;
    }

    /// <summary>Takes a measurement, about once a second.</summary>
    /// <param name="gridWatts">Import above 0.</param>
    /// <param name="vehicleWatts">What the vehicle draws within that.</param>
    /// <param name="batteryWatts">Stationary battery: charging above 0, discharging below 0.</param>
    public void Tick(long nowMs, int gridWatts, int vehicleWatts, int batteryWatts) =>
        Tick(nowMs, gridWatts, vehicleWatts, batteryWatts, _phaseCount);

    /// <param name="phaseCount">Phases that the vehicle uses now.</param>
    public void Tick(long nowMs, int gridWatts, int vehicleWatts, int batteryWatts, int phaseCount)
    {
        _phaseCount = phaseCount;

        // Discharge of the battery is never surplus, whoever goes first.
        int battery = batteryWatts < 0 || VehicleBeforeBattery ? batteryWatts : 0;
        long available = ((long)TargetGridWatts - gridWatts + vehicleWatts + battery) * 1000;
        int elapsedMs = _lastMs < 0 ? SmoothingMs : (int)(nowMs - _lastMs);
        _lastMs = nowMs;
        elapsedMs = elapsedMs < SmoothingMs ? elapsedMs : SmoothingMs;
        _smoothMilliwatts += (available - _smoothMilliwatts) * elapsedMs / SmoothingMs;

        // Falls follow at once, rises smoothly: else every cloud's end would draw from the grid.
        _smoothMilliwatts = available < _smoothMilliwatts && Milliamps > 0 ? available : _smoothMilliwatts;
        int wattsPerAmp = _nominalVolts * phaseCount;
        long milliamps = _smoothMilliwatts / wattsPerAmp;
        bool enough = milliamps + (long)HelpWattsMax * 1000 / wattsPerAmp >= Connectors.MilliampsMin;
        Decide(nowMs, enough, milliamps);
        ChoosePhases(nowMs);
    }

    private void Decide(long nowMs, bool enough, long milliamps)
    {
        if (Milliamps == 0)
        {
            _belowSinceMs = -1;
            _aboveSinceMs = !enough ? -1 : _aboveSinceMs < 0 ? nowMs : _aboveSinceMs;
            if (!enough || nowMs - _aboveSinceMs < StartMs)
            {
                return;
            }
        }

        _belowSinceMs = enough ? -1 : _belowSinceMs < 0 ? nowMs : _belowSinceMs;
        if (!enough && nowMs - _belowSinceMs >= LackMs)
        {
            Milliamps = 0;
            _aboveSinceMs = -1;
            return;
        }

        long offer = milliamps > Connectors.MilliampsMin ? milliamps : Connectors.MilliampsMin;
        Milliamps = (int)(offer < _milliampsMax ? offer : _milliampsMax);
    }

    // To one phase as soon as three have lacked for as long as a start takes, to three when there has long been enough.
    private void ChoosePhases(long nowMs)
    {
        long three = (long)_nominalVolts * All * Connectors.MilliampsMin;
        bool isForAll = PhasesWanted == All
            ? _smoothMilliwatts + HelpWattsMax * 1000L >= three
            : _smoothMilliwatts >= three * ThreePhasesPermille / 1000;
        int suits = isForAll ? All : 1;
        _otherSinceMs = suits == PhasesWanted ? -1 : _otherSinceMs < 0 ? nowMs : _otherSinceMs;
        if (_otherSinceMs >= 0 && nowMs - _otherSinceMs >= (isForAll ? ThreePhasesMs : StartMs))
        {
            PhasesWanted = suits;
            _otherSinceMs = -1;
        }
    }
}
