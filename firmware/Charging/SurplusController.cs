namespace MeterFirmware.Charging;

/// <summary>
/// Charges from what the site would feed into the grid. The offer follows the measured surplus: falls at once, rises
/// smoothly. It starts soon when there is a margin, later when there is just enough, and stops when what lacked for the
/// least current adds up to what <see cref="LackMs"/> without any surplus would lack; more than enough pays that back.
/// So neither a late meter nor noise nor a passing cloud switches. A stationary battery counts as surplus only if the
/// vehicle goes first.
/// </summary>
public sealed class SurplusController
{
    /// <summary>Surplus with half an ampere to spare must last this long before a start.</summary>
    public const int StartMs = 60_000;

    /// <summary>Surplus that is just enough must last this long.</summary>
    public const int StartWithoutMarginMs = 300_000;

    /// <summary>The usual <see cref="LackMs"/>.</summary>
    public const int LackMsDefault = 300_000;

    /// <summary>Surplus for three phases must last this long before one phase becomes three: each change is a
    /// pause.</summary>
    public const int ThreePhasesMs = 600_000;

    /// <summary>A vehicle follows its offer within 5 s, and offers change 5 s apart (IEC 61851-1 A.5.3): less than this
    /// is no lack.</summary>
    public const int FollowMs = 12_000;

    private const int All = 3;
    private const int SmoothingMs = 20_000;
    private const int MarginMilliamps = 500;

    // Three phases are taken with this to spare, so that the border is not crossed again at once.
    private const int ThreePhasesPermille = 1_100;

    // What a vehicle leaves of its offer beyond this it does not take; below that power it does not charge.
    private const int UnusedMilliampsMin = 1_500;
    private const int ChargingWattsMin = 100;

    private readonly int _nominalVolts;
    private readonly int _milliampsMax;
    private int _phaseCount;
    private long _smoothMilliwatts;
    private long _offeredMilliwatts;
    private long _lackingMicrojoules;
    private int _marginMs;
    private int _enoughMs;
    private long _otherSinceMs = -1;
    private long _lastMs = -1;

    /// <param name="phaseCount">Phases that the contactor closes.</param>
    public SurplusController(int nominalVolts, int phaseCount, int milliampsMax)
    {
        _nominalVolts = nominalVolts;
        _milliampsMax = milliampsMax;
        _phaseCount = phaseCount;
        CeilingMilliamps = milliampsMax;
        PhasesWanted = phaseCount;
    }

    /// <summary>Grid power aimed at, W; below 0 leaves some export as a reserve against importing. 0 = zero
    /// export.</summary>
    public int TargetGridWatts { get; set; }

    /// <summary>The vehicle is charged before the stationary battery: what flows into the battery is surplus
    /// too.</summary>
    public bool VehicleBeforeBattery { get; set; }

    /// <summary>Import that is tolerated to keep the minimum when there is some surplus, W.</summary>
    public int HelpWattsMax { get; set; }

    /// <summary>So long may the surplus be gone before charging stops; a smaller lack lasts longer until it weighs as
    /// much. 0: every lack beyond the tolerated import counts whole, and ends it after
    /// <see cref="FollowMs"/>.</summary>
    public int LackMs { get; set; } = LackMsDefault;

    /// <summary>What others allow, mA a phase: more surplus than one phase can then take wants three.</summary>
    public int CeilingMilliamps { get; set; }

    /// <summary>Phases that the vehicle showed while all were closed, 0 not known.</summary>
    public int VehiclePhases { get; set; }

    /// <summary>False: after a change of the phases the contactor would have to wait, so none is wanted now.</summary>
    public bool MayChangePhases { get; set; } = true;

    /// <summary>What the surplus allows, mA a phase: 0 or at least 6 A.</summary>
    public int Milliamps { get; private set; }

    /// <summary>Phases that suit the surplus, 1 or 3; a station that cannot switch keeps what it has.</summary>
    public int PhasesWanted { get; private set; }

    /// <summary>Forgets the past, e.g. because the meter is silent or another mode was chosen.</summary>
    public void Reset()
    {
        Milliamps = 0;
        _smoothMilliwatts = 0;
        _marginMs = 0;
        _enoughMs = 0;
        _otherSinceMs = -1;
        _lastMs = -1;
    }

    /// <summary>Takes a measurement, about once a second.</summary>
    /// <param name="gridWatts">Import above 0.</param>
    /// <param name="vehicleWatts">What the vehicle draws within that.</param>
    /// <param name="batteryWatts">Stationary battery: charging above 0, discharging below 0.</param>
    public void Tick(long nowMs, int gridWatts, int vehicleWatts, int batteryWatts) =>
        Tick(nowMs, gridWatts, vehicleWatts, batteryWatts, _phaseCount);

