using MeterFirmware.Drivers.Fram;
using MeterFirmware.Drivers.Twins;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Fram;

[TestClass]
public class FramTests
{
    private static readonly byte[] _data = NewData();
    private static readonly byte[] _read = new byte[256];

    [TestMethod]
    [DataRow(8_192, false)]
    [DataRow(32_768, false)]
    [DataRow(65_536, true)]
    [DataRow(262_144, true)]
    public void WhatWasAppendedIsReadAgainAfterAStart(int capacity, bool isSpi)
    {
        FramTwin twin = new FramTwin(capacity, isSpi);
        FramSettings settings = new FramSettings { CapacityBytes = capacity, IsSpi = isSpi, BlockCount = 3 };
        FramBlockStore store = new FramBlockStore(twin, settings);
        Assert.AreEqual(store.BlockBytes, store.LengthOf(0), "full until it was looked at");
        Assert.AreEqual((int)FramState.Unformatted, (int)store.Open());
        Assert.AreEqual((int)FramState.Ready, (int)store.Format());
        Assert.IsTrue(store.TryAppend(2, _data, 3, 100));
        Assert.IsTrue(store.TryAppend(2, _data, 103, 50));
        Assert.IsTrue(store.TryAppend(0, _data, 0, 1));
        store = new FramBlockStore(twin, settings);
        Assert.AreEqual((int)FramState.Ready, (int)store.Open());
        Assert.AreEqual(150, store.LengthOf(2));
        Assert.AreEqual(1, store.LengthOf(0));
        Assert.AreEqual(0, store.LengthOf(1));
        Assert.IsTrue(store.TryRead(2, 0, _read, 0, 150));
        for (int i = 0; i < 150; i++)
        {
            Assert.AreEqual(_data[i + 3], _read[i]);
        }

        Assert.IsFalse(store.TryRead(2, 1, _read, 0, 150));
        Assert.IsTrue(store.TryErase(2));
        Assert.AreEqual(0, store.LengthOf(2));
        Assert.IsFalse(store.TryRead(2, 0, _read, 0, 1));
    }

