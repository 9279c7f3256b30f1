namespace MeterFirmware.Charging;

/// <summary>
/// Shares the limits among the connectors that want current, in a given order, so that no node of the
/// <see cref="LimitTree"/> is overloaded, every offer is 0 or at least 6 A, and the phases stay within the unbalance
/// cap. Same input, same output; nothing is kept between calls and nothing allocated.
/// </summary>
public sealed class Allocator
{
    // A smaller rest is not worth another vehicle's start.
    private const int RestMilliampsMin = 1000;

    private readonly Connectors _connectors;
    private readonly LimitTree _tree;
    private readonly int[] _phaseSum = new int[LimitTree.PhaseCount];
    private readonly bool[] _isOpen;
    private readonly int[] _users;

    public Allocator(Connectors connectors, LimitTree tree)
    {
        _connectors = connectors;
        _tree = tree;
        _isOpen = new bool[connectors.Count];
        _users = new int[LimitTree.PhaseCount + 1];
    }

    /// <summary>Largest difference between two phases' charging currents at the root, mA; 0 = not limited.</summary>
    public int UnbalanceMilliampsMax { get; set; }

    /// <summary>Charging current of a root phase after the last allocation, mA.</summary>
    public int PhaseSumOf(int phase) => _phaseSum[phase];

    /// <summary>Serves the connectors in order, each as fully as the limits allow: fewest vehicles at the highest
    /// current, which starts and stops least. A rest below 6 A is made usable by taking a little from those
    /// before.</summary>
    /// <param name="order">Connectors, most urgent first; the others get 0.</param>
    /// <param name="orderCount">Valid entries of <paramref name="order"/>.</param>
    public void AllocateInOrder(byte[] order, int orderCount) => AllocateInOrder(order, orderCount, orderCount);

    /// <summary>The same with companions: entries from <paramref name="orderCount"/> to before
    /// <paramref name="companionEnd"/> get current only where that lets the others draw more under the unbalance
    /// cap.</summary>
    public void AllocateInOrder(byte[] order, int orderCount, int companionEnd)
    {
        Begin();
        for (int at = 0; at < orderCount; at++)
        {
            int i = order[at];
            int wanted = WantedOf(i);
            if (wanted == 0)
            {
                continue;
            }

            int headroom = _tree.Headroom(_connectors.Node[i], _connectors.PhaseMask[i]);
            if (headroom >= RestMilliampsMin && headroom < Connectors.MilliampsMin)
            {
                headroom = MakeRoom(order, at, i, headroom);
            }

            if (headroom >= Connectors.MilliampsMin)
            {
                Grant(i, wanted < headroom ? wanted : headroom);
            }
        }

        LimitUnbalance(order, companionEnd, false);
    }

    /// <summary>Gives as many as possible the minimum, in order, then shares the rest evenly (progressive
    /// filling).</summary>
    public void AllocateEvenly(byte[] order, int orderCount)
    {
        Begin();
        for (int at = 0; at < orderCount; at++)
        {
            int i = order[at];
            bool fits = WantedOf(i) > 0
                && _tree.Headroom(_connectors.Node[i], _connectors.PhaseMask[i]) >= Connectors.MilliampsMin;
            if (fits)
            {
                Grant(i, Connectors.MilliampsMin);
            }
        }

        Raise(order, orderCount);
        LimitUnbalance(order, orderCount, true);
    }

    private void Begin()
    {
        _tree.Reset();
        for (int i = 0; i < _connectors.Count; i++)
        {
            _connectors.OfferMilliamps[i] = 0;
        }
    }

    // What the connector could use: 0 when it is empty, served or its ceiling is below the minimum.
    private int WantedOf(int i)
    {
        if (!_connectors.IsPluggedIn[i] || _connectors.MilliampsMax[i] < Connectors.MilliampsMin)
        {
            return 0;
        }

        int wanted = _connectors.WantedMilliamps[i];
        if (wanted <= 0)
        {
            return 0;
        }

        wanted = wanted < _connectors.MilliampsMax[i] ? wanted : _connectors.MilliampsMax[i];
        return wanted > Connectors.MilliampsMin ? wanted : Connectors.MilliampsMin;
    }

    private void Grant(int i, int milliamps)
    {
        _tree.Take(_connectors.Node[i], _connectors.PhaseMask[i], milliamps - _connectors.OfferMilliamps[i]);
        _connectors.OfferMilliamps[i] = milliamps;
    }

