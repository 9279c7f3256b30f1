using MeterFirmware.Boards.Bench;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.VirtualDevice;

/// <summary>
/// The bench's inputs as plain fields, sampled between two ticks: what the product's tick costs is its own, and not
/// that of the simulated world. A board's pins, ADC and meter come on top of it (README of the board).
/// </summary>
internal sealed class SampledBench : IControlPilot, IProximityPilot, IContactor, IResidualCurrentMonitor, IEarthMonitor,
    ITemperatureSensor, ITickAlive, IPowerSensor
{
    private readonly ChargerBench _bench;
    private Measurement _reading = new Measurement();
    private int _highMillivolts;
    private int _lowMillivolts;
    private int _ohms;
    private int _tenthsCelsius;
    private bool _acTripped;
    private bool _dcTripped;
    private bool _earthPresent;
    private bool _feedbackClosed;
    private bool _isDriven;

    public SampledBench(ChargerBench bench)
    {
        _bench = bench;
        Sample(0);
    }

    public int Faults => SensorFault.None;

    public bool CountsEnergy => false;

    /// <summary>Takes over what the bench shows now.</summary>
    public void Sample(long nowMs)
    {
        _bench.TryRead(out _highMillivolts, out _lowMillivolts);
        _bench.TryRead(out _acTripped, out _dcTripped);
        _bench.TryReadOhms(out _ohms);
        _bench.TryReadFeedback(out _feedbackClosed);
        ((IEarthMonitor)_bench).TryRead(out _earthPresent);
        ((ITemperatureSensor)_bench).TryRead(out _tenthsCelsius);
        ((IPowerSensor)_bench).TryRead(nowMs, _reading);
    }

    public bool TryRead(out int highMillivolts, out int lowMillivolts)
    {
        highMillivolts = _highMillivolts;
        lowMillivolts = _lowMillivolts;
        return true;
    }

    public bool TrySetDuty(int dutyHundredths) => _bench.TrySetDuty(dutyHundredths);

    public bool TryReadOhms(out int ohms)
    {
        ohms = _ohms;
        return true;
    }

    public bool TrySet(bool closed)
    {
        if (closed != _isDriven)
        {
            _isDriven = closed;
            _bench.TrySet(closed);
        }

        return true;
    }

    public bool TryReadFeedback(out bool closed)
    {
        closed = _feedbackClosed;
        return true;
    }

    public bool TrySetPhaseCount(int phaseCount) => _bench.TrySetPhaseCount(phaseCount);

    public void TripUpstream() => _bench.TripUpstream();

    public bool TryRead(out bool acTripped, out bool dcTripped)
    {
        acTripped = _acTripped;
        dcTripped = _dcTripped;
        return true;
    }

    public void SetTest(bool active) => _bench.SetTest(active);

    bool IEarthMonitor.TryRead(out bool earthPresent)
    {
        earthPresent = _earthPresent;
        return true;
    }

    bool ITemperatureSensor.TryRead(out int tenthsCelsius)
    {
        tenthsCelsius = _tenthsCelsius;
        return true;
    }

    public void Feed() => _bench.Feed();

    /// <summary>The reader's own object is what is filled between the ticks.</summary>
    bool IPowerSensor.TryRead(long nowMs, Measurement measurement)
    {
        _reading = measurement;
        return true;
    }
}
