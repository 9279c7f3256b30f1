using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Storage;

/// <summary>What the journal promises, on a store without faults; the faults are in
/// tests/Tools.Tests/Storage.</summary>
[TestClass]
public class JournalTests
{
    private const int LogKind = 100;

    [TestMethod]
    public void NumbersBeginAtOneAndGrow()
    {
        Journal journal = Open(new RamBlockStore(8, 256));
        Assert.AreEqual(1L, Append(journal, RecordKind.Interval, 7));
        Assert.AreEqual(2L, Append(journal, LogKind, 8));
        Assert.AreEqual(3L, journal.NextNumber);
        Assert.AreEqual(1L, journal.OldestNumber);
    }

    [TestMethod]
    public void ARecordIsReadAsItWasWritten()
    {
        Journal journal = Open(new RamBlockStore(8, 256));
        byte[] payload = { 9, 8, 7, 6, 5 };
        Assert.IsTrue(journal.TryAppend(RecordKind.Event, payload, 1, 3, out long number));
        byte[] read = new byte[32];
        Assert.IsTrue(journal.TryRead(number, read, out int count, out int kind));
        Assert.AreEqual(3, count);
        Assert.AreEqual(RecordKind.Event, kind);
        Assert.AreEqual(8, (int)read[0]);
        Assert.AreEqual(6, (int)read[2]);
    }

    [TestMethod]
    public void WhatIsNotThereIsNotRead()
    {
        Journal journal = Open(new RamBlockStore(8, 256));
        Append(journal, RecordKind.Interval, 1);
        byte[] read = new byte[32];
        Assert.IsFalse(journal.TryRead(0, read, out int _, out int _));
        Assert.IsFalse(journal.TryRead(2, read, out int _, out int _));
        Assert.IsFalse(journal.TryRead(1, new byte[1], out int _, out int _), "the buffer is too short");
        Assert.IsFalse(journal.TryAppend(RecordKind.Interval, new byte[64], 0, 64, out long _), "too long a record");
        Assert.AreEqual(2L, journal.NextNumber);
    }

    [TestMethod]
    public void RecordsNumbersAndCursorSurviveARestart()
    {
        RamBlockStore store = new RamBlockStore(8, 256);
        Journal journal = Open(store);
        for (int i = 1; i <= 20; i++)
        {
            Append(journal, i % 2 == 0 ? RecordKind.Interval : LogKind, i);
        }

        journal.Acknowledge(13);
        Assert.IsTrue(journal.Flush());
        Journal again = Open(store);
        Assert.IsTrue(again.Report.IsClean);
        Assert.AreEqual(20, again.Report.Records);
        Assert.AreEqual(21L, again.NextNumber);
        Assert.AreEqual(13L, again.AcknowledgedNumber);
        byte[] read = new byte[32];
        for (int i = 1; i <= 20; i++)
        {
            Assert.IsTrue(again.TryRead(i, read, out int _, out int _));
            Assert.AreEqual(i, (int)read[0]);
        }
    }

    [TestMethod]
    public void AnAcknowledgementOfWhatWasNeverWrittenIsIgnored()
    {
        Journal journal = Open(new RamBlockStore(8, 256));
        Append(journal, RecordKind.Interval, 1);
        Append(journal, RecordKind.Interval, 2);
        journal.Acknowledge(1);
        journal.Acknowledge(3);
        journal.Acknowledge(long.MaxValue);
        Assert.AreEqual(1L, journal.AcknowledgedNumber);
        journal.Acknowledge(0);
        Assert.AreEqual(1L, journal.AcknowledgedNumber);
    }

    [TestMethod]
    public void AFullJournalDropsAcknowledgedRecordsWithoutAGap()
    {
        Journal journal = Open(new RamBlockStore(8, 256));
        for (int i = 1; i <= 500; i++)
        {
            journal.Acknowledge(Append(journal, RecordKind.Interval, i));
        }

        Assert.AreEqual(0, journal.DroppedRecords);
        Assert.AreEqual(501L, journal.NextNumber);
        Assert.IsTrue(journal.OldestNumber > 300);
    }

