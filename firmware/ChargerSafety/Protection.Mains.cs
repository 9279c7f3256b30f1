using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.ChargerSafety;

/// <summary>What is judged by the meter's readings: currents, voltages, frequency, a weak line.</summary>
public sealed partial class Protection
{
    private const int Hertz50 = 50_000;
    private const int Hertz60 = 60_000;
    private const int BetweenGridsMillihertz = 55_000;

    // Less than this cannot be what makes a line sag; and how a line that holds is tried again.
    private const int SagLoadMilliampsMin = 2_000;
    private const int SagRiseMilliamps = 1_000;

    private int _lowestMillivolts;
    private int _highestMillivolts;
    private int _lowestMilliamps;
    private bool _isUnder;
    private bool _isSag;
    private bool _isGhost;

    // Worked out when what they depend on changes.
    private int _nominalMillivolts = -1;
    private int _slackMillivolts;
    private int _highMillivolts;
    private int _lowMillivolts;
    private int _surgeMillivolts;
    private int _limitedGrant = -1;
    private int _limitedCeiling = -1;
    private int _softMilliamps;
    private int _hardMilliamps;

    private void FindExtremes()
    {
        int[] voltages = _inputs.VoltageMillivolts;
        int[] currents = _inputs.CurrentMilliamps;
        int voltage = voltages[0];
        int current = currents[0];
        _lowestMillivolts = voltage;
        _highestMillivolts = voltage;
        _lowestMilliamps = current;
        int highest = current;
        for (int phase = 1; phase < _settings.PhaseCount; phase++)
        {
            voltage = voltages[phase];
            current = currents[phase];
            _lowestMillivolts = voltage < _lowestMillivolts ? voltage : _lowestMillivolts;
            _highestMillivolts = voltage > _highestMillivolts ? voltage : _highestMillivolts;
            _lowestMilliamps = current < _lowestMilliamps ? current : _lowestMilliamps;
            highest = current > highest ? current : highest;
        }

        CurrentMilliampsMax = highest > 0 ? highest : 0;
    }

    private void UpdateMains()
    {
        SafetySettings c = _settings;
        int faults = _state.ActiveFaults;
        FindThresholds(c.NominalMillivolts);

        // 2 % of hysteresis while a fault stands, so that a mains at the limit does not chatter.
        int slack = _slackMillivolts;
        int high = _highMillivolts - ((faults & (1 << ChargerFault.OverVoltage)) != 0 ? slack : 0);
        int low = _lowMillivolts + ((faults & (1 << ChargerFault.UnderVoltage)) != 0 ? slack : 0);
        bool isPresent = true;
        _isUnder = _lowestMillivolts < low;
        _isSag = false;
        if (_isUnder)
        {
            isPresent = UpdateLow(low);
        }

        UpdateSurge(_highestMillivolts);
        if (_inputs.IsMainsJudgedByProfile)
        {
            TakeVerdict();
            return;
        }

        _causes |= _highestMillivolts > high ? 1 << ChargerFault.OverVoltage : 0;
        UpdateFrequency(isPresent);
    }

    // A vehicle that gives back makes no line sag, and stays or leaves as its profile says.
    private void TakeVerdict()
    {
        _isUnder = false;
        _isSag = false;
        MainsTrip = _inputs.MainsFault & ProfileMask;
        _causes = (_causes & ~ProfileMask) | MainsTrip;
        _causes |= _highestMillivolts > _surgeMillivolts ? 1 << ChargerFault.OverVoltage : 0;
    }

    // At least one phase is low. Whether another one is there.
    private bool UpdateLow(int low)
    {
        SafetySettings c = _settings;
        int lost = Share(c.NominalMillivolts, c.PhaseLossPermille)
            + (_state.Has(ChargerFault.PhaseLoss) ? _slackMillivolts : 0);
        bool isUnder = false;
        bool anyLost = false;
        bool anyPresent = false;
        bool anyPart = false;
        for (int phase = 0; phase < c.PhaseCount; phase++)
        {
            int voltage = _inputs.VoltageMillivolts[phase];
            isUnder |= voltage < low && voltage >= lost;
            anyLost |= voltage < lost;
            anyPresent |= voltage >= _lowMillivolts;
            anyPart |= voltage >= lost;
        }

        // All phases gone is a supply that failed, one gone beside others is a lost phase.
        bool isLost = anyLost && anyPart && c.PhaseCount > 1;
        _isUnder = isUnder || (anyLost && !isLost);
        _isSag = _isUnder && _lowestMillivolts >= Share(c.NominalMillivolts, c.SagPermille) && HasRoomForLess();
        _causes |= (_isUnder ? 1 << ChargerFault.UnderVoltage : 0) | (isLost ? 1 << ChargerFault.PhaseLoss : 0);
        return anyPresent;
    }

