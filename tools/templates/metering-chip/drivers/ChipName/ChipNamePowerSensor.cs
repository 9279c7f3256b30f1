using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.ChipName;

/// <summary>
/// CHIPNAME behind <see cref="IPowerSensor"/>, on I²C.
/// <code>
///   power-up --PowerUpMs--> configure --read back--> ready --configuration lost--> Reset --> configure
/// </code>
/// A reading that fails or is implausible takes nothing: the next good one covers its time.
/// </summary>
public sealed class ChipNamePowerSensor : IPowerSensor
{
    /// <summary>From power-up until the chip answers (data sheet, electrical characteristics).</summary>
    public const int PowerUpMs = 50;

    /// <summary>What the driver writes to the configuration register, and what a reset leaves there.</summary>
    private const int Configuration = 0x4527;
    private const int ConfigurationAfterReset = 0x4127;

    /// <summary>What a line at rest reads; or zeros.</summary>
    private const int AllOnes = 0xFFFF;
//#if (Counter)

    // µJ a count of the energy register.
    private const long CountNumerator = 100_000;
    private const long CountDenominator = 1;

    /// <summary>Counts that the energy register may owe before it counts as stuck.</summary>
    private const int RestCountsMax = 64;
//#endif

    private readonly IRegisterBus _bus;
    private readonly ChipNameSettings _settings;
    private readonly StuckWatch _stuckWatch;
//#if (Counter)
    private readonly EnergyFollower _energy;
//#endif
    private readonly int _sign;
    private readonly byte[] _out = new byte[3];
    private readonly byte[] _in = new byte[2];

    private bool _isStarted;
    private bool _isConfigured;
    private long _readyAtMs;
//#if (!Counter)
    private int _pendingFaults;
//#endif
    private int _voltage;
    private int _current;
    private int _power;
//#if (Counter)
    private int _count;
//#endif

    /// <summary>Touches nothing; the first <see cref="TryRead"/> starts the chip.</summary>
    public ChipNamePowerSensor(IRegisterBus bus, ChipNameSettings settings)
    {
        settings.Validate();
        _bus = bus;
        _settings = settings;
        _sign = settings.IsCurrentInverted ? -1 : 1;
//#if (Counter)
        EnergyCounter counter = new EnergyCounter(32, true, CountNumerator, CountDenominator);
        _energy = new EnergyFollower(counter, settings.PowerMilliwattsMax);
        long restMicrojoulesMax = RestCountsMax * CountNumerator / CountDenominator;
//#else
        const long restMicrojoulesMax = long.MaxValue;
//#endif
        _stuckWatch = new StuckWatch(settings.StuckPowerMilliwatts, settings.FrozenMsMax, restMicrojoulesMax);
    }

    public int Faults { get; private set; }

//#if (Counter)
    public bool CountsEnergy => true;

    /// <summary>The longest time between two good readings (ms) that the counter bridges at the commissioned power.
    /// </summary>
    public long GapMsMax => _energy.GapMsMax;

    private int PendingFaults => _energy.PendingFaults;
//#else
    public bool CountsEnergy => false;

    private int PendingFaults => _pendingFaults;
//#endif

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (!_isConfigured && !TryStart(nowMs))
        {
            return false;
        }

        // The mark last: a reset at any place of the reading voids it.
        if (!TryReadValues() || !TryRead(ChipNameRegister.Configuration, out int first))
        {
            return Fail(SensorFault.Missing);
        }

        int mark = first;
        if (first != Configuration && !TryRead(ChipNameRegister.Configuration, out mark))
        {
            return Fail(SensorFault.Missing);
        }

        if (mark != Configuration)
        {
            return TakeStrangeMark(nowMs, mark, mark == first);
        }

        Scale(measurement);
        if (!IsPlausible(measurement))
        {
            return Fail(SensorFault.Implausible);
        }

