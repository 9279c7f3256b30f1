using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>
/// Plays the coming slots through, least laxity first, on the slots that a price rule admits, and tells what stays
/// unserved. Laxity is the charge that an item could take until its end less the charge it still wants.
/// Sliced: <see cref="Step"/> does a bounded number of slots. Items must be added in the order of their first slot.
/// </summary>
public sealed class ForwardSimulation
{
    /// <summary>By how many slots an item yields.</summary>
    public const int YieldSlots = 12;

    private readonly int[] _left;
    private readonly int[] _rate;
    private readonly short[] _first;
    private readonly short[] _end;
    private readonly byte[] _mask;
    private readonly bool[] _yields;
    private readonly int[] _laxity;
    private readonly byte[] _queue;
    private readonly short[] _admitted;
    private readonly int[] _phaseMilliamps = new int[3];
    private readonly int[] _phaseLeft = new int[3];
    private readonly int[] _phasePotential = new int[3];
    private int _siteMilliamps;
    private int _queueLength;
    private int _next;
    private int _slot;
    private int _endOfAll;

    /// <param name="itemsMax">Sessions and expected arrivals, at most 255.</param>
    /// <param name="slots">Length of the horizon in slots.</param>
    public ForwardSimulation(int itemsMax, int slots)
    {
        _left = new int[itemsMax];
        _rate = new int[itemsMax];
        _first = new short[itemsMax];
        _end = new short[itemsMax];
        _mask = new byte[itemsMax];
        _yields = new bool[itemsMax];
        _laxity = new int[itemsMax];
        _queue = new byte[itemsMax];
        _admitted = new short[slots + 1];
    }

    public int Count { get; private set; }

    /// <summary>Cap on the difference between phases, mA; 0 = none. A phase without vehicles then holds the others
    /// back.</summary>
    public int UnbalanceMilliampsMax { get; set; }

    /// <summary>Charge of an item that found no slot, in milliamp-slots a phase.</summary>
    public int LeftOf(int item) => _left[item];

    /// <summary>Admitted slots from now to before an offset.</summary>
    public int AdmittedBefore(int offset) => _admitted[offset];

    /// <summary>Total capacity in mA summed over phases, and of each phase.</summary>
    public void SetCapacity(int siteMilliamps, int phase0Milliamps, int phase1Milliamps, int phase2Milliamps)
    {
        _siteMilliamps = siteMilliamps;
        _phaseMilliamps[0] = phase0Milliamps;
        _phaseMilliamps[1] = phase1Milliamps;
        _phaseMilliamps[2] = phase2Milliamps;
    }

    public void Clear() => Count = 0;

    /// <param name="firstOffset">First usable slot after now, not before that of the item added last.</param>
    /// <param name="endOffset">Slot at which it is gone.</param>
    /// <param name="yields">It lets others go first, as if it were <see cref="YieldSlots"/> laxer.</param>
    public void Add(int milliampSlots, int rateMilliamps, int firstOffset, int endOffset, int phaseMask, bool yields)
    {
        int end = endOffset < _admitted.Length - 1 ? endOffset : _admitted.Length - 1;
        Invariant.Require(Count == 0 || firstOffset >= _first[Count - 1], "items not in order of their first slot");
        _left[Count] = milliampSlots;
        _rate[Count] = rateMilliamps;
        _first[Count] = (short)firstOffset;
        _end[Count] = (short)end;
        _mask[Count] = (byte)phaseMask;
        _yields[Count] = yields;
        Count++;
    }

