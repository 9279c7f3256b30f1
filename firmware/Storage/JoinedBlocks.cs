using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>
/// So many neighbouring blocks as one each, for a state that is longer than a block. An append that crosses a border is
/// two writes: a power cut between them leaves the first part, as a cut within one write would.
/// </summary>
public sealed class JoinedBlocks : IBlockStore
{
    private readonly IBlockStore _store;
    private readonly int _joined;

    /// <param name="store">A whole multiple of <paramref name="joined"/> blocks.</param>
    /// <param name="joined">Blocks that make one, 1 or more.</param>
    public JoinedBlocks(IBlockStore store, int joined)
    {
        Invariant.Require(joined >= 1 && store.BlockCount % joined == 0, "blocks are joined without a rest");
        _store = store;
        _joined = joined;
    }

    public int BlockCount => _store.BlockCount / _joined;

    public int BlockBytes => _store.BlockBytes * _joined;

    public int LengthOf(int block)
    {
        int length = 0;
        for (int part = block * _joined; part < (block + 1) * _joined; part++)
        {
            length += _store.LengthOf(part);
        }

        return length;
    }

    public bool TryErase(int block)
    {
        // From the end: what a cut leaves begins at the front and has no hole.
        for (int part = (block + 1) * _joined - 1; part >= block * _joined; part--)
        {
            if (_store.LengthOf(part) > 0 && !_store.TryErase(part))
            {
                return false;
            }
        }

        return true;
    }

    public bool TryAppend(int block, byte[] buffer, int offset, int count)
    {
        int length = LengthOf(block);
        if (count > BlockBytes - length)
        {
            return false;
        }

        while (count > 0)
        {
            int room = _store.BlockBytes - length % _store.BlockBytes;
            int part = count < room ? count : room;
            if (!_store.TryAppend(block * _joined + length / _store.BlockBytes, buffer, offset, part))
            {
                return false;
            }

            length += part;
            offset += part;
            count -= part;
        }

        return true;
    }

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count)
    {
        if (position < 0 || count > BlockBytes - position)
        {
            return false;
        }

        while (count > 0)
        {
            int at = position % _store.BlockBytes;
            int part = count < _store.BlockBytes - at ? count : _store.BlockBytes - at;
            if (!_store.TryRead(block * _joined + position / _store.BlockBytes, at, buffer, offset, part))
            {
                return false;
            }

            position += part;
            offset += part;
            count -= part;
        }

        return true;
    }
}
