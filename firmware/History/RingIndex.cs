using MeterFirmware.Basics;

namespace MeterFirmware.History;

/// <summary>
/// Where the records that a ring keeps for ever lie: for each kind a slot for each of its newest ordinals, with the
/// record's position counted over all blocks. A flash of 64 KB takes two bytes a slot, a larger one three.
/// </summary>
internal sealed class RingIndex
{
    private readonly int _blockBytes;
    private readonly ushort[] _depth;
    private readonly ushort[] _firstSlot;
    private readonly uint[] _newestOrdinal;

    // Hundreds of slots. Every block begins with its header, so that 0 is no record's position.
    private readonly ushort[] _position;
    private readonly byte[] _positionHigh;

    /// <param name="depths">How many records are kept of each kind; 0: it is not kept for ever.</param>
    /// <param name="blockCount">Blocks of the ring.</param>
    /// <param name="blockBytes">Bytes of each.</param>
    public RingIndex(int[] depths, int blockCount, int blockBytes)
    {
        Invariant.Require(depths.Length <= 255, "a ring has up to 255 kinds");
        _blockBytes = blockBytes;
        _depth = new ushort[depths.Length];
        _firstSlot = new ushort[depths.Length];
        _newestOrdinal = new uint[depths.Length];
        int slots = 0;
        for (int kind = 0; kind < depths.Length; kind++)
        {
            _depth[kind] = (ushort)depths[kind];
            _firstSlot[kind] = (ushort)slots;
            slots += depths[kind];
        }

        Invariant.Require(slots <= ushort.MaxValue, "a ring keeps up to 65 535 records");
        _position = new ushort[slots];
        _positionHigh = blockCount * blockBytes > 0x1_0000 ? new byte[slots] : null;
    }

    public int KindCount => _depth.Length;

    /// <summary>False: no kind is kept for ever.</summary>
    public bool HasSlots => _position.Length > 0;

    /// <summary>Records of a kind that are kept; 0: until their block gives way.</summary>
    public int DepthOf(int kind) => _depth[kind];

    /// <summary>Ordinal of the newest record of a kind; 0 when there never was one.</summary>
    public long NewestOrdinal(int kind) => _newestOrdinal[kind];

    /// <summary>Finds a record. False: never made, given way or cleared.</summary>
    public bool TryFind(int kind, long ordinal, out int block, out int offset)
    {
        long newest = _newestOrdinal[kind];
        bool isKept = ordinal > 0 && ordinal <= newest && ordinal > newest - _depth[kind];
        int position = isKept ? PositionOf(SlotOf(kind, ordinal)) : 0;
        block = position / _blockBytes;
        offset = position % _blockBytes;
        return position > 0;
    }

    /// <summary>Notes a record that was written or found; one that is older than the depth only counts.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="ordinal">Its ordinal; an older one again replaces the record.</param>
    /// <param name="block">Its block.</param>
    /// <param name="offset">Where it begins there.</param>
    /// <param name="isTombstone">True: all before it are cleared.</param>
    public void Note(int kind, long ordinal, int block, int offset, bool isTombstone)
    {
        if (_depth[kind] == 0 || ordinal <= 0)
        {
            return;
        }

        long newest = _newestOrdinal[kind];
        for (long old = isTombstone ? newest - _depth[kind] + 1 : ordinal; old < ordinal; old++)
        {
            if (old > 0)
            {
                Forget(SlotOf(kind, old));
            }
        }

        if (ordinal > newest - _depth[kind])
        {
            Place(SlotOf(kind, ordinal), block, offset);
        }

        if (ordinal > newest)
        {
            _newestOrdinal[kind] = (uint)ordinal;
        }
    }

    /// <summary>The slot of the record at a position; −1: nothing that is kept.</summary>
    public int SlotAt(int block, int offset, int kind)
    {
        int position = block * _blockBytes + offset;
        for (int slot = _firstSlot[kind]; slot < _firstSlot[kind] + _depth[kind]; slot++)
        {
            if (PositionOf(slot) == position)
            {
                return slot;
            }
        }

        return -1;
    }

    public void Place(int slot, int block, int offset) => SetPosition(slot, block * _blockBytes + offset);

    public void Forget(int slot) => SetPosition(slot, 0);

    private int SlotOf(int kind, long ordinal) => _firstSlot[kind] + (int)(ordinal % _depth[kind]);

    private int PositionOf(int slot) =>
        _positionHigh == null ? _position[slot] : (_positionHigh[slot] << 16) | _position[slot];

    private void SetPosition(int slot, int position)
    {
        _position[slot] = (ushort)position;
        if (_positionHigh != null)
        {
            _positionHigh[slot] = (byte)(position >> 16);
        }
    }
}
