using System;
using System.Collections.Generic;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.Tests.Storage;

/// <summary>
/// Files of a medium that writes back (FAT on an SD card): when the supply fails, of the last operations of each file
/// only a first part is there, file by file. A file that was made within them may be gone whole, with its entry in the
/// directory; an emptied one may be as it was before.
/// </summary>
internal sealed class WriteBackBlockStore(int blockCount, int blockBytes) : IBlockStore
{
    private readonly FaultyBlockStore _files = new(blockCount, blockBytes);
    private readonly List<(int File, byte[] Before)> _operations = [];

    public int BlockCount => _files.BlockCount;

    public int BlockBytes => _files.BlockBytes;

    /// <summary>Files that vanished whole in the last crash.</summary>
    public int Vanished { get; private set; }

    public int LengthOf(int block) => _files.LengthOf(block);

    public bool TryErase(int block)
    {
        _operations.Add((block, ContentOf(block)));
        return _files.TryErase(block);
    }

    public bool TryAppend(int block, byte[] buffer, int offset, int count)
    {
        _operations.Add((block, ContentOf(block)));
        return _files.TryAppend(block, buffer, offset, count);
    }

    public bool TryRead(int block, int position, byte[] buffer, int offset, int count) =>
        _files.TryRead(block, position, buffer, offset, count);

    /// <summary>The supply fails with so many operations in doubt.</summary>
    public void Crash(Random random, int inDoubt)
    {
        Vanished = 0;
        int from = Math.Max(0, _operations.Count - inDoubt);
        for (int file = 0; file < BlockCount; file++)
        {
            List<byte[]> before = [];
            for (int i = from; i < _operations.Count; i++)
            {
                if (_operations[i].File == file)
                {
                    before.Add(_operations[i].Before);
                }
            }

            int kept = random.Next(before.Count + 1);
            if (kept < before.Count)
            {
                Vanished += before[kept].Length == 0 && _files.LengthOf(file) > 0 ? 1 : 0;
                _files.Truncate(file, 0);
                _files.Overwrite(file, before[kept]);
            }
        }

        _operations.Clear();
    }

    private byte[] ContentOf(int block)
    {
        byte[] content = new byte[_files.LengthOf(block)];
        _files.TryRead(block, 0, content, 0, content.Length);
        return content;
    }
}
