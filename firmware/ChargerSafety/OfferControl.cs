using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.ChargerSafety;

/// <summary>
/// What the charger tells the vehicle: how much may be offered, whether at all, and the duty that says so, with the
/// standards' pauses between changes, the wake-up through state F, and the hold of state F.
/// </summary>
internal sealed class OfferControl
{
    private readonly SafetySettings _settings;
    private readonly ChargeState _state;

    // The duty of the last offer, worked out when it changes.
    private int _dutyOffer = -1;
    private int _duty;

    public OfferControl(SafetySettings settings, ChargeState state)
    {
        _settings = settings;
        _state = state;
    }

    /// <summary>One tick. True: something may be offered now.</summary>
    public bool Update(ChargeInputs inputs)
    {
        ChargeState s = _state;
        if (!inputs.IsAuthorized || s.ActiveFaults != 0 || s.SelfTest != ChargeState.TestPassed)
        {
            // How much does not matter then.
            UpdateDuty(0, 0, false);
            return false;
        }

        int grant = GrantMilliamps(inputs);
        int offer = s.ExcessMilliamps == 0 ? grant : Told(grant);
        bool mayOffer = offer > 0 && MayOffer();
        UpdateDuty(offer, grant, mayOffer);
        return mayOffer;
    }

    /// <summary>Ends the offer now: steady +12 V.</summary>
    public void End() => SetDuty(PilotDuty.SteadyHigh, 0, 0);

    /// <summary>The least of site limit, station, cable, table and weak line, derated by temperature; 0 when that is
    /// below 6 A.</summary>
    private int GrantMilliamps(ChargeInputs inputs)
    {
        SafetySettings c = _settings;
        int offer = inputs.LimitMilliamps < c.StationMilliampsMax ? inputs.LimitMilliamps : c.StationMilliampsMax;
        int most = c.Standard == ChargingStandard.Gbt18487 ? PilotDuty.GbtMilliampsMax : PilotDuty.IecMilliampsMax;
        offer = offer < most ? offer : most;
        if (c.ReadsCable && _state.CableMilliamps < offer)
        {
            // 0 without a coded cable.
            offer = _state.CableMilliamps;
        }

        switch (_state.DeratingStep)
        {
            case 0: break;
            case 1: offer /= 2; break;
            case 2: offer /= 4; break;
            default: offer = 0; break;
        }

        if (_state.SagMilliamps > 0 && _state.SagMilliamps < offer)
        {
            offer = _state.SagMilliamps;
        }

        return offer < PilotDuty.OfferMilliampsMin ? 0 : offer;
    }

    // A vehicle that draws more than it is told is told less, so that it draws what is granted; where 6 A are too much
    // then, and the excess would count as over-current, nothing.
    private int Told(int grant)
    {
        int excess = _state.ExcessMilliamps;
        if (excess == 0 || grant - excess >= PilotDuty.OfferMilliampsMin)
        {
            return grant == 0 ? 0 : grant - excess;
        }

        bool isBorne = grant > 0
            && PilotDuty.OfferMilliampsMin + excess <= Protection.SoftLimit(_settings, grant);
        return isBorne ? PilotDuty.OfferMilliampsMin : 0;
    }

    private bool MayOffer()
    {
        ChargeState s = _state;
        PilotLevel level = s.Level;
        bool isServable = level == PilotLevel.Volts9 || level == PilotLevel.Volts6
            || (level == PilotLevel.Volts3 && _settings.AllowsVentilation);
        return isServable && s.SelfTestAgeMs < _settings.SelfTestPeriodMs
            && (s.IsClosed || ContactorRule.MayClose(s, _settings));
    }

