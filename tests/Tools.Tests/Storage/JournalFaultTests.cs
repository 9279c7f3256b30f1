using System;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tests.Tools.Storage;

/// <summary>The journal over a store that fails in every way that flash can.</summary>
[TestClass]
public sealed class JournalFaultTests
{
    private const int Blocks = 12;
    private const int BlockBytes = 512;

    private static bool IsLong => Environment.GetEnvironmentVariable("METER_LONG") == "1";

    public TestContext TestContext { get; set; }

    [TestMethod]
    public void NothingIsLostWhenPowerFailsAtEveryWrite()
    {
        int records = IsLong ? 10_000 : 600;
        long branches = CutAtEveryWrite(seed: 4, records, everyByte: false);
        TestContext.WriteLine($"{records} records, {branches} power cuts, 0 lost, 0 doubled");
        Assert.IsTrue(branches > records * 3L);
    }

    [TestMethod]
    public void NothingIsLostWhenPowerFailsAtEveryByte()
    {
        long branches = CutAtEveryWrite(seed: 5, IsLong ? 1_000 : 120, everyByte: true);
        TestContext.WriteLine($"{branches} power cuts");
    }

    [TestMethod]
    public void PowerCutsInRowWhileRecoveringLoseNothing()
    {
        for (int seed = 0; seed < (IsLong ? 400 : 40); seed++)
        {
            JournalModel model = new(seed);
            FaultyBlockStore store = new(Blocks, BlockBytes);
            Random random = new(seed);
            Journal journal = JournalModel.OpenJournal(store);
            for (int cut = 0; cut < 40; cut++)
            {
                store.CutAtWrite = store.Writes + 1 + random.Next(25);
                store.CutAfterBytes = random.Next(90);
                while (store.IsPowered && model.Step(journal))
                {
                }

                Assert.IsFalse(store.IsPowered, "the journal stopped before power did");
                store.RestorePower();
                if (random.Next(2) == 0)
                {
                    // Power fails again while the start writes what it has to.
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
    }

    [TestMethod]
    public void OneFlippedBitCostsAtMostOneRecordAndIsReported()
    {
        JournalModel model = new(9);
        FaultyBlockStore store = new(Blocks, BlockBytes);
        Journal journal = JournalModel.OpenJournal(store);
        for (int i = 0; i < 300; i++)
        {
            Assert.IsTrue(model.Step(journal));
        }

        int records = JournalModel.OpenJournal(store).Report.Records;
        FaultyBlockStore branch = store.Snapshot();
        Random random = new(1);
        for (int block = 0; block < Blocks; block++)
        {
            for (int position = 0; position < store.LengthOf(block); position += IsLong ? 1 : 3)
            {
                branch.CopyFrom(store);
                branch.FlipBit(block, position, random.Next(8));
                Journal opened = JournalModel.OpenJournal(branch);
                model.Check(opened, mayBeDamaged: true);
                Assert.IsTrue(opened.Report.Records >= records - 1, $"block {block} position {position}");
                Assert.IsFalse(opened.Report.IsClean, $"block {block} position {position} was not noticed");
            }
        }
    }

    [TestMethod]
    public void GarbageInAnyBlockIsCutAndReported()
    {
        JournalModel model = new(10);
        FaultyBlockStore store = new(Blocks, BlockBytes);
        Journal journal = JournalModel.OpenJournal(store);
        for (int i = 0; i < 300; i++)
        {
            Assert.IsTrue(model.Step(journal));
        }

        Random random = new(2);
        for (int round = 0; round < (IsLong ? 2_000 : 100); round++)
        {
            FaultyBlockStore branch = store.Snapshot();
            byte[] garbage = new byte[random.Next(BlockBytes + 1)];
            random.NextBytes(garbage);
            branch.Overwrite(random.Next(Blocks), garbage);
            Journal opened = JournalModel.OpenJournal(branch);
            model.Check(opened, mayBeDamaged: true);
            for (int i = 0; i < 20; i++)
            {
                Assert.IsTrue(opened.TryAppend(RecordKind.Interval, garbage, 0, Math.Min(garbage.Length, 40), out _));
            }
        }
    }

    [TestMethod]
    public void ATornEraseThatLeavesGarbageLosesNothingUnnamed()
    {
        JournalModel model = new(11);
        FaultyBlockStore store = new(Blocks, BlockBytes);
        Journal journal = JournalModel.OpenJournal(store);
        int erases = 0;
        store.BeforeWrite = (block, buffer, offset, count) =>
        {
            if (buffer != null)
            {
                return;
            }

            FaultyBlockStore branch = store.Snapshot();
            branch.TornEraseLeavesGarbage = true;
            branch.CutAtWrite = 1;
            branch.TryErase(block);
            branch.RestorePower();
            model.Check(JournalModel.OpenJournal(branch), mayBeDamaged: true);
            erases++;
        };
        for (int i = 0; i < 2_000; i++)
        {
            Assert.IsTrue(model.Step(journal));
        }

        Assert.IsTrue(erases > 50);
    }

    [TestMethod]
    public void RefusedWritesCostBlocksButNoRecords()
    {
        JournalModel model = new(12);
        FaultyBlockStore store = new(Blocks, BlockBytes) { RefuseEvery = 7 };
        Journal journal = JournalModel.OpenJournal(store);
        for (int i = 0; i < 3_000; i++)
        {
            Assert.IsTrue(model.Step(journal), $"record {i}");
        }

        Assert.IsTrue(journal.StoreFailures > 100);
        store.RefuseEvery = 0;
        model.Check(JournalModel.OpenJournal(store), mayBeDamaged: true);
    }

    [TestMethod]
    public void AWornOutStoreRefusesRecordsAndKeepsWhatItHas()
    {
        JournalModel model = new(13);
        FaultyBlockStore store = new(Blocks, BlockBytes) { EnduranceErases = 20 };
        Journal journal = JournalModel.OpenJournal(store);
        int stored = 0;
        while (stored < 100_000 && model.Step(journal))
        {
            stored++;
        }

        Assert.IsTrue(stored > 1_000 && stored < 100_000, $"{stored} records");
        Assert.IsTrue(journal.BadBlocks > 0);
        model.Check(journal, mayBeDamaged: true);
    }

    [TestMethod]
    public void AFileThatLostItsEndNeverHasItsNumbersGivenOutTwice()
    {
        Random random = new(3);
        for (int seed = 0; seed < 60; seed++)
        {
            JournalModel model = new(seed);
            FaultyBlockStore store = new(Blocks, BlockBytes);
            Journal journal = JournalModel.OpenJournal(store);
            for (int i = 0; i < 100 + seed; i++)
            {
                Assert.IsTrue(model.Step(journal));
            }

            for (int block = 0; block < Blocks; block++)
            {
                store.Truncate(block, random.Next(BlockBytes));
            }

            Journal opened = new(store, JournalModel.Layout(), JournalModel.PayloadBytesMax) { StoreMayLoseTail = true };
            opened.Open(1);
            model.Check(opened, mayBeDamaged: true);
        }
    }

    [TestMethod]
    public void WearIsLevelled()
    {
        FaultyBlockStore store = new(Blocks, BlockBytes);
        Journal journal = JournalModel.OpenJournal(store);
        byte[] payload = new byte[40];
        for (int i = 0; i < 20_000; i++)
        {
            Assert.IsTrue(journal.TryAppend(RecordKind.Interval, payload, 0, payload.Length, out long number));
            journal.Acknowledge(number);
        }

        int least = int.MaxValue;
        int most = 0;
        for (int block = 0; block < Blocks; block++)
        {
            least = Math.Min(least, store.ErasesOf(block));
            most = Math.Max(most, store.ErasesOf(block));
        }

        Assert.IsTrue(least > 100 && most - least <= 2, $"{least} to {most} erases");
        Assert.AreEqual(most, journal.ErasesMax);
    }

    [TestMethod]
    public void AppendReadAndAcknowledgeAllocateNothing()
    {
        FaultyBlockStore store = new(Blocks, BlockBytes);
        Journal journal = JournalModel.OpenJournal(store);
        byte[] payload = new byte[40];
        AppendAndRead(journal, payload, 500);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AppendAndRead(journal, payload, 2_000);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AppendAndRead(Journal journal, byte[] payload, int records)
    {
        for (int i = 0; i < records; i++)
        {
            int kind = i % 3 == 0 ? RecordKind.Event : RecordKind.Interval;
            journal.TryAppend(kind, payload, 0, payload.Length, out long number);
            journal.TryRead(number - i % 9, payload, out int _, out int _);
            if (i % 500 > 300)
            {
                journal.Acknowledge(number);
            }
        }
    }

    private static long CutAtEveryWrite(int seed, int records, bool everyByte)
    {
        JournalModel model = new(seed);
        FaultyBlockStore store = new(Blocks, BlockBytes);
        Journal journal = JournalModel.OpenJournal(store);
        FaultyBlockStore branch = store.Snapshot();
        long branches = 0;
        store.BeforeWrite = (block, buffer, offset, count) =>
        {
            int step = everyByte || count < 2 ? 1 : (count - 1) / 2 + 1;
            for (int bytes = 0; bytes <= Math.Max(count, 1); bytes += step)
            {
                Branch(store, branch, model, block, buffer, offset, count, Math.Min(bytes, Math.Max(count, 1)));
                branches++;
            }

            if (!everyByte)
            {
                Branch(store, branch, model, block, buffer, offset, count, Math.Max(count, 1));
                branches++;
            }
        };
        for (int i = 0; i < records; i++)
        {
            Assert.IsTrue(model.Step(journal));
        }

        return branches;
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
        Assert.IsTrue(opened.TryAppend(RecordKind.Interval, payload, 0, 4, out long number));
        Assert.IsTrue(number > model.NumberMax);
        Journal again = JournalModel.OpenJournal(branch);
        Assert.IsTrue(again.TryRead(number, payload, out _, out _));
    }
}
