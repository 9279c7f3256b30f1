using MeterFirmware.Hardware;

namespace MeterFirmware.Dlt645;

/// <summary>
/// Another maker's DL/T 645-2007 meter as a power sensor. It is asked value by value; a reading is a whole round,
/// 1 to 3 s at 2400 baud, so the same values come until the next round is complete. The meter's own energy counters
/// (0.01 kWh) come as the difference since the last reading that was taken, as total in phase 0's columns.
/// </summary>
public sealed class Dlt645PowerSensor : IPowerSensor
{
    // Registers wrap at 1 000 000.00.
    private const long RegisterModulus = 100_000_000;
    private const long MicrojoulesPerHundredth = 36_000_000_000;

    private const int StepVoltage = 0;
    private const int StepCurrent = 1;
    private const int StepActive = 2;
    private const int StepReactive = 3;
    private const int StepApparent = 4;
    private const int StepPowerFactor = 5;
    private const int StepFrequency = 6;
    private const int StepImport = 7;
    private const int StepExport = 8;
    private const int StepCount = 9;

    // Values a round cannot do without; others are left out when the meter refuses them.
    private const int RequiredSteps = (1 << StepVoltage) | (1 << StepCurrent) | (1 << StepActive) | (1 << StepImport);

    private readonly Dlt645Client _client;
    private readonly byte[] _address;
    private readonly int _phaseCount;
    private readonly int[] _values = new int[StepCount * Measurement.PhaseCountMax];
    private readonly Measurement _latest = new Measurement();
    private readonly long[] _counters = new long[2];
    private readonly long[] _takenCounters = new long[2];
    private readonly long[] _pendingCounters = new long[2];
    private int _step;
    private int _phase;
    private int _skipped;
    private bool _asked;
    private bool _hasCounters;
    private bool _hasRound;
    private long _roundMs;
    private long _takenMs;