    // Lowers those served before, the least urgent first and none below 6 A, until one more fits; if that is not
    // enough, all get back what they had.
    private int MakeRoom(byte[] order, int end, int forConnector, int headroom)
    {
        int node = _connectors.Node[forConnector];
        int mask = _connectors.PhaseMask[forConnector];
        int first = end;
        while (first > 0 && headroom < Connectors.MilliampsMin)
        {
            first--;
            int donor = order[first];
            int spare = _connectors.OfferMilliamps[donor] - Connectors.MilliampsMin;
            if (spare > 0)
            {
                headroom = Borrow(donor, spare, node, mask, headroom);
            }
        }

        if (headroom >= Connectors.MilliampsMin)
        {
            return headroom;
        }

        for (; first < end; first++)
        {
            int donor = order[first];
            int back = _tree.Headroom(_connectors.Node[donor], _connectors.PhaseMask[donor]);
            int offer = _connectors.OfferMilliamps[donor];
            int wanted = WantedOf(donor);
            if (offer > 0 && wanted > offer)
            {
                Grant(donor, wanted - offer < back ? wanted : offer + back);
            }
        }

        return 0;
    }

    private int Borrow(int donor, int spare, int node, int mask, int headroom)
    {
        int offer = _connectors.OfferMilliamps[donor];
        int missing = Connectors.MilliampsMin - headroom;

        // Where a sum of phases is short, a single-phase donor must give more than a phase's shortage.
        int asked = missing * 3 < spare ? missing * 3 : spare;
        Grant(donor, offer - asked);
        int after = _tree.Headroom(node, mask);
        if (after <= headroom)
        {
            Grant(donor, offer);
            return headroom;
        }

        if (after > Connectors.MilliampsMin)
        {
            int tooMuch = after - Connectors.MilliampsMin;
            int give = tooMuch < asked - missing ? tooMuch : asked - missing;
            Grant(donor, offer - asked + (give > 0 ? give : 0));
            after = _tree.Headroom(node, mask);
            if (after < Connectors.MilliampsMin)
            {
                Grant(donor, offer - asked);
                after = _tree.Headroom(node, mask);
            }
        }

        return after;
    }

    private void Raise(byte[] order, int orderCount)
    {
        for (int at = 0; at < orderCount; at++)
        {
            int i = order[at];
            _isOpen[i] = _connectors.OfferMilliamps[i] > 0;
        }

        while (true)
        {
            int step = LargestCommonRise(order, orderCount);
            if (step == 0)
            {
                return;
            }

            for (int at = 0; at < orderCount; at++)
            {
                int i = order[at];
                if (_isOpen[i])
                {
                    Grant(i, _connectors.OfferMilliamps[i] + step);
                }
            }
        }
    }

    // The rise that every open connector can make at once; those that cannot rise by 1 mA are closed first.
    private int LargestCommonRise(byte[] order, int orderCount)
    {
        int open = 0;
        for (int at = 0; at < orderCount; at++)
        {
            int i = order[at];
            if (_isOpen[i])
            {
                bool more = _connectors.OfferMilliamps[i] < WantedOf(i)
                    && _tree.Headroom(_connectors.Node[i], _connectors.PhaseMask[i]) > 0;
                _isOpen[i] = more;
                open += more ? 1 : 0;
            }
        }

        int step = open == 0 ? 0 : int.MaxValue;
        for (int at = 0; at < orderCount && open > 0; at++)
        {
            int i = order[at];
            if (_isOpen[i])
            {
                int room = WantedOf(i) - _connectors.OfferMilliamps[i];
                step = room < step ? room : step;
            }
        }

        for (int node = 0; node < _tree.NodeCount && open > 0; node++)
        {
            step = RiseUnder(node, order, orderCount, step);
        }

        if (step > 0 || open == 0)
        {
            return step;
        }

        // Less than 1 mA each is left on a shared node: it goes to nobody but the first.
        for (int at = orderCount - 1; at >= 0; at--)
        {
            if (_isOpen[order[at]])
            {
                _isOpen[order[at]] = false;
                break;
            }
        }

        return LargestCommonRise(order, orderCount);
    }

    private int RiseUnder(int node, byte[] order, int orderCount, int step)
    {
        for (int phase = 0; phase <= LimitTree.PhaseCount; phase++)
        {
            _users[phase] = 0;
        }

        for (int at = 0; at < orderCount; at++)
        {
            int i = order[at];
            if (_isOpen[i] && _tree.IsAbove(node, _connectors.Node[i]))
            {
                int mask = _connectors.PhaseMask[i];
                for (int phase = 0; phase < LimitTree.PhaseCount; phase++)
                {
                    int uses = (mask >> phase) & 1;
                    _users[phase] += uses;
                    _users[LimitTree.PhaseCount] += uses;
                }
            }
        }

        for (int phase = 0; phase < LimitTree.PhaseCount; phase++)
        {
            if (_users[phase] > 0 && _tree.PhaseLeftOf(node, phase) / _users[phase] < step)
            {
                step = _tree.PhaseLeftOf(node, phase) / _users[phase];
            }
        }

        int all = _users[LimitTree.PhaseCount];
        return all > 0 && _tree.SumLeftOf(node) / all < step ? _tree.SumLeftOf(node) / all : step;
    }

