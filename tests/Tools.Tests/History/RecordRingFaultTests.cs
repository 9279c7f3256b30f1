using System;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.History;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>What a power cut at every byte of every write may cost: the record in flight, nothing else.</summary>
[TestClass]
public sealed class RecordRingFaultTests
{
    private static readonly int[] _depths = [3, 8, 0];

    [TestMethod]
    public void APowerCutAtAnyByteLosesNothingButTheRecordInFlight()
    {
        FaultyBlockStore store = new(4, 300);
        FaultyBlockStore branch = store.Snapshot();
        RecordRing ring = NewRing(store);
        long[] newest = new long[2];
        int inFlight = -1;
        long cuts = 0;
        store.BeforeWrite = (block, buffer, offset, count) =>
        {
            for (int bytes = 0; bytes <= Math.Max(1, count); bytes++)
            {
                branch.CopyFrom(store);
                branch.CutAtWrite = 1;
                branch.CutAfterBytes = bytes;
                _ = buffer == null ? branch.TryErase(block) : branch.TryAppend(block, buffer, offset, count);
                branch.RestorePower();
                RecordRing restarted = NewRing(branch);
                Verify(restarted, newest, inFlight);

                // And it goes on: enough to turn over every block.
                long[] later = [.. newest];
                for (int kind = 0; kind < 2; kind++)
                {
                    later[kind] = restarted.NewestOrdinal(kind);
                    Assert.IsTrue(later[kind] == newest[kind] || (kind == inFlight && later[kind] == newest[kind] + 1));
                }

                for (int i = 0; i < 12; i++)
                {
                    Add(restarted, 1, ++later[1]);
                    Verify(restarted, later, -1);
                }

                cuts++;
            }
        };
        for (int i = 0; i < 120; i++)
        {
            int kind = i % 7 == 0 ? 0 : 1;
            inFlight = kind;
            Add(ring, kind, newest[kind] + 1);
            newest[kind]++;
        }

        Assert.AreEqual(0, ring.Refused);
        Assert.IsTrue(cuts > 2000, $"{cuts} cuts");
    }

    [TestMethod]
    public void GarbageInEveryBlockIsAnEmptyRing()
    {
        Random random = new(7);
        FaultyBlockStore store = new(4, 300);
        byte[] garbage = new byte[300];
        for (int block = 0; block < 4; block++)
        {
            random.NextBytes(garbage);
            store.TryAppend(block, garbage, 0, 250);
        }

        RecordRing ring = NewRing(store);
        Assert.AreEqual(0, ring.NewestOrdinal(0));
        for (int i = 1; i < 50; i++)
        {
            Add(ring, 1, i);
        }
    }

    private static RecordRing NewRing(FaultyBlockStore store)
    {
        RecordRing ring = new(store, 40, _depths);
        ring.Open();
        return ring;
    }

    private static void Add(RecordRing ring, int kind, long ordinal)
    {
        int at = ring.Begin(kind, ordinal);
        int length = 1 + (int)(ordinal % 9);
        for (int i = 0; i < length; i++)
        {
            ring.Buffer[at + i] = (byte)(ordinal * 3 + kind);
        }

        Assert.IsTrue(ring.TryCommit(at + length, 1_000 + ordinal));
    }

    private static void Verify(RecordRing ring, long[] newest, int inFlight)
    {
        for (int kind = 0; kind < 2; kind++)
        {
            // The one in flight may already be there, and the oldest may already have made place for it.
            int slack = kind == inFlight ? 1 : 0;
            for (long ordinal = Math.Max(1, newest[kind] - _depths[kind] + 1 + slack); ordinal
                <= newest[kind]; ordinal++)
            {
                Assert.IsTrue(ring.TryRead(kind, ordinal), $"kind {kind} ordinal {ordinal} of {newest[kind]}");
                Assert.AreEqual((byte)(ordinal * 3 + kind), ring.Buffer[ring.PayloadAt]);
                Assert.AreEqual(1 + (int)(ordinal % 9), ring.PayloadBytes);
            }
        }
    }
}
