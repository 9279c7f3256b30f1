using MeterFirmware.Storage;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Storage;

[TestClass]
public class CheckpointStoreTests
{
    [TestMethod]
    public void AnEmptyStoreHasNoState()
    {
        CheckpointStore checkpoints = new CheckpointStore(new RamBlockStore(2, 128), 32);
        Assert.IsFalse(checkpoints.TryReadNewest(new byte[32], out int count, out bool older));
        Assert.AreEqual(0, count);
        Assert.IsFalse(older);
    }

    [TestMethod]
    public void TheNewestStateIsReadAlsoAfterARestart()
    {
        RamBlockStore store = new RamBlockStore(3, 128);
        CheckpointStore checkpoints = new CheckpointStore(store, 32);
        byte[] state = new byte[32 + CheckpointStore.OverheadBytes];
        byte[] read = new byte[32];
        for (int i = 1; i <= 40; i++)
        {
            state[0] = (byte)i;
            Assert.IsTrue(checkpoints.TryWrite(state, 10 + i % 20));
            CheckpointStore restarted = new CheckpointStore(store, 32);
            Assert.IsTrue(restarted.TryReadNewest(read, out int count, out bool older));
            Assert.AreEqual(10 + i % 20, count);
            Assert.AreEqual(i, (int)read[0]);
            Assert.IsFalse(older);
        }
    }

    [TestMethod]
    public void StoresThatShareAWindowDoNotSeeEachOther()
    {
        byte[] window = new byte[CheckpointStore.WindowBytes];
        RamBlockStore[] flash = { new RamBlockStore(2, 440), new RamBlockStore(2, 440) };
        CheckpointStore[] stores = { new CheckpointStore(flash[0], 150, window), new CheckpointStore(flash[1],
            150, window) };
        byte[] state = new byte[150 + CheckpointStore.OverheadBytes];
        for (int i = 1; i <= 20; i++)
        {
            for (int one = 0; one < 2; one++)
            {
                state[0] = (byte)(2 * i + one);
                Assert.IsTrue(stores[one].TryWrite(state, 100 + one * 50));
            }

            for (int one = 0; one < 2; one++)
            {
                CheckpointStore restarted = new CheckpointStore(flash[one], 150, window);
                Assert.IsTrue(restarted.TryReadNewest(state, out int count, out bool older) && !older);
                Assert.AreEqual(100 + one * 50, count);
                Assert.AreEqual(2 * i + one, (int)state[0]);
                Assert.IsTrue(stores[1 - one].TryReadNewest(state, out count, out older) && !older);
                Assert.AreEqual(150 - one * 50, count);
            }
        }
    }

    [TestMethod]
    public void ABlocksEraseServesAsManyStatesAsFit()
    {
        CheckpointStore checkpoints = new CheckpointStore(new RamBlockStore(2, 440), 32);
        byte[] state = new byte[32 + CheckpointStore.OverheadBytes];
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(checkpoints.TryWrite(state, 32));
        }

