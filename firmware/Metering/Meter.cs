using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Metering;

/// <summary>
/// Turns readings into registers, demand and interval records.
/// <code>
///   reading ──► PendingEnergy ──split at boundaries──► EnergyRegisters, DemandMeter, interval
///                                   │
///        boundary = the earliest of: change of rate or zone offset, end of interval, demand sub-block, grid
/// </code>
/// Energy follows the monotonic clock, the place it is booked to follows the calendar. A calendar step ends the
/// interval where the old calendar stood and begins one where the new calendar stands; no energy moves.
/// </summary>
public sealed partial class Meter
{
    private const long LongestBridgeMs = 24L * CivilTime.SecondsPerHour * 1000;

    private readonly MeteringSettings _settings;
    private readonly IMeterSink _sink;
    private readonly PendingEnergy _pending;
    private readonly PendingEnergy _part;
    private readonly IntervalBuilder _interval;
    private readonly EnergyBook _book;
    private readonly TariffSets _tariff;
    private readonly MeterGrid _grid;
    private readonly DemandPair _demand;
    private bool _started;
    private int _priceFlags;
    private bool _timed;
    private long _lastMs;
    private long _lastReadingMs;
    private long _utcMs;
    private long _boundaryMs;
    private long _dayNumber;
    private long _costUtcSeconds;

    /// <summary>A meter with one tariff that holds until another one replaces it.</summary>
    public Meter(MeteringSettings settings, TariffTable tariff, IMeterSink sink)
        : this(settings, new TariffSets(tariff, settings.RateCountMax, settings.TierCountMax, null), sink)
    {
    }

    public Meter(MeteringSettings settings, TariffSets tariff, IMeterSink sink)
    {
        Invariant.Require(settings.PhaseCount >= 1 && settings.PhaseCount <= Measurement.PhaseCountMax,
            "A meter has 1 to 3 phases.");
        Invariant.Require(settings.IntervalMinutes >= 1 && 60 % settings.IntervalMinutes == 0,
            "An interval is a divisor of 60 minutes.");
        Invariant.Require(settings.GridMinutes >= 1 && 60 % settings.GridMinutes == 0,
            "The grid is a divisor of 60 minutes.");
        Invariant.Require(settings.FallbackRate >= 0 && settings.FallbackRate < settings.RateCountMax,
            "The fallback rate is one that registers are kept for.");
        _settings = settings;
        _sink = sink;
        _tariff = tariff;
        _grid = new MeterGrid(settings);
        Registers = new EnergyRegisters(settings.RateCountMax);
        ImportCost = new CostRegister(settings.RateCountMax, settings.TierCountMax, false);
        ExportCost = new CostRegister(settings.RateCountMax, 1, true);
        ImportCost.Follow(tariff);
        ExportCost.Follow(tariff);
        _demand = new DemandPair(settings);
        _book = new EnergyBook(this, settings.PhaseCount);
        _pending = new PendingEnergy(settings.PhaseCount);
        _part = new PendingEnergy(settings.PhaseCount);
        _interval = new IntervalBuilder(settings.PhaseCount);
    }

    /// <summary>The table that gives rates and prices now.</summary>
    public TariffTable Tariff => _tariff.InForce(TariffPart.Prices);

    /// <summary>Both table sets and the day-ahead lists; after a change of theirs call
    /// <see cref="TariffChanged"/>.</summary>
    public TariffSets Tariffs => _tariff;

    public EnergyRegisters Registers { get; }

    /// <summary>Cost of the imported energy by rate and tier.</summary>
    public CostRegister ImportCost { get; }

    /// <summary>What is paid for exported energy, by rate.</summary>
    public CostRegister ExportCost { get; }

    public DemandMeter ImportDemand => _demand.Import;

    public DemandMeter ExportDemand => _demand.Export;

    /// <summary>The record in which intervals are handed over; others may read one into it between two calls.</summary>
    public IntervalRecord Record => _interval.Record;

    /// <summary>Bits of <see cref="MeterFault"/> that stand now.</summary>
    public int Faults { get; private set; }

    /// <summary>The rate that energy goes to now.</summary>
    public int Rate => _timed ? _tariff.Rate : _settings.FallbackRate;

    /// <summary>Zone offset in force, in seconds; 0 without a valid time.</summary>
    public int OffsetSeconds => _timed ? _tariff.OffsetSeconds : 0;

