using System;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using static MeterFirmware.Boards.Simulator.Chaos.ChaosFailure;

namespace MeterFirmware.Boards.Simulator.Chaos;

/// <summary>Faults of flash and supply under the journal; each throws <see cref="ChaosFailure"/> when a promise
/// breaks.</summary>
public static class JournalChaos
{
    private const int Blocks = 12;
    private const int BlockBytes = 512;

    /// <summary>
    /// Cuts power at every write of a run, on a copy of the store as it was just before, after none, some and all of
    /// the bytes (or after each byte), opens the copy and compares it with what was confirmed. The run itself goes on
    /// uncut.
    /// </summary>
    public static ChaosResult PowerCutAtEveryWrite(int seed, int records, bool everyByte)
    {
        JournalModel model = new(seed);
        FaultyBlockStore store = new(Blocks, BlockBytes);
        Journal journal = JournalModel.OpenJournal(store);
        FaultyBlockStore branch = store.Snapshot();
        long branches = 0;
        store.BeforeWrite = (block, buffer, offset, count) =>
        {
            int all = Math.Max(count, 1);
            int step = everyByte ? 1 : (all + 1) / 2;
            for (int bytes = 0; bytes < all; bytes += step)
            {
                Branch(store, branch, model, block, buffer, offset, count, bytes);
                branches++;
            }

            Branch(store, branch, model, block, buffer, offset, count, all);
            branches++;
        };
        for (int i = 0; i < records; i++)
        {
            Require(model.Step(journal), $"record {i} was refused");
        }

        string name = everyByte ? "power cut at every byte of every write" : "power cut at every write";
        return new ChaosResult(name, branches, 0, 0,
            $"{records} records, {journal.DroppedRecords} of them gave way, all named");
    }

    /// <summary>Power cuts one after the other, also during the start that follows one.</summary>
    public static ChaosResult PowerCutsInRow(int runs, int cutsPerRun)
    {
        for (int seed = 0; seed < runs; seed++)
        {
            JournalModel model = new(seed);
            FaultyBlockStore store = new(Blocks, BlockBytes);
            Random random = new(seed);
            Journal journal = JournalModel.OpenJournal(store);
            for (int cut = 0; cut < cutsPerRun; cut++)
            {
                store.CutAtWrite = store.Writes + 1 + random.Next(25);
                store.CutAfterBytes = random.Next(90);
                while (store.IsPowered && model.Step(journal))
                {
                }

                Require(!store.IsPowered, "the journal stopped before power did");
                store.RestorePower();
                if (random.Next(2) == 0)
                {
                    store.CutAtWrite = store.Writes + 1;
                    store.CutAfterBytes = random.Next(40);
                    JournalModel.OpenJournal(store);
                    store.RestorePower();
                }

                journal = JournalModel.OpenJournal(store);
                model.ForgetPending(journal);
                model.Check(journal, mayBeDamaged: true);
            }
        }

        return new ChaosResult("power cuts in a row, also while starting", (long)runs * cutsPerRun, 0, 0,
            $"{runs} runs");
    }

    /// <summary>Turns a bit over in every <paramref name="stride"/>th byte of a full store, one at a time.</summary>
    public static ChaosResult FlippedBits(int stride)
    {
        FaultyBlockStore store = Filled(9, out JournalModel model);
        int records = JournalModel.OpenJournal(store).Report.Records;
        FaultyBlockStore branch = store.Snapshot();
        Random random = new(1);
        long cases = 0;
        for (int block = 0; block < Blocks; block++)
        {
            for (int position = 0; position < store.LengthOf(block); position += stride)
            {
                branch.CopyFrom(store);
                branch.FlipBit(block, position, random.Next(8));
                Journal opened = JournalModel.OpenJournal(branch);
                model.Check(opened, mayBeDamaged: true);
                Require(opened.Report.Records >= records - 1,
                    $"block {block} position {position} cost more than one record");
                Require(!opened.Report.IsClean, $"block {block} position {position} was not noticed");
                cases++;
            }
        }

        return new ChaosResult("flipped bit", cases, 0, 0, "each costs at most its own record, each is reported");
    }

