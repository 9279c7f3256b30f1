using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Hlw8012;

/// <summary>
/// Single-phase metering chips HLW8012 (CSE7759) and BL0937 behind <see cref="IPowerSensor"/>: a pulse output for
/// energy and one that shows voltage and current by turns. Energy is counted pulses and nothing else. Power is the
/// pulses of the last seconds over the time between the first and the last of them.
/// </summary>
public sealed class Hlw8012PowerSensor : IPowerSensor
{
    private const int CounterBits = 32;

    /// <summary>Power is taken over at least this long (ms), and two pulses.</summary>
    private const int PowerMsMin = 1_000;

    /// <summary>A current without any pulse for so long (ms) is a broken line.</summary>
    private const int StuckMs = 60_000;

    private readonly IPulseCounter _pulses;
    private readonly Hlw8012Settings _settings;
    private readonly Hlw8012Selector _selector;
    private readonly EnergyFollower _energy;
    private bool _isStarted;
    private long _lastPulses;
    private long _windowPulses;
    private long _windowFromMs;
    private long _pulseAtMs;
    private int _power;

    /// <summary>Touches nothing.</summary>
    /// <param name="pulses">CF.</param>
    /// <param name="selectedPulses">CF1.</param>
    /// <param name="select">SEL.</param>
    /// <param name="settings">Scales.</param>
    public Hlw8012PowerSensor(
        IPulseCounter pulses, IPulseCounter selectedPulses, IDigitalOutput select, Hlw8012Settings settings)
    {
        settings.Validate();
        _pulses = pulses;
        _settings = settings;
        _selector = new Hlw8012Selector(selectedPulses, select, settings);
        EnergyCounter counter = new EnergyCounter(CounterBits, true, settings.MicrojoulesPerPulse, 1);
        _energy = new EnergyFollower(counter, settings.PowerMilliwattsMax);
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => true;

    /// <summary>The longest time between two good readings (ms) that the counter bridges at the commissioned power.
    /// </summary>
    public long GapMsMax => _energy.GapMsMax;

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (!_selector.TryTick(nowMs) || !_pulses.TryRead(out long pulses))
        {
            return Fail(SensorFault.Missing);
        }

        if (_isStarted && pulses < _lastPulses)
        {
            // The board's counter began anew: what it had is gone.
            _energy.Restart();
            _isStarted = false;
        }

        FollowPower(nowMs, pulses);
        if (!_selector.IsReady)
        {
            Faults = _energy.PendingFaults;
            return false;
        }

        Scale(measurement);
        if (measurement.VoltageMillivolts[0] > _settings.VoltageMillivoltsMax
            || measurement.CurrentMilliamps[0] > _settings.CurrentMilliampsMax || _power > _settings.PowerMilliwattsMax)
        {
            return Fail(SensorFault.Implausible);
        }

        if (measurement.CurrentMilliamps[0] >= _settings.StuckMilliamps && nowMs - _pulseAtMs > StuckMs
            && _selector.CurrentFromMs > _pulseAtMs)
        {
            _energy.NoteGap();
            return Fail(SensorFault.Stuck);
        }

        _energy.Set(0, (int)pulses);
        if (!_energy.TryTake(nowMs, nowMs))
        {
            return Fail(SensorFault.Implausible);
        }

        measurement.HasEnergy = true;
        measurement.ImportMicrojoules[0] = _energy.Taken(0);
        measurement.ExportMicrojoules[0] = 0;
        measurement.ReactiveMicrovarSeconds[0] = 0;
        Faults = _energy.TakeFaults();
        return true;
    }

    /// <summary>Power over whole periods: from the tick that saw a pulse to the one that saw the last. Without a pulse
    /// it is at most what one pulse since then would be.</summary>
    private void FollowPower(long nowMs, long pulses)
    {
        if (!_isStarted)
        {
            // What flows until the first turn of CF1 ends is in the first reading.
            _energy.Set(0, (int)pulses);
            _energy.TryTake(nowMs, nowMs);
            _isStarted = true;
            _windowPulses = pulses;
            _windowFromMs = nowMs;
            _pulseAtMs = nowMs;
            _lastPulses = pulses;
            return;
        }

        long restMs = nowMs - _pulseAtMs;
        if (pulses != _lastPulses)
        {
            _lastPulses = pulses;
            _pulseAtMs = nowMs;
            long elapsedMs = nowMs - _windowFromMs;
            if (elapsedMs >= PowerMsMin)
            {
                long power = (pulses - _windowPulses) * _settings.MicrojoulesPerPulse / elapsedMs;
                _power = power > int.MaxValue ? int.MaxValue : (int)power;
                _windowPulses = pulses;
                _windowFromMs = nowMs;
            }
        }
        else if (restMs > _settings.NoPulseMsMax)
        {
            _power = 0;
            _windowPulses = pulses;
            _windowFromMs = nowMs;
        }
        else if (restMs > 0 && _settings.MicrojoulesPerPulse / restMs < _power)
        {
            _power = (int)(_settings.MicrojoulesPerPulse / restMs);
        }
    }

    private void Scale(Measurement measurement)
    {
        int apparent = ChipScale.Apparent(_selector.VoltageMillivolts, _selector.CurrentMilliamps);
        measurement.PhaseCount = 1;
        measurement.VoltageMillivolts[0] = _selector.VoltageMillivolts;
        measurement.CurrentMilliamps[0] = _selector.CurrentMilliamps;
        measurement.ActivePowerMilliwatts[0] = _power;
        measurement.ReactivePowerMillivars[0] = 0;
        measurement.ApparentPowerMillivoltamperes[0] = apparent;
        measurement.PowerFactorTenThousandths[0] = ChipScale.PowerFactor(_power, apparent);
        measurement.FrequencyMillihertz = 0;
    }

    private bool Fail(int fault)
    {
        Faults = fault | _energy.PendingFaults;
        return false;
    }
}
