using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Recording;

/// <summary>
/// Finds the events that last: judges each reading against <see cref="EventThresholds"/>.
/// <code>
///   none ──beyond Begin──► pending ──for DelayMs──► lasting: logged ──inside End──► pending ──for DelayMs──► ended: logged
/// </code>
/// Start and end are the instants at which the value crossed, and so are the registers. A reading that failed judges
/// nothing. An event that a power loss cut short is ended where the supply ended.
/// </summary>
public sealed class EventDetector
{
    private const long NotPending = -1;

    private readonly EventThresholds _thresholds;
    private readonly EventMemory _memory;
    private readonly bool[] _lasting = new bool[EventSlots.LastingCount];
    private readonly long[] _pendingSinceMs = new long[EventSlots.LastingCount];
    private readonly long[] _pendingImport = new long[EventSlots.LastingCount];
    private readonly long[] _pendingExport = new long[EventSlots.LastingCount];
    private readonly int[] _worst = new int[EventSlots.LastingCount];
    private Meter _meter;
    private IEventSink _sink;
    private EventRecord _record;
    private long _nowMs;

    public EventDetector(EventThresholds thresholds, EventMemory memory)
    {
        _thresholds = thresholds;
        _memory = memory;
        for (int slot = 0; slot < _pendingSinceMs.Length; slot++)
        {
            _pendingSinceMs[slot] = NotPending;
        }
    }

    /// <summary>What readings are judged against.</summary>
    public EventThresholds Thresholds => _thresholds;

    /// <summary>Bits of <see cref="MeterInput"/>, set by the board.</summary>
    public int Inputs { get; set; }

    /// <summary>Whether an event lasts now.</summary>
    public bool IsLasting(int code, int phase)
    {
        int slot = EventSlots.Of(code, phase);
        return slot >= 0 && slot < _lasting.Length && _lasting[slot];
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
        for (int slot = 0; slot < EventSlots.LastingCount; slot++)
        {
            int code = EventSlots.CodeOf(slot);
            if (!_memory.TryRead(code, slot % 3, 1, _record) || _record.ValueCount != 2)
            {
                continue;
            }

            long saved = _meter.SavedUtcSeconds;
            _record.Flags |= RecordFlags.PowerLoss;

            // What it was at worst went with the supply; so far it was at least.
            _worst[slot] = _thresholds.Begin[EventThresholds.RowOf(slot)];
            End(slot, saved > _record.StartUtcSeconds ? saved : _record.StartUtcSeconds,
                _meter.Registers.TotalWattHours(EnergyKind.Import), _meter.Registers.TotalWattHours(EnergyKind.Export));
        }
    }

    /// <summary>Judges the tick; without a reading (null) only the inputs.</summary>
    public void Tick(long nowMs, Measurement reading)
    {
        _nowMs = nowMs;
        Judge(21, (Inputs & MeterInput.PhaseSequenceWrong) != 0 ? 1 : 0);
        Judge(25, (Inputs & MeterInput.CoverOpen) != 0 ? 1 : 0);
        Judge(26, (Inputs & MeterInput.TerminalCoverOpen) != 0 ? 1 : 0);
        Judge(27, (Inputs & MeterInput.MagneticField) != 0 ? 1 : 0);
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
            int row = phase;
            Judge(row, volts);
            Judge(row + 3, volts);
            Judge(row + 6, amps >= _thresholds.LossMilliampsMin ? volts : int.MaxValue);
            Judge(row + 9, isLoaded && volts >= _thresholds.PresentMillivoltsMin && count > 1 ? amps : int.MaxValue);
            Judge(row + 12, amps);
            Judge(row + 15, power < 0 ? -power : power);
            Judge(row + 18, -power);
            active += power < 0 ? -power : power;
            apparent += (long)volts * amps / 1000;
        }

        if (count > 1)
        {
            Judge(22, Unbalance(reading.VoltageMillivolts, count));
            Judge(23, isLoaded ? Unbalance(reading.CurrentMilliamps, count) : 0);
        }

        Judge(24, isLoaded && apparent > 0 ? (int)(active * 1000 / apparent) : 1000);
    }

    private void Judge(int slot, int value)
    {
        int row = EventThresholds.RowOf(slot);
        bool isLow = EventThresholds.IsLow(row);
        bool isLasting = _lasting[slot];
        int begin = _thresholds.Begin[row];
        int end = _thresholds.End[row];
        bool isBeyond = isLow ? value <= begin : value >= begin;
        bool isGood = isLow ? value >= end : value < end;
        if (!(isLasting ? isGood : isBeyond))
        {
            _pendingSinceMs[slot] = NotPending;
        }
        else if (_pendingSinceMs[slot] == NotPending)
        {
            _pendingSinceMs[slot] = _nowMs;
            _pendingImport[slot] = _meter.Registers.TotalWattHours(EnergyKind.Import);
            _pendingExport[slot] = _meter.Registers.TotalWattHours(EnergyKind.Export);
            _worst[slot] = isLasting ? _worst[slot] : value;
        }

        if (isLow ? value < _worst[slot] : value > _worst[slot])
        {
            _worst[slot] = value;
        }

        if (_pendingSinceMs[slot] != NotPending && _nowMs - _pendingSinceMs[slot] >= _thresholds.DelayMs[row])
        {
            Change(slot);
        }
    }

    private void Change(int slot)
    {
        long crossedUtc = CivilTime.FloorDivide(_meter.UtcMs - (_nowMs - _pendingSinceMs[slot]), 1000);
        _pendingSinceMs[slot] = NotPending;
        _lasting[slot] = !_lasting[slot];
        if (_lasting[slot])
        {
            _record.Code = EventSlots.CodeOf(slot);
            _record.Phase = EventSlots.PhaseOf(slot);
            _record.StartUtcSeconds = crossedUtc;
            _record.EndUtcSeconds = crossedUtc;
            _record.Flags = _meter.IsTimed ? 0 : RecordFlags.Untimed;
            _record.OffsetSeconds = _meter.OffsetSeconds;
            _record.Values[0] = _pendingImport[slot];
            _record.Values[1] = _pendingExport[slot];
            _record.ValueCount = 2;
            _sink.Append(_record);
            _memory.TryAdd(_record);
        }
        else if (_memory.TryRead(EventSlots.CodeOf(slot), slot % 3, 1, _record) && _record.ValueCount == 2)
        {
            // Cleared in between: then there is nothing to end.
            End(slot, crossedUtc, _pendingImport[slot], _pendingExport[slot]);
        }
    }

    private void End(int slot, long endUtcSeconds, long import, long export)
    {
        _record.EndUtcSeconds = endUtcSeconds;
        _record.Values[2] = import;
        _record.Values[3] = export;
        _record.Values[4] = _worst[slot];
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
