using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>
/// The site's nested limits: transformer, feeder fuses, cables, chargers. Node 0 is the root. Each node limits every
/// phase and, if wanted, their sum (a limit in watts divided by the nominal voltage), and may carry a measured load
/// that is not ours, such as the building.
/// </summary>
public sealed class LimitTree
{
    /// <summary>Phases of a site.</summary>
    public const int PhaseCount = 3;

    private readonly byte[] _parent;
    private readonly int[] _phaseLimit;
    private readonly int[] _sumLimit;
    private readonly int[] _otherLoad;
    private readonly int[] _reserved;
    private readonly int[] _phaseLeft;
    private readonly int[] _sumLeft;

    /// <param name="nodesMax">1 to 255.</param>
    public LimitTree(int nodesMax)
    {
        Invariant.Require(nodesMax >= 1 && nodesMax <= 255, "a limit tree has 1 to 255 nodes");
        _parent = new byte[nodesMax];
        _phaseLimit = new int[nodesMax * PhaseCount];
        _sumLimit = new int[nodesMax];
        _otherLoad = new int[nodesMax * PhaseCount];
        _reserved = new int[nodesMax * PhaseCount];
        _phaseLeft = new int[nodesMax * PhaseCount];
        _sumLeft = new int[nodesMax];
        NodeCount = 1;
        SetLimit(0, 0, int.MaxValue);
    }

    /// <summary>Nodes in use, the root included.</summary>
    public int NodeCount { get; private set; }

    /// <summary>Adds a node below another, without a limit of its own yet. False: the tree is full.</summary>
    public bool TryAdd(int parent, out int node)
    {
        node = NodeCount;
        if (NodeCount >= _parent.Length || parent < 0 || parent >= NodeCount)
        {
            return false;
        }

        _parent[node] = (byte)parent;
        NodeCount++;
        SetLimit(node, int.MaxValue, int.MaxValue);
        return true;
    }

    /// <summary>Limit in mA of every phase and of the sum of the phases; negative counts as 0.</summary>
    public void SetLimit(int node, int phaseMilliamps, int sumMilliamps)
    {
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            SetPhaseLimit(node, phase, phaseMilliamps);
        }

        _sumLimit[node] = sumMilliamps > 0 ? sumMilliamps : 0;
    }

    /// <summary>Limit in mA of one phase; negative counts as 0.</summary>
    public void SetPhaseLimit(int node, int phase, int milliamps) =>
        _phaseLimit[node * PhaseCount + phase] = milliamps > 0 ? milliamps : 0;

    /// <summary>Load of others behind the node's meter, mA of one phase. Negative (their own generation feeds in)
    /// counts as 0: it can end within a second, a limit must not be built on it.</summary>
    public void SetOtherLoad(int node, int phase, int milliamps) =>
        _otherLoad[node * PhaseCount + phase] = milliamps > 0 ? milliamps : 0;

    /// <summary>Forgets what <see cref="AddReserved"/> set aside.</summary>
    public void ClearReserved()
    {
        for (int at = 0; at < _reserved.Length; at++)
        {
            _reserved[at] = 0;
        }
    }

    /// <summary>Sets current aside, up to the root, for one who draws without being allocated to.</summary>
    public void AddReserved(int node, int phaseMask, int milliamps)
    {
        while (true)
        {
            for (int phase = 0; phase < PhaseCount; phase++)
            {
                int at = node * PhaseCount + phase;
                long sum = (long)_reserved[at] + ((phaseMask & (1 << phase)) != 0 ? milliamps : 0);
                _reserved[at] = sum < int.MaxValue ? (int)sum : int.MaxValue;
            }

            if (node == 0)
            {
                return;
            }

            node = _parent[node];
        }
    }

    public int PhaseLimitOf(int node, int phase) => _phaseLimit[node * PhaseCount + phase];

    /// <summary>What a phase of a node may still carry for charging, after its other loads.</summary>
    public int PhaseLeftOf(int node, int phase) => _phaseLeft[node * PhaseCount + phase];

    public int SumLeftOf(int node) => _sumLeft[node];

    /// <summary>Frees all capacity before a new allocation.</summary>
    public void Reset()
    {
        for (int node = 0; node < NodeCount; node++)
        {
            long others = 0;
            for (int phase = 0; phase < PhaseCount; phase++)
            {
                int at = node * PhaseCount + phase;
                long taken = (long)_otherLoad[at] + _reserved[at];
                others += taken;
                _phaseLeft[at] = taken < _phaseLimit[at] ? (int)(_phaseLimit[at] - taken) : 0;
            }

            _sumLeft[node] = others < _sumLimit[node] ? (int)(_sumLimit[node] - others) : 0;
        }
    }

    /// <summary>Most current a phase that a draw on some phases may still add below a node, mA.</summary>
    public int Headroom(int node, int phaseMask)
    {
        int headroom = int.MaxValue;
        int phases = (phaseMask & 1) + ((phaseMask >> 1) & 1) + ((phaseMask >> 2) & 1);
        while (true)
        {
            for (int phase = 0; phase < PhaseCount; phase++)
            {
                int left = _phaseLeft[node * PhaseCount + phase];
                if ((phaseMask & (1 << phase)) != 0 && left < headroom)
                {
                    headroom = left;
                }
            }

            int share = _sumLeft[node] / phases;
            headroom = share < headroom ? share : headroom;
            if (node == 0)
            {
                return headroom > 0 ? headroom : 0;
            }

            node = _parent[node];
        }
    }

    /// <summary>Takes (or with a negative current gives back) capacity on all nodes up to the root.</summary>
    public void Take(int node, int phaseMask, int milliamps)
    {
        int phases = (phaseMask & 1) + ((phaseMask >> 1) & 1) + ((phaseMask >> 2) & 1);
        while (true)
        {
            for (int phase = 0; phase < PhaseCount; phase++)
            {
                if ((phaseMask & (1 << phase)) != 0)
                {
                    _phaseLeft[node * PhaseCount + phase] -= milliamps;
                }
            }

            _sumLeft[node] -= milliamps * phases;
            if (node == 0)
            {
                return;
            }

            node = _parent[node];
        }
    }

    /// <summary>True when a node is its own ancestor or another's: they share a limit there.</summary>
    public bool IsAbove(int ancestor, int node)
    {
        while (node != ancestor && node != 0)
        {
            node = _parent[node];
        }

        return node == ancestor;
    }
}
