namespace MeterFirmware.Charging;

/// <summary>
/// Shares the site's limit second by second: queues when the minimum is short and rotates by time, learns what each
/// vehicle really takes and hands the rest on, rises step by step and falls at once. Follows a plan's order when one
/// is given, else shares evenly, least served first. Call <see cref="Tick"/> about once a second.
/// </summary>
public sealed class SharingController
{
    /// <summary>A vehicle follows a new offer within 5 s (IEC 61851-1); after this a smaller draw is its own
    /// choice.</summary>
    public const int FollowMs = 6000;

    /// <summary>Offers rise at least this far apart (IEC 61851-1: updates not faster than every 5 s).</summary>
    public const int RiseMs = 5000;

    /// <summary>A connector runs this long before one that waits may take its place.</summary>
    public const int RotationMs = 15 * 60_000;

    /// <summary>A connector that was paused for lack of current waits at least this long, so that it does not
    /// flap.</summary>
    public const int RestMs = 60_000;

    /// <summary>An offer above the learnt acceptance is tried again this often.</summary>
    public const int ProbeMs = 5 * 60_000;

    /// <summary>A contactor wears with each start: after this many at once a connector is started four times an
    /// hour.</summary>
    public const int StartsAtOnce = 3;

    /// <summary>One more start is allowed each time this has passed.</summary>
    public const int StartMs = 15 * 60_000;

    private const int TakesMilliampsMin = 5000;
    private const int RiseMilliampsMax = 8000;
    private const int UnusedMilliampsMin = 1500;
    private const int MarginMilliamps = 1000;
    private const int NearMilliamps = 500;

    private readonly Connectors _connectors;
    private readonly Allocator _allocator;
    private readonly int[] _accepted;
    private readonly int[] _priority;
    private readonly long[] _changedMs;
    private readonly long[] _stateSinceMs;
    private readonly long[] _probedMs;
    private readonly long[] _servedMilliampSeconds;
    private readonly int[] _planned;
    private readonly bool[] _known;
    private readonly int[] _takes;
    private readonly byte[] _startsLeft;
    private readonly long[] _refilledMs;
    private readonly long[] _leftMs;
    private readonly int[] _before;
    private readonly byte[] _order;
    private readonly byte[] _group;
    private int _orderCount;
    private long _lastMs = -1;

    public SharingController(Connectors connectors, Allocator allocator)
    {
        _connectors = connectors;
        _allocator = allocator;
        int count = connectors.Count;
        MeasuredMilliamps = new int[count];
        _accepted = new int[count];
        _priority = new int[count];
        _changedMs = new long[count];
        _stateSinceMs = new long[count];
        _probedMs = new long[count];
        _servedMilliampSeconds = new long[count];
        _planned = new int[count];
        _known = new bool[count];
        _takes = new int[count];
        _startsLeft = new byte[count];
        _refilledMs = new long[count];
        _leftMs = new long[count];
        for (int i = 0; i < count; i++)
        {
            _startsLeft[i] = StartsAtOnce;
            _leftMs[i] = -1;
        }

        _before = new int[count];
        _order = new byte[count];
        _group = new byte[count];
    }

    /// <summary>Largest phase current that each vehicle draws, mA; the caller refreshes it before a tick.</summary>
    public int[] MeasuredMilliamps { get; }

    /// <summary>Connectors that want current and get none.</summary>
    public int WaitingCount { get; private set; }

    /// <summary>What the vehicle was seen to take in this session while it was offered more, mA; 0 = it took
    /// all.</summary>
    public int TakesMilliampsOf(int connector) => _takes[connector];

    /// <summary>The vehicle is gone: after a minute the next one has all its starts.</summary>
    public void NoteLeft(int connector, long nowMs)
    {
        _leftMs[connector] = _leftMs[connector] < 0 ? nowMs : _leftMs[connector];
        _startsLeft[connector] = nowMs - _leftMs[connector] >= RestMs ? (byte)StartsAtOnce : _startsLeft[connector];
    }

    /// <summary>Higher comes first; 0 is normal.</summary>
    public void SetPriority(int connector, int priority) => _priority[connector] = priority;

    /// <summary>The offer has not reached the vehicle in full: a smaller draw teaches nothing about the
    /// vehicle.</summary>
    public void HoldLearning(int connector, long nowMs) => _changedMs[connector] = nowMs;

    /// <summary>Decides all offers anew.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="planOrder">Order of the planner, or null to share evenly.</param>
    /// <param name="planOrderCount">Valid entries of it.</param>
    /// <param name="companionEnd">End of the plan's companions behind them
    /// (<see cref="ChargePlanner.CompanionEnd"/>).</param>
    public void Tick(long nowMs, byte[] planOrder, int planOrderCount, int companionEnd)
    {
        int elapsedMs = _lastMs < 0 ? 0 : (int)(nowMs - _lastMs);
        _lastMs = nowMs;
        for (int i = 0; i < _connectors.Count; i++)
        {
            Observe(i, nowMs, elapsedMs);
            _before[i] = _connectors.OfferMilliamps[i];
        }

        if (planOrder == null)
        {
            OrderBySharing(nowMs);
            for (int i = 0; i < _connectors.Count; i++)
            {
                _connectors.WantedMilliamps[i] = CeilingOf(i, nowMs, _connectors.MilliampsMax[i]);
            }

            _allocator.AllocateEvenly(_order, _orderCount);
        }
        else
        {
            // The plan's figures stay for the next tick; only this tick's ceilings are laid over them.
            for (int at = 0; at < companionEnd; at++)
            {
                int i = planOrder[at];
                _order[at] = (byte)i;
            }

            AllocatePlanned(nowMs, planOrderCount, companionEnd);
        }

        WaitingCount = 0;
        for (int i = 0; i < _connectors.Count; i++)
        {
            Note(i, nowMs);
        }
    }

