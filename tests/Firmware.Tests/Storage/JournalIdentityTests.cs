using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Storage;

/// <summary>A journal's name: made once, kept as long as its records, never another journal's.</summary>
[TestClass]
public class JournalIdentityTests
{
    private const int LogKind = 100;

    private static readonly byte[] _first = { 1, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF };
    private static readonly byte[] _second = { 9, 9, 9, 9, 9, 9, 9, 9 };

    [TestMethod]
    public void AnEmptyStoreGetsTheNewOneAndKeepsItOverRestarts()
    {
        RamBlockStore store = new RamBlockStore(8, 256);
        Journal journal = Open(store, _first);
        Assert.AreEqual("0123456789abcdef", journal.Identity);
        Assert.AreEqual(1L, journal.IdentityFrom);
        Assert.IsTrue(journal.IsIdentityNew);
        Assert.AreEqual(1L, journal.NextNumber, "it takes no number");
        journal = Open(store, _second);
        Assert.AreEqual("0123456789abcdef", journal.Identity, "before the first record");
        Assert.IsFalse(journal.IsIdentityNew);
    }

    [TestMethod]
    public void ItOutlivesEveryRecordOfItsTime()
    {
        RamBlockStore store = new RamBlockStore(8, 256);
        Journal journal = Open(store, _first);
        for (int i = 0; i < 500; i++)
        {
            Append(journal, i % 3 == 0 ? RecordKind.Interval : LogKind);
            journal.Acknowledge(journal.NextNumber - 3);
            if (i % 50 == 0)
            {
                journal = Open(store, _second);
            }
        }

        Assert.AreEqual("0123456789abcdef", Open(store, _second).Identity);
    }

    [TestMethod]
    public void AWipedStoreGetsAnotherOne()
    {
        RamBlockStore store = new RamBlockStore(8, 256);
        Append(Open(store, _first), LogKind);
        for (int block = 0; block < store.BlockCount; block++)
        {
            store.TryErase(block);
        }

        Journal journal = Open(store, _second);
        Assert.AreEqual("0909090909090909", journal.Identity);
        Assert.AreEqual(1L, journal.IdentityFrom);
    }

    // Release 0.1.0 wrote no identity: what it logged keeps its numbers and goes without one.
    [TestMethod]
    public void AJournalOfAnEarlierFirmwareGetsOneWithoutLosingARecord()
    {
        RamBlockStore store = new RamBlockStore(8, 256);
        Journal old = Open(store, null);
        Assert.IsNull(old.Identity);
        for (int i = 0; i < 7; i++)
        {
            Append(old, i % 2 == 0 ? RecordKind.Interval : LogKind);
        }

        old.Acknowledge(2);
        Journal journal = Open(store, _first);
        Assert.AreEqual("0123456789abcdef", journal.Identity);
        Assert.AreEqual(8L, journal.IdentityFrom);
        Assert.AreEqual(8L, journal.NextNumber);
        Assert.IsTrue(journal.Report.IsClean);
        for (long number = 1; number < 8; number++)
        {
            Assert.IsTrue(journal.TryRead(number, new byte[32], out int _, out int _));
        }

        Append(journal, LogKind);
        journal = Open(store, _second);
        Assert.AreEqual("0123456789abcdef", journal.Identity);
        Assert.AreEqual(8L, journal.IdentityFrom, "as it was when the identity was made");
        Assert.AreEqual(9L, journal.NextNumber);
    }

    [TestMethod]
    public void AFullJournalOfAnEarlierFirmwareLosesNoRecordToTheIdentity()
    {
        RamBlockStore store = new RamBlockStore(8, 256);
        Journal old = Open(store, null);
        while (old.DroppedRecords == 0)
        {
            Append(old, LogKind);
        }

        long oldest = old.OldestNumber;
        Journal journal = Open(store, _first);
        Assert.AreEqual("0123456789abcdef", journal.Identity);
        Assert.AreEqual(0, journal.DroppedRecords);
        Assert.AreEqual(oldest, journal.OldestNumber);
    }

    // A name that the next start does not know may not be told to anybody.
    [TestMethod]
    public void UntilItIsDurableThereIsNone()
    {
        Journal journal = Open(new RefusingStore(), _first);
        Assert.IsNull(journal.Identity);
    }

    [TestMethod]
    public void AnOlderFirmwareReadsItsMarksAsTheMarksTheyAre()
    {
        // What 0.1.0 looks at: kind 255 is the cursor, whatever its payload.
        RamBlockStore store = new RamBlockStore(8, 256);
        Journal journal = Open(store, _first);
        for (int i = 0; i < 10; i++)
        {
            Append(journal, LogKind);
        }

        journal.Acknowledge(8);
        RecordWalker walker = new RecordWalker(store, 32);
        int marks = 0;
        for (int block = 0; block < store.BlockCount; block++)
        {
            walker.Start(block, BlockHeader.Bytes, store.LengthOf(block));
            while (walker.TryNext())
            {
                Assert.AreEqual(0, walker.SkippedBytes);
                marks += walker.Kind == RecordFormat.MarkKind && walker.Number == 8 ? 1 : 0;
            }
        }

        Assert.AreEqual(1, marks);
    }

    [TestMethod]
    public void TheIdentityIsAHashOfAllThatTheBoardGives()
    {
        byte[] one = JournalIdentity.Make(new FixedEntropy(1));
        byte[] same = JournalIdentity.Make(new FixedEntropy(1));
        byte[] other = JournalIdentity.Make(new FixedEntropy(2));
        Assert.AreEqual(8, one.Length);
        int differences = 0;
        for (int i = 0; i < 8; i++)
        {
            Assert.AreEqual(one[i], same[i]);
            differences += one[i] != other[i] ? 1 : 0;
        }

        Assert.IsTrue(differences >= 5);
    }

    private static Journal Open(IBlockStore store, byte[] identity)
    {
        JournalLayout layout = new JournalLayout(2);
        layout.Put(RecordKind.Interval, 0);
        Journal journal = new Journal(store, layout, 32);
        journal.Open(1, identity);
        return journal;
    }

    private static void Append(Journal journal, int kind) =>
        Assert.IsTrue(journal.TryAppend(kind, new byte[20], 0, 20, out long _));

    private sealed class FixedEntropy : IEntropySource
    {
        private readonly byte _value;

        public FixedEntropy(byte value)
        {
            _value = value;
        }

        public int Read(byte[] into)
        {
            into[5] = _value;
            return 6;
        }
    }

    /// <summary>A worn-out flash.</summary>
    private sealed class RefusingStore : IBlockStore
    {
        public int BlockCount => 8;

        public int BlockBytes => 256;

        public int LengthOf(int block) => 0;

        public bool TryErase(int block) => false;

        public bool TryAppend(int block, byte[] buffer, int offset, int count) => false;

        public bool TryRead(int block, int position, byte[] buffer, int offset, int count) => false;
    }
}
