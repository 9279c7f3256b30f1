using System;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Storage;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Storage;

/// <summary>Registers survive power loss at every byte of every write.</summary>
[TestClass]
public sealed class CheckpointFaultTests
{
    private const int StateBytes = 40;

    /// <summary>Also where blocks are joined and a state lies across their border.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void AtMostTheStateInFlightIsLostWhenPowerFailsAtEveryByte(int joined)
    {
        const int RecordBytes = StateBytes + CheckpointStore.OverheadBytes;
        FaultyBlockStore store = new(2 * joined, 200 / joined);
        CheckpointStore checkpoints = Open(store, joined);
        FaultyBlockStore branch = store.Snapshot();
        byte[] state = new byte[StateBytes + CheckpointStore.OverheadBytes];
        byte[] read = new byte[StateBytes + CheckpointStore.OverheadBytes];
        int written = 0;
        long cuts = 0;
        store.BeforeWrite = (block, buffer, offset, count) =>
        {
            for (int bytes = 0; bytes <= Math.Max(1, count); bytes++)
            {
                branch.CopyFrom(store);
                branch.CutAtWrite = 1;
                branch.CutAfterBytes = bytes;
                bool isDone = buffer == null ? branch.TryErase(block) : branch.TryAppend(block, buffer, offset, count);
                Assert.IsFalse(isDone);
                branch.RestorePower();
                cuts++;
                CheckpointStore restarted = Open(branch, joined);
                if (!restarted.TryReadNewest(read, out int length, out bool older))
                {
                    Assert.AreEqual(0, written, "all states are gone");
                    continue;
                }

                int value = BitConverter.ToInt32(read, 0);
                bool isWhole = buffer != null && offset + bytes == RecordBytes;
                Assert.AreEqual(isWhole ? written + 1 : written, value);
                Assert.AreEqual(buffer != null && offset + bytes > 0 && !isWhole, older);
                Assert.AreEqual(StateBytes, length);
                BitConverter.TryWriteBytes(read, 1_000_000);
                Assert.IsTrue(restarted.TryWrite(read, StateBytes), "the next state must be writable");
                Assert.IsTrue(Open(branch, joined).TryReadNewest(read, out _, out older));
                Assert.AreEqual(1_000_000, BitConverter.ToInt32(read, 0));
                Assert.IsFalse(older);
            }
        };
        for (int i = 0; i < 60; i++)
        {
            BitConverter.TryWriteBytes(state, i + 1);
            Assert.IsTrue(checkpoints.TryWrite(state, StateBytes));
            written = i + 1;
        }

        Assert.IsTrue(cuts > 60 * StateBytes);
    }

    [TestMethod]
    public void AFlippedBitIsNeverReadAsAState()
    {
        FaultyBlockStore store = new(2, 200);
        CheckpointStore checkpoints = new(store, StateBytes);
        byte[] state = new byte[StateBytes + CheckpointStore.OverheadBytes];
        byte[] read = new byte[StateBytes + CheckpointStore.OverheadBytes];
        for (int i = 1; i <= 6; i++)
        {
            BitConverter.TryWriteBytes(state, i);
            Assert.IsTrue(checkpoints.TryWrite(state, StateBytes));
        }

        for (int block = 0; block < 2; block++)
        {
            for (int bit = 0; bit < store.LengthOf(block) * 8; bit++)
            {
                FaultyBlockStore branch = store.Snapshot();
                branch.FlipBit(block, bit / 8, bit % 8);
                Assert.IsTrue(new CheckpointStore(branch, StateBytes).TryReadNewest(read, out int count,
                    out bool older));
                int value = BitConverter.ToInt32(read, 0);
                Assert.AreEqual(StateBytes, count);
                Assert.IsTrue(value == 6 || (value == 5 && older), $"state {value}, older {older}");
                Assert.IsTrue(read.AsSpan(4).IndexOfAnyExcept((byte)0) < 0);
            }
        }
    }

    [TestMethod]
    public void RefusedWritesNeverCostTheNewestState()
    {
        FaultyBlockStore store = new(3, 200) { RefuseEvery = 3 };
        CheckpointStore checkpoints = new(store, StateBytes);
        byte[] state = new byte[StateBytes + CheckpointStore.OverheadBytes];
        byte[] read = new byte[StateBytes + CheckpointStore.OverheadBytes];
        int newest = 0;
        for (int i = 1; i <= 200; i++)
        {
            BitConverter.TryWriteBytes(state, i);
            newest = checkpoints.TryWrite(state, StateBytes) ? i : newest;
            Assert.IsTrue(new CheckpointStore(store, StateBytes).TryReadNewest(read, out _, out _));
            Assert.AreEqual(newest, BitConverter.ToInt32(read, 0));
        }

        Assert.IsTrue(newest > 195);
    }

    [TestMethod]
    public void WritingAllocatesNothing()
    {
        FaultyBlockStore store = new(2, 200);
        CheckpointStore checkpoints = new(store, StateBytes);
        byte[] state = new byte[StateBytes + CheckpointStore.OverheadBytes];
        checkpoints.TryWrite(state, StateBytes);
        Allocation.AssertNone(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                checkpoints.TryWrite(state, StateBytes);
                checkpoints.TryReadNewest(state, out _, out _);
            }
        });
    }

    private static CheckpointStore Open(FaultyBlockStore store, int joined) =>
        new(joined == 1 ? store : new JoinedBlocks(store, joined), StateBytes);
}
