using MeterFirmware.Basics;
using MeterFirmware.Storage;

namespace MeterFirmware.SiteController;

/// <summary>
/// Keeps what a leader has learnt over a loss of supply: usual arrivals, usual stays and energies of each place, and
/// the
/// tier period's consumption. Saved an hour after the last saving when there is something new; what came since is lost.
/// </summary>
public sealed class SiteMemory
{
    /// <summary>Time between two savings.</summary>
    public const int SaveMs = 3_600_000;

    // Layout 1, of release 0.1.0, has no habits; both are read.
    private const int Layout = 2;
    private const int LayoutWithoutHabits = 1;
    private const int HeadBytes = 4;

    private readonly ICheckpointStore _store;
    private readonly SiteController _site;
    private readonly SiteConsumption _consumption;
    private readonly byte[] _state;
    private readonly int _bytes;
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
        _bytes = BytesOf(site.Connectors.Count);
        int room = _bytes + CheckpointStore.OverheadBytes;
        _state = buffer != null && buffer.Length >= room ? buffer : new byte[room];
        WasRestored = TryLoad();
    }

    /// <summary>The days before the last restart are known.</summary>
    public bool WasRestored { get; }

    /// <summary>Savings that the store took, and those that it refused, since the start.</summary>
    public int Saved { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Bytes of the state of so many members.</summary>
    public static int BytesOf(int members) => HabitsAt(members) + PlaceHabits.StateBytesOf(members);

    private static int HabitsAt(int members) =>
        HeadBytes + SiteConsumption.StateBytes + SiteController.LearntBytesOf(members);

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
        _state[0] = Layout;
        _state[1] = (byte)_site.Connectors.Count;
        _state[2] = 0;
        _state[3] = 0;
        if (_consumption != null)
        {
            _consumption.Save(_state, HeadBytes);
        }

        _site.SaveLearnt(_state, HeadBytes + SiteConsumption.StateBytes);
        _site.Habits.Save(_state, HabitsAt(_site.Connectors.Count));
        if (!_store.TryWrite(_state, _bytes))
        {
            Refused++;
            return;
        }

        Saved++;
        _savedLessons = _site.Lessons;
        _savedWattHours = wattHours;
    }

    private bool TryLoad()
    {
        // Of a site that had another number of members all but their stays and habits is taken.
        _store.TryReadNewest(_state, out int count, out bool _);
        bool hasHabits = _state[0] == Layout;
        if (count < HabitsAt(0) || (!hasHabits && _state[0] != LayoutWithoutHabits)
            || count != (hasHabits ? BytesOf(_state[1]) : HabitsAt(_state[1])))
        {
            return false;
        }

        bool isSame = _state[1] == _site.Connectors.Count;
        bool isGood = _site.TryRestoreLearnt(_state, HeadBytes + SiteConsumption.StateBytes, isSame)
            && (!hasHabits || !isSame || _site.Habits.TryLoad(_state, HabitsAt(_state[1])));
        if (_consumption != null && isGood)
        {
            isGood = _consumption.TryLoad(_state, HeadBytes);
            _savedWattHours = _consumption.WattHours;
        }

        return isGood;
    }
}
