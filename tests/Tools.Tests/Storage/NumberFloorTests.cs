using System;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Boards.Simulator.Chaos;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.EvCharger;
using MeterFirmware.History;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Storage;

/// <summary>No number is given out twice on a medium that loses whole files (cases/safety-and-security/14).</summary>
[TestClass]
public sealed class NumberFloorTests
{
    private const int Meters = 400;
    private const long Start = 1_769_702_400;

    public TestContext TestContext { get; set; }

    /// <summary>The last operations of each file are there or not, also those that made the file: vanished blocks,
    /// entries of the directory, erases that never happened.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(4)]
    [DataRow(8)]
    public void NoNumberIsGivenOutTwiceHoweverManyFilesVanish(int inDoubt)
    {
        int vanished = 0;
        int twiceWithoutCare = 0;
        for (int seed = 0; seed < Meters; seed++)
        {
            Assert.IsTrue(NextAfterCrash(seed, inDoubt, mayLoseTail: true, out long given, ref vanished) > given,
                $"seed {seed}: {given}");
            int ignored = 0;
            twiceWithoutCare += NextAfterCrash(seed, inDoubt, mayLoseTail: false, out given, ref ignored) <= given
                ? 1 : 0;
        }

        TestContext.WriteLine(
            $"{inDoubt} in doubt: {vanished} files vanished in {Meters} meters; without care {twiceWithoutCare} gave "
                + "a number out twice");

        // A new file is its header and a record: one operation alone never takes it whole.
        Assert.IsTrue(vanished > 0 == inDoubt > 1 && twiceWithoutCare > 0, "the model bites");
    }

    [TestMethod]
    public void AMeterWhoseNewestBlocksVanishedGoesOnAboveWhatItsCheckpointKnows()
    {
        MeterPlan plan = new() { BlockBytes = 16_384, RecordBlocks = 8, JournalBlocks = 12 };
        FaultyBlockStore flash = new(plan.BlockCount, plan.BlockBytes);
        SimulatedMeter meter = new(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = Start,
            Flash = flash,
            Plan = plan,
            Records = null,
            History = new HistoryParts(),
            Entropy = new HostEntropy(),
        });
        for (int minute = 0; minute < 3 * 1_440; minute++)
        {
            meter.Step(60_000, 60_000_000_000);
        }

        long next = meter.Firmware.Journal.NextNumber;
        Assert.IsTrue(next > 250);
        meter.PowerDown();
        int journalFrom = plan.BlockCount - plan.JournalBlocks;
        for (int block = journalFrom + 1; block < plan.BlockCount; block++)
        {
            flash.Truncate(block, 0);
        }

        meter.StayDark(60_000);
        meter.Restore(1_000);
        Assert.IsTrue(meter.Firmware.Journal.NextNumber >= next, $"{meter.Firmware.Journal.NextNumber} after {next}");
    }

    [TestMethod]
    public void AChargersCheckpointKnowsTheNextNumber()
    {
        SimulatedChargerParts options = new()
        {
            Tariff = TariffFile.Load("china-workplace-five-rates").Table,
            StartUtcSeconds = Start
        };
        SimulatedCharger charger = new(options);
        charger.Run(3_600_000);
        long next = charger.Records.NextNumber;
        Assert.IsTrue(next > 1);
        charger.LosePower(1_000, isWarned: true);
        long known = EvChargerProduct.NextNumberOf(options.Checkpoints,
            new byte[16 * 1024 + CheckpointStore.OverheadBytes]);
        Assert.IsTrue(known >= next && known <= charger.Records.NextNumber,
            $"{known}, {next} before, {charger.Records.NextNumber} now");
        Assert.AreEqual(1, EvChargerProduct.NextNumberOf(new CheckpointStore(new RamBlockStore(2, 1_024), 512),
            new byte[1_024]), "none is known");
    }

    /// <summary>A journal that is new has numbers of its own: another memory's floor would leave it a hole that nobody
    /// fills.</summary>
    [TestMethod]
    public void ANewSequenceBeginsAtOneWhateverTheFloor()
    {
        Journal journal = new(new RamBlockStore(12, 512), JournalModel.Layout(), JournalModel.PayloadBytesMax);
        journal.Open(5_000, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 });
        Assert.AreEqual(1, journal.NextNumber);
        Assert.AreEqual(0, journal.Report.NewlyMissing);
        Journal old = new(new RamBlockStore(12, 512), JournalModel.Layout(), JournalModel.PayloadBytesMax);
        old.Open(5_000);
        Assert.IsTrue(old.NextNumber >= 5_000, "without an identity the floor is all that is known");
    }

    /// <summary>A card that was never written has lost nothing: no numbers are skipped, no records reported as
    /// missing.</summary>
    [TestMethod]
    public void AnEmptyCardThatMayLoseItsTailBeginsAtOne()
    {
        Journal journal = new(new RamBlockStore(12, 512), JournalModel.Layout(),
            JournalModel.PayloadBytesMax)
        { StoreMayLoseTail = true };
        journal.Open(1, [1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.AreEqual(0, journal.Report.NewlyMissing);
        Assert.AreEqual(1, journal.IdentityFrom);
        Assert.IsTrue(journal.TryAppend(RecordKind.Interval, new byte[40], 0, 40, out long number));
        Assert.AreEqual(1, number);
    }

    private static long NextAfterCrash(int seed, int inDoubt, bool mayLoseTail, out long given, ref int vanished)
    {
        Random random = new(seed);
        WriteBackBlockStore store = new(12, 512);
        Journal journal = Open(store, mayLoseTail);
        given = 0;
        byte[] payload = new byte[40];
        for (int i = 0; i < 20 + seed; i++)
        {
            Assert.IsTrue(journal.TryAppend(i % 5 == 0 ? RecordKind.Event : RecordKind.Interval, payload, 0,
                payload.Length, out given));
            if (random.Next(4) == 0)
            {
                journal.Acknowledge(given);
            }
        }

        store.Crash(random, inDoubt);
        vanished += store.Vanished;
        return Open(store, mayLoseTail).NextNumber;
    }

    private static Journal Open(WriteBackBlockStore store, bool mayLoseTail)
    {
        Journal journal = new(store, JournalModel.Layout(),
            JournalModel.PayloadBytesMax)
        { StoreMayLoseTail = mayLoseTail };
        journal.Open(1);
        return journal;
    }
}
