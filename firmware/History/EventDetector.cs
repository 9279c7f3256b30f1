using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.History;

/// <summary>
/// Finds the events that last: judges each reading against <see cref="EventThresholds"/>.
/// <code>
///   none ──beyond Begin──► pending ──for DelayMs──► lasting: logged
///   lasting ──inside End──► pending ──for DelayMs──► ended: logged
/// </code>
/// Start and end are the instants at which the value crossed, and so are the registers. A reading that failed judges
/// nothing. An event that a power loss cut short is ended where the supply ended.
/// </summary>
public sealed class EventDetector
{
    private const long NotPending = -1;

    private readonly EventThresholds _thresholds;
    private readonly EventMemory _memory;
    private readonly bool[] _lasting = new bool[EventWatches.Count];
    private readonly long[] _pendingSinceMs = new long[EventWatches.Count];
    private readonly long[] _pendingImport = new long[EventWatches.Count];
    private readonly long[] _pendingExport = new long[EventWatches.Count];
    private readonly int[] _worst = new int[EventWatches.Count];
    private Meter _meter;
    private IEventSink _sink;
    private EventRecord _record;
    private long _nowMs;

    public EventDetector(EventThresholds thresholds, EventMemory memory)
    {
        _thresholds = thresholds;
        _memory = memory;
        for (int watch = 0; watch < _pendingSinceMs.Length; watch++)
        {
            _pendingSinceMs[watch] = NotPending;
        }
    }

    /// <summary>What readings are judged against.</summary>
    public EventThresholds Thresholds => _thresholds;

    /// <summary>Bits of <see cref="MeterInput"/>, set by the board.</summary>
    public int Inputs { get; set; }

    /// <summary>Whether events of a code last: they have a begin and an end.</summary>
    public static bool IsWatched(int code) => EventWatches.Of(code, 0) >= 0;

    /// <summary>Whether an event lasts now.</summary>
    public bool IsLasting(int code, int phase)
    {
        int watch = EventWatches.Of(code, phase);
        return watch >= 0 && _lasting[watch];
    }

    public void Attach(Meter meter, IEventSink sink)
    {
        _meter = meter;
        _sink = sink;
        _record = sink.Event;
    }

    /// <summary>After power-up: ends what lasted when the supply failed.</summary>
    public void EndInterrupted()
    {
        for (int watch = 0; watch < EventWatches.Count; watch++)
        {
            int code = EventWatches.CodeOf(watch);
            if (!_memory.TryRead(code, EventWatches.PhaseOf(watch), 1, _record) || _record.ValueCount != 2)
            {
                continue;
            }

            long saved = _meter.SavedUtcSeconds;
            _record.Flags |= RecordFlags.PowerLoss;

            // What it was at worst went with the supply; so far it was at least.
            _worst[watch] = _thresholds.Begin[EventWatches.RowOf(watch)];
            End(watch, saved > _record.StartUtcSeconds ? saved : _record.StartUtcSeconds,
                _meter.Registers.TotalWattHours(EnergyKind.Import), _meter.Registers.TotalWattHours(EnergyKind.Export));
        }
    }

    /// <summary>Judges the tick; without a reading (null) only the inputs.</summary>
    public void Tick(long nowMs, Measurement reading)
    {
        _nowMs = nowMs;
        Judge(EventWatches.PhaseSequence, (Inputs & MeterInput.PhaseSequenceWrong) != 0 ? 1 : 0);
        Judge(EventWatches.CoverOpened, (Inputs & MeterInput.CoverOpen) != 0 ? 1 : 0);
        Judge(EventWatches.TerminalCoverOpened, (Inputs & MeterInput.TerminalCoverOpen) != 0 ? 1 : 0);
        Judge(EventWatches.MagneticField, (Inputs & MeterInput.MagneticField) != 0 ? 1 : 0);
        if (reading == null)
        {
            return;
        }

        int count = reading.PhaseCount;
        int highestCurrent = Highest(reading.CurrentMilliamps, count);
        bool isLoaded = highestCurrent >= _thresholds.LoadMilliampsMin;
        long active = 0;
        long apparent = 0;
        for (int phase = 0; phase < count; phase++)
        {
            int volts = reading.VoltageMillivolts[phase];
            int amps = reading.CurrentMilliamps[phase];
            int power = reading.ActivePowerMilliwatts[phase];
            Judge(EventWatches.UnderVoltage + phase, volts);
            Judge(EventWatches.OverVoltage + phase, volts);
            Judge(EventWatches.VoltageLoss + phase, amps >= _thresholds.LossMilliampsMin ? volts : int.MaxValue);
            Judge(EventWatches.CurrentLoss + phase,
                isLoaded && volts >= _thresholds.PresentMillivoltsMin && count > 1 ? amps : int.MaxValue);
            Judge(EventWatches.OverCurrent + phase, amps);
            Judge(EventWatches.OverLoad + phase, power < 0 ? -power : power);
            Judge(EventWatches.ReversePower + phase, -power);
            active += power < 0 ? -power : power;
            apparent += (long)volts * amps / 1000;
        }

        if (count > 1)
        {
            Judge(EventWatches.VoltageUnbalance, Unbalance(reading.VoltageMillivolts, count));
            Judge(EventWatches.CurrentUnbalance, isLoaded ? Unbalance(reading.CurrentMilliamps, count) : 0);
        }

        Judge(EventWatches.LowPowerFactor, isLoaded && apparent > 0 ? (int)(active * 1000 / apparent) : 1000);
    }