        // Ten states of 32 + 12 bytes fit; the first two blocks were empty.
        Assert.AreEqual(8, checkpoints.Erases);
    }

    [TestMethod]
    public void WritingLeavesTheCallersStateAsItWas()
    {
        // The store moves it in the caller's own array; longer than the window that a scan reads with.
        CheckpointStore checkpoints = new CheckpointStore(new RamBlockStore(2, 440), 200);
        byte[] state = new byte[200 + CheckpointStore.OverheadBytes];
        byte[] read = new byte[200];
        for (int i = 0; i < 200; i++)
        {
            state[i] = (byte)(i + 1);
        }

        Assert.IsTrue(checkpoints.TryWrite(state, 200));
        Assert.IsTrue(checkpoints.TryReadNewest(read, out int count, out bool _));
        Assert.AreEqual(200, count);
        for (int i = 0; i < 200; i++)
        {
            Assert.AreEqual(i + 1, (int)state[i]);
            Assert.AreEqual(i + 1, (int)read[i]);
        }
    }

    [TestMethod]
    public void ATooLongStateIsRefusedAndTheOldOneStays()
    {
        CheckpointStore checkpoints = new CheckpointStore(new RamBlockStore(2, 128), 32);
        byte[] state = new byte[64];
        state[0] = 42;
        Assert.IsTrue(checkpoints.TryWrite(state, 16));
        Assert.IsFalse(checkpoints.TryWrite(state, 33));
        byte[] read = new byte[32];
        Assert.IsTrue(checkpoints.TryReadNewest(read, out int count, out bool _));
        Assert.AreEqual(16, count);
        Assert.AreEqual(42, (int)read[0]);
        Assert.IsFalse(checkpoints.TryReadNewest(new byte[8], out int _, out bool _));
    }

    [TestMethod]
    public void StepsWriteWhatOneCallWrites()
    {
        RamBlockStore whole = new RamBlockStore(3, 128);
        RamBlockStore stepped = new RamBlockStore(3, 128);
        CheckpointStore one = new CheckpointStore(whole, 60);
        CheckpointStore other = new CheckpointStore(stepped, 60);
        byte[] wholeBytes = new byte[128];
        byte[] steppedBytes = new byte[128];
        for (int i = 1; i <= 40; i++)
        {
            int count = i * 7 % 61;
            Assert.IsTrue(one.TryWrite(State(i), count));
            byte[] state = State(i);
            Assert.IsTrue(other.TryBegin(state, count));
            Carry(other, state, count, 1 + i % 9);
            Assert.IsTrue(other.TryFinish(state));
            for (int block = 0; block < 3; block++)
            {
                int length = whole.LengthOf(block);
                Assert.AreEqual(length, stepped.LengthOf(block));
                Assert.IsTrue(whole.TryRead(block, 0, wholeBytes, 0, length)
                    && stepped.TryRead(block, 0, steppedBytes, 0, length));
                for (int at = 0; at < length; at++)
                {
                    Assert.AreEqual(wholeBytes[at], steppedBytes[at]);
                }
            }
        }
    }

    [TestMethod]
    public void AWriteBetweenTheStepsEndsThem()
    {
        RamBlockStore flash = new RamBlockStore(2, 440);
        CheckpointStore checkpoints = new CheckpointStore(flash, 60);
        Assert.IsTrue(checkpoints.TryWrite(State(1), 60));
        byte[] state = State(2);
        Assert.IsTrue(checkpoints.TryBegin(state, 60));
        Carry(checkpoints, state, 60, 60);
        Assert.IsTrue(checkpoints.TryWrite(State(3), 60));
        Assert.IsFalse(checkpoints.TryFinish(state));
        byte[] read = new byte[60];
        Assert.IsTrue(new CheckpointStore(flash, 60).TryReadNewest(read, out int _, out bool older) && !older);
        Assert.AreEqual(3, (int)read[0]);
    }

    [TestMethod]
    public void AnAppendThatIsRefusedAfterStepsGoesToTheNextBlock()
    {
        RefuseOnceStore flash = new RefuseOnceStore(new RamBlockStore(3, 440));
        CheckpointStore checkpoints = new CheckpointStore(flash, 60);
        Assert.IsTrue(checkpoints.TryWrite(State(1), 60));
        byte[] state = State(2);
        Assert.IsTrue(checkpoints.TryBegin(state, 60));
        Carry(checkpoints, state, 60, 13);
        flash.RefusesBlock = 0;
        Assert.IsTrue(checkpoints.TryFinish(state));
        Assert.AreEqual(1, flash.Refused);
        byte[] read = new byte[60];
        Assert.IsTrue(new CheckpointStore(flash, 60).TryReadNewest(read, out int count, out bool _));
        Assert.AreEqual(60, count);
        Assert.AreEqual(2, (int)read[0]);
    }

    private static byte[] State(int first)
    {
        byte[] state = new byte[60 + CheckpointStore.OverheadBytes];
        for (int i = 0; i < 60; i++)
        {
            state[i] = (byte)(first + i);
        }

        return state;
    }

    private static void Carry(CheckpointStore checkpoints, byte[] state, int count, int piece)
    {
        for (int done = 0; done < count;)
        {
            done = checkpoints.Carry(state, done, piece);
        }
    }
}
