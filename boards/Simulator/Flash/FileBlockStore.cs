using System;
using System.IO;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Simulator.Flash;

/// <summary>
/// Blocks as files of a folder, one file a block, written through to the disk: what the device does with littlefs.
/// Every call opens and closes its file, so that an instance killed at any moment leaves what its calls returned for.
/// </summary>
public sealed class FileBlockStore : IBlockStore
{
    private readonly string[] _paths;
    private readonly int[] _lengths;

    /// <summary>Creates the folder when it is missing. Throws the framework's IOException when that is
    /// refused.</summary>
    public FileBlockStore(string folder, int blockCount, int blockBytes)
    {
        Directory.CreateDirectory(folder);
        BlockCount = blockCount;
        BlockBytes = blockBytes;
        _paths = new string[blockCount];
        _lengths = new int[blockCount];
        for (int i = 0; i < blockCount; i++)
        {
            _paths[i] = Path.Combine(folder, i.ToString("D4") + ".blk");
            FileInfo file = new(_paths[i]);

            // What a longer file of another layout holds behind a block's end is never read.
            _lengths[i] = file.Exists ? (int)Math.Min(file.Length, blockBytes) : 0;
        }
    }

    public int BlockCount { get; }

    public int BlockBytes { get; }

    /// <summary>True: every write waits for the disk. False: for the operating system only, which survives a killed
    /// process but not a power cut; simulations of thousands of devices use that.</summary>
    public bool WriteThrough { get; set; } = true;

    public int LengthOf(int block) => _lengths[block];

    public bool TryErase(int block)
    {
        try
        {
            using FileStream file = new(_paths[block], FileMode.Create, FileAccess.Write, FileShare.Read, 1);
            file.Flush(WriteThrough);
            _lengths[block] = 0;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public bool TryAppend(int block, byte[] buffer, int offset, int count)
    {
        if (_lengths[block] + count > BlockBytes)
        {
            return false;
        }

        try
        {
            using FileStream file = new(_paths[block], FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1);
            file.Position = _lengths[block];
            file.Write(buffer, offset, count);
            file.Flush(WriteThrough);
            _lengths[block] += count;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lengths[block] = LengthOnDisk(block);
            return false;
        }
    }

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count)
    {
        if (position < 0 || position + count > _lengths[block])
        {
            return false;
        }

        try
        {
            using FileStream file = new(_paths[block], FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            file.Position = position;
            file.ReadExactly(buffer, offset, count);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private int LengthOnDisk(int block)
    {
        try
        {
            FileInfo file = new(_paths[block]);
            return file.Exists ? (int)Math.Min(file.Length, BlockBytes) : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return BlockBytes;
        }
    }
}