    [TestMethod]
    public void AFloodOfLogRecordsDropsLogRecordsOnly()
    {
        Journal journal = Open(new RamBlockStore(10, 256));
        for (int i = 1; i <= 20; i++)
        {
            Append(journal, RecordKind.Interval, i);
        }

        for (int i = 0; i < 1000; i++)
        {
            Append(journal, LogKind, i);
        }

        byte[] read = new byte[32];
        for (int i = 1; i <= 20; i++)
        {
            Assert.IsTrue(journal.TryRead(i, read, out int _, out int _),
                "an interval record gave way to a log record");
        }

        Assert.IsTrue(journal.DroppedRecords > 800);
    }

    [TestMethod]
    public void AnUnacknowledgedRecordIsNeverDroppedWithoutAGapRecord()
    {
        Journal journal = Open(new RamBlockStore(8, 256));
        for (int i = 1; i <= 400; i++)
        {
            Append(journal, RecordKind.Interval, i);
        }

        Assert.IsTrue(journal.OldestNumber > 1);
        byte[] read = new byte[32];
        long named = 0;
        for (long at = 1; journal.TryFind(at, out long number); at = number + 1)
        {
            Assert.IsTrue(journal.TryRead(number, read, out int _, out int kind));
            if (kind == RecordFormat.GapKind)
            {
                Assert.AreEqual(0, GapRecord.LaneOf(read, 0));
                named = GapRecord.LastOf(read, 0) > named ? GapRecord.LastOf(read, 0) : named;
            }
        }

        Assert.IsTrue(named >= journal.OldestNumber - 1, "the dropped numbers are not all named");
    }

    [TestMethod]
    public void NoNumberBelowTheFloorIsGivenOut()
    {
        Journal journal = new Journal(new RamBlockStore(8, 256), Layout(), 32);
        journal.Open(1000);
        Assert.IsTrue(Append(journal, RecordKind.Interval, 1) >= 1000);
    }

    [TestMethod]
    public void TheNewestRecordOfAKindIsFound()
    {
        Journal journal = Open(new RamBlockStore(8, 256));
        byte[] read = new byte[32];
        Assert.IsFalse(journal.TryReadNewest(RecordKind.Event, read, out int _, out long _));
        Append(journal, RecordKind.Interval, 3);
        Append(journal, RecordKind.Event, 5);
        for (int i = 0; i < 30; i++)
        {
            Append(journal, RecordKind.Interval, 7);
        }

        Assert.IsTrue(journal.TryReadNewest(RecordKind.Event, read, out int _, out long number));
        Assert.AreEqual(2L, number);
        Assert.AreEqual(5, (int)read[0]);
    }

    /// <summary>The header of each block of a full store in turn loses a bit. A block may begin with a gap, which lies
    /// in the lane that lost records, not in the lane of its kind.</summary>
    [TestMethod]
    public void ABitOfAHeaderCostsNoRecordOfAFullStore()
    {
        RamBlockStore store = new RamBlockStore(8, 256);
        Journal journal = Open(store);
        for (int i = 1; i <= 400; i++)
        {
            Append(journal, i % 3 == 0 ? LogKind : RecordKind.Interval, i);
        }

        int beginWithGap = 0;
        for (int block = 0; block < store.BlockCount; block++)
        {
            byte[] head = new byte[BlockHeader.Bytes + RecordFormat.HeaderBytes];
            if (store.LengthOf(block) < head.Length)
            {
                continue;
            }

            store.TryRead(block, 0, head, 0, head.Length);
            beginWithGap += head[BlockHeader.Bytes + 2] == RecordFormat.GapKind ? 1 : 0;
            RamBlockStore damaged = CopyOf(store, block);
            Journal after = Open(damaged);
            Assert.AreEqual(1, after.Report.DamagedHeaders);
            long number = 0;
            for (long at = 1; journal.TryFind(at, out number); at = number + 1)
            {
                byte[] read = new byte[32];
                Assert.IsTrue(after.TryFind(number, out long found) && found == number
                    && after.TryRead(number, read, out int _, out int _),
                    "number " + number.ToString() + ", block " + block.ToString());
            }
        }

        Assert.IsTrue(beginWithGap > 0, "no block began with a gap");
    }

