using MeterFirmware.Dispatch;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.SiteController;

/// <summary>
/// What a site does becomes records of its journal: an interval with its energy, peaks, limit and members' shares,
/// aligned to
/// the clock; events of leadership, limits, members and mains.
/// </summary>
public sealed class SiteRecorder
{
    // Events of every device, numbered as a meter's.
    private const int PowerUp = 1;
    private const int ClockStep = 2;
    private const int SensorFaults = 3;
    private const int Reset = 36;
    private const int AcknowledgedUnsent = 47;

    // Whole seconds of two clocks differ by as much without a step.
    private const int StepMs = 2_000;

    private readonly SiteProduct _product;
    private readonly SiteSettings _settings;
    private readonly SiteLimit _limit;
    private readonly IRecordLog _records;
    private readonly byte[] _buffer;
    private readonly int _intervalSeconds;
    private long _startSeconds;
    private long _lastSeconds;
    private long _skewMs;
    private long _slot;
    private int _flags;
    private bool _isOpen;
    private bool _isTimed;
    private int _leastMilliamps;
    private int _leastSource;
    private int _eventsTold;
    private int _limitTold;
    private int _sensorFaults;
    private bool _isLeading;

    /// <param name="buffer">Holds the longest record; nothing in it outlives a call.</param>
    public SiteRecorder(SiteProduct product, SiteSettings settings, SiteLimit limit, IRecordLog records, byte[] buffer,
        int intervalMinutes)
    {
        _product = product;
        _settings = settings;
        _limit = limit;
        _records = records;
        _buffer = buffer;
        _intervalSeconds = intervalMinutes * 60;
        _limitTold = limit.Milliamps;
        Record = new SiteRecord(settings.MemberCount);
    }

    /// <summary>The newest interval, and where one that is sent is read into.</summary>
    public SiteRecord Record { get; }

    public EventRecord Event { get; } = new EventRecord();

    /// <summary>Records that the journal did not take.</summary>
    public long Refused { get; private set; }

    /// <summary>An interval has ended since the caller last took it back: a good moment to save.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Brings the register forward to what was told of it after it was saved; before the first tick.</summary>
    /// <param name="firstNumber">The next record's number when the register was saved.</param>
    public void RollForward(long firstNumber)
    {
        SiteEnergy energy = _product.Energy;
        long number = firstNumber > _records.OldestNumber ? firstNumber : _records.OldestNumber;
        for (; number < _records.NextNumber; number++)
        {
            long wattHours = 0;
            if (!_records.TryRead(number, _buffer, out int count, out int kind))
            {
                continue;
            }

            if (kind == RecordKind.Site && Record.TryRead(_buffer, 0, count))
            {
                wattHours = Record.ImportWattHours;
            }
            else if (kind == RecordKind.Event && Event.TryRead(_buffer, 0, count) && Event.ValueCount > 0)
            {
                wattHours = Event.Values[Event.ValueCount - 1];
            }

            if (wattHours > energy.WattHours)
            {
                energy.Restore(wattHours, 0);
            }
        }
    }

    /// <summary>The controller starts: an event, and its cause where one is known.</summary>
    /// <param name="savedUtcSeconds">Up to when the register had counted; 0: not known.</param>
    public void Start(long nowMs, bool isTimed, long utcSeconds, long savedUtcSeconds, int resetCause)
    {
        _isTimed = isTimed;
        long end = isTimed ? utcSeconds : nowMs / 1000;
        Append(PowerUp, savedUtcSeconds > 0 && savedUtcSeconds <= end ? savedUtcSeconds : end, end, 0, 0, 0);
        if (resetCause != 0)
        {
            Append(Reset, end, end, 1, resetCause, 0);
        }

        _flags = RecordFlags.PowerLoss | RecordFlags.Incomplete;
    }

    /// <summary>Follows the clock and what happened.</summary>
    public void Tick(long nowMs, bool isTimed, long utcSeconds)
    {
        FollowClock(nowMs, isTimed, utcSeconds);
        if (_limit.Milliamps < _leastMilliamps)
        {
            _leastMilliamps = _limit.Milliamps;
            _leastSource = _limit.Source;
        }

        if (_product.HasMeter && !_product.IsMeterHeard)
        {
            _flags |= RecordFlags.SensorFault;
        }

        TellEvents();
    }

    /// <summary>An acknowledgement named what was never sent.</summary>
    public void NoteUnsent(long upTo, long sentMax) =>
        Append(AcknowledgedUnsent, _lastSeconds, _lastSeconds, 2, upTo, sentMax);

    /// <summary>An order from above has ended: what came of it.</summary>
    public void NoteDispatch(DispatchOrder order, long nowMs)
    {
        long end = _lastSeconds - (nowMs - order.EndMs) / 1000;
        long start = _isTimed ? order.FromUtc : _lastSeconds - (nowMs - order.BeginMs) / 1000;
        Event.Values[2] = order.Kind;
        Event.Values[3] = order.DepthWatts;
        Event.Values[4] = order.WattHours;
        Append(SiteEventCode.DispatchEnded, start < end ? start : end, end, 5, order.Id, order.Level);
    }