    private void UpdateDuty(int offer, int grant, bool mayOffer)
    {
        ChargeState s = _state;
        if ((s.ActiveFaults & (1 << ChargerFault.Welded)) != 0)
        {
            // A weld cannot be opened: tell the vehicle that the charger is gone. IEC 61851-1 Table A.4, state F.
            s.IsWaking = false;
            s.NeedSelfTest();
            SetDuty(PilotDuty.SteadyLow, 0, 0);
            return;
        }

        if (!mayOffer)
        {
            s.IsWaking = false;
            SetDuty(PilotDuty.SteadyHigh, 0, 0);
            return;
        }

        if (UpdateWaking())
        {
            SetDuty(PilotDuty.SteadyLow, 0, 0);
            return;
        }

        int duty = DutyOf(offer);
        if (s.DutyHundredths != PilotDuty.SteadyHigh && s.DutyHundredths != PilotDuty.SteadyLow)
        {
            // IEC 61851-1 Table A.6, sequence 6: changes of the offer at least 5 s apart.
            if (duty != s.DutyHundredths && s.DutyAgeMs >= _settings.OfferChangeMs)
            {
                SetDuty(duty, offer, grant);
            }
            else if (duty == s.DutyHundredths)
            {
                s.GrantMilliamps = grant;
            }

            return;
        }

        bool isAwoken = s.DutyHundredths == PilotDuty.SteadyLow;
        if (!s.HasOffered || isAwoken || s.DutyAgeMs >= _settings.OfferChangeMs)
        {
            BeginOffer(isAwoken);
            SetDuty(duty, offer, grant);
        }
    }

    private int DutyOf(int offer)
    {
        if (offer != _dutyOffer)
        {
            _dutyOffer = offer;
            _duty = _settings.OffersDigitalCommunication
                ? PilotDuty.DigitalCommunication
                : PilotDuty.FromMilliamps(_settings.Standard, offer);
        }

        return _duty;
    }

    private void BeginOffer(bool isAwoken)
    {
        ChargeState s = _state;
        s.IsRenewedOffer = s.HasOffered || s.PluggedAgeMs >= _settings.WakePluggedMs;
        s.HasWoken = isAwoken;
        s.HasOffered = true;
        s.HasResponded = s.IsReady;
        s.OfferAgeMs = 0;
    }

    // IEC 61851-1 A.5.3 / sequence 9.2: B2 → F → B2 wakes a vehicle that sleeps through a renewed offer. Once an offer.
    private bool UpdateWaking()
    {
        ChargeState s = _state;
        if (s.IsWaking)
        {
            s.IsWaking = s.DutyAgeMs < _settings.WakeHoldMs;
            return s.IsWaking;
        }

        s.IsWaking = s.IsPwm && s.Level == PilotLevel.Volts9 && s.IsRenewedOffer && !s.HasResponded && !s.HasWoken
            && !s.IsClosed && s.OfferAgeMs >= _settings.WakeAfterMs && s.WakeUps < _settings.WakeUpsMax;
        s.WakeUps += s.IsWaking ? 1 : 0;
        return s.IsWaking;
    }

    private void SetDuty(int duty, int offer, int grant)
    {
        ChargeState s = _state;
        if (s.DutyHundredths == PilotDuty.SteadyLow && duty != PilotDuty.SteadyLow
            && s.DutyAgeMs < _settings.StateFHoldMs)
        {
            // A vehicle must be able to see state F, whatever ends it.
            return;
        }

        if (offer < s.OfferMilliamps)
        {
            // Also by an end: what was granted last bounds what flows until the contactor is open.
            s.GrantBeforeMilliamps = s.GrantMilliamps;
            s.DecreaseAgeMs = 0;
        }

        s.OfferMilliamps = offer;
        s.GrantMilliamps = grant;
        if (duty == s.DutyHundredths)
        {
            return;
        }

        if (s.DutyHundredths == PilotDuty.SteadyLow)
        {
            // What was read before F says nothing about now.
            s.PilotHistory = 0;
            s.IsStale = true;
        }

        s.DutyHundredths = duty;
        s.DutyAgeMs = 0;
        if (s.IsClosed && !s.IsPwm && !s.IsStopping)
        {
            // Once only: an offer that comes and goes does not prolong a stop.
            s.IsStopping = true;
            s.StopAgeMs = 0;
        }
    }
}
