using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.PhaseGroup;

/// <summary>
/// Two or three single-phase sensors as one three-phase sensor: sensor i measures phase i. A phase that fails holds the
/// whole reading back for a while, so that the phases stay together in time; what the others counted meanwhile waits
/// and comes with the next reading. A phase that stays away longer is left out: its columns are 0, its fault stands,
/// and the other phases are billed on.
/// </summary>
public sealed class PhaseGroupPowerSensor : IPowerSensor, ICalibratedSensor
{
    /// <summary>How long one failing phase holds back the others.</summary>
    public const int HoldMs = 10_000;

    private readonly IPowerSensor[] _sensors;
    private readonly Measurement _single = new Measurement();
    private readonly Measurement _columns = new Measurement();
    private readonly long[] _readAtMs;
    private readonly bool[] _isFresh;
    private int _pendingFaults;
    private bool _isStarted;

    /// <param name="sensors">Phase 0, 1 and, if there is one, 2. All count energy, or none does.</param>
    public PhaseGroupPowerSensor(IPowerSensor[] sensors)
    {
        Invariant.Require(
            sensors.Length >= 1 && sensors.Length <= Measurement.PhaseCountMax, "a phase group has 1 to 3 sensors");
        for (int i = 1; i < sensors.Length; i++)
        {
            Invariant.Require(
                sensors[i].CountsEnergy == sensors[0].CountsEnergy, "a phase group's sensors must be alike");
        }

        _sensors = sensors;
        _readAtMs = new long[sensors.Length];
        _isFresh = new bool[sensors.Length];
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => _sensors[0].CountsEnergy;

    /// <summary>Channel i is sensor i's.</summary>
    public string FindProblem(CalibrationRows rows, int channel) =>
        channel < _sensors.Length && _sensors[channel] is ICalibratedSensor
            ? ((ICalibratedSensor)_sensors[channel]).FindProblem(rows, channel)
            : "channel: one of a sensor that takes corrections";

    public void Use(CalibrationRows rows, int channel) => ((ICalibratedSensor)_sensors[channel]).Use(rows, channel);

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            for (int phase = 0; phase < _sensors.Length; phase++)
            {
                _readAtMs[phase] = nowMs;
            }
        }

        bool isHeld = false;
        bool isAnyFresh = false;
        int faults = SensorFault.None;
        for (int phase = 0; phase < _sensors.Length; phase++)
        {
            _isFresh[phase] = _sensors[phase].TryRead(nowMs, _single);
            faults |= _sensors[phase].Faults;
            if (_isFresh[phase])
            {
                isAnyFresh = true;
                _readAtMs[phase] = nowMs;

                // Flags that a sensor hands out once must not be lost when the group hands nothing out.
                _pendingFaults |= _sensors[phase].Faults;
                Take(phase);
            }
            else
            {
                isHeld = isHeld || nowMs - _readAtMs[phase] < HoldMs;
            }
        }

        Faults = faults | _pendingFaults;
        if (isHeld || !isAnyFresh)
        {
            return false;
        }

        _pendingFaults = SensorFault.None;
        HandOut(measurement);
        return true;
    }

    /// <summary>Puts one phase's reading into its column; energy adds to what waits there.</summary>
    private void Take(int phase)
    {
        _columns.VoltageMillivolts[phase] = _single.VoltageMillivolts[0];
        _columns.CurrentMilliamps[phase] = _single.CurrentMilliamps[0];
        _columns.ActivePowerMilliwatts[phase] = _single.ActivePowerMilliwatts[0];
        _columns.ReactivePowerMillivars[phase] = _single.ReactivePowerMillivars[0];
        _columns.ApparentPowerMillivoltamperes[phase] = _single.ApparentPowerMillivoltamperes[0];
        _columns.PowerFactorTenThousandths[phase] = _single.PowerFactorTenThousandths[0];
        if (phase == 0 || _single.FrequencyMillihertz != 0)
        {
            _columns.FrequencyMillihertz = _single.FrequencyMillihertz;
        }

        if (_single.HasEnergy)
        {
            _columns.ImportMicrojoules[phase] += _single.ImportMicrojoules[0];
            _columns.ExportMicrojoules[phase] += _single.ExportMicrojoules[0];
            _columns.ReactiveMicrovarSeconds[phase] += _single.ReactiveMicrovarSeconds[0];
        }
    }

    private void HandOut(Measurement measurement)
    {
        measurement.PhaseCount = _sensors.Length;
        measurement.HasEnergy = CountsEnergy;
        measurement.FrequencyMillihertz = _columns.FrequencyMillihertz;
        for (int phase = 0; phase < _sensors.Length; phase++)
        {
            bool isFresh = _isFresh[phase];
            measurement.VoltageMillivolts[phase] = isFresh ? _columns.VoltageMillivolts[phase] : 0;
            measurement.CurrentMilliamps[phase] = isFresh ? _columns.CurrentMilliamps[phase] : 0;
            measurement.ActivePowerMilliwatts[phase] = isFresh ? _columns.ActivePowerMilliwatts[phase] : 0;
            measurement.ReactivePowerMillivars[phase] = isFresh ? _columns.ReactivePowerMillivars[phase] : 0;
            measurement.ApparentPowerMillivoltamperes[phase] =
                isFresh ? _columns.ApparentPowerMillivoltamperes[phase] : 0;
            measurement.PowerFactorTenThousandths[phase] = isFresh ? _columns.PowerFactorTenThousandths[phase] : 0;

            // Energy that was counted before a phase failed is handed out with the rest.
            measurement.ImportMicrojoules[phase] = _columns.ImportMicrojoules[phase];
            measurement.ExportMicrojoules[phase] = _columns.ExportMicrojoules[phase];
            measurement.ReactiveMicrovarSeconds[phase] = _columns.ReactiveMicrovarSeconds[phase];
            _columns.ImportMicrojoules[phase] = 0;
            _columns.ExportMicrojoules[phase] = 0;
            _columns.ReactiveMicrovarSeconds[phase] = 0;
        }
    }
}
