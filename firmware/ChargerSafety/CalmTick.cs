using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.ChargerSafety;

/// <summary>
/// The short way through a tick. In nearly all ticks nothing happens: no fault stands or counts, the offer stays, all
/// readings lie inside all windows. Then the whole way changes ages and histories only, and so does this one. What must
/// hold follows from <see cref="ChargeState"/> and the settings; it is found once behind each tick that went the whole
/// way. Any doubt goes the whole way. Tests run both ways beside each other (CalmTickTests) and the exhaustive check
/// compares them in every state that it reaches.
/// </summary>
internal sealed class CalmTick
{
    private const int AllDiodes = 0xFF;

    // The readings with which a tick finds nothing; the protection finds these.
    internal int VoltageMillivoltsMin;
    internal int VoltageMillivoltsMax;
    internal int HighestMilliampsMin;
    internal int HighestMilliampsMax;
    internal int FrequencyMillihertzMin;
    internal int FrequencyMillihertzMax;

    private readonly SafetySettings _settings;
    private readonly ChargeState _state;
    private readonly Protection _protection;
    private readonly bool _isThreePhase;
    private int _pilotMin;
    private int _pilotMax;
    private int _limitMin;
    private int _limitMax;
    private int _ohmsMin;
    private int _ohmsMax;

    // The negative peak while a diode must show in it.
    private int _lowMax;

    // Until time alone asks for something: the monitor's test, what is forgotten for a plug that is out.
    private int _leftMs;
    private int _level;

    public CalmTick(SafetySettings settings, ChargeState state, Protection protection)
    {
        _settings = settings;
        _state = state;
        _protection = protection;
        _isThreePhase = settings.PhaseCount > 1;
    }

    /// <summary>Takes a tick that is not late. False: nothing was touched, it goes the whole way.</summary>
    public bool TryTake(ChargeInputs inputs, int elapsedMs)
    {
        ChargeState s = _state;
        if (s.Calm != ChargeState.IsCalm)
        {
            if (s.Calm == ChargeState.CalmUnknown)
            {
                s.Calm = Find() ? ChargeState.IsCalm : ChargeState.IsNotCalm;
            }

            if (s.Calm == ChargeState.IsNotCalm)
            {
                return false;
            }
        }

        int high = inputs.HighMillivolts;
        int limit = inputs.LimitMilliamps;
        int ohms = inputs.CableOhms;
        int leftMs = _leftMs - elapsedMs;
        bool isCalm = high >= _pilotMin && high <= _pilotMax && limit >= _limitMin && limit <= _limitMax
            && ohms >= _ohmsMin && ohms <= _ohmsMax && s.ActiveFaults == 0 && leftMs > 0
            && inputs.LowMillivolts <= _lowMax && inputs.TenthsCelsius < _settings.HalfTenthsCelsius
            && inputs.PilotReadable && inputs.MeterReadable && inputs.EarthReadable && inputs.EarthPresent
            && inputs.RcdReadable && !inputs.AcTripped && !inputs.DcTripped
            && inputs.FeedbackReadable && inputs.FeedbackClosed == s.IsClosed
            && inputs.TemperatureReadable && inputs.IsAuthorized == s.WasAuthorized
            && !inputs.IsInternalFault && !inputs.IsReset && !inputs.IsMainsJudgedByProfile
            && TryTakeReading(inputs);
        if (!isCalm)
        {
            return false;
        }

        s.PilotHistory = (s.PilotHistory << 4) | _level;
        if (_lowMax < 0)
        {
            s.DiodeHistory = ((s.DiodeHistory << 1) | 1) & AllDiodes;
            s.DiodeSamples = s.DiodeSamples < PilotFilter.WindowMax ? s.DiodeSamples + 1 : s.DiodeSamples;
        }

        _leftMs = leftMs;
        s.OwedMs += elapsedMs;
        if (s.OwedMs >= ChargeState.OwedMsMax)
        {
            s.Settle();
        }

        return true;
    }

    // All phases inside the windows. The highest current is noted, as the whole way does.
    private bool TryTakeReading(ChargeInputs inputs)
    {
        int[] values = inputs.VoltageMillivolts;
        int min = VoltageMillivoltsMin;
        int max = VoltageMillivoltsMax;
        int value = values[0];
        int frequency = inputs.FrequencyMillihertz;
        if (value < min || value > max || frequency < FrequencyMillihertzMin || frequency > FrequencyMillihertzMax)
        {
            return false;
        }

        int[] currents = inputs.CurrentMilliamps;
        int highest = currents[0];
        int lowest = highest;
        if (_isThreePhase)
        {
            value = values[1];
            int third = values[2];
            if (value < min || value > max || third < min || third > max)
            {
                return false;
            }

            value = currents[1];
            third = currents[2];
            lowest = value < lowest ? value : lowest;
            lowest = third < lowest ? third : lowest;
            highest = value > highest ? value : highest;
            highest = third > highest ? third : highest;
        }

        if (lowest < 0 || highest < HighestMilliampsMin || highest > HighestMilliampsMax)
        {
            return false;
        }

        _protection.CurrentMilliampsMax = highest;
        return true;
    }

