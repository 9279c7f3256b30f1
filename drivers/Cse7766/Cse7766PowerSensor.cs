using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Cse7766;

/// <summary>
/// Single-phase metering chips CSE7766 and HLW8032 behind <see cref="IPowerSensor"/>: they only talk, a frame every
/// 55 ms on 4 800 baud 8E1. Each call takes what has arrived and hands out the newest whole frame; a call without one
/// returns false without a fault.
/// <code>
///   open --first frame: its coefficients, else left out--> following --no frame for 1 s--> Missing or Implausible
///                                                          | the counter falls, three frames agree
///                                                          +--> EnergyGap, counted from there
/// </code>
/// </summary>
public sealed class Cse7766PowerSensor : IPowerSensor
{
    private const int Baud = 4_800;
    private const int ParityEven = 2;
    private const int CounterBits = 17;

    /// <summary>Two frames: what began before it has ended.</summary>
    private const int WholeMs = 110;
    private const int CoefficientsMax = 3;

    /// <summary>A coefficient may be so much less than the default: for the longest gap that is bridged.</summary>
    private const int CoefficientMin = Cse7766Settings.PowerCoefficientDefault / 4 * 3;
    private const int CoefficientMax = Cse7766Settings.PowerCoefficientDefault / 4 * 5;

    private readonly ISerialLine _line;
    private readonly Cse7766Settings _settings;
    private readonly Cse7766Frame _frame = new Cse7766Frame();
    private readonly EnergyCounter _counter;
    private readonly EnergyFollower _energy;
    private readonly byte[] _in = new byte[64];
    private bool _isOpen;
    private bool _isFresh;
    private bool _hasScale;
    private long _frameAtMs;
    private long _calledAtMs;
    private int _coefficient;
    private int _otherCoefficient;
    private int _otherCoefficients;

    /// <summary>Touches nothing; the first <see cref="TryRead"/> opens the line.</summary>
    public Cse7766PowerSensor(ISerialLine line, Cse7766Settings settings)
    {
        settings.Validate();
        _line = line;
        _settings = settings;
        _counter = new EnergyCounter(
            CounterBits, false, (long)CoefficientMin * settings.PowerNumerator, settings.PowerDenominator);
        _energy = new EnergyFollower(
            _counter, settings.PowerMilliwattsMax, settings.BridgeMsMax);
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => true;

    /// <summary>The longest time between two frames (ms) that the counter bridges at the commissioned power.</summary>
    public long GapMsMax => _energy.GapMsMax;

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (!_isOpen)
        {
            _frameAtMs = nowMs;
            _isOpen = _line.TryConfigure(Baud, ParityEven);
            return _isOpen ? false : Fail(SensorFault.Missing);
        }

        if (nowMs - _calledAtMs > WholeMs)
        {
            // The rest of a frame that began then may be lost: with other bytes behind it, it would pass the sum once
            // in 256 times.
            _frame.Clear();
        }

        _calledAtMs = nowMs;
        int frames = Collect();
        if (frames == 0)
        {
            return nowMs - _frameAtMs <= _settings.SilentMsMax ? false
                : Fail(_frame.Junk > 2 * Cse7766Frame.Bytes ? SensorFault.Implausible : SensorFault.Missing);
        }

        // The first period after a start or a silence is not a whole one.
        bool isFirst = !_isFresh || nowMs - _frameAtMs > _settings.SilentMsMax;
        _frameAtMs = nowMs;
        _isFresh = true;
        if (!TryTakeCoefficient())
        {
            return Fail(SensorFault.Implausible);
        }

        if (isFirst && frames == 1)
        {
            return false;
        }

        Scale(measurement);
        if (!_frame.IsUsable || !IsPlausible(measurement))
        {
            return Fail(SensorFault.Implausible);
        }

        _energy.Set(0, _frame.Pulses);
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

    /// <summary>Takes all that has arrived; returns how many frames were whole.</summary>
    private int Collect()
    {
        int frames = 0;
        int received;
        do
        {
            if (!_line.TryRead(_in, 0, _in.Length, out received))
            {
                // Something was lost at an unknown place.
                _frame.Clear();
                return frames;
            }

            for (int i = 0; i < received; i++)
            {
                frames += _frame.Take(_in[i]) ? 1 : 0;
            }
        }
        while (received == _in.Length);

        return frames;
    }

    /// <summary>The coefficient is the chip's for its life, so another one is a damaged frame, unless three agree.
    /// </summary>
    private bool TryTakeCoefficient()
    {
        int coefficient = _frame.PowerCoefficient;
        if (coefficient == _coefficient)
        {
            _otherCoefficients = 0;
            return true;
        }

        _otherCoefficients = coefficient == _otherCoefficient ? _otherCoefficients + 1 : 1;
        _otherCoefficient = coefficient;
        if (!ChipScale.IsWithin(coefficient, CoefficientMin, CoefficientMax)
            || (_hasScale && _otherCoefficients < CoefficientsMax))
        {
            return false;
        }

        _counter.SetScale((long)coefficient * _settings.PowerNumerator, _settings.PowerDenominator);
        if (_hasScale)
        {
            _energy.Restart();
        }

        _hasScale = true;
        _coefficient = coefficient;
        _otherCoefficients = 0;
        return true;
    }

    private void Scale(Measurement measurement)
    {
        Cse7766Settings s = _settings;
        int voltage = ChipScale.Scaled(_frame.Millivolts, s.VoltageNumerator, s.VoltageDenominator);
        int current = ChipScale.Scaled(_frame.Milliamps, s.CurrentNumerator, s.CurrentDenominator);
        int power = ChipScale.Scaled(_frame.Milliwatts, s.PowerNumerator, s.PowerDenominator);
        measurement.PhaseCount = 1;
        measurement.VoltageMillivolts[0] = voltage;
        measurement.CurrentMilliamps[0] = current;
        measurement.ActivePowerMilliwatts[0] = power;
        measurement.ReactivePowerMillivars[0] = 0;
        int apparent = ChipScale.Apparent(voltage, current);
        measurement.ApparentPowerMillivoltamperes[0] = apparent;
        measurement.PowerFactorTenThousandths[0] = ChipScale.PowerFactor(power, apparent);
        measurement.FrequencyMillihertz = 0;
    }

    private bool IsPlausible(Measurement measurement) =>
        measurement.VoltageMillivolts[0] <= _settings.VoltageMillivoltsMax
        && measurement.CurrentMilliamps[0] <= _settings.CurrentMilliampsMax
        && measurement.ActivePowerMilliwatts[0] <= _settings.PowerMilliwattsMax;

    private bool Fail(int fault)
    {
        Faults = fault | _energy.PendingFaults;
        return false;
    }
}