    [TestMethod]
    public void ABlockOfRubbishCostsFewReadsAtTheStart()
    {
        CountingStore journalStore = new CountingStore(new RamBlockStore(8, 4_096));
        byte[] rubbish = new byte[4_096];
        uint random = 7;
        for (int i = 0; i < rubbish.Length; i++)
        {
            random = random * 1_664_525 + 1_013_904_223;
            rubbish[i] = (byte)(random >> 24);
        }

        journalStore.TryAppend(3, rubbish, 0, rubbish.Length);
        Journal journal = new Journal(journalStore, Layout(), 320);
        journal.Open(1);
        Assert.IsTrue(journalStore.Reads < 60, "journal: " + journalStore.Reads.ToString());
        CountingStore checkpointStore = new CountingStore(new RamBlockStore(2, 4_096));
        checkpointStore.TryAppend(0, rubbish, 0, rubbish.Length);
        CheckpointStore checkpoints = new CheckpointStore(checkpointStore, 1_500);
        Assert.IsFalse(checkpoints.TryReadNewest(new byte[1_512], out int _, out bool older));
        Assert.IsTrue(older);
        Assert.IsTrue(checkpointStore.Reads < 120, "checkpoints: " + checkpointStore.Reads.ToString());
    }

    [TestMethod]
    public void ABlockThatRefusedOneWriteIsTriedAgain()
    {
        RefuseOnceStore store = new RefuseOnceStore(new RamBlockStore(8, 256));
        Journal journal = new Journal(store, Layout(), 32);
        journal.Open(1);
        store.RefusesBlock = 0;
        Append(journal, RecordKind.Interval, 1);
        Assert.AreEqual(1, journal.StoreFailures);
        Assert.AreEqual(0, journal.BadBlocks);
        Assert.AreEqual(1, store.Refused);
        bool isUsedAgain = store.LengthOf(0) > 0;
        for (int i = 2; i <= 100; i++)
        {
            Append(journal, RecordKind.Interval, i);
            isUsedAgain |= store.LengthOf(0) > 0;
        }

        Assert.IsTrue(isUsedAgain, "one failure may be the bus's");
    }

    private static RamBlockStore CopyOf(RamBlockStore store, int damagedBlock)
    {
        RamBlockStore copy = new RamBlockStore(store.BlockCount, store.BlockBytes);
        for (int block = 0; block < store.BlockCount; block++)
        {
            byte[] bytes = new byte[store.LengthOf(block)];
            store.TryRead(block, 0, bytes, 0, bytes.Length);
            if (block == damagedBlock)
            {
                bytes[4] ^= 0x20;
            }

            copy.TryAppend(block, bytes, 0, bytes.Length);
        }

        return copy;
    }

    private static Journal Open(RamBlockStore store)
    {
        Journal journal = new Journal(store, Layout(), 32);
        journal.Open(1);
        return journal;
    }

    private static JournalLayout Layout()
    {
        JournalLayout layout = new JournalLayout(2);
        layout.Put(RecordKind.Interval, 0);
        layout.Put(RecordKind.Event, 0);
        layout.Keep(0, 4);
        return layout;
    }

    private static long Append(Journal journal, int kind, int value)
    {
        byte[] payload = { (byte)value, 2, 3, 4, 5, 6, 7, 8 };
        Assert.IsTrue(journal.TryAppend(kind, payload, 0, payload.Length, out long number));
        return number;
    }
}