    // Whether a tick with readings inside the windows would change ages and histories only, and the windows.
    private bool Find()
    {
        ChargeState s = _state;
        SafetySettings c = _settings;
        bool isRest = s.ActiveFaults == 0 && HasNoCount()
            && !s.IsStale && s.NotReadyMs == 0 && !s.IsWaking && !s.IsStopping
            && s.DeratingStep == 0 && s.DeratingAgeMs == 0 && s.SurgeMs == 0
            && s.SagMs == 0 && s.SagMilliamps == 0 && s.SagHeldMs == 0 && s.IdleMs == 0
            && s.ExcessMilliamps == 0 && s.CableAgeMs == 0
            && (c.NominalMillihertz > 0 || s.GridMillihertz > 0);
        if (!isRest || !PilotBands.TryWindow(c.Standard, s.Level, out _pilotMin, out _pilotMax)
            || !FindPlug() || !FindCable())
        {
            return false;
        }

        bool isOffered = s.DutyHundredths == PilotDuty.SteadyHigh ? FindNoOffer() : s.IsPwm && FindOffer();
        if (!isOffered || !FindTest() || !FindDiode())
        {
            return false;
        }

        _level = (int)s.Level;
        _protection.FindWindows(this);
        return true;
    }

    // No fault has an age that counts. A state that was loaded does not say so by itself.
    private bool HasNoCount()
    {
        ChargeState s = _state;
        if (s.CountingFaults == 0)
        {
            return true;
        }

        for (int fault = 0; fault < ChargerFault.Count; fault++)
        {
            if (s.FaultMs[fault] >= 0)
            {
                return false;
            }
        }

        s.CountingFaults = 0;
        return true;
    }

    // A vehicle that is there, or a plug that is known to be out. Its closings are forgotten after a while.
    private bool FindPlug()
    {
        ChargeState s = _state;
        _leftMs = _settings.SelfTestPeriodMs - s.SelfTestAgeMs;
        if (s.IsConnected)
        {
            return s.Plug == PlugState.Plugged && s.PlugOutMs == 0;
        }

        int forgetMs = _settings.NewVehicleMs - s.PlugOutMs;
        _leftMs = s.Closings > 0 && forgetMs < _leftMs ? forgetMs : _leftMs;
        return s.Plug == PlugState.Gone;
    }

    private bool FindCable()
    {
        SafetySettings c = _settings;
        if (c.ReadsCable)
        {
            return CableCoding.TryOhms(
                c.Standard, c.PhaseCount, _state.CableMilliamps, out _ohmsMin, out _ohmsMax);
        }

        _ohmsMin = int.MinValue;
        _ohmsMax = int.MaxValue;
        return true;
    }

    // The offer stands, and stays as long as the limit gives the same grant.
    private bool FindOffer()
    {
        ChargeState s = _state;
        SafetySettings c = _settings;
        bool isServable = s.Level == PilotLevel.Volts9 || s.Level == PilotLevel.Volts6
            || (s.Level == PilotLevel.Volts3 && c.AllowsVentilation);
        bool mayWake = s.Level == PilotLevel.Volts9 && s.IsRenewedOffer && !s.HasResponded && !s.HasWoken
            && s.WakeUps < c.WakeUpsMax;
        int most = Most();
        int grant = s.GrantMilliamps;
        _limitMin = grant;
        _limitMax = grant == most ? int.MaxValue : grant;
        int duty = c.OffersDigitalCommunication
            ? PilotDuty.DigitalCommunication : PilotDuty.FromMilliamps(c.Standard, grant);

        // While the contactor is open a vehicle that is ready waits to have it closed: the whole way does that.
        return isServable && !mayWake && s.IsClosed == s.IsReady && ContactorRule.MayClose(s, c)
            && s.WasAuthorized && s.SelfTest == ChargeState.TestPassed
            && grant >= PilotDuty.OfferMilliampsMin && grant <= most && duty == s.DutyHundredths;
    }

    // Nothing is offered, and nothing can be: no permission, no vehicle, no test, or a limit that is too low.
    private bool FindNoOffer()
    {
        ChargeState s = _state;
        bool isServable = s.IsConnected && (s.Level != PilotLevel.Volts3 || _settings.AllowsVentilation);
        bool isLimit = s.WasAuthorized && isServable && s.SelfTest == ChargeState.TestPassed;
        _limitMin = int.MinValue;
        _limitMax = isLimit ? PilotDuty.OfferMilliampsMin - 1 : int.MaxValue;
        return s.OfferMilliamps == 0 && s.GrantMilliamps == 0 && !s.IsClosed;
    }

    private bool FindTest()
    {
        // One that is needed is not due before its period while nobody is there.
        ChargeState s = _state;
        return s.SelfTest == ChargeState.TestPassed || (s.SelfTest == ChargeState.TestNeeded && !s.IsConnected);
    }

    private bool FindDiode()
    {
        ChargeState s = _state;
        _lowMax = PilotBands.DiodeMillivoltsMax;
        if (!s.IsPwm || !s.IsConnected)
        {
            _lowMax = int.MaxValue;
            return !s.DiodeSeen && s.DiodeSamples == 0 && s.DiodeHistory == 0;
        }

        int window = (1 << _settings.PilotWindowSamples) - 1;
        return s.DiodeSeen && (s.DiodeHistory & window) == window && s.OfferAgeMs >= _settings.DiodeSettleMs;
    }

    private int Most()
    {
        SafetySettings c = _settings;
        int most = PilotDuty.MilliampsMax(c.Standard);
        most = c.StationMilliampsMax < most ? c.StationMilliampsMax : most;
        return c.ReadsCable && _state.CableMilliamps < most ? _state.CableMilliamps : most;
    }
}
