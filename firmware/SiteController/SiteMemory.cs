using MeterFirmware.Basics;
using MeterFirmware.Storage;

namespace MeterFirmware.SiteController;

/// <summary>
/// Keeps what a leader has learnt over a loss of supply, in sections:
/// <code>
///   1 members (1)     2 the tier period's consumption     3 usual arrivals, then usual stays of each place
///   4 habits of each place
/// </code>
/// Saved an hour after the last saving when there is something new; what came since is lost. Layouts 1 and 2, of
/// release 0.1.0 and the firmware after it, had the same one after the other; both are read.
/// </summary>
public sealed class SiteMemory
{
    /// <summary>Time between two savings.</summary>
    public const int SaveMs = 3_600_000;

    private const int Layout = 3;
    private const int MembersTag = 1;
    private const int ConsumptionTag = 2;
    private const int LearntTag = 3;
    private const int HabitsTag = 4;
    private const int SectionCount = 4;
    private const int MembersBytes = 1;

    // Layout 1 has no habits. Both begin with layout, members, 0, 0.
    private const int LayoutWithHabits = 2;
    private const int LayoutWithoutHabits = 1;
    private const int OldHeadBytes = 4;

    private readonly ICheckpointStore _store;
    private readonly SiteController _site;
    private readonly SiteConsumption _consumption;
    private readonly byte[] _state;
    private readonly StateWriter _writer = new StateWriter();
    private long _nextMs = -1;
    private long _savedWattHours;
    private int _savedLessons;

    /// <param name="store">Blocks of its own, each with room for <see cref="BytesOf"/>.</param>
    /// <param name="consumption">Null: without a tariff there are no tiers.</param>
    /// <param name="buffer">Room for a state that others use too; null or too short: room of its own.</param>
    public SiteMemory(
        ICheckpointStore store, SiteController site, SiteConsumption consumption, byte[] buffer = null)
    {
        _store = store;
        _site = site;
        _consumption = consumption;
        int room = BytesOf(site.Connectors.Count) + CheckpointStore.OverheadBytes;
        _state = buffer != null && buffer.Length >= room ? buffer : new byte[room];
        WasRestored = TryLoad();
    }

    /// <summary>The days before the last restart are known.</summary>
    public bool WasRestored { get; }

    /// <summary>Savings that the store took, and those that it refused, since the start.</summary>
    public int Saved { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Bytes of the state of so many members.</summary>
    public static int BytesOf(int members) => StateWriter.HeadBytes + SectionCount * StateWriter.SectionHeadBytes
        + MembersBytes + SiteConsumption.StateBytes + SiteController.LearntBytesOf(members)
        + PlaceHabits.StateBytesOf(members);

    private static int OldHabitsAt(int members) =>
        OldHeadBytes + SiteConsumption.StateBytes + SiteController.LearntBytesOf(members);

    /// <summary>Saves when it is due.</summary>
    public void Tick(long nowMs)
    {
        if (_nextMs < 0)
        {
            _nextMs = nowMs + SaveMs;
        }

        long wattHours = _consumption == null ? 0 : _consumption.WattHours;
        bool isNew = _site.Lessons != _savedLessons || wattHours != _savedWattHours;
        if (nowMs < _nextMs || !isNew)
        {
            return;
        }

        _nextMs = nowMs + SaveMs;
        if (!_store.TryWrite(_state, WriteState()))
        {
            Refused++;
            return;
        }

        Saved++;
        _savedLessons = _site.Lessons;
        _savedWattHours = wattHours;
    }

    private int WriteState()
    {
        int members = _site.Connectors.Count;
        _writer.Begin(_state, Layout);
        int at = _writer.Open(MembersTag);
        _state[at] = (byte)members;
        _writer.Close(at + MembersBytes);
        if (_consumption != null)
        {
            at = _writer.Open(ConsumptionTag);
            _consumption.Save(_state, at);
            _writer.Close(at + SiteConsumption.StateBytes);
        }

        at = _writer.Open(LearntTag);
        _site.SaveLearnt(_state, at);
        _writer.Close(at + SiteController.LearntBytesOf(members));
        at = _writer.Open(HabitsTag);
        _site.Habits.Save(_state, at);
        _writer.Close(at + PlaceHabits.StateBytesOf(members));
        return _writer.Length;
    }

    private bool TryLoad()
    {
        byte[] state = _state;
        bool isThere = _store.TryReadNewest(state, out int length, out bool _);
        if (!isThere && length > state.Length)
        {
            // Of a site that had more members; this once it takes room of its own.
            state = new byte[length];
            isThere = _store.TryReadNewest(state, out length, out bool _);
        }

        if (!isThere || length < OldHeadBytes)
        {
            return false;
        }

        if (state[0] < Layout)
        {
            return TryLoadOld(state, length);
        }

        StateReader reader = new StateReader();
        if (!reader.TryOpen(state, length) || reader.Version < Layout
            || !reader.TryFind(MembersTag, MembersBytes, out int at, out int _))
        {
            return false;
        }

        int members = state[at];
        return reader.TryFind(LearntTag, SiteController.LearntBytesOf(members), out at, out int _)
            && TryRestore(state, members, at,
                reader.TryFind(HabitsTag, PlaceHabits.StateBytesOf(members), out int habits, out int _) ? habits : -1,
                reader.TryFind(ConsumptionTag, SiteConsumption.StateBytes, out int taken, out int _) ? taken : -1);
    }

    private bool TryLoadOld(byte[] state, int length)
    {
        int members = state[1];
        bool hasHabits = state[0] == LayoutWithHabits;
        int bytes = OldHabitsAt(members) + (hasHabits ? PlaceHabits.StateBytesOf(members) : 0);
        return (hasHabits || state[0] == LayoutWithoutHabits) && length == bytes
            && TryRestore(state, members, OldHeadBytes + SiteConsumption.StateBytes,
                hasHabits ? OldHabitsAt(members) : -1, OldHeadBytes);
    }

    // The member count changed: everything but the members' stays and habits is restored. Places below 0: not saved.
    private bool TryRestore(byte[] state, int members, int learntAt, int habitsAt, int consumptionAt)
    {
        bool isSame = members == _site.Connectors.Count;
        bool isGood = _site.TryRestoreLearnt(state, learntAt, isSame)
            && (habitsAt < 0 || !isSame || _site.Habits.TryLoad(state, habitsAt));
        if (_consumption != null && isGood && consumptionAt >= 0)
        {
            isGood = _consumption.TryLoad(state, consumptionAt);
            _savedWattHours = _consumption.WattHours;
        }

        return isGood;
    }
}