    public bool IsTimed => _timed;

    /// <summary>Up to where energy was booked before the last loss of supply, UTC; 0 when that is not known.</summary>
    public long SavedUtcSeconds { get; private set; }

    /// <summary>The calendar up to which energy is booked, UTC ms.</summary>
    public long UtcMs => _utcMs;

    /// <summary>Books a good reading.</summary>
    /// <param name="nowMs">Monotonic ms.</param>
    /// <param name="timed">False while there is no valid calendar.</param>
    /// <param name="utcMs">The calendar in UTC ms; ignored when not timed.</param>
    /// <param name="reading">What the sensor gave.</param>
    public void Accept(long nowMs, bool timed, long utcMs, Measurement reading)
    {
        long calendarMs = timed ? utcMs : nowMs;
        if (!_started)
        {
            Start(nowMs, timed, calendarMs);
            _interval.Sample(reading);
            return;
        }

        long spanMs = nowMs - _lastMs;
        if (spanMs <= 0)
        {
            return;
        }

        bool isLate = (Faults & MeterFault.SensorSilent) != 0;
        bool plausible = _pending.TryTake(reading, spanMs, nowMs - _lastReadingMs, _settings.PhasePowerMilliwattsMax);
        _lastMs = nowMs;
        _lastReadingMs = nowMs;
        SetFault(MeterFault.SensorSilent, false);
        SetFault(MeterFault.ImplausibleEnergy, !plausible);
        if (!plausible)
        {
            _interval.Mark(RecordFlags.SensorFault);
        }

        _demand.RestartOnReversal(_pending.NetActive);
        Book(timed, calendarMs, spanMs);
        if (isLate)
        {
            // What the counter brings after a silence is energy of other periods.
            _demand.Restart(false);
        }

        if (plausible)
        {
            _interval.Sample(reading);
        }
    }

    /// <summary>No reading this tick. Time is let go on without energy once the sensor was silent for long; energy that
    /// a chip's counter brings later counts into the interval in which it is read, which is marked.</summary>
    public void AcceptNothing(long nowMs, bool timed, long utcMs)
    {
        long calendarMs = timed ? utcMs : nowMs;
        if (!_started)
        {
            Start(nowMs, timed, calendarMs);
        }

        long spanMs = nowMs - _lastMs;
        if (spanMs < _settings.SensorSilentMs)
        {
            return;
        }

        _lastMs = nowMs;
        _pending.Clear();
        SetFault(MeterFault.SensorSilent, true);
        _interval.Mark(RecordFlags.SensorFault);

        // Neither the period in which the sensor fell silent nor one that begins without it is whole.
        _demand.Restart(false);
        Book(timed, calendarMs, spanMs);
        _demand.Restart(false);
        _interval.Mark(RecordFlags.SensorFault);
    }

    /// <summary>Clears the maximum demands, import and export, and starts their periods anew.</summary>
    public void ClearDemand()
    {
        // A settlement at a window's end loses no window.
        bool onSubBlock = _grid.IsSubBlockBegin(_utcMs, _demand.SlipSeconds);
        _demand.Clear(onSubBlock);
    }

    /// <summary>Measures demand in other windows from now on; the maxima stay. False: no such window, nothing changes.
    /// </summary>
    /// <param name="periodMinutes">5, 10, 15, 30 or 60.</param>
    /// <param name="slipMinutes">1, 2, 3 or 5, or the period.</param>
    public bool TrySetDemandWindow(int periodMinutes, int slipMinutes)
    {
        if (!_demand.TrySetWindow(periodMinutes, slipMinutes))
        {
            return false;
        }

        _grid.AlignSubBlock(_utcMs, OffsetSeconds, _demand.SlipSeconds);
        _demand.Restart(false);
        FindBoundary();
        return true;
    }

    /// <summary>Goes over to another table at the instant up to which energy is booked: the interval ends there, so
    /// that no record holds energy of two tables. False: more rates or tiers than registers; nothing changes.</summary>
    public bool TryUseTariff(TariffTable tariff)
    {
        if (!_tariff.TryReplace(tariff, out string _))
        {
            return false;
        }

        if (_started)
        {
            _interval.Mark(RecordFlags.Incomplete);
            CloseInterval(_utcMs);
        }

        ImportCost.Follow(_tariff);
        ExportCost.Follow(_tariff);
        _sink.OnTableSwitch(_tariff.SwitchedParts);
        if (_started)
        {
            BeginAt(_timed, _utcMs, false);
        }

        return true;
    }