    /// <summary>Starts over the horizon after now.</summary>
    /// <param name="ceilingMicros">A slot is admitted when its price is at most this.</param>
    /// <param name="firstOffset">0: this slot counts too; 1: from the next one.</param>
    public void Begin(PriceHorizon prices, int nowSlot, int ceilingMicros, int firstOffset)
    {
        int horizon = _admitted.Length - 1;
        _admitted[0] = 0;
        for (int offset = 0; offset < horizon; offset++)
        {
            bool admit = offset >= firstOffset && prices.At(nowSlot + offset) <= ceilingMicros;
            _admitted[offset + 1] = (short)(_admitted[offset] + (admit ? 1 : 0));
        }

        _endOfAll = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_end[i] > _endOfAll)
            {
                _endOfAll = _end[i];
            }
        }

        _slot = firstOffset;
        _next = 0;
        _queueLength = 0;
    }

    /// <summary>Plays at most a number of slots; true when the horizon is done.</summary>
    public bool Step(int slotsMax)
    {
        while (_slot < _endOfAll && slotsMax > 0)
        {
            if (_admitted[_slot + 1] != _admitted[_slot])
            {
                DropGone();
                Enter();
                Sort();
                Serve();
                slotsMax--;
            }

            _slot++;
            if (_queueLength == 0 && _next == Count)
            {
                _slot = _endOfAll;
            }
        }

        return _slot >= _endOfAll;
    }

    // Slots that are not admitted may lie between, so an item can have gone since the last service.
    private void DropGone()
    {
        int kept = 0;
        for (int i = 0; i < _queueLength; i++)
        {
            byte item = _queue[i];
            if (_end[item] > _slot)
            {
                _queue[kept++] = item;
            }
        }

        _queueLength = kept;
    }

    private void Enter()
    {
        while (_next < Count && _first[_next] <= _slot)
        {
            if (_left[_next] > 0 && _end[_next] > _slot)
            {
                int slots = _admitted[_end[_next]] - _admitted[_slot] + (_yields[_next] ? YieldSlots : 0);
                _laxity[_next] = slots * _rate[_next] - _left[_next];
                _queue[_queueLength++] = (byte)_next;
            }

            _next++;
        }
    }

    // Insertion: the queue is nearly in order, because all but the served ones lose the same laxity.
    private void Sort()
    {
        for (int i = 1; i < _queueLength; i++)
        {
            byte item = _queue[i];
            int laxity = _laxity[item];
            int at = i;
            while (at > 0 && (_laxity[_queue[at - 1]] > laxity
                || (_laxity[_queue[at - 1]] == laxity && _queue[at - 1] > item)))
            {
                _queue[at] = _queue[at - 1];
                at--;
            }

            _queue[at] = item;
        }
    }

    private void Serve()
    {
        int siteLeft = _siteMilliamps;
        for (int phase = 0; phase < 3; phase++)
        {
            _phaseLeft[phase] = _phaseMilliamps[phase];
        }

        if (UnbalanceMilliampsMax > 0)
        {
            HoldBackByUnbalance();
        }

        int kept = 0;
        for (int i = 0; i < _queueLength; i++)
        {
            byte item = _queue[i];
            int granted = siteLeft > 0 ? Grant(item, ref siteLeft) : 0;
            _left[item] -= granted;
            _laxity[item] += granted - _rate[item];
            if (_left[item] > 0)
            {
                _queue[kept++] = item;
            }
        }

        _queueLength = kept;
    }

    // No phase can carry more than the weakest one could, plus the cap.
    private void HoldBackByUnbalance()
    {
        for (int phase = 0; phase < 3; phase++)
        {
            _phasePotential[phase] = 0;
        }

        for (int i = 0; i < _queueLength; i++)
        {
            byte item = _queue[i];
            int most = _left[item] < _rate[item] ? _left[item] : _rate[item];
            for (int phase = 0; phase < 3; phase++)
            {
                _phasePotential[phase] += (_mask[item] & (1 << phase)) != 0 ? most : 0;
            }
        }

        int weakest = int.MaxValue;
        for (int phase = 0; phase < 3; phase++)
        {
            weakest = _phasePotential[phase] < weakest ? _phasePotential[phase] : weakest;
        }

        int ceiling = weakest + UnbalanceMilliampsMax;
        for (int phase = 0; phase < 3; phase++)
        {
            _phaseLeft[phase] = _phaseLeft[phase] < ceiling ? _phaseLeft[phase] : ceiling;
        }
    }

    private int Grant(int item, ref int siteLeft)
    {
        int mask = _mask[item];
        int granted = _left[item] < _rate[item] ? _left[item] : _rate[item];
        int phases = 0;
        for (int phase = 0; phase < 3; phase++)
        {
            if ((mask & (1 << phase)) != 0)
            {
                phases++;
                granted = granted < _phaseLeft[phase] ? granted : _phaseLeft[phase];
            }
        }

        granted = granted * phases <= siteLeft ? granted : siteLeft / phases;
        for (int phase = 0; phase < 3; phase++)
        {
            if ((mask & (1 << phase)) != 0)
            {
                _phaseLeft[phase] -= granted;
            }
        }

        siteLeft -= granted * phases;
        return granted;
    }
}
