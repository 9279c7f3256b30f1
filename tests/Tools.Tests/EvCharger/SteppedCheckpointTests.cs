using System.Collections.Generic;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>A charger's checkpoint is made in steps: what is written is one moment's, wherever it is cut or
/// overtaken.</summary>
[TestClass]
public class SteppedCheckpointTests
{
    private const int BlockBytes = 8_192;
    private const long Start = 1_772_415_000;

    // From the begin of a round: the state's parts, its CRC, the append.
    private const int StepTicks = 3 * EvChargerProduct.SliceCount;

    [TestMethod]
    public void EachStateIsOfOneMomentAndComesWithoutAWholeWrite()
    {
        FaultyBlockStore flash = new(ChargerPlan.BlockCount, BlockBytes);
        SimulatedCharger charger = Charging(flash);
        List<FaultyBlockStore> cuts = [];
        flash.BeforeWrite = (_, _, _, _) => cuts.Add(flash.Snapshot());
        for (int i = 0; i < 12; i++)
        {
            charger.Product.KeepSoon();

            // At another place of the round each time.
            charger.Run(410);
        }

        flash.BeforeWrite = null;
        cuts.Add(flash.Snapshot());
        Assert.IsGreaterThan(8, cuts.Count);
        long before = 0;
        foreach (FaultyBlockStore cut in cuts)
        {
            SimulatedCharger again = Charger(cut);
            EnergyRegisters registers = again.Product.Meter.Registers;
            long wattHours = registers.TotalWattHours(EnergyKind.Import);
            long microjoules = registers.TotalRemainder(EnergyKind.Import);
            again.Run(500);
            SessionRecord record = again.Product.Sessions.Record;
            Assert.AreEqual(RecordFlags.PowerLoss, record.Flags);
            Assert.AreEqual(wattHours, record.EndWattHours);
            Assert.AreEqual(microjoules, record.EndMicrojoules, "registers and session are of one slice");
            Assert.IsGreaterThanOrEqualTo(before, (wattHours << 32) + microjoules);
            before = (wattHours << 32) + microjoules;
        }

        Assert.IsGreaterThan(0L, before >> 32);
    }

    /// <summary>Whatever step it meets, a command's own save holds, and nothing older follows it.</summary>
    [TestMethod]
    public void ASaveByCommandIsWholeAndTheNewestAtEachStep()
    {
        for (int tick = 0; tick <= StepTicks; tick++)
        {
            FaultyBlockStore flash = new(ChargerPlan.BlockCount, BlockBytes);
            SimulatedCharger charger = Charging(flash, milliseconds: 8_000);
            charger.Product.KeepSoon();
            charger.Run(10 * tick);
            int wattHours = (int)charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
            Assert.AreEqual(CommandRefusal.None, charger.Product.TrySetCeiling(CommandRole.Owner, 10_000 + tick));
            AssertCeiling(flash, 10_000 + tick, wattHours, $"at tick {tick}");
            charger.Run(10 * StepTicks);
            AssertCeiling(flash, 10_000 + tick, wattHours, $"after tick {tick}");
        }
    }

    /// <summary>The same for a supply that warns.</summary>
    [TestMethod]
    public void AWarnedCutAtEachStepOfASessionsEndTellsItOnceWithAllItsEnergy()
    {
        for (int tick = 0; tick <= 2 * StepTicks; tick++)
        {
            FaultyBlockStore flash = new(ChargerPlan.BlockCount, BlockBytes);
            SimulatedCharger charger = Charging(flash, milliseconds: 8_000);
            charger.Vehicle.Unplug();
            charger.Run(900 + 10 * tick);
            long drawn = charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
            charger.Firmware.Core.PowerFails(charger.Clock.NowMs);
            SimulatedCharger again = Charger(flash.Snapshot());
            again.Run(1_000);
            List<SessionRecord> told = SessionCutTests.Sessions(again.Records);
            Assert.HasCount(1, told, $"tick {tick}");
            Assert.AreEqual(drawn, told[0].EndWattHours - told[0].StartWattHours, $"tick {tick}");
        }
    }

    /// <summary>Events take the room of the state: a journal that grows in each round must not hold checkpoints
    /// off.</summary>
    [TestMethod]
    public void ACheckpointComesThroughThoughEachRoundHasAnEvent()
    {
        FaultyBlockStore flash = new(ChargerPlan.BlockCount, BlockBytes);
        SimulatedCharger charger = Charging(flash, milliseconds: 8_000);
        charger.Product.Limits.Ceiling.TrySet(CommandRole.Owner, 9_000);
        charger.Product.KeepSoon();
        for (int round = 0; round < 12; round++)
        {
            charger.Run(100);
            charger.Product.TryRetryLock();
            charger.SetTime(charger.Clock.UtcSeconds + (round % 2 == 0 ? 60 : -60));
        }

        Assert.AreEqual(9_000, Charger(flash.Snapshot()).Product.Limits.Ceiling.ValueOf(CommandRole.Owner));
    }

    private static void AssertCeiling(FaultyBlockStore flash, int milliamps, int wattHours, string when)
    {
        SimulatedCharger again = Charger(flash.Snapshot());
        Assert.AreEqual(milliamps, again.Product.Limits.Ceiling.ValueOf(CommandRole.Owner), when);
        Assert.IsGreaterThanOrEqualTo(
            wattHours - 1L, again.Product.Meter.Registers.TotalWattHours(EnergyKind.Import), when);
        Assert.IsTrue(again.Product.Sessions.IsActive, when);
        again.Run(500);
        Assert.IsEmpty(SessionRulesTests.Events(again, ChargerEventCode.StateDamaged), when);
        Assert.IsEmpty(SessionRulesTests.Events(again, ChargerEventCode.SessionDamaged), when);
    }

    private static SimulatedCharger Charging(FaultyBlockStore flash, int milliseconds = 30_000)
    {
        SimulatedCharger charger = Charger(flash);
        charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 });
        charger.Vehicle.PlugIn();
        charger.Run(milliseconds);
        Assert.IsTrue(charger.Bench.IsCoilOn);
        return charger;
    }

    private static SimulatedCharger Charger(FaultyBlockStore flash) => new(new SimulatedChargerParts
    {
        Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = true },
        Tariff = SessionTimeTests.Tariff(),
        StartUtcSeconds = Start,
        Flash = flash,
        Records = null,
        Checkpoints = null,
    });
}
