using System;
using MeterFirmware.Boards.Simulator.Chaos;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Storage;

/// <summary>The journal over a store that fails in every way that flash can; the faults are those of meterctl
/// chaos.</summary>
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
        ChaosResult result = JournalChaos.PowerCutAtEveryWrite(seed: 4, records, everyByte: false);
        TestContext.WriteLine(result.ToString());
        Assert.IsTrue(result.Survived && result.Cases > records * 3L);
    }

    [TestMethod]
    public void NothingIsLostWhenPowerFailsAtEveryByte()
    {
        ChaosResult result = JournalChaos.PowerCutAtEveryWrite(seed: 5, IsLong ? 1_000 : 120, everyByte: true);
        TestContext.WriteLine(result.ToString());
        Assert.IsTrue(result.Survived && result.Cases > 120 * 40);
    }

    [TestMethod]
    public void PowerCutsInARowWhileStartingLoseNothing() =>
        Assert.IsTrue(JournalChaos.PowerCutsInRow(IsLong ? 400 : 40, 40).Survived);

    [TestMethod]
    public void OneFlippedBitCostsAtMostOneRecordAndIsReported() =>
        Assert.IsTrue(JournalChaos.FlippedBits(IsLong ? 1 : 3).Survived);

    [TestMethod]
    public void GarbageInAnyBlockIsCutAndNamed() =>
        Assert.IsTrue(JournalChaos.GarbageBlocks(IsLong ? 2_000 : 100).Survived);

    [TestMethod]
    public void RefusedWritesCostBlocksButNoRecords()
    {
        ChaosResult result = JournalChaos.RefusedWrites(3_000);
        Assert.IsTrue(result.Survived && result.Cases > 100);
    }

    [TestMethod]
    public void AWornOutStoreRefusesRecordsAndKeepsWhatItHas() => Assert.IsTrue(JournalChaos.WornOut(20).Survived);

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

            Journal opened = new(store, JournalModel.Layout(),
                JournalModel.PayloadBytesMax)
            { StoreMayLoseTail = true };
            opened.Open(1);
            model.Check(opened, mayBeDamaged: true);
        }
    }

    [TestMethod]
    public void TheModelNoticesALossAndADoubledRecord()
    {
        // A test of the tests: a record taken away, and one put in twice, must not pass.
        JournalModel model = new(14);
        FaultyBlockStore store = new(Blocks, BlockBytes);
        Journal journal = JournalModel.OpenJournal(store);
        for (int i = 0; i < 8; i++)
        {
            Assert.IsTrue(model.Step(journal));
        }

        byte[] payload = new byte[JournalModel.PayloadBytesMax];
        Assert.IsTrue(journal.TryFind(1, out long first));
        Assert.IsTrue(journal.TryRead(first, payload, out int count, out int kind));
        Assert.IsTrue(journal.TryAppend(kind, payload, 0, count, out _));
        Assert.ThrowsExactly<ChaosFailure>(() => model.Check(JournalModel.OpenJournal(store)));
        Assert.ThrowsExactly<ChaosFailure>(() =>
            model.Check(JournalModel.OpenJournal(new FaultyBlockStore(Blocks, BlockBytes))));
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
        Allocation.AssertNone(() => AppendAndRead(journal, payload, 2_000));
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
}