    /// <summary>Looks at the table sets and the day-ahead lists anew, after a spare or a list was loaded.</summary>
    public void TariffChanged()
    {
        if (_started)
        {
            // Energy is booked up to here at the old price.
            if (SeekTariff())
            {
                _interval.Mark(RecordFlags.Incomplete);
                CloseInterval(_utcMs);
                BeginAt(_timed, _utcMs, false);
            }

            FindBoundary();
        }
    }

    private void Start(long nowMs, bool timed, long calendarMs)
    {
        _started = true;
        _lastMs = nowMs;
        _lastReadingMs = nowMs;
        if (timed && SavedUtcSeconds > 0)
        {
            // So that a table switch in the outage is seen as one.
            _tariff.Seek(SavedUtcSeconds);
        }

        bool resumes = _interval.HasSaved && timed && _interval.SavedIsTimed && SavedIntervalHolds(calendarMs);
        if (_interval.HasSaved && !resumes)
        {
            // Power failed in an interval that is over by now, or may be: close it where the supply ended.
            CloseInterval(_interval.SavedUtcMs);
        }

        BeginAt(timed, calendarMs, resumes);
    }

    private bool SavedIntervalHolds(long calendarMs)
    {
        _tariff.Seek(CivilTime.FloorDivide(_interval.SavedUtcMs, 1000));
        return calendarMs >= _interval.SavedUtcMs
            && calendarMs < _grid.EndOfInterval(_interval.SavedUtcMs, OffsetSeconds)
            && calendarMs < _tariff.ValidUntilUtc * 1000;
    }

    /// <summary>Sets the calendar and opens an interval there, or goes on with the one that was saved.</summary>
    private void BeginAt(bool timed, long calendarMs, bool resume)
    {
        _timed = timed;
        _utcMs = calendarMs;
        SetFault(MeterFault.NoTime, !timed);
        SeekTariff();
        _dayNumber = LocalDayNumber();
        _grid.Begin(_utcMs, OffsetSeconds, _demand.SlipSeconds);
        bool onSubBlock = _grid.IsSubBlockBegin(_utcMs, _demand.SlipSeconds);
        _demand.Restart(onSubBlock);
        if (resume)
        {
            _interval.Mark(RecordFlags.PowerLoss | RecordFlags.Incomplete);
        }
        else
        {
            OpenInterval();
            if (!_grid.IsIntervalBegin(_utcMs))
            {
                _interval.Mark(RecordFlags.Incomplete);
            }
        }

        FindBoundary();
    }

    private void OpenInterval()
    {
        _interval.Open(_utcMs, Rate, OffsetSeconds, Registers);
        if (!_timed)
        {
            _interval.Mark(RecordFlags.Untimed);
        }
    }

    private void Book(bool timed, long calendarMs, long spanMs)
    {
        long expectedMs = _utcMs + spanMs;
        long errorMs = calendarMs - expectedMs;
        if (timed != _timed || errorMs > _settings.SlewMsMax || errorMs < -_settings.SlewMsMax)
        {
            Step(timed, calendarMs, expectedMs);
            return;
        }

        // A calendar that is slewed backwards stands still instead: time in the records only grows.
        long targetMs = calendarMs > _utcMs ? calendarMs : _utcMs;
        if (targetMs - _utcMs > LongestBridgeMs)
        {
            Step(timed, calendarMs, expectedMs);
            return;
        }

        while (_boundaryMs <= targetMs)
        {
            _pending.SplitInto(_part, _boundaryMs - _utcMs, targetMs - _utcMs);
            Add(_part);
            _utcMs = _boundaryMs;
            PassBoundary();
        }

        Add(_pending);
        _utcMs = targetMs;
    }

    /// <summary>The calendar jumped: book to the old place, close there, open at the new place.</summary>
    private void Step(bool timed, long calendarMs, long expectedMs)
    {
        Add(_pending);
        bool hadTime = _timed;
        _interval.Mark(RecordFlags.ClockStep | RecordFlags.Incomplete);
        CloseInterval(expectedMs);
        BeginAt(timed, calendarMs, false);
        _interval.Mark(RecordFlags.ClockStep);
        if (hadTime && timed)
        {
            _sink.OnClockStep(expectedMs, calendarMs);
        }
    }