        return TryHandOut(nowMs, measurement);
    }

    private bool TryStart(long nowMs)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _readyAtMs = nowMs + PowerUpMs;
        }

        if (nowMs < _readyAtMs)
        {
            Faults = PendingFaults;
            return false;
        }

        if (!TryWrite(ChipNameRegister.Configuration, Configuration)
            || !TryRead(ChipNameRegister.Configuration, out int mark))
        {
            return Fail(SensorFault.Missing);
        }

        if (mark != Configuration)
        {
            // It acknowledges but does not hold what was written: another chip, or a floating bus.
            return Fail(SensorFault.Implausible);
        }

        _isConfigured = true;
        _stuckWatch.Restart(nowMs);
        return true;
    }

    private bool TryReadValues()
    {
//#if (Counter)
        // Two words that must belong together: the high one is read again.
        if (!TryRead(ChipNameRegister.Energy, out int high) || !TryRead(ChipNameRegister.Energy + 1, out int low)
            || !TryRead(ChipNameRegister.Energy, out int again))
        {
            return false;
        }

        if (again != high && !TryRead(ChipNameRegister.Energy + 1, out low))
        {
            return false;
        }

        _count = (again << 16) | low;
//#endif
        if (!TryRead(ChipNameRegister.Voltage, out _voltage) || !TryRead(ChipNameRegister.Current, out _current)
            || !TryRead(ChipNameRegister.Power, out _power))
        {
            return false;
        }

        _current = (short)_current;
        _power = (short)_power;
        return true;
    }

    private void Scale(Measurement measurement)
    {
        ChipNameSettings s = _settings;
        int voltage = ChipScale.Scaled(_voltage, s.VoltageNumerator, s.VoltageDenominator);
        int current = ChipScale.Scaled(_current, s.CurrentNumerator, s.CurrentDenominator);
        int power = _sign * ChipScale.Scaled(_power, s.PowerNumerator, s.PowerDenominator);
        measurement.PhaseCount = 1;
        measurement.VoltageMillivolts[0] = voltage;
        measurement.CurrentMilliamps[0] = current < 0 ? -current : current;
        measurement.ActivePowerMilliwatts[0] = power;
        measurement.ReactivePowerMillivars[0] = 0;
        int apparent = ChipScale.Apparent(voltage, measurement.CurrentMilliamps[0]);
        measurement.ApparentPowerMillivoltamperes[0] = apparent;
        measurement.PowerFactorTenThousandths[0] = ChipScale.PowerFactor(power, apparent);
        measurement.FrequencyMillihertz = 0;
    }

    private bool IsPlausible(Measurement measurement) =>
        ChipScale.IsWithin(measurement.VoltageMillivolts[0], 0, _settings.VoltageMillivoltsMax)
        && ChipScale.IsWithin(measurement.CurrentMilliamps[0], 0, _settings.CurrentMilliampsMax)
        && ChipScale.IsWithin(
            measurement.ActivePowerMilliwatts[0], -_settings.PowerMilliwattsMax, _settings.PowerMilliwattsMax);

    private bool TryHandOut(long nowMs, Measurement measurement)
    {
//#if (Counter)
        int count = _count;
//#else
        int count = _power;
//#endif
        int fingerprint = ((((_voltage * 31) ^ _current) * 31) ^ _power) + count * 17;
        if (_stuckWatch.IsStuck(
            nowMs, fingerprint, count, measurement.VoltageMillivolts[0], measurement.ActivePowerMilliwatts[0]))
        {
//#if (Counter)
            if (_stuckWatch.IsEnergyResting)
            {
                _energy.NoteGap();
            }

//#endif
            return Fail(SensorFault.Stuck);
        }

//#if (Counter)
        _energy.Set(0, _count);
        if (!_energy.TryTake(nowMs, _settings.FrozenMsMax > 0 ? _stuckWatch.ChangedAtMs : nowMs))
        {
            return Fail(SensorFault.Implausible);
        }

        long energy = _sign * _energy.Taken(0);
        measurement.HasEnergy = true;
        measurement.ImportMicrojoules[0] = energy > 0 ? energy : 0;
        measurement.ExportMicrojoules[0] = energy < 0 ? -energy : 0;
        Faults = _energy.TakeFaults();
//#else
        measurement.HasEnergy = false;
        measurement.ImportMicrojoules[0] = 0;
        measurement.ExportMicrojoules[0] = 0;
        Faults = _pendingFaults;
        _pendingFaults = SensorFault.None;
//#endif
        measurement.ReactiveMicrovarSeconds[0] = 0;
        return true;
    }

    /// <summary>Twice the same, and nothing that a line at rest reads: the register was disturbed in the chip. Every
    /// other was on the line, and the next reading covers its time.</summary>
    private bool TakeStrangeMark(long nowMs, int mark, bool isTwice)
    {
        bool isLineAtRest = mark == 0 || mark == AllOnes;
        return mark == ConfigurationAfterReset || (isTwice && !isLineAtRest)
            ? Restart(nowMs) : Fail(SensorFault.Implausible);
    }

    private bool Restart(long nowMs)
    {
        _isConfigured = false;
        _readyAtMs = nowMs + PowerUpMs;
//#if (Counter)
        _energy.Restart();
//#else
        _pendingFaults |= SensorFault.Reset;
//#endif
        return Fail(SensorFault.Reset);
    }

    private bool Fail(int fault)
    {
        Faults = fault | PendingFaults;
        return false;
    }

    private bool TryRead(int register, out int value)
    {
        _out[0] = (byte)register;
        bool isRead = _bus.TryWriteRead(_out, 1, _in, 2);
        value = (_in[0] << 8) | _in[1];
        return isRead;
    }

    private bool TryWrite(int register, int value)
    {
        _out[0] = (byte)register;
        _out[1] = (byte)(value >> 8);
        _out[2] = (byte)value;
        return _bus.TryWrite(_out, 3);
    }
}
