using System;
using System.Linq;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Storage;

/// <summary>
/// A journal's name under power cuts and damage. JournalFaultTests hold it over whole runs, for its model offers
/// another identity at every start; here is what a run of one name does not reach: the start that makes it, and the
/// loss of all copies.
/// </summary>
[TestClass]
public sealed class JournalIdentityFaultTests
{
    private const int Blocks = 10;
    private const int BlockBytes = 256;
    private const int PayloadBytes = 24;
    private const int LogKind = 100;

    private static readonly byte[][] _offered = [.. Enumerable.Range(1, 4)
        .Select(i => Enumerable.Repeat((byte)(0x11 * i), 8).ToArray())];

    // Of the first start, and of the first start after release 0.1.0: cut at every byte of every write.
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(13)]
    [DataRow(40)]
    public void AStartThatIsCutAtAnyByteLeavesOneNameAtMostAndEveryRecord(int recordsBefore)
    {
        FaultyBlockStore before = Nameless(recordsBefore);
        int cuts = 0;
        for (int write = 1; ; write++)
        {
            for (int bytes = 0; ; bytes++)
            {
                FaultyBlockStore store = before.Snapshot();
                store.CutAtWrite = write;
                store.CutAfterBytes = bytes;
                long writtenBefore = store.BytesWritten;
                Open(store, 0);
                bool isCut = !store.IsPowered;
                store.RestorePower();
                CheckNextStarts(store, recordsBefore, $"write {write}, {bytes} bytes");
                if (!isCut)
                {
                    Assert.IsTrue(bytes > 0 || cuts > 2 * RecordFormat.HeaderBytes, "the name's copies were written");
                    return;
                }

                cuts++;
                if (store.BytesWritten - writtenBefore < bytes || bytes > BlockBytes)
                {
                    break;
                }
            }
        }
    }

    [TestMethod]
    public void EveryFlippedBitIsNoticedAndLeavesTheName()
    {
        FaultyBlockStore store = Nameless(9);
        Journal journal = Open(store, 0);
        string name = journal.Identity;
        Append(journal, 20);
        for (int block = 0; block < Blocks; block++)
        {
            for (int position = 0; position < store.LengthOf(block); position++)
            {
                for (int bit = 0; bit < 8; bit++)
                {
                    FaultyBlockStore branch = store.Snapshot();
                    branch.FlipBit(block, position, bit);
                    Journal opened = Open(branch, 1);
                    Assert.AreEqual(name, opened.Identity, $"block {block}, byte {position}, bit {bit}");
                    Assert.AreEqual(10L, opened.IdentityFrom, "and which numbers it is for");
                    Assert.IsFalse(opened.IsIdentityNew);
                    Assert.IsFalse(opened.Report.IsClean, $"block {block}, byte {position}, bit {bit} was not noticed");
                }
            }
        }
    }

    // Not even a whole block takes the name from records in other blocks: every block that can hold a named record has
    // a copy.
    [TestMethod]
    public void ABlockOfGarbageNeverTakesTheNameFromRecordsElsewhere()
    {
        for (int recordsBefore = 0; recordsBefore < 30; recordsBefore++)
        {
            FaultyBlockStore store = Nameless(recordsBefore);
            Journal journal = Open(store, 0);
            string name = journal.Identity;
            Append(journal, 6);
            for (int block = 0; block < Blocks; block++)
            {
                FaultyBlockStore branch = store.Snapshot();
                byte[] garbage = new byte[store.LengthOf(block)];
                new Random(block).NextBytes(garbage);
                branch.Overwrite(block, garbage);
                Journal opened = Open(branch, 1);
                bool isNamedLeft = opened.TryFind(recordsBefore + 1, out long number) && number < journal.NextNumber;
                Assert.IsTrue(!isNamedLeft || opened.Identity == name,
                    $"{recordsBefore} records before, block {block}: {opened.Identity}");
            }
        }
    }

    // All copies gone is the one way to lose the name: then it is a new one, said to be new, for numbers above all
    // others.
    [TestMethod]
    public void WithAllCopiesGoneTheNewNameCoversNoRecordOfTheOldOne()
    {
        FaultyBlockStore store = Nameless(9);
        Append(Open(store, 0), 20);
        for (int block = 0; block < Blocks; block++)
        {
            FlipMarks(store, block);
        }

        Journal opened = Open(store, 1);
        Assert.IsTrue(opened.IsIdentityNew, "it is said");
        Assert.AreEqual("2222222222222222", opened.Identity);
        Assert.IsTrue(opened.IdentityFrom >= 30,
            $"{opened.IdentityFrom}: no number that was given out is under the new name");
        Assert.IsFalse(opened.Report.IsClean);
    }

    private static void CheckNextStarts(FaultyBlockStore store, int recordsBefore, string where)
    {
        Journal second = Open(store, 1);
        string name = second.Identity;
        Assert.IsTrue(name is "1111111111111111" or "2222222222222222", $"{where}: {name}");
        Assert.AreEqual(recordsBefore + 1L, second.IdentityFrom, where);
        Assert.AreEqual(name == "2222222222222222", second.IsIdentityNew, where);
        Append(second, 3);
        for (int start = 2; start < 4; start++)
        {
            Journal next = Open(store, start);
            Assert.AreEqual(name, next.Identity, $"{where}: kept");
            Assert.AreEqual(recordsBefore + 1L, next.IdentityFrom, where);
            Assert.IsFalse(next.IsIdentityNew, where);
            for (long number = next.OldestNumber; number < recordsBefore + 4; number++)
            {
                Assert.IsTrue(next.TryRead(number, new byte[PayloadBytes], out _, out _), $"{where}: record {number}");
            }

            Assert.AreEqual(1L, next.OldestNumber, where);
        }
    }

    private static FaultyBlockStore Nameless(int records)
    {
        FaultyBlockStore store = new(Blocks, BlockBytes);
        Journal journal = new(store, Layout(), PayloadBytes);
        journal.Open(1);
        Append(journal, records);
        return store;
    }

    private static Journal Open(FaultyBlockStore store, int start)
    {
        Journal journal = new(store, Layout(), PayloadBytes);
        journal.Open(1, _offered[start]);
        return journal;
    }

    private static JournalLayout Layout()
    {
        JournalLayout layout = new(2);
        layout.Put(RecordKind.Interval, 0);
        return layout;
    }

    private static void Append(Journal journal, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.IsTrue(journal.TryAppend(i % 3 == 0 ? LogKind : RecordKind.Interval, new byte[PayloadBytes], 0,
                PayloadBytes, out _));
        }
    }

    private static void FlipMarks(FaultyBlockStore store, int block)
    {
        RecordWalker walker = new(store, PayloadBytes);
        walker.Start(block, BlockHeader.Bytes, store.LengthOf(block));
        while (walker.TryNext())
        {
            if (walker.Kind == RecordFormat.MarkKind)
            {
                store.FlipBit(block, walker.Position + RecordFormat.HeaderBytes, 0);
            }
        }
    }
}