    /// <param name="address">Six bytes BCD, low first.</param>
    /// <param name="phaseCount">1 or 3.</param>
    public Dlt645PowerSensor(Dlt645Client client, byte[] address, int phaseCount)
    {
        _client = client;
        _address = address;
        _phaseCount = phaseCount;
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => true;

    /// <summary>A round older than this is no reading any more.</summary>
    public int StaleMs { get; set; } = 15_000;

    /// <summary>The most the connection can carry, for judging a jump of the counters. 3 × 80 A × 264 V.</summary>
    public int PowerWattsMax { get; set; } = 63_360;

    /// <summary>Rounds completed.</summary>
    public long RoundCount { get; private set; }

    public bool TryRead(long nowMs, Measurement measurement)
    {
        _client.Tick(nowMs);
        Advance(nowMs);
        if (!_hasRound || nowMs - _roundMs > StaleMs)
        {
            return false;
        }

        Copy(measurement);
        return TryTakeEnergy(nowMs, measurement);
    }

    private void Advance(long nowMs)
    {
        if (!_asked)
        {
            _asked = _client.TryBeginRead(_address, IdentifierOf(_step, _phase));
            return;
        }

        switch (_client.Outcome)
        {
            case Dlt645Outcome.Waiting:
                return;
            case Dlt645Outcome.Done:
                Faults &= ~SensorFault.Missing;
                if (TryStore())
                {
                    Next(nowMs);
                }
                else
                {
                    Restart(SensorFault.Implausible);
                }

                break;
            case Dlt645Outcome.Refused:
                Faults &= ~SensorFault.Missing;
                if ((RequiredSteps & (1 << _step)) != 0)
                {
                    Restart(SensorFault.Implausible);
                    break;
                }

                _skipped |= 1 << _step;
                Next(nowMs);
                break;
            default:
                Restart(SensorFault.Missing);
                break;
        }

        _asked = false;
    }

    private void Restart(int fault)
    {
        Faults |= fault;
        _step = 0;
        _phase = 0;
    }

    private bool TryStore()
    {
        int format = FormatOf(_step);
        if (_client.DataLength != Dlt645Format.BytesOf(format)
            || !Dlt645Format.TryRead(format, _client.Data, 0, out long value))
        {
            return false;
        }

        if (_step >= StepImport)
        {
            _pendingCounters[_step - StepImport] = value;
        }
        else
        {
            _values[_step * Measurement.PhaseCountMax + _phase] = (int)value;
        }

        return true;
    }

    private void Next(long nowMs)
    {
        do
        {
            bool perPhase = _step < StepFrequency;
            _phase = perPhase ? _phase + 1 : 0;
            if (!perPhase || _phase == _phaseCount || (_skipped & (1 << _step)) != 0)
            {
                _phase = 0;
                _step++;
            }
        }
        while (_step < StepCount && (_skipped & (1 << _step)) != 0);

        if (_step == StepCount)
        {
            _step = 0;
            Complete(nowMs);
        }
    }

    private void Complete(long nowMs)
    {
        Faults &= ~SensorFault.Implausible;
        _hasRound = true;
        _roundMs = nowMs;
        RoundCount++;
        _counters[0] = _pendingCounters[0];
        _counters[1] = _pendingCounters[1];
        _latest.PhaseCount = _phaseCount;
        _latest.FrequencyMillihertz = Value(StepFrequency, 0) * 10;
        for (int p = 0; p < _phaseCount; p++)
        {
            int current = Value(StepCurrent, p);
            _latest.VoltageMillivolts[p] = Value(StepVoltage, p) * 100;
            _latest.CurrentMilliamps[p] = current < 0 ? -current : current;
            _latest.ActivePowerMilliwatts[p] = Value(StepActive, p) * 100;
            _latest.ReactivePowerMillivars[p] = Value(StepReactive, p) * 100;
            _latest.ApparentPowerMillivoltamperes[p] = Apparent(p);
            _latest.PowerFactorTenThousandths[p] = PowerFactor(p);
        }
    }

    private int Value(int step, int phase) => _values[step * Measurement.PhaseCountMax + phase];

    private int Apparent(int phase)
    {
        if ((_skipped & (1 << StepApparent)) == 0)
        {
            return Value(StepApparent, phase) * 100;
        }

        // 0.1 V × 1 mA = 0.1 mVA.
        long tenths = (long)Value(StepVoltage, phase) * Value(StepCurrent, phase) / 10;
        return (int)(tenths < 0 ? -tenths : tenths);
    }

    private int PowerFactor(int phase)
    {
        if ((_skipped & (1 << StepPowerFactor)) == 0)
        {
            return Value(StepPowerFactor, phase) * 10;
        }

        int apparent = _latest.ApparentPowerMillivoltamperes[phase];
        if (apparent == 0)
        {
            return 10_000;
        }

        long ratio = _latest.ActivePowerMilliwatts[phase] * 10_000L / apparent;
        return (int)(ratio > 10_000 ? 10_000 : ratio < -10_000 ? -10_000 : ratio);
    }

    private void Copy(Measurement measurement)
    {
        measurement.PhaseCount = _phaseCount;
        measurement.FrequencyMillihertz = _latest.FrequencyMillihertz;
        measurement.HasEnergy = true;
        for (int p = 0; p < _phaseCount; p++)
        {
            measurement.VoltageMillivolts[p] = _latest.VoltageMillivolts[p];
            measurement.CurrentMilliamps[p] = _latest.CurrentMilliamps[p];
            measurement.ActivePowerMilliwatts[p] = _latest.ActivePowerMilliwatts[p];
            measurement.ReactivePowerMillivars[p] = _latest.ReactivePowerMillivars[p];
            measurement.ApparentPowerMillivoltamperes[p] = _latest.ApparentPowerMillivoltamperes[p];
            measurement.PowerFactorTenThousandths[p] = _latest.PowerFactorTenThousandths[p];
            measurement.ImportMicrojoules[p] = 0;
            measurement.ExportMicrojoules[p] = 0;
            measurement.ReactiveMicrovarSeconds[p] = 0;
        }
    }

    /// <summary>Counter differences; a jump that the connection cannot carry is another meter or a cleared
    /// one.</summary>
    private bool TryTakeEnergy(long nowMs, Measurement measurement)
    {
        long import = Difference(0);
        long export = Difference(1);
        if (_hasCounters)
        {
            // Hundredths of a kWh in the time since the last taking, and one for the last digit.
            long elapsedMs = nowMs - _takenMs + StaleMs;
            long most = (long)PowerWattsMax * (elapsedMs / 1000 + 1) / 36_000 + 1;
            if (import > most || export > most)
            {
                Take(nowMs);
                Faults |= SensorFault.EnergyGap;
                return false;
            }

            if (import > 0 || export > 0)
            {
                Faults &= ~SensorFault.EnergyGap;
            }

            measurement.ImportMicrojoules[0] = import * MicrojoulesPerHundredth;
            measurement.ExportMicrojoules[0] = export * MicrojoulesPerHundredth;
        }

        _hasCounters = true;
        Take(nowMs);
        return true;
    }

    private long Difference(int counter)
    {
        long difference = _counters[counter] - _takenCounters[counter];
        return difference < 0 ? difference + RegisterModulus : difference;
    }

    private void Take(long nowMs)
    {
        // The time moves only with the counters: between rounds nothing was taken.
        if (!_hasCounters || _counters[0] != _takenCounters[0] || _counters[1] != _takenCounters[1])
        {
            _takenMs = nowMs;
        }

        _takenCounters[0] = _counters[0];
        _takenCounters[1] = _counters[1];
    }

    private static int IdentifierOf(int step, int phase)
    {
        switch (step)
        {
            case StepFrequency:
                return 0x02800002;
            case StepImport:
                return 0x00010000;
            case StepExport:
                return 0x00020000;
            default:
                // 02 01 01 00 is phase A's voltage; current to power factor follow in DI2.
                return 0x02010100 + (step << 16) + (phase << 8);
        }
    }

    private static int FormatOf(int step)
    {
        switch (step)
        {
            case StepVoltage:
                return Dlt645Format.Voltage;
            case StepCurrent:
                return Dlt645Format.Current;
            case StepActive:
                return Dlt645Format.Power;
            case StepReactive:
                return Dlt645Format.ReactivePower;
            case StepApparent:
                return Dlt645Format.ApparentPower;
            case StepPowerFactor:
                return Dlt645Format.PowerFactor;
            case StepFrequency:
                return Dlt645Format.Frequency;
            default:
                return Dlt645Format.Energy;
        }
    }
}