    private void PassBoundary()
    {
        bool subBlockEnds = _grid.IsSubBlockEnd(_utcMs);
        if (subBlockEnds)
        {
            _demand.EndSubBlock(Rate, _timed ? _utcMs / 1000 : 0);
            _grid.NextSubBlock(_demand.SlipSeconds);
        }

        int oldRate = Rate;
        int oldOffset = OffsetSeconds;
        bool rateChanged = SeekTariff() || Rate != oldRate;
        if (rateChanged)
        {
            _demand.RestartRate(subBlockEnds);
        }

        // A record belongs to one rate, so that interval records alone can be billed.
        if (_grid.IsIntervalEnd(_utcMs) || rateChanged)
        {
            CloseInterval(_utcMs);
            OpenInterval();
            if (!_grid.IsIntervalEnd(_utcMs))
            {
                _interval.Mark(RecordFlags.Incomplete);
            }
        }

        if (_grid.IsIntervalEnd(_utcMs) || OffsetSeconds != oldOffset)
        {
            _grid.AlignInterval(_utcMs, OffsetSeconds);
        }

        if (OffsetSeconds != oldOffset && _grid.AlignSubBlock(_utcMs, OffsetSeconds, _demand.SlipSeconds))
        {
            // Lord Howe shifts by half an hour: that cuts a period of an hour.
            _demand.Restart(_grid.IsSubBlockBegin(_utcMs, _demand.SlipSeconds));
        }

        long day = LocalDayNumber();
        if (day != _dayNumber)
        {
            _dayNumber = day;
            _sink.OnDayEnd(_utcMs / 1000);
        }

        bool gridEnds = _grid.IsGridEnd(_utcMs);
        if (gridEnds || OffsetSeconds != oldOffset)
        {
            _grid.AlignGrid(_utcMs, OffsetSeconds);
        }

        // Last, so that what is recorded at this instant sees the maxima of the windows that end here.
        if (gridEnds && _timed)
        {
            _sink.OnGrid(_utcMs / 1000);
        }

        FindBoundary();
    }

    private void CloseInterval(long endMs)
    {
        _sink.OnInterval(_interval.Close(endMs, Registers));
    }

    private void Add(PendingEnergy energy)
    {
        _book.Add(energy, Rate, CostUtcSeconds());
        _interval.Mark(_priceFlags);
    }

    /// <summary>Without a valid time the tier period of the last valid one goes on.</summary>
    private long CostUtcSeconds()
    {
        if (_timed)
        {
            _costUtcSeconds = _utcMs / 1000;
        }

        return _costUtcSeconds;
    }

    /// <summary>Finds what holds at the instant up to which energy is booked. True: another table set does.</summary>
    private bool SeekTariff()
    {
        if (!_timed)
        {
            return false;
        }

        bool isSwitched = _tariff.Seek(CivilTime.FloorDivide(_utcMs, 1000));
        ImportCost.Follow(_tariff);
        ExportCost.Follow(_tariff);
        _priceFlags = (_tariff.HasDayAheadImport || _tariff.HasDayAheadExport ? RecordFlags.ListedPrice : 0)
            | (_tariff.Cursor.IsAnnounced ? RecordFlags.AnnouncedDay : 0);
        if (isSwitched)
        {
            _sink.OnTableSwitch(_tariff.SwitchedParts);
        }

        return isSwitched;
    }

    private void FindBoundary()
    {
        long boundary = _grid.NextEndMs;
        if (_timed && _tariff.ValidUntilUtc * 1000 < boundary)
        {
            boundary = _tariff.ValidUntilUtc * 1000;
        }

        _boundaryMs = boundary;
    }

    private long LocalDayNumber() =>
        CivilTime.FloorDivide(CivilTime.FloorDivide(_utcMs, 1000) + OffsetSeconds, CivilTime.SecondsPerDay);

    private void SetFault(int fault, bool raised)
    {
        if (((Faults & fault) != 0) == raised)
        {
            return;
        }

        Faults = raised ? Faults | fault : Faults & ~fault;
        _sink.OnFault(fault, raised, CivilTime.FloorDivide(_utcMs, 1000));
    }
}
