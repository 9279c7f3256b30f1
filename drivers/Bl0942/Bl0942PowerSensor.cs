using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Bl0942;

/// <summary>
/// Single-phase metering chip BL0942 behind <see cref="IPowerSensor"/>, on a UART or on SPI.
/// <code>
///   set up --MODE reads back--> ready --MODE reads 0x87 again--> Reset, counter baselined anew --> set up
/// </code>
/// Every reading ends with MODE: only when it is still ours did the counter count on since it was set up. On a UART a
/// reading takes three calls or more (two answers, 61 ms of line at 4 800 baud); the calls between return false without
/// a fault.
/// </summary>
public sealed class Bl0942PowerSensor : IPowerSensor
{
    private const int CounterBits = 24;
    private const int ModeAfterPowerUp = 0x87;
    private const int StrangeModesMax = 3;

    /// <summary>Counts that the energy register may owe before it counts as stuck.</summary>
    private const int RestCountsMax = 8;

    private readonly Bl0942Settings _settings;
    private readonly Bl0942Port _port;
    private readonly EnergyFollower _energy;
    private readonly StuckWatch _stuckWatch;
    private readonly int _sign;
    private bool _isSetUp;
    private int _strangeMode;
    private int _strangeModes;

    /// <summary>On a UART. Touches nothing; the first <see cref="TryRead"/> opens the line.</summary>
    public Bl0942PowerSensor(ISerialLine line, Bl0942Settings settings)
        : this(new Bl0942SerialPort(line, settings), settings)
    {
    }

    /// <summary>On SPI. Touches nothing.</summary>
    public Bl0942PowerSensor(IRegisterBus bus, Bl0942Settings settings)
        : this(new Bl0942SpiPort(bus), settings)
    {
        Invariant.Require(settings.Address == 0, "BL0942: on SPI chip select is the address");
    }

    private Bl0942PowerSensor(Bl0942Port port, Bl0942Settings settings)
    {
        settings.Validate();
        _settings = settings;
        _port = port;
        EnergyCounter counter = new EnergyCounter(
            CounterBits, true, settings.EnergyNumerator, settings.PowerDenominator);
        _energy = new EnergyFollower(counter, settings.PowerMilliwattsMax);
        _stuckWatch = new StuckWatch(
            settings.StuckPowerMilliwatts, settings.FrozenMsMax,
            RestCountsMax * settings.EnergyNumerator / settings.PowerDenominator);
        _sign = settings.IsCurrentInverted ? -1 : 1;
    }

    public int Faults { get; private set; }

    public bool CountsEnergy => true;

    /// <summary>The longest time between two good readings (ms) that the counter bridges at the commissioned power.
    /// </summary>
    public long GapMsMax => _energy.GapMsMax;

    public bool TryRead(long nowMs, Measurement measurement)
    {
        if (!_isSetUp)
        {
            return TrySetUp(nowMs);
        }

        int result = _port.Read(nowMs);
        if (result != Bl0942Port.Done)
        {
            return NotDone(result);
        }

        if (_port.Mode != _settings.Mode)
        {
            return TakeStrangeMode();
        }

        _strangeModes = 0;
        Scale(measurement);
        if (!IsPlausible(measurement))
        {
            return Fail(SensorFault.Implausible);
        }

        int fingerprint = ((((_port.Voltage * 31) ^ _port.Current) * 31) ^ _port.Power) + _port.PulseCount;
        if (_stuckWatch.IsStuck(
            nowMs, fingerprint, _port.PulseCount, measurement.VoltageMillivolts[0],
            measurement.ActivePowerMilliwatts[0]))
        {
            if (_stuckWatch.IsEnergyResting)
            {
                _energy.NoteGap();
            }

            return Fail(SensorFault.Stuck);
        }

        return TakeEnergy(nowMs, measurement);
    }

