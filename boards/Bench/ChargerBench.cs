using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Bench;

/// <summary>
/// A charger board on the bench, in whole milliseconds: pilot, cable, residual-current monitor, earth, temperature,
/// mains, and the contactor whose coil circuit holds what no firmware can override: the monitor's trip and the
/// tick-alive circuit. Scenarios set its quantities by hand; a vehicle sets them by its own rules.
/// </summary>
public sealed class ChargerBench : IControlPilot, IProximityPilot, IContactor, IResidualCurrentMonitor, IEarthMonitor,
    ITemperatureSensor, ITickAlive, IPowerSensor
{
    /// <summary>The retriggerable circuit's time: at most 100 ms by design, less its tolerance.</summary>
    public const int GuardMs = 80;

    /// <summary>Pull-in and release time of the contacts after the coil.</summary>
    public const int ContactMs = 15;

    /// <summary>The monitor's output follows its test winding after this.</summary>
    public const int MonitorTestMs = 20;

    // 30 mA AC (IEC 61008) and 6 mA DC (IEC 62955).
    private const double TripAcMilliamps = 30;
    private const double TripDcMilliamps = 6;

    private long _nowMs;
    private long _fedAtMs = -GuardMs;
    private long _coilChangedMs = -1_000;
    private long _testChangedMs = -1_000;
    private bool _isTestDriven;
    private bool _isDriven;
    private bool _isDropped;
    private bool _coilWas;

    public int CpHighMillivolts { get; set; } = 12_000;

    public int CpLowMillivolts { get; set; } = -12_000;

    public int PpOhms { get; set; } = 220;

    public double RcdAcMilliamps { get; set; }

    public double RcdDcMilliamps { get; set; }

    public int TenthsCelsius { get; set; } = 250;

    public ChargerFeedback Feedback { get; set; }

    public bool EarthPresent { get; set; } = true;

    public int MillihertzOfMains { get; set; } = 50_000;

    public int[] MillivoltsOfMains { get; } = { 230_000, 230_000, 230_000 };

    /// <summary>What the vehicle draws while the contacts are closed.</summary>
    public int[] LineMilliamps { get; } = new int[3];

    /// <summary>The current flows out of the vehicle.</summary>
    public bool IsFeedingBack { get; set; }

    /// <summary>Power of a phase in mW, out of the vehicle below 0.</summary>
    public int MilliwattsOf(int phase)
    {
        int current = AreContactsClosed || CurrentFlowsAnyway ? LineMilliamps[phase] : 0;
        int power = (int)((long)VoltageAt(phase) * current / 1_000);
        return IsFeedingBack ? -power : power;
    }

    /// <summary>False: the monitor ignores its test winding, as a broken one does.</summary>
    public bool MonitorAnswersTest { get; set; } = true;

    /// <summary>False: the pilot's detector cannot be read.</summary>
    public bool PilotReadable { get; set; } = true;

    /// <summary>False: the charger's meter does not answer.</summary>
    public bool MeterReadable { get; set; } = true;

    /// <summary>The quantity that <see cref="LineMilliamps"/> holds was set while the contacts were open: it flows past
    /// them (a meter that lies).</summary>
    public bool CurrentFlowsAnyway { get; set; }

    /// <summary>The transistor that drives the coil conducts whatever it is told; only the guard can cut the
    /// coil.</summary>
    public bool IsDriverShorted { get; set; }

    /// <summary>Impedance of the line in front of the station, in mΩ a phase: its voltage falls under load.</summary>
    public int LineMilliohms { get; set; }

    public int DutyHundredths { get; private set; } = 10_000;

    public int PhaseCount { get; set; } = 3;

    /// <summary>Changes of the phases that were asked for.</summary>
    public int PhaseRequests { get; private set; }

    /// <summary>A contactor that cannot leave out phases.</summary>
    public bool IsPhaseFixed { get; set; }

    public bool IsUpstreamTripped { get; private set; }

    /// <summary>Switchings of the coil, closing only.</summary>
    public int CloseCount { get; private set; }

    /// <summary>The coil is energised: driven, and neither trip nor tick-alive circuit dropped it.</summary>
    public bool IsCoilOn => (_isDriven || IsDriverShorted) && !_isDropped;

    /// <summary>The main contacts, after their mechanical delay.</summary>
    public bool AreContactsClosed => Feedback switch
    {
        ChargerFeedback.Welded => true,
        ChargerFeedback.Stuck => false,
        _ => _nowMs - _coilChangedMs >= ContactMs ? IsCoilOn : !IsCoilOn,
    };

    /// <summary>The residual-current monitor's outputs trip.</summary>
    public bool IsTripped => IsAcTripped || IsDcTripped;

    private bool IsAcTripped => RcdAcMilliamps >= TripAcMilliamps || RcdAcMilliamps <= -TripAcMilliamps;

    private bool IsDcTripped => RcdDcMilliamps >= TripDcMilliamps || RcdDcMilliamps <= -TripDcMilliamps;

    int IPowerSensor.Faults => SensorFault.None;

    bool IPowerSensor.CountsEnergy => false;

    /// <summary>Lets the hardware act at this millisecond.</summary>
    public void Advance(long nowMs)
    {
        _nowMs = nowMs;
        bool isGuardUp = nowMs - _fedAtMs < GuardMs;
        if ((_isDriven || IsDriverShorted) && (!isGuardUp || IsTripped))
        {
            _isDropped = true;
        }

        NoteCoil();
    }

    public void Feed() => _fedAtMs = _nowMs;

    public bool TrySet(bool closed)
    {
        _isDriven = closed;

        // Once dropped, the coil pulls again only after its drive was taken away.
        _isDropped &= closed || IsDriverShorted;
        NoteCoil();
        return true;
    }

    public bool TryReadFeedback(out bool closed)
    {
        closed = AreContactsClosed;
        return true;
    }

    public bool TrySetPhaseCount(int phaseCount)
    {
        PhaseRequests++;
        PhaseCount = IsPhaseFixed ? PhaseCount : phaseCount;
        return !IsPhaseFixed;
    }

    public void TripUpstream() => IsUpstreamTripped = true;

    public bool TryRead(out int highMillivolts, out int lowMillivolts)
    {
        highMillivolts = CpHighMillivolts;
        lowMillivolts = CpLowMillivolts;
        return PilotReadable;
    }

    public bool TrySetDuty(int dutyHundredths)
    {
        DutyHundredths = dutyHundredths;
        return true;
    }

    public bool TryReadOhms(out int ohms)
    {
        ohms = PpOhms;
        return true;
    }

    public bool TryRead(out bool acTripped, out bool dcTripped)
    {
        bool isTestEdge = _nowMs - _testChangedMs < MonitorTestMs;
        bool isTestTripped = MonitorAnswersTest && (isTestEdge ? !_isTestDriven : _isTestDriven);
        acTripped = IsAcTripped;
        dcTripped = IsDcTripped || isTestTripped;
        return true;
    }

    public void SetTest(bool active)
    {
        _isTestDriven = active;
        _testChangedMs = _nowMs;
    }

    bool IEarthMonitor.TryRead(out bool earthPresent)
    {
        earthPresent = EarthPresent;
        return true;
    }

    bool ITemperatureSensor.TryRead(out int tenthsCelsius)
    {
        tenthsCelsius = TenthsCelsius;
        return true;
    }

    bool IPowerSensor.TryRead(long nowMs, Measurement measurement)
    {
        bool flows = AreContactsClosed || CurrentFlowsAnyway;
        measurement.PhaseCount = 3;
        measurement.FrequencyMillihertz = MillihertzOfMains;
        measurement.HasEnergy = false;
        for (int phase = 0; phase < 3; phase++)
        {
            int current = flows ? LineMilliamps[phase] : 0;
            int voltage = VoltageAt(phase);
            measurement.VoltageMillivolts[phase] = voltage;
            measurement.CurrentMilliamps[phase] = current;
            measurement.ActivePowerMilliwatts[phase] = MilliwattsOf(phase);
            measurement.ApparentPowerMillivoltamperes[phase] = (int)((long)voltage * current / 1_000);
        }

        return MeterReadable;
    }

    /// <summary>Voltage at the station's terminals in mV: the mains less what the line drops.</summary>
    public int VoltageAt(int phase)
    {
        int current = AreContactsClosed || CurrentFlowsAnyway ? LineMilliamps[phase] : 0;
        return MillivoltsOfMains[phase] - (int)((long)current * LineMilliohms / 1_000);
    }

    private void NoteCoil()
    {
        if (IsCoilOn == _coilWas)
        {
            return;
        }

        _coilWas = IsCoilOn;
        _coilChangedMs = _nowMs;
        CloseCount += IsCoilOn ? 1 : 0;
        if (!IsCoilOn)
        {
            CurrentFlowsAnyway = false;
        }
    }
}