    [TestMethod]
    public void ABlockTakesItsCapacityAndNoMore()
    {
        FramBlockStore store = Formatted(out FramTwin twin);
        int left = store.BlockBytes;
        while (left > 0)
        {
            int part = left < 200 ? left : 200;
            Assert.IsTrue(store.TryAppend(3, _data, 0, part));
            left -= part;
        }

        Assert.IsFalse(store.TryAppend(3, _data, 0, 1));
        Assert.AreEqual(store.BlockBytes, store.LengthOf(3));

        // The last block ends where the chip does: nothing ran over into its beginning.
        store = new FramBlockStore(twin, Settings());
        Assert.AreEqual((int)FramState.Ready, (int)store.Open());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void PowerThatFailsAtAnyByteOfAnAppendLeavesTheOldLengthOrTheNew(bool isErase)
    {
        int bytes = isErase ? 8 : 38;
        for (int cut = 0; cut < bytes; cut++)
        {
            FramBlockStore store = Formatted(out FramTwin twin);
            for (int i = 0; i < 5; i++)
            {
                Assert.IsTrue(store.TryAppend(1, _data, 30 * i, 30));
            }

            twin.CutAfter(cut);
            Assert.IsFalse(isErase ? store.TryErase(1) : store.TryAppend(1, _data, 150, 30));
            Assert.IsFalse(store.TryAppend(1, _data, 0, 1), "dark");
            twin.PowerUp();
            store = new FramBlockStore(twin, Settings());
            Assert.AreEqual((int)FramState.Ready, (int)store.Open());
            int length = store.LengthOf(1);
            Assert.IsTrue(length == 150 || length == (isErase ? 0 : 180), "cut " + cut + ": " + length);
            Assert.IsTrue(store.TryRead(1, 0, _read, 0, length));
            for (int i = 0; i < length; i++)
            {
                Assert.AreEqual(_data[i], _read[i]);
            }

            Assert.AreEqual(0, store.LengthOf(0) + store.LengthOf(2) + store.LengthOf(3), "neighbours");
        }
    }

    [TestMethod]
    public void PowerThatFailsWhileFormattingLeavesAnUnformattedChip()
    {
        FramTwin twin = new FramTwin(8_192, false);
        int cut = 0;
        for (; ; cut++)
        {
            twin.CutAfter(cut);
            FramBlockStore store = new FramBlockStore(twin, Settings());
            bool isDone = store.Format() == FramState.Ready;
            twin.PowerUp();
            FramState state = new FramBlockStore(twin, Settings()).Open();
            Assert.AreEqual(isDone, state == FramState.Ready, "cut " + cut);
            if (isDone)
            {
                break;
            }
        }

        Assert.AreEqual(16 + 4 * 16 + 16, cut);
    }

    [TestMethod]
    public void AThousandAppendsAndErasesKeepTheirNumbersOverTheirTurn()
    {
        FramBlockStore store = Formatted(out FramTwin twin);
        int length = 0;
        for (int i = 0; i < 1000; i++)
        {
            bool isErase = i % 50 == 49;
            Assert.IsTrue(isErase ? store.TryErase(1) : store.TryAppend(1, _data, i % 200, 20));
            length = isErase ? 0 : length + 20;
            FramBlockStore again = new FramBlockStore(twin, Settings());
            again.Open();
            Assert.AreEqual(length, again.LengthOf(1), "step " + i);
        }
    }

    [TestMethod]
    [DataRow(TwinFault.Unplugged)]
    [DataRow(TwinFault.AllOnes)]
    [DataRow(TwinFault.Stuck)]
    public void AChipThatIsNotThereTakesNothingAndCountsAsFull(int fault)
    {
        FramBlockStore store = Formatted(out FramTwin twin);
        Assert.IsTrue(store.TryAppend(1, _data, 0, 30));
        twin.Faults = fault;
        Assert.IsFalse(store.TryAppend(1, _data, 30, 30), "what is not read back is not written");
        Assert.IsFalse(store.TryErase(1));
        if (fault != TwinFault.Stuck)
        {
            Assert.AreEqual((int)FramState.Missing, (int)new FramBlockStore(twin, Settings()).Open());
        }

        twin.Faults = TwinFault.None;
        store = new FramBlockStore(twin, Settings());
        store.Open();

        // A line that reads all ones still writes: the erase took place although nobody could see it.
        Assert.AreEqual(fault == TwinFault.AllOnes ? 0 : 30, store.LengthOf(1));
    }

    [TestMethod]
    public void AProtectedChipIsFoundOutAlthoughSpiAcknowledgesNothing()
    {
        FramTwin twin = new FramTwin(8_192, true);
        FramBlockStore store = new FramBlockStore(twin, Settings(true));
        store.Format();
        Assert.IsTrue(store.TryAppend(0, _data, 0, 30));
        twin.Protection = 3;
        Assert.IsFalse(store.TryAppend(0, _data, 30, 30));
        Assert.AreEqual(30, store.LengthOf(0));
    }

    [TestMethod]
    public void ABlockWhoseHeadIsDamagedIsFullUntilItIsErased()
    {
        FramBlockStore store = Formatted(out FramTwin twin);
        Assert.IsTrue(store.TryAppend(1, _data, 0, 30));

        // Both slots of block 1: 16 bytes behind the store's head and block 0's.
        twin.Poke(32 + 1, 0x55);
        twin.Poke(40 + 1, 0x55);
        store = new FramBlockStore(twin, Settings());
        Assert.AreEqual((int)FramState.Ready, (int)store.Open());
        Assert.AreEqual(store.BlockBytes, store.LengthOf(1));
        Assert.IsFalse(store.TryAppend(1, _data, 0, 1));
        Assert.IsTrue(store.TryErase(1));
        Assert.IsTrue(store.TryAppend(1, _data, 0, 1));
    }

    [TestMethod]
    public void AStoreOfAnotherGeometryIsNotTaken()
    {
        Formatted(out FramTwin twin);
        FramSettings other = Settings();
        other.BlockCount = 5;
        Assert.AreEqual((int)FramState.Other, (int)new FramBlockStore(twin, other).Open());
        Assert.AreEqual((int)FramState.Ready, (int)new FramBlockStore(twin, Settings()).Open());

        // A head that does not check is no store of anybody's.
        twin.Poke(12, (byte)(twin.Peek(12) ^ 1));
        Assert.AreEqual((int)FramState.Unformatted, (int)new FramBlockStore(twin, other).Open());
    }

    [TestMethod]
    public void OneTransferThatFailsAnywhereLosesNoByteThatWasThere()
    {
        for (int after = 0; after < 12; after++)
        {
            FramBlockStore store = Formatted(out FramTwin twin);
            Assert.IsTrue(store.TryAppend(1, _data, 0, 30));
            twin.FailTransfers(1, after);
            bool isWritten = store.TryAppend(1, _data, 30, 30);
            twin.FailTransfers(0, 0);
            int length = store.LengthOf(1);
            Assert.IsTrue(isWritten ? length == 60 : length == 30 || length == 60 || length == store.BlockBytes);
            store = new FramBlockStore(twin, Settings());
            store.Open();
            Assert.IsTrue(store.LengthOf(1) == 60 || (!isWritten && store.LengthOf(1) == 30));
            Assert.IsTrue(store.TryRead(1, 0, _read, 0, 30));
            Assert.AreEqual(_data[29], _read[29]);
        }
    }

    [TestMethod]
    public void ABitThatFallsOverInAReadHidesNeitherTheStoreNorTheNewerLength()
    {
        for (int good = 0; good < 10; good++)
        {
            FramBlockStore store = Formatted(out FramTwin twin);
            Assert.IsTrue(store.TryAppend(1, _data, 0, 30));
            Assert.IsTrue(store.TryAppend(1, _data, 30, 30));
            Assert.IsTrue(store.TryAppend(1, _data, 60, 30));
            twin.GoodReads = good;
            twin.FlippedReads = 1;
            store = new FramBlockStore(twin, Settings());
            Assert.AreEqual((int)FramState.Ready, (int)store.Open(), "flipped behind " + good);
            Assert.AreEqual(0, twin.FlippedReads);
            Assert.AreEqual(90, store.LengthOf(1), "flipped behind " + good);
        }
    }

    [TestMethod]
    public void ALineThatReadsSomethingElseEachTimeIsNoChipAndNotAnEmptyOne()
    {
        Formatted(out FramTwin twin);
        twin.FlippedReads = 1000;
        FramBlockStore store = new FramBlockStore(twin, Settings());
        Assert.AreEqual((int)FramState.Missing, (int)store.Open());
        Assert.AreEqual(store.BlockBytes, store.LengthOf(0));
    }

    private static byte[] NewData()
    {
        byte[] data = new byte[256];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(i * 7 + 1);
        }

        return data;
    }

    private static FramSettings Settings() => Settings(false);

    private static FramSettings Settings(bool isSpi) => new FramSettings { CapacityBytes = 8_192, IsSpi = isSpi };

    private static FramBlockStore Formatted(out FramTwin twin)
    {
        twin = new FramTwin(8_192, false);
        FramBlockStore store = new FramBlockStore(twin, Settings());
        Assert.AreEqual((int)FramState.Ready, (int)store.Format());
        return store;
    }
}