    /// <summary>MODE as after power-up is a restart. Anything else may be noise that passed the check sum, once in 256
    /// times: the same has to come again.</summary>
    private bool TakeStrangeMode()
    {
        _strangeModes = _port.Mode == _strangeMode ? _strangeModes + 1 : 1;
        _strangeMode = _port.Mode;
        if (_port.Mode != ModeAfterPowerUp && _strangeModes < StrangeModesMax)
        {
            return Fail(SensorFault.Implausible);
        }

        _strangeModes = 0;
        _isSetUp = false;
        _energy.Restart();
        return Fail(SensorFault.Reset);
    }

    private bool TrySetUp(long nowMs)
    {
        int result = _port.SetUp(nowMs, _settings.Mode);
        if (result != Bl0942Port.Done)
        {
            return NotDone(result);
        }

        if (_port.Mode != _settings.Mode)
        {
            // It answers but does not hold what was written: not a BL0942, or it just starts.
            return Fail(SensorFault.Implausible);
        }

        _isSetUp = true;
        _stuckWatch.Restart(nowMs);
        Faults = _energy.PendingFaults;
        return false;
    }

    private bool NotDone(int result)
    {
        if (result == Bl0942Port.Busy)
        {
            // What was wrong stays wrong until a reading is good.
            Faults |= _energy.PendingFaults;
            return false;
        }

        return Fail(result == Bl0942Port.Missing ? SensorFault.Missing : SensorFault.Implausible);
    }

    private void Scale(Measurement measurement)
    {
        Bl0942Settings s = _settings;
        int voltage = ChipScale.Scaled(_port.Voltage, s.VoltageNumerator, s.VoltageDenominator);
        int current = ChipScale.Scaled(_port.Current, s.CurrentNumerator, s.CurrentDenominator);
        int power = _sign * ChipScale.Scaled(_port.Power, s.PowerNumerator, s.PowerDenominator);
        measurement.PhaseCount = 1;
        measurement.VoltageMillivolts[0] = voltage;
        measurement.CurrentMilliamps[0] = current;
        measurement.ActivePowerMilliwatts[0] = power;

        // The chip measures no reactive power, and has nothing that tells its sign.
        measurement.ReactivePowerMillivars[0] = 0;
        int apparent = ChipScale.Apparent(voltage, current);
        measurement.ApparentPowerMillivoltamperes[0] = apparent;
        measurement.PowerFactorTenThousandths[0] = ChipScale.PowerFactor(power, apparent);
        measurement.FrequencyMillihertz = Frequency(_port.Period);
    }

    /// <summary>10⁶ / register in Hz (data sheet, section 2.6); 0 when there are no zero crossings.</summary>
    private static int Frequency(int period)
    {
        if (period == 0)
        {
            return 0;
        }

        int millihertz = (1_000_000_000 + period / 2) / period;
        return millihertz < 35_000 || millihertz > 75_000 ? 0 : millihertz;
    }

    private bool IsPlausible(Measurement measurement) =>
        ChipScale.IsWithin(measurement.VoltageMillivolts[0], 0, _settings.VoltageMillivoltsMax)
        && ChipScale.IsWithin(measurement.CurrentMilliamps[0], 0, _settings.CurrentMilliampsMax)
        && ChipScale.IsWithin(
            measurement.ActivePowerMilliwatts[0], -_settings.PowerMilliwattsMax, _settings.PowerMilliwattsMax);

    private bool TakeEnergy(long nowMs, Measurement measurement)
    {
        _energy.Set(0, _port.PulseCount);
        if (!_energy.TryTake(nowMs, _settings.FrozenMsMax > 0 ? _stuckWatch.ChangedAtMs : nowMs))
        {
            return Fail(SensorFault.Implausible);
        }

        long energy = _sign * _energy.Taken(0);
        measurement.HasEnergy = true;
        measurement.ImportMicrojoules[0] = energy > 0 ? energy : 0;
        measurement.ExportMicrojoules[0] = energy < 0 ? -energy : 0;
        measurement.ReactiveMicrovarSeconds[0] = 0;
        Faults = _energy.TakeFaults();
        return true;
    }

    private bool Fail(int fault)
    {
        Faults = fault | _energy.PendingFaults;
        return false;
    }
}