    private void Judge(int watch, int value)
    {
        int row = EventWatches.RowOf(watch);
        bool isLow = EventThresholds.IsLow(row);
        bool isLasting = _lasting[watch];
        int begin = _thresholds.Begin[row];
        int end = _thresholds.End[row];
        bool isBeyond = isLow ? value <= begin : value >= begin;
        bool isGood = isLow ? value >= end : value < end;
        if (!(isLasting ? isGood : isBeyond))
        {
            _pendingSinceMs[watch] = NotPending;
        }
        else if (_pendingSinceMs[watch] == NotPending)
        {
            _pendingSinceMs[watch] = _nowMs;
            _pendingImport[watch] = _meter.Registers.TotalWattHours(EnergyKind.Import);
            _pendingExport[watch] = _meter.Registers.TotalWattHours(EnergyKind.Export);
            _worst[watch] = isLasting ? _worst[watch] : value;
        }

        if (isLow ? value < _worst[watch] : value > _worst[watch])
        {
            _worst[watch] = value;
        }

        if (_pendingSinceMs[watch] != NotPending && _nowMs - _pendingSinceMs[watch] >= _thresholds.DelayMs[row])
        {
            Change(watch);
        }
    }

    private void Change(int watch)
    {
        long crossedUtc = CivilTime.FloorDivide(_meter.UtcMs - (_nowMs - _pendingSinceMs[watch]), 1000);
        _pendingSinceMs[watch] = NotPending;
        _lasting[watch] = !_lasting[watch];
        if (_lasting[watch])
        {
            _record.Code = EventWatches.CodeOf(watch);
            _record.Phase = EventWatches.PhaseOf(watch);
            _record.StartUtcSeconds = crossedUtc;
            _record.EndUtcSeconds = crossedUtc;
            _record.Flags = _meter.IsTimed ? 0 : RecordFlags.Untimed;
            _record.OffsetSeconds = _meter.OffsetSeconds;
            _record.Values[0] = _pendingImport[watch];
            _record.Values[1] = _pendingExport[watch];
            _record.ValueCount = 2;
            _sink.Append(_record);
            _memory.TryAdd(_record);
        }
        else if (_memory.TryRead(EventWatches.CodeOf(watch), EventWatches.PhaseOf(watch), 1, _record)
            && _record.ValueCount == 2)
        {
            // Cleared in between: then there is nothing to end.
            End(watch, crossedUtc, _pendingImport[watch], _pendingExport[watch]);
        }
    }

    private void End(int watch, long endUtcSeconds, long import, long export)
    {
        _record.EndUtcSeconds = endUtcSeconds;
        _record.Values[2] = import;
        _record.Values[3] = export;
        _record.Values[4] = _worst[watch];
        _record.ValueCount = 5;
        _sink.Append(_record);
        _memory.TryEnd(_record);
    }

    private static int Highest(int[] values, int count)
    {
        int highest = values[0];
        for (int i = 1; i < count; i++)
        {
            highest = values[i] > highest ? values[i] : highest;
        }

        return highest;
    }

    /// <summary>(highest − lowest) ÷ highest, permille.</summary>
    private static int Unbalance(int[] values, int count)
    {
        int highest = Highest(values, count);
        int lowest = values[0];
        for (int i = 1; i < count; i++)
        {
            lowest = values[i] < lowest ? values[i] : lowest;
        }

        return highest <= 0 ? 0 : (int)((long)(highest - lowest) * 1000 / highest);
    }
}
