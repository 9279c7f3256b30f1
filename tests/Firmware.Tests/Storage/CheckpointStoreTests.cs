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
}
