using System;
using MeterFirmware.Commands;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Boards.Simulator;

/// <summary>
/// A year of the meter's writing at default settings on the 256 KB littlefs of a 4 MB ESP32: the journal, checkpoint
/// and security stores themselves run, and every erase is counted. boards/Device/MeterBoard.cs has the same block counts.
/// </summary>
public sealed class FlashLife
{
    public const int FlashBlocks = 64;

    /// <summary>Endurance that flash of this kind is sold with, erases a block.</summary>
    public const int EnduranceErases = 100_000;

    private const int StaticBlocks = 6;
    private const int CheckpointBlocks = 4;
    private const int JournalBlocks = 36;
    private const int SecurityBlocks = 2;
    private const int EventsPerDay = 6;
    private const int CommandsPerDay = 2;

    private readonly LittleFsBlockStore _flash =
        new(FlashBlocks, StaticBlocks, CheckpointBlocks + JournalBlocks + SecurityBlocks, 4096);

    /// <summary>Days simulated.</summary>
    public int Days { get; private set; }

    public long Closes => _flash.Closes;

    public long ErasesTotal => _flash.ErasesTotal;

    /// <summary>Erases of the most worn block.</summary>
    public int ErasesMax => _flash.ErasesMax;

    /// <summary>Years until the most worn block has had its endurance.</summary>
    public double Years => EnduranceErases * (Days / 365.0) / ErasesMax;

    /// <summary>The journal's layout on the 4 MB board.</summary>
    public static JournalLayout Layout()
    {
        JournalLayout layout = new(2);
        layout.Put(RecordKind.Interval, 0);
        layout.Put(RecordKind.Event, 1);
        layout.Keep(0, 24);
        layout.Keep(1, 6);
        return layout;
    }

    /// <summary>Days of outage until the first interval record gives way, at 15 min, with as many events.</summary>
    public static int OutageDays(int journalBlocks, int intervalBytes)
    {
        Journal journal = new(new RamBlockStore(journalBlocks, 4096), Layout(), 512);
        journal.Open(1);
        byte[] payload = new byte[512];
        byte[] read = new byte[512];
        for (int day = 0; ; day++)
        {
            for (int i = 0; i < 96; i++)
            {
                journal.TryAppend(RecordKind.Interval, payload, 0, intervalBytes, out _);
                if (i < EventsPerDay)
                {
                    journal.TryAppend(RecordKind.Event, payload, 0, 40, out _);
                }

                if (!journal.TryRead(1, read, out _, out _))
                {
                    return day;
                }
            }
        }
    }

    /// <summary>Runs days of default writing: intervals and checkpoints every 15 min, everything acknowledged at once.</summary>
    public void Run(int days, int intervalBytes, int checkpointBytes)
    {
        CheckpointStore checkpoints = new(new BlockRegion(_flash, 0, CheckpointBlocks), checkpointBytes);
        Journal journal = new(new BlockRegion(_flash, CheckpointBlocks, JournalBlocks), Layout(), 512);
        journal.Open(1);
        DeviceSecurity security = new(new CheckpointStore(
            new BlockRegion(_flash, CheckpointBlocks + JournalBlocks, SecurityBlocks), DeviceSecurity.StateBytes));
        security.TryCommission(new byte[DeviceSecurity.SecretBytes]);
        byte[] payload = new byte[512];
        byte[] state = new byte[checkpointBytes];
        long command = 0;
        for (int day = 0; day < days; day++)
        {
            for (int i = 0; i < 96; i++)
            {
                Append(journal, RecordKind.Interval, payload, intervalBytes);
                if (i < EventsPerDay)
                {
                    Append(journal, RecordKind.Event, payload, 40);
                }

                if (i < CommandsPerDay && !security.TryTake(CommandRole.Utility, ++command, 1))
                {
                    throw new InvalidOperationException("a command's number was not stored");
                }

                if (!checkpoints.TryWrite(state, checkpointBytes))
                {
                    throw new InvalidOperationException("a checkpoint was not stored");
                }
            }
        }

        Days += days;
    }

    private static void Append(Journal journal, int kind, byte[] payload, int count)
    {
        if (!journal.TryAppend(kind, payload, 0, count, out long number))
        {
            throw new InvalidOperationException("a record was not stored");
        }

        journal.Acknowledge(number);
    }
}
