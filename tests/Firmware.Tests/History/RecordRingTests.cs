using MeterFirmware.History;
using MeterFirmware.Storage;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.History;

[TestClass]
public class RecordRingTests
{
    private const int Rare = 0;
    private const int Often = 1;
    private const int Plain = 2;

    [TestMethod]
    public void ARareRecordOutlivesAThousandFrequentOnes()
    {
        RamBlockStore store = new RamBlockStore(4, 400);
        RecordRing ring = NewRing(store);
        Add(ring, Rare, 1, 7);
        for (int i = 1; i <= 1000; i++)
        {
            Add(ring, Often, i, i & 0xFF);
        }

        for (int pass = 0; pass < 2; pass++)
        {
            Assert.IsTrue(ring.TryRead(Rare, 1));
            Assert.AreEqual(7, (int)ring.Buffer[ring.PayloadAt]);
            Assert.AreEqual(1000L, ring.NewestOrdinal(Often));
            for (int i = 991; i <= 1000; i++)
            {
                Assert.IsTrue(ring.TryRead(Often, i), "of the last ten " + i);
                Assert.AreEqual(i & 0xFF, (int)ring.Buffer[ring.PayloadAt]);
            }

            Assert.IsFalse(ring.TryRead(Often, 990));
            Assert.AreEqual(0, ring.Refused);

            // The second time as found after a restart.
            ring = NewRing(store);
        }
    }

    [TestMethod]
    public void TheSameOrdinalReplacesTheRecord()
    {
        RamBlockStore store = new RamBlockStore(3, 400);
        RecordRing ring = NewRing(store);
        Add(ring, Often, 1, 1);
        Add(ring, Often, 2, 2);
        Add(ring, Often, 1, 9);
        ring = NewRing(store);
        Assert.IsTrue(ring.TryRead(Often, 1));
        Assert.AreEqual(9, (int)ring.Buffer[ring.PayloadAt]);
        Assert.AreEqual(2L, ring.NewestOrdinal(Often));
    }

    [TestMethod]
    public void ClearedRecordsStayClearedAfterARestart()
    {
        RamBlockStore store = new RamBlockStore(4, 400);
        RecordRing ring = NewRing(store);
        for (int i = 1; i <= 25; i++)
        {
            Add(ring, Often, i, i);
        }

        Add(ring, Rare, 1, 1);
        Assert.IsTrue(ring.TryClear(Often, 26));
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 1; i <= 25; i++)
            {
                Assert.IsFalse(ring.TryRead(Often, i));
            }

            Assert.IsTrue(ring.TryRead(Rare, 1));
            ring = NewRing(store);
        }

        Add(ring, Often, 26, 26);
        for (int i = 2; i < 60; i++)
        {
            // So many rare ones that the tombstone is carried behind record 26.
            Add(ring, Rare, i, i);
        }

        ring = NewRing(store);
        Assert.IsTrue(ring.TryRead(Often, 26));
        Assert.IsFalse(ring.TryRead(Often, 25));
    }

    [TestMethod]
    public void RecordsWithoutDepthAreReadByTimeAndGiveWayOldestFirst()
    {
        RamBlockStore store = new RamBlockStore(4, 400);
        RecordRing ring = NewRing(store);
        for (int i = 1; i <= 500; i++)
        {
            Add(ring, Plain, i, i & 0xFF);
        }

        for (int pass = 0; pass < 2; pass++)
        {
            RingCursor cursor = new RingCursor(ring);
            cursor.Seek(480, 490);
            for (int i = 480; i <= 490; i++)
            {
                Assert.IsTrue(cursor.TryNext());
                Assert.AreEqual((long)i, ring.UtcSeconds);
            }

            Assert.IsFalse(cursor.TryNext());
            cursor.Seek(0, 1000);
            Assert.IsTrue(cursor.TryNext());
            Assert.IsTrue(ring.UtcSeconds > 400 && ring.UtcSeconds < 460, "oldest is " + ring.UtcSeconds);
            ring = NewRing(store);
        }
    }

    [TestMethod]
    public void ADamagedRecordCostsItselfOnly()
    {
        RamBlockStore store = new RamBlockStore(3, 400);
        RecordRing ring = NewRing(store);
        for (int i = 1; i <= 10; i++)
        {
            Add(ring, Often, i, i);
        }

        // Copy the block with one byte of the fifth payload turned.
        byte[] bytes = new byte[400];
        int length = store.LengthOf(0);
        store.TryRead(0, 0, bytes, 0, length);
        bytes[20 + 4 * 14 + 13] ^= 0x10;
        store.TryErase(0);
        store.TryAppend(0, bytes, 0, length);
        ring = NewRing(store);
        for (int i = 1; i <= 10; i++)
        {
            Assert.AreEqual(i != 5, ring.TryRead(Often, i));
        }
    }

    /// <summary>A block of 100 holds its head (20) and two records of 40: both are carried, the second fills it to the
    /// byte.</summary>
    [TestMethod]
    public void ACarriedRecordMayFillItsBlockToTheLastByte()
    {
        RamBlockStore store = new RamBlockStore(5, 100);
        RecordRing ring = new RecordRing(store, 58, new int[] { 2, 1 });
        ring.Open();
        for (int i = 1; i <= 2; i++)
        {
            int at = ring.Begin(Rare, i);
            ring.Buffer[at] = (byte)i;
            Assert.IsTrue(ring.TryCommit(at + 27, i));
        }

        Assert.AreEqual(100, store.LengthOf(0), "the test's own arithmetic");
        for (int i = 1; i <= 200; i++)
        {
            int at = ring.Begin(Often, i);
            Assert.IsTrue(ring.TryCommit(at + 20, i));
            for (int rare = 1; rare <= 2; rare++)
            {
                Assert.IsTrue(ring.TryRead(Rare, rare), "after " + i.ToString());
                Assert.AreEqual(rare, (int)ring.Buffer[ring.PayloadAt]);
                Assert.AreEqual(27, ring.PayloadBytes);
            }
        }

        Assert.AreEqual(0, ring.Refused);
        Assert.IsTrue(ring.Erases > 20, "carried again and again");
    }

    private static RecordRing NewRing(RamBlockStore store)
    {
        RecordRing ring = new RecordRing(store, 40, new int[] { 2, 10, 0 });
        ring.Open();
        return ring;
    }

    private static void Add(RecordRing ring, int kind, long number, int value)
    {
        int at = kind == Plain ? ring.Begin(kind) : ring.Begin(kind, number);
        ring.Buffer[at] = (byte)value;
        Assert.IsTrue(ring.TryCommit(at + 1, number));
    }
}