    /// <summary>Replaces a block by random bytes.</summary>
    public static ChaosResult GarbageBlocks(int rounds)
    {
        FaultyBlockStore store = Filled(10, out JournalModel model);
        Random random = new(2);
        byte[] payload = new byte[40];
        for (int round = 0; round < rounds; round++)
        {
            FaultyBlockStore branch = store.Snapshot();
            byte[] garbage = new byte[random.Next(BlockBytes + 1)];
            random.NextBytes(garbage);
            branch.Overwrite(random.Next(Blocks), garbage);
            Journal opened = JournalModel.OpenJournal(branch);
            model.Check(opened, mayBeDamaged: true);
            for (int i = 0; i < 20; i++)
            {
                Require(opened.TryAppend(RecordKind.Interval, payload, 0, 40, out _), "refused after a garbage block");
            }
        }

        return new ChaosResult("block full of garbage", rounds, 0, 0,
            "every missing unacknowledged number is named by a gap");
    }

    /// <summary>Refuses every seventh write after half of its bytes.</summary>
    public static ChaosResult RefusedWrites(int records)
    {
        JournalModel model = new(12);
        FaultyBlockStore store = new(Blocks, BlockBytes) { RefuseEvery = 7 };
        Journal journal = JournalModel.OpenJournal(store);
        for (int i = 0; i < records; i++)
        {
            Require(model.Step(journal), $"record {i} was refused");
        }

        int failures = journal.StoreFailures;
        store.RefuseEvery = 0;
        model.Check(JournalModel.OpenJournal(store), mayBeDamaged: true);
        return new ChaosResult("write refused half-way", failures, 0, 0, $"{records} records stored");
    }

    /// <summary>Writes until blocks refuse to be erased and no record can be stored any more.</summary>
    public static ChaosResult WornOut(int enduranceErases)
    {
        JournalModel model = new(13);
        FaultyBlockStore store = new(Blocks, BlockBytes) { EnduranceErases = enduranceErases };
        Journal journal = JournalModel.OpenJournal(store);
        int stored = 0;
        while (model.Step(journal))
        {
            stored++;
            Require(stored < 10_000_000, "a worn-out store went on");
        }

        Require(journal.BadBlocks > 0, "no block was given up");
        model.Check(journal, mayBeDamaged: true);
        return new ChaosResult("worn-out flash", journal.BadBlocks, 0, 0,
            $"{stored} records, then refused and still readable");
    }

    private static FaultyBlockStore Filled(int seed, out JournalModel model)
    {
        model = new JournalModel(seed);
        FaultyBlockStore store = new(Blocks, BlockBytes);
        Journal journal = JournalModel.OpenJournal(store);
        for (int i = 0; i < 300; i++)
        {
            Require(model.Step(journal), $"record {i} was refused");
        }

        return store;
    }

    private static void Branch(FaultyBlockStore store, FaultyBlockStore branch, JournalModel model, int block,
        byte[] buffer, int offset, int count, int bytes)
    {
        branch.CopyFrom(store);
        branch.CutAtWrite = 1;
        branch.CutAfterBytes = bytes;
        if (buffer == null)
        {
            branch.TryErase(block);
        }
        else
        {
            branch.TryAppend(block, buffer, offset, count);
        }

        branch.RestorePower();
        Journal opened = JournalModel.OpenJournal(branch);
        model.Check(opened);
        byte[] payload = [1, 2, 3, 4];
        Require(opened.TryAppend(RecordKind.Interval, payload, 0, 4, out long number), "refused after a power cut");
        Require(number > model.NumberMax, "a number was given out twice");
        Require(JournalModel.OpenJournal(branch).TryRead(number, payload, out _, out _),
            "the next record is not there");
    }
}
