namespace MeterFirmware.Charging;

/// <summary>
/// Charges from what the site would feed into the grid: follows the measured grid power smoothly, starts when the surplus
/// lasts, stops when its lack lasts. A stationary battery counts as surplus only if the vehicle goes first.
/// </summary>
public sealed class SurplusController
{
    /// <summary>Surplus for the minimum must last this long before a start.</summary>
    public const int StartMs = 60_000;

    /// <summary>Lack of it must last this long before a stop: a cloud passes.</summary>
    public const int StopMs = 180_000;

    private const int SmoothingMs = 20_000;

    private readonly int _wattsPerAmp;
    private readonly int _milliampsMax;
    private long _smoothMilliwatts;
    private long _aboveSinceMs = -1;
    private long _belowSinceMs = -1;
    private long _lastMs = -1;

    /// <param name="phaseCount">Phases the vehicle uses.</param>
    public SurplusController(int nominalVolts, int phaseCount, int milliampsMax)
    {
        _wattsPerAmp = nominalVolts * phaseCount;
        _milliampsMax = milliampsMax;
    }

    /// <summary>Grid power aimed at, W; below 0 leaves some export as a reserve against importing. 0 = zero export.</summary>
    public int TargetGridWatts { get; set; }

    /// <summary>The vehicle is charged before the stationary battery: what flows into the battery is surplus too.</summary>
    public bool VehicleBeforeBattery { get; set; }

    /// <summary>Import that is tolerated to keep the minimum when there is some surplus, W.</summary>
    public int HelpWattsMax { get; set; }

    /// <summary>What the surplus allows, mA a phase: 0 or at least 6 A.</summary>
    public int Milliamps { get; private set; }

    /// <summary>Takes a measurement, about once a second.</summary>
    /// <param name="gridWatts">Import above 0.</param>
    /// <param name="vehicleWatts">What the vehicle draws within that.</param>
    /// <param name="batteryWatts">Stationary battery: charging above 0, discharging below 0.</param>
    public void Tick(long nowMs, int gridWatts, int vehicleWatts, int batteryWatts)
    {
        // Discharge of the battery is never surplus, whoever goes first.
        int battery = batteryWatts < 0 || VehicleBeforeBattery ? batteryWatts : 0;
        long available = ((long)TargetGridWatts - gridWatts + vehicleWatts + battery) * 1000;
        int elapsedMs = _lastMs < 0 ? SmoothingMs : (int)(nowMs - _lastMs);
        _lastMs = nowMs;
        elapsedMs = elapsedMs < SmoothingMs ? elapsedMs : SmoothingMs;
        _smoothMilliwatts += (available - _smoothMilliwatts) * elapsedMs / SmoothingMs;

        // Falls follow at once, rises smoothly: else every cloud's end would draw from the grid.
        _smoothMilliwatts = available < _smoothMilliwatts && Milliamps > 0 ? available : _smoothMilliwatts;
        long milliamps = _smoothMilliwatts / _wattsPerAmp;
        bool enough = milliamps + (long)HelpWattsMax * 1000 / _wattsPerAmp >= Connectors.MilliampsMin;
        Decide(nowMs, enough, milliamps);
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
        if (!enough && nowMs - _belowSinceMs >= StopMs)
        {
            Milliamps = 0;
            _aboveSinceMs = -1;
            return;
        }

        long offer = milliamps > Connectors.MilliampsMin ? milliamps : Connectors.MilliampsMin;
        Milliamps = (int)(offer < _milliampsMax ? offer : _milliampsMax);
    }
}