    private void FollowClock(long nowMs, bool isTimed, long utcSeconds)
    {
        long now = isTimed ? utcSeconds : nowMs / 1000;
        long skewMs = utcSeconds * 1000 - nowMs;
        if (!_isOpen)
        {
            Open(now, isTimed);
        }
        else if (isTimed != _isTimed)
        {
            Close(_lastSeconds, RecordFlags.Incomplete);
            Open(now, isTimed);
        }
        else if (isTimed && (skewMs - _skewMs > StepMs || skewMs - _skewMs < -StepMs))
        {
            Close(_lastSeconds, RecordFlags.Incomplete | RecordFlags.ClockStep);
            Append(ClockStep, _lastSeconds, now, 0, 0, 0);
            Open(now, isTimed);
            _flags |= RecordFlags.ClockStep;
        }
        else if (isTimed ? now / _intervalSeconds != _slot : now - _startSeconds >= _intervalSeconds)
        {
            long end = isTimed ? now / _intervalSeconds * _intervalSeconds : now;
            Close(end, end - _startSeconds == _intervalSeconds ? 0 : RecordFlags.Incomplete);
            Open(end, isTimed);
        }

        _skewMs = skewMs;
        _lastSeconds = now;
    }

    private void Open(long startSeconds, bool isTimed)
    {
        _isOpen = true;
        _isTimed = isTimed;
        _startSeconds = startSeconds;
        _lastSeconds = startSeconds;
        _slot = startSeconds / _intervalSeconds;
        _leastMilliamps = _limit.Milliamps;
        _leastSource = _limit.Source;
    }

    private void Close(long endSeconds, int flags)
    {
        SiteEnergy energy = _product.Energy;
        Record.Flags = _flags | flags | (_isTimed ? 0 : RecordFlags.Untimed);
        Record.StartUtcSeconds = _startSeconds;
        Record.EndUtcSeconds = endSeconds;
        Record.OffsetSeconds = _product.Site.OffsetSeconds;
        Record.ImportWattHours = energy.WattHours;
        Record.ImportMilliwattHours = energy.IntervalMilliwattHours;
        Record.LimitMilliamps = _leastMilliamps;
        Record.LimitSource = _leastSource;
        Record.PhaseCount = _settings.Phases;
        for (int phase = 0; phase < _settings.Phases; phase++)
        {
            Record.PeakMilliamps[phase] = energy.PeakMilliamps(phase);
        }

        Record.MemberCount = _settings.MemberCount;
        for (int i = 0; i < _settings.MemberCount; i++)
        {
            Record.MemberWattHours[i] = energy.MemberWattHours(i);
        }

        CloseTransformer();
        _flags = 0;
        HasEnded = true;
        Put(RecordKind.Site, Record.Write(_buffer, 0));
        energy.BeginInterval();
    }

    private void CloseTransformer()
    {
        SiteTransformer transformer = _product.Transformer;
        Record.LoadingPermille = SiteRecord.NoTransformer;
        if (transformer != null)
        {
            Record.LoadingPermille = transformer.LoadingPermilleMax;
            Record.HotSpotTenths = transformer.HotSpotTenthsMax;
            Record.LifeSeconds = transformer.LifeSeconds;
            transformer.BeginInterval();
        }
    }

    private void TellTransformer(SiteTransformer transformer)
    {
        for (int warning = 0; warning < SiteTransformer.WarningCount; warning++)
        {
            int level = transformer.LevelOf(warning);
            if (transformer.TryTell(warning, level))
            {
                Event.Values[2] = transformer.ValueOf(warning);
                Append(SiteEventCode.TransformerWarning, _lastSeconds, _lastSeconds, 3, warning, level);
            }
        }
    }

    private void TellEvents()
    {
        SiteEvents events = _product.Events;
        int oldest = events.Count - SiteEvents.Kept;
        for (_eventsTold = _eventsTold < oldest ? oldest : _eventsTold; _eventsTold < events.Count; _eventsTold++)
        {
            Append(SiteEventCode.SameRank - SiteEvents.SameRank + events.CodeOf(_eventsTold),
                _lastSeconds, _lastSeconds, 1,
                events.DetailOf(_eventsTold), 0);
        }

        bool isLeading = _product.Site.Leader.IsLeading;
        if (isLeading != _isLeading)
        {
            _isLeading = isLeading;
            Append(SiteEventCode.Leadership, _lastSeconds, _lastSeconds, 2,
                isLeading ? 1 : 0, _product.Site.Leader.Term);
        }

        if (_limit.Milliamps != _limitTold)
        {
            _limitTold = _limit.Milliamps;
            Append(SiteEventCode.LimitChanged, _lastSeconds, _lastSeconds, 2, _limit.Milliamps, _limit.Source);
        }

        if (_product.Transformer != null)
        {
            TellTransformer(_product.Transformer);
        }

        int faults = _product.SensorFaults;
        if (faults != _sensorFaults)
        {
            Append(SensorFaults, _lastSeconds, _lastSeconds, 2, _sensorFaults, faults);
            _sensorFaults = faults;
        }
    }

    private void Append(int code, long startSeconds, long endSeconds, int ownValues, long first, long second)
    {
        Event.Code = code;
        Event.Phase = EventRecord.NoPhase;
        Event.StartUtcSeconds = startSeconds;
        Event.EndUtcSeconds = endSeconds;
        Event.Flags = _isTimed ? 0 : RecordFlags.Untimed;
        Event.OffsetSeconds = _product.Site.OffsetSeconds;
        Event.Values[0] = first;
        Event.Values[1] = second;
        Event.Values[ownValues] = _product.Energy.WattHours;
        Event.ValueCount = ownValues + 1;
        Put(RecordKind.Event, Event.Write(_buffer, 0));
    }

    private void Put(int kind, int length)
    {
        if (!_records.TryAppend(kind, _buffer, 0, length, out long _))
        {
            Refused++;
        }
    }
}
