using System;
using System.IO;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// Blocks as files, one a block: BLOCK000 … in one folder. On the ESP32 a Flush does not reach the flash, so every
/// write ends with Close; littlefs then holds either the old or the new file. FAT on an SD card gives no such promise:
/// open the journal with StoreMayLoseTail there. Allocates a stream a call.
/// </summary>
public sealed class FileBlockStore : IBlockStore
{
    private readonly string[] _paths;
    private readonly int[] _lengths;

    /// <param name="folder">Existing or new folder, "I:\\log" on internal flash, "D:\\log" on an SD card.</param>
    /// <param name="blockCount">Number of files.</param>
    /// <param name="blockBytes">Capacity of each.</param>
    public FileBlockStore(string folder, int blockCount, int blockBytes)
    {
        BlockCount = blockCount;
        BlockBytes = blockBytes;
        _paths = new string[blockCount];
        _lengths = new int[blockCount];
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
        }

        for (int block = 0; block < blockCount; block++)
        {
            _paths[block] = folder + "\\BLOCK" + block.ToString("D3");
            _lengths[block] = LengthOnMedium(block);
        }
    }

    public int BlockCount { get; }

    public int BlockBytes { get; }

    public int LengthOf(int block) => _lengths[block];

    public bool TryErase(int block)
    {
        try
        {
            using (new FileStream(_paths[block], FileMode.Create, FileAccess.Write))
            {
            }

            _lengths[block] = 0;
            return true;
        }
        catch (Exception)
        {
            _lengths[block] = LengthOnMedium(block);
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
            using (FileStream file = new FileStream(_paths[block], FileMode.OpenOrCreate, FileAccess.ReadWrite))
            {
                file.Seek(_lengths[block], SeekOrigin.Begin);
                file.Write(buffer, offset, count);
            }

            _lengths[block] += count;
            return true;
        }
        catch (Exception)
        {
            // Any first part of the bytes may be there.
            _lengths[block] = LengthOnMedium(block);
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
            using FileStream file = new FileStream(_paths[block], FileMode.Open, FileAccess.Read);
            file.Seek(position, SeekOrigin.Begin);
            while (count > 0)
            {
                int taken = file.Read(buffer, offset, count);
                if (taken <= 0)
                {
                    return false;
                }

                offset += taken;
                count -= taken;
            }

            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>A block that cannot be looked at counts as full, so that nothing is written over what it may
    /// hold.</summary>
    private int LengthOnMedium(int block)
    {
        try
        {
            if (!File.Exists(_paths[block]))
            {
                return 0;
            }

            using FileStream file = new FileStream(_paths[block], FileMode.Open, FileAccess.Read);
            return file.Length < BlockBytes ? (int)file.Length : BlockBytes;
        }
        catch (Exception)
        {
            return BlockBytes;
        }
    }
}
