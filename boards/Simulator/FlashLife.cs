using System;
using MeterFirmware.Commands;
using MeterFirmware.Recording;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Boards.Simulator;

/// <summary>
/// A year of the meter's writing at default settings on the 256 KB littlefs of a 4 MB ESP32: the journal, checkpoint
/// and security stores themselves run in the blocks that <see cref="MeterPlan"/> gives them, and every erase is counted.
/// </summary>
public sealed class FlashLife
{
    public const int FlashBlocks = 64;

    /// <summary>Endurance that flash of this kind is sold with, erases a block.</summary>
    public const int EnduranceErases = 100_000;

    private const int StaticBlocks = 4;
    private const int EventsPerDay = 6;

    // A daily freeze of 8 rates, and an hourly one.
    private const int FreezeBytes = 400;
    private const int HourlyBytes = 20;
    private const int CommandsPerDay = 2;

    private static readonly MeterPlan _plan = MeterPlan.Of4Megabytes();

    private readonly LittleFsBlockStore _flash = new(FlashBlocks, StaticBlocks, _plan.BlockCount, _plan.BlockBytes);

    /// <summary>Days simulated.</summary>
    public int Days { get; private set; }

    public long Closes => _flash.Closes;

    public long ErasesTotal => _flash.ErasesTotal;

    /// <summary>Erases of the most worn block.</summary>
    public int ErasesMax => _flash.ErasesMax;

    /// <summary>Years until the most worn block has had its endurance.</summary>
    public double Years => EnduranceErases * (Days / 365.0) / ErasesMax;

    /// <summary>Days of outage until the first interval record gives way, at 15 min, with as many events.</summary>
    public static int OutageDays(int journalBlocks, int intervalBytes)
    {
        MeterPlan plan = MeterPlan.Of4Megabytes();
        plan.JournalBlocks = journalBlocks;
        Journal journal = new(new RamBlockStore(journalBlocks, 4096), plan.Layout(), 512);
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
        int first = _plan.CheckpointBlocks + _plan.SecurityBlocks;
        CheckpointStore checkpoints = new(new BlockRegion(_flash, 0, _plan.CheckpointBlocks), checkpointBytes);
        DeviceSecurity security = new(new CheckpointStore(
            new BlockRegion(_flash, _plan.CheckpointBlocks, _plan.SecurityBlocks), DeviceSecurity.StateBytes));
        Journal journal = new(new BlockRegion(_flash, first, _plan.JournalBlocks), _plan.Layout(), 512);
        journal.Open(1);
        RecordRing freezes = new(new BlockRegion(_flash, first + _plan.JournalBlocks, _plan.RecordBlocks), FreezeBytes, [62, 254]);
        freezes.Open();
        security.TryCommission(new byte[DeviceSecurity.SecretBytes]);
        byte[] payload = new byte[512];
        byte[] state = new byte[checkpointBytes + CheckpointStore.OverheadBytes];
        long command = 0;
        long quarters = Days * 96L;
        for (int day = 0; day < days; day++)
        {
            for (int i = 0; i < 96; i++, quarters++)
            {
                if (i % 4 == 0)
                {
                    Freeze(freezes, i == 0 ? 0 : 1, i == 0 ? FreezeBytes : HourlyBytes, quarters * 900);
                }

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

    private static void Freeze(RecordRing ring, int kind, int bytes, long utcSeconds)
    {
        int at = ring.Begin(kind, ring.NewestOrdinal(kind) + 1);
        if (!ring.TryCommit(at + bytes, utcSeconds))
        {
            throw new InvalidOperationException("a freeze was not stored");
        }
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
