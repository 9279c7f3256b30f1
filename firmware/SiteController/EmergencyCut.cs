using MeterFirmware.Charging;

namespace MeterFirmware.SiteController;

/// <summary>
/// In an emergency a broadcast lowers all members at once, on a bus that has one: until the grants that follow have
/// brought what may be drawn within the limit. It raises nobody.
/// </summary>
public sealed class EmergencyCut
{
    private readonly Connectors _connectors;
    private readonly LimitTree _tree;
    private bool _wasOn;

    internal EmergencyCut(Connectors connectors, LimitTree tree)
    {
        _connectors = connectors;
        _tree = tree;
    }

    /// <summary>An emergency limit holds.</summary>
    public bool IsOn { get; set; }

    /// <summary>It has just begun, asked once: members are not left waiting for their next grants.</summary>
    internal bool IsNew()
    {
        bool isNew = IsOn && !_wasOn;
        _wasOn = IsOn;
        return isNew;
    }

    /// <summary>What each may still draw: the same for all, or nothing where that is too little for a
    /// vehicle.</summary>
    internal int ShareMilliamps { get; private set; }

    /// <summary>Finds the share while nothing of the tree is taken.</summary>
    internal void Share()
    {
        int sharing = 0;
        for (int i = 0; IsOn && i < _connectors.Count; i++)
        {
            sharing += _connectors.IsPluggedIn[i] ? 1 : 0;
        }

        int least = int.MaxValue;
        for (int phase = 0; phase < LimitTree.PhaseCount; phase++)
        {
            int left = _tree.PhaseLeftOf(0, phase);
            least = left < least ? left : least;
        }

        int share = sharing == 0 ? 0 : least / sharing;
        ShareMilliamps = share < Connectors.MilliampsMin ? 0 : share;
    }

    /// <summary>What may be drawn does not fit into the limit yet.</summary>
    internal bool IsDue => IsOn && (_tree.PhaseLeftOf(0, 0) < 0 || _tree.PhaseLeftOf(0, 1) < 0
        || _tree.PhaseLeftOf(0, 2) < 0 || _tree.SumLeftOf(0) < 0);
}
