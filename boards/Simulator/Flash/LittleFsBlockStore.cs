using System;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;

namespace MeterFirmware.Boards.Simulator.Flash;

/// <summary>
/// Blocks as files of a littlefs, with every erase of the flash below counted, by this stated model of littlefs 2
/// (its DESIGN.md and esp_littlefs' defaults: 4096-byte blocks, 128 bytes a program, 512 bytes of cache, 512 cycles):
/// a file up to 512 bytes lies inline in its directory's metadata pair and is committed whole; a longer one is copied
/// into a newly erased block by every append-and-close (copy on write), since its last block is not full; every close
/// commits to the metadata pair, a log of two blocks that is compacted into its other block when full, and moved to a
/// new block every 512 compactions. Free blocks are taken in order round the flash. Blocks of files that do not change
/// stay where they are: littlefs levels dynamically only.
/// </summary>
public sealed class LittleFsBlockStore : IBlockStore
{
    private const int FlashBlockBytes = 4096;
    private const int ProgramBytes = 128;
    private const int InlineBytesMax = 512;
    private const int BlockCycles = 512;

    // Name tag and name, structure tag and structure: what one file keeps alive in the metadata log.
    private const int EntryBytes = 40;

    // Tags and checksum of a commit besides what it says.
    private const int CommitBytes = 24;

    private readonly RamBlockStore _content;
    private readonly int[] _erases;
    private readonly bool[] _isTaken;
    private readonly int[] _dataBlock;
    private readonly int[][] _pairs;
    private readonly int[] _pairUsed;
    private readonly int[] _pairCompactions;
    private int _next;

    /// <param name="flashBlocks">Blocks of the file system: 64 for 256 KB.</param>
    /// <param name="staticBlocks">Blocks of files that never change: settings, certificates.</param>
    /// <param name="files">Files of ours.</param>
    /// <param name="fileBytes">Longest file; at most one flash block.</param>
    public LittleFsBlockStore(int flashBlocks, int staticBlocks, int files, int fileBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fileBytes, FlashBlockBytes);
        _content = new RamBlockStore(files, fileBytes);
        _erases = new int[flashBlocks];
        _isTaken = new bool[flashBlocks];
        _dataBlock = new int[files];
        Array.Fill(_dataBlock, -1);

        // The superblock pair and the settings come first; then a directory's pairs, as many as keep each half empty.
        _next = 0;
        for (int i = 0; i < 2 + staticBlocks; i++)
        {
            Allocate();
        }

        int pairs = Math.Max(1, (files * EntryBytes + FlashBlockBytes / 2 - 1) / (FlashBlockBytes / 2));
        _pairs = new int[pairs][];
        _pairUsed = new int[pairs];
        _pairCompactions = new int[pairs];
        for (int i = 0; i < pairs; i++)
        {
            _pairs[i] = [Allocate(), Allocate()];
        }
    }

    public int BlockCount => _content.BlockCount;

    public int BlockBytes => _content.BlockBytes;

    /// <summary>Writes and truncations, each a file closed.</summary>
    public long Closes { get; private set; }

    public long ErasesTotal { get; private set; }

    public int FlashBlocks => _erases.Length;

    public int ErasesOf(int flashBlock) => _erases[flashBlock];

    public int ErasesMax
    {
        get
        {
            int most = 0;
            foreach (int erases in _erases)
            {
                most = Math.Max(most, erases);
            }

            return most;
        }
    }

    public int LengthOf(int block) => _content.LengthOf(block);

    public bool TryErase(int block)
    {
        if (_dataBlock[block] >= 0)
        {
            _isTaken[_dataBlock[block]] = false;
            _dataBlock[block] = -1;
        }

        Commit(block, 0);
        return _content.TryErase(block);
    }

    public bool TryAppend(int block, byte[] buffer, int offset, int count)
    {
        if (!_content.TryAppend(block, buffer, offset, count))
        {
            return false;
        }

        int length = _content.LengthOf(block);
        if (length <= InlineBytesMax && _dataBlock[block] < 0)
        {
            Commit(block, length);
            return true;
        }

        // The new block is written before the old one is given up.
        int fresh = Allocate();
        if (_dataBlock[block] >= 0)
        {
            _isTaken[_dataBlock[block]] = false;
        }

        _dataBlock[block] = fresh;
        Commit(block, 0);
        return true;
    }

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count) =>
        _content.TryRead(block, position, buffer, offset, count);

    private void Commit(int file, int inlineBytes)
    {
        Closes++;
        int pair = file % _pairs.Length;
        int bytes = (CommitBytes + inlineBytes + ProgramBytes - 1) / ProgramBytes * ProgramBytes;
        if (_pairUsed[pair] + bytes > FlashBlockBytes)
        {
            Compact(pair);
        }

        _pairUsed[pair] += bytes;
    }

    private void Compact(int pair)
    {
        _pairCompactions[pair]++;
        int half = _pairCompactions[pair] & 1;
        if (_pairCompactions[pair] % BlockCycles == 0)
        {
            int worn = _pairs[pair][half];
            _pairs[pair][half] = Allocate();
            _isTaken[worn] = false;
        }
        else
        {
            Erase(_pairs[pair][half]);
        }

        int live = 0;
        for (int file = pair; file < _dataBlock.Length; file += _pairs.Length)
        {
            live += EntryBytes + (_dataBlock[file] < 0 ? _content.LengthOf(file) : 0);
        }

        // A log whose live part outgrows half of its block is split by littlefs; counted here as compacting ever more
        // often.
        _pairUsed[pair] = Math.Min(live, FlashBlockBytes * 3 / 4);
    }

    private int Allocate()
    {
        for (int i = 0; i < _isTaken.Length; i++)
        {
            int block = (_next + i) % _isTaken.Length;
            if (!_isTaken[block])
            {
                _isTaken[block] = true;
                _next = (block + 1) % _isTaken.Length;
                Erase(block);
                return block;
            }
        }

        throw new InvalidOperationException("the modelled file system is full");
    }

    private void Erase(int block)
    {
        _erases[block]++;
        ErasesTotal++;
    }
}
