using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Metering;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>What runs in slices of 100 ms may come later; what lowers or ends an offer may not.</summary>
[TestClass]
public class TwoRatesTests
{
    private const int RoundMs = EvChargerProduct.SliceCount * SimulatedCharger.TickMs;

    [TestMethod]
    public void AStopEndsTheOfferInTheNextTick()
    {
        // Wherever in the round the command comes.
        for (int ticks = 0; ticks < EvChargerProduct.SliceCount; ticks++)
        {
            SimulatedCharger charger = Charging(20_000 + ticks * SimulatedCharger.TickMs);
            Assert.AreEqual(SessionRefusal.None, charger.Product.Sessions.StopRemotely());
            charger.Step();
            Assert.AreEqual(PilotDuty.SteadyHigh, charger.Bench.DutyHundredths, $"{ticks} ticks into the round");
        }
    }

    [TestMethod]
    public void AnOfferThatIsTakenAwayByCommandEndsInTheNextTick()
    {
        for (int ticks = 0; ticks < EvChargerProduct.SliceCount; ticks++)
        {
            SimulatedCharger charger = Charging(20_000 + ticks * SimulatedCharger.TickMs);
            Assert.IsTrue(charger.Product.Limits.TrySet(CommandRole.Utility, 0, 60_000, charger.Clock.NowMs));
            charger.Step();
            Assert.AreEqual(PilotDuty.SteadyHigh, charger.Bench.DutyHundredths, $"{ticks} ticks into the round");
            for (int i = 0; i < EvChargerProduct.SliceCount; i++)
            {
                Assert.AreEqual(0, charger.Product.Limits.Milliamps, "no decision lifts it again");
                charger.Step();
            }

            charger = Charging(20_000 + ticks * SimulatedCharger.TickMs);
            Assert.AreEqual(CommandRefusal.None, charger.Product.TrySetCeiling(CommandRole.Utility, 0));
            charger.Step();
            Assert.AreEqual(PilotDuty.SteadyHigh, charger.Bench.DutyHundredths, "the ceiling");
        }
    }

    [TestMethod]
    public void AHigherLimitIsOfferedWithinARoundAndTheStandardsPause()
    {
        SimulatedCharger charger = Charging(20_000);
        Assert.IsTrue(charger.Product.Limits.TrySet(CommandRole.Utility, 10_000, 3_600_000, charger.Clock.NowMs));
        charger.Run(10_000);
        Assert.AreEqual(10_000, charger.Product.Controller.State.OfferMilliamps);
        Assert.IsTrue(charger.Product.Limits.TrySet(CommandRole.Utility, 20_000, 3_600_000, charger.Clock.NowMs));
        charger.Run(RoundMs);
        Assert.AreEqual(20_000, charger.Product.Controller.State.OfferMilliamps);
    }

    [TestMethod]
    public void ASessionIsOfferedNothingThatWasDecidedForNone()
    {
        for (int ticks = 0; ticks < EvChargerProduct.SliceCount; ticks++)
        {
            SimulatedCharger charger = Charger(true);
            charger.Run(5_000 + ticks * SimulatedCharger.TickMs);
            charger.Vehicle.PlugIn();
            while (!charger.Product.Sessions.IsActive)
            {
                charger.Step();
            }

            Assert.AreEqual(0, charger.Product.Limits.Milliamps);
            charger.Run(RoundMs);
            Assert.IsGreaterThan(0, charger.Product.Limits.Milliamps);
        }
    }

    [TestMethod]
    // The bills of sessions that follow each other hold all that the register holds.
    public void NoEnergyLiesBetweenTwoSessions()
    {
        SimulatedChargerParts options = Options(false);
        SimulatedCharger charger = new(options)
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 1_000_000 }),
        };
        charger.Vehicle.PlugIn();
        byte[] token = [1, 2, 3, 4];
        for (int i = 0; i < 7; i++)
        {
            Assert.AreEqual(SessionRefusal.None, charger.Product.Sessions.StartRemotely(token, 4, charger.Clock.NowMs));
            charger.Run(60_010 + 10 * i);
            charger.Product.Sessions.StopRemotely();
            charger.Run(20_000);
        }

        List<SessionRecord> records = SessionTimeTests.Records(options).ToList();
        Assert.IsGreaterThan(2, records.Count);
        Assert.AreEqual(0L, records[0].StartWattHours);
        for (int i = 1; i < records.Count; i++)
        {
            Assert.AreEqual(records[i - 1].EndWattHours, records[i].StartWattHours);
            Assert.AreEqual(records[i - 1].EndMicrojoules, records[i].StartMicrojoules);
        }

        Assert.AreEqual(charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Import), records[^1].EndWattHours);
    }

    [TestMethod]
    public void AWeldFiresTheUpstreamTripInTheTickInWhichItIsSeen()
    {
        SimulatedCharger charger = Charging(20_000);
        charger.Bench.Feedback = ChargerFeedback.Welded;
        charger.Vehicle.Unplug();
        while (!charger.Product.Controller.State.Has(ChargerFault.Welded))
        {
            Assert.IsFalse(charger.Bench.IsUpstreamTripped);
            charger.Step();
        }

        Assert.IsTrue(charger.Bench.IsUpstreamTripped);
    }

    [TestMethod]
    public void ALoopThatIsTooSlowOffersNothingAndOneThatBecomesSoStopsInOrder()
    {
        SimulatedCharger slow = Charger(true);
        slow.Product.Monitor.NoteStart(1, 6);
        slow.Vehicle.PlugIn();
        slow.Run(30_000);
        Assert.IsTrue(slow.Product.Monitor.IsSlow);
        Assert.AreEqual(0, slow.Bench.CloseCount);

        SimulatedCharger charger = Charging(20_000);
        for (int i = 0; i < 150; i++)
        {
            charger.Step(20);
        }

        Assert.IsTrue(charger.Product.Monitor.IsSlow);
        Assert.AreEqual(PilotDuty.SteadyHigh, charger.Bench.DutyHundredths, "the offer ended");
        Assert.AreEqual(0, charger.Product.Controller.State.ActiveFaults, "in order");
        charger.Run(30_000);
        Assert.IsTrue(charger.Bench.IsCoilOn, "and it goes on when the loop does");
    }

    private static SimulatedCharger Charging(int milliseconds)
    {
        SimulatedCharger charger = Charger(true);
        charger.Vehicle.PlugIn();
        charger.Run(milliseconds);
        Assert.IsTrue(charger.Bench.IsCoilOn);
        return charger;
    }

    private static SimulatedCharger Charger(bool isFree) =>
        new(Options(isFree)) { Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 1_000_000 }) };

    private static SimulatedChargerParts Options(bool isFree) => new()
    {
        Tariff = TariffFile.Load("china-workplace-five-rates").Table,
        StartUtcSeconds = 1_772_400_000,
        Sessions = new SessionSettings { IsFree = isFree },
    };
}