    private void AllocatePlanned(long nowMs, int count, int companionEnd)
    {
        _orderCount = count;
        for (int at = 0; at < companionEnd; at++)
        {
            int i = _order[at];
            int planned = _connectors.WantedMilliamps[i];
            _connectors.WantedMilliamps[i] = CeilingOf(i, nowMs, planned);
            _planned[i] = planned;
        }

        _allocator.AllocateInOrder(_order, count, companionEnd);
        for (int at = 0; at < companionEnd; at++)
        {
            _connectors.WantedMilliamps[_order[at]] = _planned[_order[at]];
        }
    }

    private void Observe(int i, long nowMs, int elapsedMs)
    {
        if (_startsLeft[i] < StartsAtOnce && nowMs - _refilledMs[i] >= StartMs)
        {
            _startsLeft[i]++;
            _refilledMs[i] = nowMs;
        }

        if (!_connectors.IsPluggedIn[i])
        {
            _known[i] = false;
            return;
        }

        _leftMs[i] = -1;
        if (!_known[i])
        {
            _known[i] = true;
            _takes[i] = 0;
            _accepted[i] = _connectors.MilliampsMax[i];
            _servedMilliampSeconds[i] = 0;
            _changedMs[i] = nowMs - RiseMs;
            _stateSinceMs[i] = nowMs - RestMs;
            _probedMs[i] = nowMs;
            return;
        }

        _servedMilliampSeconds[i] += (long)MeasuredMilliamps[i] * elapsedMs / 1000;
        int offer = _connectors.OfferMilliamps[i];
        if (offer == 0 || nowMs - _changedMs[i] < FollowMs)
        {
            return;
        }

        int measured = MeasuredMilliamps[i];
        if (measured < offer - UnusedMilliampsMin)
        {
            int accepted = measured + MarginMilliamps;
            _accepted[i] = accepted > Connectors.MilliampsMin ? accepted : Connectors.MilliampsMin;
            _probedMs[i] = nowMs;

            // Towards the end of its charge it takes less; that is no other vehicle.
            _takes[i] = measured > TakesMilliampsMin && measured > _takes[i] ? measured : _takes[i];
        }
        else if ((measured >= offer - NearMilliamps && offer >= _accepted[i]) || nowMs - _probedMs[i] >= ProbeMs)
        {
            // It takes all it is offered: it may have woken up or left its taper, so offer more.
            _takes[i] = _takes[i] > 0 && measured > _takes[i] ? measured : _takes[i];
            int more = _accepted[i] + RiseMilliampsMax;
            _accepted[i] = more < _connectors.MilliampsMax[i] ? more : _connectors.MilliampsMax[i];
            _probedMs[i] = nowMs;
        }
    }

    // The most that the connector may be given in this tick.
    private int CeilingOf(int i, long nowMs, int wanted)
    {
        if (!_connectors.IsPluggedIn[i] || wanted <= 0)
        {
            return 0;
        }

        int ceiling = wanted < _accepted[i] ? wanted : _accepted[i];
        int offer = _connectors.OfferMilliamps[i];
        if (offer == 0)
        {
            return nowMs - _stateSinceMs[i] < RestMs || _startsLeft[i] == 0 ? 0 : ceiling;
        }

        int risen = nowMs - _changedMs[i] < RiseMs ? offer : offer + RiseMilliampsMax;
        return ceiling < risen ? ceiling : risen;
    }

    // Runs out its turn, waits, has had its turn: in this order, within priority, the least served first.
    private void OrderBySharing(long nowMs)
    {
        _orderCount = 0;
        for (int i = 0; i < _connectors.Count; i++)
        {
            if (!_connectors.IsPluggedIn[i])
            {
                continue;
            }

            bool runs = _connectors.OfferMilliamps[i] > 0;
            bool turnIsOver = nowMs - _stateSinceMs[i] >= RotationMs;
            _group[i] = (byte)(runs && !turnIsOver ? 0 : runs ? 2 : 1);
            int at = _orderCount;
            while (at > 0 && IsBefore(i, _order[at - 1]))
            {
                _order[at] = _order[at - 1];
                at--;
            }

            _order[at] = (byte)i;
            _orderCount++;
        }
    }

    private bool IsBefore(int one, int other)
    {
        if (_connectors.ForcedNow[one] != _connectors.ForcedNow[other])
        {
            return _connectors.ForcedNow[one];
        }

        if (_priority[one] != _priority[other])
        {
            return _priority[one] > _priority[other];
        }

        return _group[one] < _group[other]
            || (_group[one] == _group[other] && _servedMilliampSeconds[one] < _servedMilliampSeconds[other]);
    }

    private void Note(int i, long nowMs)
    {
        int offer = _connectors.OfferMilliamps[i];
        if (offer != _before[i])
        {
            _changedMs[i] = nowMs;
        }

        if ((offer > 0) != (_before[i] > 0))
        {
            _stateSinceMs[i] = nowMs;
            NoteStart(i, nowMs);
        }

        WaitingCount += _connectors.IsPluggedIn[i] && offer == 0 ? 1 : 0;
    }

    private void NoteStart(int i, long nowMs)
    {
        if (_connectors.OfferMilliamps[i] > 0 && _startsLeft[i] > 0)
        {
            _refilledMs[i] = _startsLeft[i] == StartsAtOnce ? nowMs : _refilledMs[i];
            _startsLeft[i]--;
        }
    }
}
