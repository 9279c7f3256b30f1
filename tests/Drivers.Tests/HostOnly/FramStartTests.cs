using MeterFirmware.Drivers.Fram;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly;

/// <summary>FRAM as a board has it: the first blocks of its plan, the others elsewhere.</summary>
[TestClass]
public class FramStartTests
{
    private const int ChipBytes = 32_768;
    private const int FramBlocks = 6;

    private static readonly FramSettings _settings = new FramSettings
    {
        CapacityBytes = ChipBytes,
        BlockCount = FramBlocks,
    };

    [TestMethod]
    public void ANewChipIsFormattedAndKeepsWhatItHoldsAfterThat()
    {
        FramTwin twin = new FramTwin(ChipBytes, false);
        IBlockStore store = new FramStart(twin, _settings).Open();
        Assert.IsTrue(store.TryAppend(2, new byte[] { 1, 2, 3 }, 0, 3));
        twin.PowerUp();
        store = new FramStart(twin, _settings).Open();
        Assert.AreEqual(3, store.LengthOf(2));
    }

    [TestMethod]
    public void AChipThatDoesNotAnswerStopsTheBoardInsteadOfBeginningAtZero()
    {
        FramTwin twin = new FramTwin(ChipBytes, false) { Faults = TwinFault.Unplugged };
        Assert.ThrowsException(
            typeof(System.Exception), () => new FramStart(twin, _settings).Open(), "Missing");
    }

    [TestMethod]
    public void AStoreOfAnotherBoardStopsTheBoardAndIsKept()
    {
        FramTwin twin = new FramTwin(ChipBytes, false);
        IBlockStore store = new FramStart(twin, _settings).Open();
        Assert.IsTrue(store.TryAppend(2, new byte[] { 1, 2, 3 }, 0, 3));
        FramSettings other = new FramSettings { CapacityBytes = ChipBytes, BlockCount = FramBlocks + 1 };
        string told = "";
        try
        {
            new FramStart(twin, other).Open();
        }
        catch (System.Exception e)
        {
            told = e.Message;
        }

        Assert.AreEqual("FRAM: it holds another board's store", told);
        Assert.AreEqual(3, new FramStart(twin, _settings).Open().LengthOf(2));
    }

    /// <summary>What a start costs on the bus: opening the store and reading the newest of many states of 1 KB. Bytes
    /// with slave address and memory address, nine clocks each, at 400 kHz.</summary>
    [TestMethod]
    public void AStartReadsTheNewestOfFiftyStatesInLessThanHalfASecond()
    {
        const int StateBytes = 1_024;
        FramTwin twin = new FramTwin(ChipBytes, false);
        CheckpointStore checkpoints = new CheckpointStore(
            new BlockRegion(new FramStart(twin, _settings).Open(), 0, 2), StateBytes);
        byte[] state = new byte[StateBytes + CheckpointStore.OverheadBytes];
        for (int i = 0; i < 50; i++)
        {
            Assert.IsTrue(checkpoints.TryWrite(state, StateBytes));
        }

        twin.PowerUp();
        long before = twin.Transfers;
        checkpoints = new CheckpointStore(new BlockRegion(new FramStart(twin, _settings).Open(), 0, 2), StateBytes);
        Assert.IsTrue(checkpoints.TryReadNewest(new byte[StateBytes], out int count, out bool _));
        Assert.AreEqual(StateBytes, count);

        // A transfer is at most 12 bytes, two of memory address and two of slave address.
        long transfers = twin.Transfers - before;
        long milliseconds = transfers * 16 * 9 / 400;
        System.Console.WriteLine("a start: " + transfers + " transfers, at most " + milliseconds + " ms");
        Assert.IsTrue(milliseconds < 500, "ms " + milliseconds);
    }

    [TestMethod]
    public void StatesLieInFramAndTheJournalInFiles()
    {
        FramTwin twin = new FramTwin(ChipBytes, false);
        RamBlockStore files = new RamBlockStore(53, 4_096);
        IBlockStore store = new SplitBlocks(new FramStart(twin, _settings).Open(), FramBlocks, files);
        Assert.AreEqual(53, store.BlockCount);
        Assert.AreEqual(4_096, store.BlockBytes);
        byte[] bytes = new byte[4_096];
        for (int block = 0; block < store.BlockCount; block++)
        {
            bytes[0] = (byte)block;
            Assert.IsTrue(store.TryAppend(block, bytes, 0, 100), "block " + block);
            Assert.AreEqual(block < FramBlocks ? 0 : 100, files.LengthOf(block), "block " + block);
            Assert.IsFalse(store.TryAppend(block, bytes, 0, 4_000), "beyond the smaller of the two");
            Assert.IsTrue(store.TryRead(block, 0, bytes, 0, 1));
            Assert.AreEqual(block, (int)bytes[0]);
        }

        Assert.IsTrue(store.TryErase(0) && store.TryErase(52));
        Assert.AreEqual(0, store.LengthOf(0) + store.LengthOf(52));
    }
}