    // Raises the lowest phase where somebody there can take more, then lowers the highest phase, least urgent connector
    // first or the highest offers alike, until no two phases differ by more than the cap.
    private void LimitUnbalance(byte[] order, int orderCount, bool isEven)
    {
        SumPhases(order, orderCount);
        if (UnbalanceMilliampsMax <= 0)
        {
            return;
        }

        bool mayRaise = true;
        while (true)
        {
            int low = 0;
            int high = 0;
            for (int phase = 1; phase < LimitTree.PhaseCount; phase++)
            {
                low = _phaseSum[phase] < _phaseSum[low] ? phase : low;
                high = _phaseSum[phase] > _phaseSum[high] ? phase : high;
            }

            int excess = _phaseSum[high] - _phaseSum[low] - UnbalanceMilliampsMax;
            if (excess <= 0)
            {
                return;
            }

            // Once something was lowered nothing is raised any more, so that this ends.
            mayRaise = mayRaise && TryRaise(order, orderCount, high, low, excess);
            if (!mayRaise && !(isEven && LowerHighest(order, orderCount, high, low, excess)))
            {
                Lower(order, orderCount, high, low, excess);
            }

            SumPhases(order, orderCount);
        }
    }

    private bool TryRaise(byte[] order, int orderCount, int high, int low, int excess)
    {
        for (int at = 0; at < orderCount; at++)
        {
            int i = order[at];
            int mask = _connectors.BalanceMaskOf(i);
            int offer = _connectors.OfferMilliamps[i];
            int wanted = WantedOf(i);
            if ((mask & (1 << low)) == 0 || (mask & (1 << high)) != 0 || offer >= wanted)
            {
                continue;
            }

            int more = offer == 0 && excess < Connectors.MilliampsMin ? Connectors.MilliampsMin : excess;
            more = more < wanted - offer ? more : wanted - offer;
            int headroom = _tree.Headroom(_connectors.Node[i], _connectors.PhaseMask[i]);
            more = more < headroom ? more : headroom;
            bool helps = more > 0 && offer + more >= Connectors.MilliampsMin
                && _phaseSum[low] + more <= _phaseSum[high];
            if (helps)
            {
                Grant(i, offer + more);
                return true;
            }
        }

        return false;
    }

    // Takes the excess from the highest offers alike, down to the next lower one. False: all are at the minimum.
    private bool LowerHighest(byte[] order, int orderCount, int high, int low, int excess)
    {
        int most = Connectors.MilliampsMin;
        int next = Connectors.MilliampsMin;
        int count = 0;
        for (int at = 0; at < orderCount; at++)
        {
            int offer = CausesUnbalance(order[at], high, low) ? _connectors.OfferMilliamps[order[at]] : 0;
            if (offer > most)
            {
                next = most;
                most = offer;
                count = 0;
            }
            else if (offer < most && offer > next)
            {
                next = offer;
            }

            count += offer == most ? 1 : 0;
        }

        if (most == Connectors.MilliampsMin)
        {
            return false;
        }

        int cut = (excess + count - 1) / count;
        cut = cut < most - next ? cut : most - next;
        for (int at = 0; at < orderCount; at++)
        {
            int i = order[at];
            if (CausesUnbalance(i, high, low) && _connectors.OfferMilliamps[i] == most)
            {
                Grant(i, most - cut);
            }
        }

        return true;
    }

    private bool CausesUnbalance(int i, int high, int low)
    {
        int mask = _connectors.BalanceMaskOf(i);
        return (mask & (1 << high)) != 0 && (mask & (1 << low)) == 0;
    }

    private void Lower(byte[] order, int orderCount, int high, int low, int excess)
    {
        int pause = -1;
        for (int at = orderCount - 1; at >= 0; at--)
        {
            int i = order[at];
            int offer = _connectors.OfferMilliamps[i];
            if (offer == 0 || !CausesUnbalance(i, high, low))
            {
                continue;
            }

            if (offer > Connectors.MilliampsMin)
            {
                int spare = offer - Connectors.MilliampsMin;
                Grant(i, offer - (spare < excess ? spare : excess));
                return;
            }

            pause = pause < 0 ? i : pause;
        }

        // All that matter are at the minimum: the least urgent one waits.
        Grant(pause, 0);
    }

    private void SumPhases(byte[] order, int orderCount)
    {
        for (int phase = 0; phase < LimitTree.PhaseCount; phase++)
        {
            _phaseSum[phase] = 0;
        }

        for (int at = 0; at < orderCount; at++)
        {
            int i = order[at];
            for (int phase = 0; phase < LimitTree.PhaseCount; phase++)
            {
                if ((_connectors.BalanceMaskOf(i) & (1 << phase)) != 0)
                {
                    _phaseSum[phase] += _connectors.OfferMilliamps[i];
                }
            }
        }
    }
}
