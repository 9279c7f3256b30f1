using MeterFirmware.Arbiter;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Dispatch;
using MeterFirmware.Storage;

namespace MeterFirmware.SiteController;

/// <summary>
/// What a site keeps beside what it has learnt (<see cref="SiteMemory"/>), as one state of sections:
/// <code>
///   1 register: Wh (8), µJ (8), UTC seconds up to which it counts (8)   2 the log's next number (8)
///   3 each role's ceiling (4 each)                                      4 the schedule
///   5 orders from above, only while there are any
/// </code>
/// </summary>
public sealed class SiteState
{
    private const int StateVersion = 1;
    private const int RegisterTag = 1;
    private const int NumberTag = 2;
    private const int CeilingTag = 3;
    private const int ScheduleTag = 4;
    private const int DispatchTag = 5;
    private const int SectionCount = 5;
    private const int RegisterBytes = 24;
    private const int NumberBytes = 8;

    private readonly ICheckpointStore _store;
    private readonly SiteEnergy _energy;
    private readonly SiteLimit _limit;
    private readonly SiteDispatch _dispatch;
    private readonly byte[] _buffer;
    private readonly StateWriter _writer = new StateWriter();
    private readonly StateReader _reader = new StateReader();

    /// <param name="store">Blocks of its own.</param>
    /// <param name="buffer">At least <see cref="BytesMax"/> and a checkpoint's overhead; nothing in it outlives a
    /// call.</param>
    public SiteState(ICheckpointStore store, SiteEnergy energy, SiteLimit limit, SiteDispatch dispatch,
        byte[] buffer)
    {
        _store = store;
        _energy = energy;
        _limit = limit;
        _dispatch = dispatch;
        _buffer = buffer;
    }

    /// <summary>Longest state.</summary>
    public static int BytesMax => StateWriter.HeadBytes + SectionCount * StateWriter.SectionHeadBytes + RegisterBytes
        + NumberBytes + SafetyLimit.SavedBytes + new LimitSchedule(SiteLimit.WindowsMax).SavedBytesMax
        + DispatchOrders.SavedBytesMax;

    /// <summary>Up to when the saved register counts, UTC seconds; 0: not known.</summary>
    public long SavedUtcSeconds { get; private set; }

    /// <summary>The last saving was taken.</summary>
    public bool IsStoring { get; private set; } = true;

    /// <summary>The log's next number when the newest state was written: no number below it is given out
    /// again.</summary>
    public static long NextNumberOf(ICheckpointStore store, byte[] buffer)
    {
        StateReader reader = new StateReader();
        if (!store.TryReadNewest(buffer, out int length, out bool _) || !reader.TryOpen(buffer, length)
            || !reader.TryFind(NumberTag, NumberBytes, out int at, out int _))
        {
            return 1;
        }

        long number = LittleEndian.ReadInt64(buffer, at);
        return number < 1 || number > uint.MaxValue ? 1 : number;
    }

    /// <summary>Saves all. False: the store refused.</summary>
    /// <param name="utcSeconds">Now, or the latest that is known to have passed; 0: nothing is known.</param>
    public bool TrySave(long nextNumber, long utcSeconds)
    {
        _writer.Begin(_buffer, StateVersion);
        int at = _writer.Open(RegisterTag);
        LittleEndian.WriteInt64(_buffer, at, _energy.WattHours);
        LittleEndian.WriteInt64(_buffer, at + 8, _energy.Microjoules);
        LittleEndian.WriteInt64(_buffer, at + 16, utcSeconds);
        _writer.Close(at + RegisterBytes);
        at = _writer.Open(NumberTag);
        LittleEndian.WriteInt64(_buffer, at, nextNumber);
        _writer.Close(at + NumberBytes);
        _writer.Close(_limit.Ceiling.Save(_buffer, _writer.Open(CeilingTag)));
        _writer.Close(_limit.Schedule.Save(_buffer, _writer.Open(ScheduleTag)));
        if (_dispatch.HasOrders)
        {
            _writer.Close(_dispatch.Orders.Save(_buffer, _writer.Open(DispatchTag)));
        }

        IsStoring = _store.TryWrite(_buffer, _writer.Length);
        return IsStoring;
    }

    /// <summary>Takes the newest state, once at the start. A section that is missing or no good leaves what is
    /// new.</summary>
    public void Load()
    {
        if (!_store.TryReadNewest(_buffer, out int length, out bool _) || !_reader.TryOpen(_buffer, length))
        {
            return;
        }

        if (_reader.TryFind(RegisterTag, RegisterBytes, out int at, out int _))
        {
            long wattHours = LittleEndian.ReadInt64(_buffer, at);
            long microjoules = LittleEndian.ReadInt64(_buffer, at + 8);
            if (wattHours >= 0 && microjoules >= 0)
            {
                _energy.Restore(wattHours, microjoules);
                SavedUtcSeconds = LittleEndian.ReadInt64(_buffer, at + 16);
            }
        }

        if (_reader.TryFind(CeilingTag, SafetyLimit.SavedBytes, out at, out int count))
        {
            _limit.Ceiling.TryLoad(_buffer, at, at + count);
        }

        if (_reader.TryFind(ScheduleTag, 1, out at, out count))
        {
            _limit.Schedule.TryLoad(_buffer, at, count);
        }

        if (_reader.TryFind(DispatchTag, 1, out at, out count))
        {
            _dispatch.Orders.TryLoad(_buffer, at, count);
        }
    }
}
