using MeterFirmware.Drivers.Fram;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Storage;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly;

/// <summary>The firmware's checkpoints on FRAM: a state a second, and the supply cut at any byte.</summary>
[TestClass]
public class FramCheckpointTests
{
    private const int StateBytes = 100;

    [TestMethod]
    public void PowerThatFailsAtAnyByteLeavesTheStateOfTheSecondBeforeOrTheNewOne()
    {
        // Every byte of every sixth checkpoint: small blocks, so that erases are among them.
        FramSettings settings = new FramSettings { CapacityBytes = 1_024, BlockCount = 3 };
        byte[] state = new byte[StateBytes + CheckpointStore.OverheadBytes];
        byte[] read = new byte[StateBytes];
        for (int cut = 0; cut < 6 * (StateBytes + 20); cut++)
        {
            FramTwin twin = new FramTwin(1_024, false);
            FramBlockStore store = new FramBlockStore(twin, settings);
            store.Format();
            CheckpointStore checkpoints = new CheckpointStore(store, StateBytes);
            twin.CutAfter(cut + 200);
            int last = 0;
            for (int second = 1; second < 12; second++)
            {
                Fill(state, second);
                if (!checkpoints.TryWrite(state, StateBytes))
                {
                    break;
                }

                last = second;
            }

            twin.PowerUp();
            store = new FramBlockStore(twin, settings);
            Assert.AreEqual((int)FramState.Ready, (int)store.Open());
            Assert.IsTrue(new CheckpointStore(store, StateBytes).TryReadNewest(read, out int count, out bool _));
            Assert.AreEqual(StateBytes, count);
            Assert.IsTrue(last > 0 && (read[0] == last || read[0] == last + 1), "cut " + cut + ": " + read[0]);
            for (int i = 0; i < StateBytes; i++)
            {
                Assert.AreEqual((byte)(read[0] + i), read[i]);
            }
        }
    }

    private static void Fill(byte[] state, int second)
    {
        for (int i = 0; i < StateBytes; i++)
        {
            state[i] = (byte)(second + i);
        }
    }
}
