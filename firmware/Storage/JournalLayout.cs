using MeterFirmware.Basics;

namespace MeterFirmware.Storage;

/// <summary>
/// Which kinds of record share a lane, and how many blocks each lane keeps. Lane 0 is the most valuable unless
/// <see cref="KeepLongest"/> names another; records of one lane lie in blocks of their own, so that a flood of one lane
/// never pushes out another below its share.
/// </summary>
public sealed class JournalLayout
{
    public const int LaneCountMax = 8;

    private readonly int[] _keepBlocks;
    private int _lastToGo;

    // Up to the highest kind that was put somewhere.
    private byte[] _laneOfKind = new byte[0];

    /// <param name="laneCount">1 to 8. Kinds that are not put elsewhere go to the last lane.</param>
    public JournalLayout(int laneCount)
    {
        Invariant.Require(laneCount >= 1 && laneCount <= LaneCountMax, "1 to 8 lanes");
        LaneCount = laneCount;
        _keepBlocks = new int[laneCount];
        for (int i = 0; i < laneCount; i++)
        {
            _keepBlocks[i] = 1;
        }
    }

    public int LaneCount { get; }

    /// <summary>Puts a kind into a lane. At start-up: allocates.</summary>
    public void Put(int kind, int lane)
    {
        Invariant.Require(kind >= 1 && kind <= RecordFormat.UserKindMax, "kind 1 to 239");
        Invariant.Require(lane >= 0 && lane < LaneCount, "lane outside of the layout");
        if (kind >= _laneOfKind.Length)
        {
            byte[] lanes = new byte[kind + 1];
            for (int i = 0; i < lanes.Length; i++)
            {
                lanes[i] = (byte)LaneOf(i);
            }

            _laneOfKind = lanes;
        }

        _laneOfKind[kind] = (byte)lane;
    }

    /// <summary>Blocks that stay with the lane, acknowledged or not, while another lane has more than its own
    /// share.</summary>
    public void Keep(int lane, int blocks)
    {
        Invariant.Require(blocks >= 1, "a lane keeps at least its open block");
        _keepBlocks[lane] = blocks;
    }

    /// <summary>This lane gives way last, whatever its number: for a lane whose blocks carried another number's worth
    /// in an earlier release. Without it the first one does.</summary>
    public void KeepLongest(int lane)
    {
        Invariant.Require(lane >= 0 && lane < LaneCount, "lane outside of the layout");
        _lastToGo = lane;
    }

    /// <summary>The lane that gives way as the first (0), the second … when blocks run out.</summary>
    public int LaneThatGoes(int place)
    {
        int lane = LaneCount - 1 - place;
        return lane > _lastToGo ? lane : place == LaneCount - 1 ? _lastToGo : lane - 1;
    }

    /// <summary>A gap belongs to the first lane: damage is not known to belong to any.</summary>
    public int LaneOf(int kind) =>
        kind == RecordFormat.GapKind ? 0 : kind < _laneOfKind.Length ? _laneOfKind[kind] : LaneCount - 1;

    public int KeepBlocksOf(int lane) => _keepBlocks[lane];

    /// <summary>The fewest blocks a journal of this layout works with: every share, one to change over, one for
    /// gaps.</summary>
    public int BlocksMin
    {
        get
        {
            int sum = 2;
            for (int i = 0; i < LaneCount; i++)
            {
                sum += _keepBlocks[i];
            }

            return sum;
        }
    }
}
