namespace MeterFirmware.Drivers.MeteringChips;

/// <summary>
/// Two signs of a chip that answers but no longer measures: all registers stay the same to the bit although there is
/// voltage, or the energy counter rests although the power register says that it must run.
/// </summary>
public sealed class StuckWatch
{
    private const int ReadingsMin = 5;

    /// <summary>With less voltage than this the inputs may be really dead.</summary>
    public const int VoltageMillivoltsMin = 20_000;

    private readonly int _powerMilliwattsMin;
    private readonly int _frozenMsMax;
    private readonly long _restMicrojoulesMax;

    private int _fingerprint;
    private int _frozenReadings;
    private int _energyRegister;
    private int _restReadings;
    private long _restMicrojoules;
    private long _lastMs;

    /// <summary>A counter that rests while it should have moved by <paramref name="restMicrojoulesMax"/> is
    /// stuck.</summary>
    public StuckWatch(int powerMilliwattsMin, int frozenMsMax, long restMicrojoulesMax)
    {
        _powerMilliwattsMin = powerMilliwattsMin;
        _frozenMsMax = frozenMsMax;
        _restMicrojoulesMax = restMicrojoulesMax;
    }

    /// <summary>When the readings that came last came first.</summary>
    public long ChangedAtMs { get; private set; }

    /// <summary>True when it is the energy counter that does not move.</summary>
    public bool IsEnergyResting => _restReadings >= ReadingsMin && _restMicrojoules >= _restMicrojoulesMax;

    /// <summary>Forgets the history: after a gap, a reset, or at the start.</summary>
    public void Restart(long nowMs)
    {
        _frozenReadings = 0;
        ChangedAtMs = nowMs;
        _restReadings = 0;
        _restMicrojoules = 0;
        _lastMs = nowMs;
    }

    /// <summary>Takes one reading; true while the chip counts as stuck.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="fingerprint">Any mix of all raw registers.</param>
    /// <param name="energyRegister">Active energy, raw.</param>
    /// <param name="voltageMillivolts">RMS voltage.</param>
    /// <param name="powerMilliwatts">Active power, signed.</param>
    public bool IsStuck(
        long nowMs, int fingerprint, int energyRegister, int voltageMillivolts, int powerMilliwatts)
    {
        if (fingerprint != _fingerprint || voltageMillivolts < VoltageMillivoltsMin)
        {
            _fingerprint = fingerprint;
            _frozenReadings = 0;
            ChangedAtMs = nowMs;
        }
        else
        {
            _frozenReadings++;
        }

        long elapsedMs = nowMs - _lastMs;
        _lastMs = nowMs;
        int magnitude = powerMilliwatts < 0 ? -powerMilliwatts : powerMilliwatts;
        if (energyRegister != _energyRegister || magnitude < _powerMilliwattsMin)
        {
            _energyRegister = energyRegister;
            _restReadings = 0;
            _restMicrojoules = 0;
        }
        else
        {
            _restReadings++;
            _restMicrojoules += (long)magnitude * elapsedMs;
        }

        bool isFrozen = _frozenMsMax > 0 && _frozenReadings >= ReadingsMin && nowMs - ChangedAtMs >= _frozenMsMax;
        return isFrozen || IsEnergyResting;
    }
}