    // They are settings, which are set once; divisions of long numbers cost too much for each tick.
    private void FindThresholds(int nominal)
    {
        if (nominal == _nominalMillivolts)
        {
            return;
        }

        SafetySettings c = _settings;
        _nominalMillivolts = nominal;
        _slackMillivolts = nominal / 50;
        _highMillivolts = Share(nominal, c.OverVoltagePermille);
        _lowMillivolts = Share(nominal, c.UnderVoltagePermille);
        _surgeMillivolts = Share(nominal, c.HardOverVoltagePermille);
    }

    private void UpdateSurge(int highest)
    {
        SafetySettings c = _settings;
        bool isSurge = highest > _surgeMillivolts;
        if (!isSurge && _state.SurgeMs == 0)
        {
            return;
        }

        int ms = isSurge ? _state.SurgeMs + _elapsedMs : ChargeState.Younger(_state.SurgeMs, _elapsedMs);
        _state.SurgeMs = ms < c.HardOverVoltageMs ? ms : c.HardOverVoltageMs;
    }

    // Our own load may be what makes the line sag, and there is less to offer.
    private bool HasRoomForLess() =>
        _state.IsClosed && _state.OfferMilliamps > PilotDuty.OfferMilliampsMin && IsLoaded;

    private bool IsLoaded => CurrentMilliampsMax >= SagLoadMilliampsMin;

    // A weak line: a quarter less at each step, half when it came to the stop;
    // up again by 1 A when it holds for a while.
    private void UpdateSag()
    {
        ChargeState s = _state;
        SafetySettings c = _settings;
        bool isUnder = _isUnder;
        if (!isUnder && s.SagMs == 0 && s.SagMilliamps == 0 && s.SagHeldMs == 0)
        {
            return;
        }

        if (!s.IsClosed || !IsLoaded)
        {
            s.SagMs = ChargeState.Younger(s.SagMs, _elapsedMs);
            return;
        }

        if (!isUnder)
        {
            s.SagMs = ChargeState.Younger(s.SagMs, _elapsedMs);
            bool hasReserve = _lowestMillivolts >= _lowMillivolts + 2 * _slackMillivolts;
            bool isUsed = s.SagMilliamps > 0 && hasReserve
                && CurrentMilliampsMax > s.SagMilliamps - 2 * SagRiseMilliamps;
            s.SagHeldMs = isUsed ? ChargeState.Older(s.SagHeldMs, _elapsedMs) : 0;
            if (s.SagHeldMs >= c.SagRiseMs)
            {
                s.SagHeldMs = 0;
                int more = s.SagMilliamps + SagRiseMilliamps;
                s.SagMilliamps = more < c.StationMilliampsMax ? more : 0;
            }

            return;
        }

        s.SagHeldMs = 0;
        s.SagMs = ChargeState.Older(s.SagMs, _elapsedMs);
        if (s.Has(ChargerFault.UnderVoltage))
        {
            // It came to the stop in this tick or before: the next offer is half of what the line did not bear.
            bool isFirst = s.OfferMilliamps > 0;
            LowerTo(isFirst ? s.OfferMilliamps / 2 : s.SagMilliamps);
        }
        else if (_isSag && s.SagMs >= c.SagStepMs && s.DutyAgeMs >= c.OfferChangeMs)
        {
            LowerTo(s.OfferMilliamps / 4 * 3);
        }
    }

    private void LowerTo(int milliamps)
    {
        if (milliamps > 0)
        {
            _state.SagMs = 0;
            _state.SagMilliamps = milliamps > PilotDuty.OfferMilliampsMin ? milliamps : PilotDuty.OfferMilliampsMin;
        }
    }

    // The window is the grid's own. Until the grid is found each reading is judged by the nominal that it is nearer to.
    private void UpdateFrequency(bool isPresent)
    {
        ChargeState s = _state;
        SafetySettings c = _settings;
        int frequency = _inputs.FrequencyMillihertz;
        int nominal = c.NominalMillihertz > 0 ? c.NominalMillihertz : s.GridMillihertz;
        bool isFound = nominal > 0;
        nominal = isFound ? nominal : frequency > BetweenGridsMillihertz ? Hertz60 : Hertz50;
        bool isOff = frequency > nominal / 1000 * c.FrequencyPermilleMax
            || frequency < nominal / 1000 * c.FrequencyPermilleMin;
        _causes |= isOff && isPresent ? 1 << ChargerFault.Frequency : 0;
        if (isFound || isOff || !isPresent)
        {
            return;
        }

        int age = s.GridAgeMs;
        s.GridAgeMs = nominal == Hertz60
            ? (age > 0 ? 0 : age) - _elapsedMs
            : (age < 0 ? 0 : age) + _elapsedMs;
        if (s.GridAgeMs >= c.GridFindMs || s.GridAgeMs <= -c.GridFindMs)
        {
            s.GridMillihertz = nominal;
        }
    }