    /// <param name="phaseCount">Phases that the vehicle uses now.</param>
    public void Tick(long nowMs, int gridWatts, int vehicleWatts, int batteryWatts, int phaseCount)
    {
        _phaseCount = phaseCount;

        // Discharge of the battery is never surplus, whoever goes first.
        int battery = batteryWatts < 0 || VehicleBeforeBattery ? batteryWatts : 0;
        long available = ((long)TargetGridWatts - gridWatts + vehicleWatts + battery) * 1000;
        int elapsedMs = _lastMs < 0 ? SmoothingMs : (int)(nowMs - _lastMs);
        int countedMs = _lastMs < 0 ? 0 : elapsedMs;
        _lastMs = nowMs;
        elapsedMs = elapsedMs < SmoothingMs ? elapsedMs : SmoothingMs;
        countedMs = countedMs < SmoothingMs ? countedMs : SmoothingMs;
        _smoothMilliwatts += (available - _smoothMilliwatts) * elapsedMs / SmoothingMs;

        // Falls follow at once, rises smoothly: else every cloud's end would draw from the grid.
        _offeredMilliwatts += (available - _offeredMilliwatts) * elapsedMs / SmoothingMs;
        _offeredMilliwatts = available < _offeredMilliwatts ? available : _offeredMilliwatts;
        Decide(countedMs, available);
        ChoosePhases(nowMs, vehicleWatts);
    }

    private void Decide(int elapsedMs, long available)
    {
        long perMilliamp = (long)_nominalVolts * _phaseCount;
        long least = perMilliamp * Connectors.MilliampsMin;
        long toleratedMilliwatts = HelpWattsMax * 1000L;
        if (Milliamps == 0)
        {
            long spare = _smoothMilliwatts + toleratedMilliwatts - least;
            _marginMs = Counted(_marginMs, spare >= perMilliamp * MarginMilliamps, elapsedMs);
            _enoughMs = Counted(_enoughMs, spare >= 0, elapsedMs);
            if (_marginMs < StartMs && _enoughMs < StartWithoutMarginMs)
            {
                return;
            }

            _offeredMilliwatts = _smoothMilliwatts;
            _lackingMicrojoules = 0;
        }

        // The vehicle itself imports no more than its least current, whatever the building does.
        long lack = least - toleratedMilliwatts - available;
        lack = lack > 0 && (lack > least || LackMs == 0) ? least : lack;
        _lackingMicrojoules += lack * elapsedMs;
        _lackingMicrojoules = _lackingMicrojoules > 0 ? _lackingMicrojoules : 0;
        if (_lackingMicrojoules >= least * (LackMs > FollowMs ? LackMs : FollowMs))
        {
            Milliamps = 0;
            _marginMs = 0;
            _enoughMs = 0;
            return;
        }

        long offer = _offeredMilliwatts / perMilliamp;
        offer = offer > Connectors.MilliampsMin ? offer : Connectors.MilliampsMin;
        Milliamps = (int)(offer < _milliampsMax ? offer : _milliampsMax);
    }

    // A moment that says the opposite takes away its own time, not all that was counted: noise must not begin it anew.
    private static int Counted(int countMs, bool isTrue, int elapsedMs)
    {
        int count = isTrue ? countMs + elapsedMs : countMs - elapsedMs;
        return count < 0 ? 0 : count < StartWithoutMarginMs ? count : StartWithoutMarginMs;
    }

    // Nothing is changed for a vehicle that showed one phase on three. The others: to one phase as soon as three have
    // lacked for as long as a start takes; to three when one has long been too little, at once while nothing flows.
    private void ChoosePhases(long nowMs, int vehicleWatts)
    {
        int used = VehiclePhases > 0 ? VehiclePhases : All;
        long three = (long)_nominalVolts * used * Connectors.MilliampsMin;
        bool isForOne = PhasesWanted == All && _smoothMilliwatts + HelpWattsMax * 1000L < three;
        bool isForAll = PhasesWanted != All && _smoothMilliwatts >= three * ThreePhasesPermille / 1000
            && _smoothMilliwatts > OnePhaseMilliwatts(vehicleWatts);
        if (VehiclePhases == 1 || (!isForOne && !isForAll))
        {
            _otherSinceMs = -1;
            return;
        }

        _otherSinceMs = _otherSinceMs < 0 ? nowMs : _otherSinceMs;
        bool isInterrupting = isForAll && vehicleWatts >= ChargingWattsMin;
        if (MayChangePhases && nowMs - _otherSinceMs >= (isInterrupting ? ThreePhasesMs : StartMs))
        {
            PhasesWanted = isForAll ? All : 1;
            _otherSinceMs = -1;
        }
    }

    // What one phase can take: as others allow;
    // of a vehicle that leaves much of its offer, what it draws and that much more.
    private long OnePhaseMilliwatts(int vehicleWatts)
    {
        int ceiling = CeilingMilliamps < _milliampsMax ? CeilingMilliamps : _milliampsMax;
        int offer = Milliamps < ceiling ? Milliamps : ceiling;
        long drawnMilliamps = vehicleWatts * 1000L / _nominalVolts;
        bool leavesMuch = vehicleWatts >= ChargingWattsMin && drawnMilliamps < offer - UnusedMilliampsMin;
        return (leavesMuch ? drawnMilliamps + UnusedMilliampsMin : ceiling) * _nominalVolts;
    }
}
