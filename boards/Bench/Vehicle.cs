using MeterFirmware.Basics;

namespace MeterFirmware.Boards.Bench;

/// <summary>
/// A vehicle at the other end of the cable. It reads the pilot as a vehicle does (duty, not intentions), answers with
/// its resistors, and draws what it decides to draw; the bench shows the charger only what the wires carry.
/// </summary>
public sealed class Vehicle
{
    private const int SleepMs = 30_000;
    private const int RampMilliampsPerSecond = 4_000;

    private readonly VehicleSettings _settings;
    private long _offeredSinceMs = -1;
    private long _stoppedSinceMs = -1;
    private long _lastMs = -1;
    private long _drawnMicrojoules;
    private long _givenMicrojoules;
    private long _batteryMicrojoules;
    private long _milliampSeconds;
    private bool _isSwitchClosed;
    private bool _hasLeaked;

    public Vehicle(VehicleSettings settings)
    {
        _settings = settings;
    }

    /// <summary>Through it the vehicle says its state of charge and may be told to give back; null: a vehicle that only
    /// charges.</summary>
    public SimulatedGateway Gateway { get; init; }

    public bool IsPlugged { get; private set; }

    /// <summary>Energy given back, Wh at the meter.</summary>
    public long GivenWattHours => _givenMicrojoules / Scaling.MicrojoulesPerWattHour;

    public bool IsAsleep { get; private set; }

    /// <summary>Current drawn now, mA per phase.</summary>
    public int Milliamps { get; private set; }

    public long DrawnWattHours => _drawnMicrojoules / Scaling.MicrojoulesPerWattHour;

    public bool IsFull => DrawnWattHours >= _settings.WantedWattHours || Gateway is { StoredPermille: >= 1_000 };

    public void PlugIn()
    {
        IsPlugged = true;
        IsAsleep = false;
        _stoppedSinceMs = -1;
        _offeredSinceMs = -1;
    }

    public void Unplug()
    {
        IsPlugged = false;
        _isSwitchClosed = false;
        Milliamps = 0;
    }

    /// <summary>Reads the pilot, decides, and puts voltages and currents onto the bench.</summary>
    public void Step(long nowMs, ChargerBench bench)
    {
        long elapsedMs = _lastMs < 0 ? 0 : nowMs - _lastMs;
        _lastMs = nowMs;
        Gateway?.Advance(nowMs);
        if (IsPlugged)
        {
            Decide(nowMs, bench.DutyHundredths);
            long before = _drawnMicrojoules - _givenMicrojoules;
            Draw(elapsedMs, bench);
            Store(_drawnMicrojoules - _givenMicrojoules - before);
        }

        ShowPilot(bench);
        bool leaks = IsPlugged && bench.AreContactsClosed
            && (_settings.LeaksAcMilliamps != 0 || _settings.LeaksDcMilliamps != 0);
        if (leaks || _hasLeaked)
        {
            bench.RcdAcMilliamps = leaks ? _settings.LeaksAcMilliamps : 0;
            bench.RcdDcMilliamps = leaks ? _settings.LeaksDcMilliamps : 0;
            _hasLeaked = leaks;
        }

        for (int phase = 0; phase < 3; phase++)
        {
            bench.LineMilliamps[phase] = IsPlugged && phase < Numbers.Least(_settings.PhaseCount, bench.PhaseCount)
                ? Milliamps : 0;
        }
    }