    /// <summary>The readings with which no fault has a cause while none stands or counts, and the grid is found. After
    /// a decrease the limits are higher for a while; a current between them goes the whole way.</summary>
    internal void FindWindows(CalmTick calm)
    {
        ChargeState s = _state;
        SafetySettings c = _settings;
        FindThresholds(c.NominalMillivolts);
        calm.VoltageMillivoltsMin = _lowMillivolts;
        int high = _highMillivolts < _surgeMillivolts ? _highMillivolts : _surgeMillivolts;
        calm.VoltageMillivoltsMax = high < PlausibleMillivoltsMax ? high : PlausibleMillivoltsMax;
        int nominal = c.NominalMillihertz > 0 ? c.NominalMillihertz : s.GridMillihertz;
        calm.FrequencyMillihertzMin = nominal / 1000 * c.FrequencyPermilleMin;
        calm.FrequencyMillihertzMax = nominal / 1000 * c.FrequencyPermilleMax;
        int most = c.OpenMilliampsMax;
        calm.HighestMilliampsMin = 0;
        if (s.IsClosed)
        {
            FindLimits(s.GrantMilliamps);
            most = _softMilliamps < _hardMilliamps ? _softMilliamps : _hardMilliamps;
            calm.HighestMilliampsMin = c.IdleMilliamps;
        }

        calm.HighestMilliampsMax = most < PlausibleMilliampsMax ? most : PlausibleMilliampsMax;
    }

    private static int Share(int value, int permille) => (int)((long)value * permille / 1000);

    private void UpdateCurrent()
    {
        ChargeState s = _state;
        if (!s.IsClosed)
        {
            s.IdleMs = 0;
            return;
        }

        SafetySettings c = _settings;
        int current = CurrentMilliampsMax;
        s.IdleMs = current < c.IdleMilliamps ? ChargeState.Older(s.IdleMs, _elapsedMs) : 0;

        // After a decrease the vehicle has its time to follow, after an end it may still draw what it was granted last,
        // and not more: in both cases the grant before still counts.
        int grant = s.GrantMilliamps;
        if ((s.DecreaseAgeMs < c.OverCurrentGraceMs || s.IsStopping) && s.GrantBeforeMilliamps > grant)
        {
            grant = s.GrantBeforeMilliamps;
        }

        FindLimits(grant);
        _overMilliamps = current - grant;
        _causes |= grant > 0 && current > _softMilliamps ? 1 << ChargerFault.OverCurrent : 0;
        int hardLimit = _hardMilliamps;
        hardLimit = s.SwitchAgeMs <= c.InrushMs && hardLimit < c.InrushMilliamps ? c.InrushMilliamps : hardLimit;
        _causes |= current > hardLimit ? 1 << ChargerFault.HardOverCurrent : 0;
    }

    // Both limits change with the grant and the ceiling only.
    private void FindLimits(int grant)
    {
        int ceiling = Ceiling();
        if (grant != _limitedGrant || ceiling != _limitedCeiling)
        {
            _limitedGrant = grant;
            _limitedCeiling = ceiling;
            _softMilliamps = SoftLimit(_settings, grant);
            _hardMilliamps = HardLimit(grant);
        }
    }

    /// <summary>Above this a grant of so much is exceeded, mA.</summary>
    public static int SoftLimit(SafetySettings settings, int grant)
    {
        SafetySettings c = settings;
        if (c.Standard != ChargingStandard.Gbt18487)
        {
            return Share(grant + c.IecOverCurrentAddMilliamps, c.IecOverCurrentPermille);
        }

        return grant <= c.GbtOverCurrentAddUpToMilliamps
            ? grant + c.GbtOverCurrentAddMilliamps
            : Share(grant, c.GbtOverCurrentPermille);
    }

    /// <summary>What station and cable bear, mA.</summary>
    private int Ceiling()
    {
        int ceiling = _settings.StationMilliampsMax;
        return _settings.ReadsCable && _state.CableMilliamps > 0 && _state.CableMilliamps < ceiling
            ? _state.CableMilliamps
            : ceiling;
    }

    private int HardLimit(int grant)
    {
        SafetySettings c = _settings;
        int byCeiling = Share(Ceiling(), c.HardOverCurrentCeilingPermille);
        int byOffer = grant == 0 ? byCeiling : Share(grant, c.HardOverCurrentOfferPermille);
        byOffer = byOffer < c.HardOverCurrentMilliampsMin ? c.HardOverCurrentMilliampsMin : byOffer;
        return byOffer < byCeiling ? byOffer : byCeiling;
    }
}