    private void Decide(long nowMs, int dutyHundredths)
    {
        bool isOffered = OfferOf(dutyHundredths) > 0;
        IsAsleep &= dutyHundredths != 0;
        if (isOffered)
        {
            _stoppedSinceMs = -1;
            _offeredSinceMs = _offeredSinceMs < 0 ? nowMs : _offeredSinceMs;
            bool isReady = !IsFull && !IsAsleep && nowMs - _offeredSinceMs >= _settings.ReactMs;
            _isSwitchClosed = _settings.TogglesEveryMs > 0 ? nowMs / _settings.TogglesEveryMs % 2 == 0 : isReady;
            return;
        }

        _offeredSinceMs = -1;
        _stoppedSinceMs = _stoppedSinceMs < 0 ? nowMs : _stoppedSinceMs;
        IsAsleep |= _settings.SleepsDeeply && nowMs - _stoppedSinceMs >= SleepMs;
        _isSwitchClosed &= _settings.IgnoresStop || nowMs - _stoppedSinceMs < _settings.StopMs;
    }

    private void Draw(long elapsedMs, ChargerBench bench)
    {
        int offer = OfferOf(bench.DutyHundredths);
        int wanted = _settings.IgnoresStop && offer == 0
            ? _settings.MilliampsMax : offer + offer * _settings.GreedPermille / 1_000;
        wanted = Numbers.Least(wanted,
            _settings.MilliampsMax + _settings.MilliampsMax * _settings.GreedPermille / 1_000);
        if (!bench.AreContactsClosed || !_isSwitchClosed)
        {
            Milliamps = 0;
            return;
        }

        bench.IsFeedingBack = Gateway is { IsHeld: true };
        if (bench.IsFeedingBack)
        {
            int phases = Numbers.Least(_settings.PhaseCount, bench.PhaseCount);
            Milliamps = (int)(Gateway.DischargeWatts * 1_000_000L / bench.VoltageAt(0) / phases);
            _givenMicrojoules += (long)bench.VoltageAt(0) * Milliamps / 1_000 * elapsedMs * phases;
            return;
        }

        // Down at once, up by a ramp.
        _milliampSeconds += elapsedMs * RampMilliampsPerSecond;
        int rise = (int)(_milliampSeconds / 1_000);
        _milliampSeconds %= 1_000;
        Milliamps = Numbers.Least(wanted, Milliamps + rise);
        for (int phase = 0; phase < Numbers.Least(_settings.PhaseCount, bench.PhaseCount); phase++)
        {
            _drawnMicrojoules += (long)bench.VoltageAt(phase) * Milliamps / 1_000 * elapsedMs;
        }
    }

    // 93 % each way, as the planner's default says.
    private void Store(long microjoules)
    {
        if (Gateway is null)
        {
            return;
        }

        long capacity = Gateway.CapacityWattHours * Scaling.MicrojoulesPerWattHour;
        if (_batteryMicrojoules == 0)
        {
            _batteryMicrojoules = capacity / 1_000 * Gateway.StoredPermille;
        }

        _batteryMicrojoules += microjoules >= 0 ? microjoules * 93 / 100 : microjoules * 100 / 93;
        Gateway.StoredPermille = (int)(_batteryMicrojoules / (capacity / 1_000));
    }

    private void ShowPilot(ChargerBench bench)
    {
        // 1 kΩ in the charger against 2.74 kΩ, 882 Ω or 246 Ω in the vehicle, behind its diode.
        int high = !IsPlugged ? 12_000 : !_isSwitchClosed ? 9_000 : _settings.NeedsVentilation ? 3_000 : 6_000;
        bool isNegative = bench.DutyHundredths == 0;
        bench.CpLowMillivolts = IsPlugged && _settings.LacksDiode ? -high : -12_000;
        bench.CpHighMillivolts = isNegative ? bench.CpLowMillivolts : high;
    }

    // The vehicle's own table: IEC 61851-1 Table A.8, written apart from the firmware's on purpose.
    private static int OfferOf(int dutyHundredths)
    {
        double duty = dutyHundredths / 100.0;
        double amps = duty switch
        {
            < 8 => 0,
            < 10 => 6,
            <= 85 => duty * 0.6,
            <= 96 => (duty - 64) * 2.5,
            <= 97 => 80,
            _ => 0,
        };
        return (int)(amps * 1_000);
    }
}
