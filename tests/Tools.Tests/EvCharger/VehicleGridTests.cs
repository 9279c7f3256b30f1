using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Arbiter;
using MeterFirmware.ChargerSafety;
using MeterFirmware.EvCharger;
using MeterFirmware.Grid;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>A vehicle that gives back stays, leaves, comes back and supports as its grid profile says; a load keeps its
/// own window.</summary>
[TestClass]
public class VehicleGridTests
{
    private const int TickMs = 10;

    /// <summary>Every rule of every profile is swept in RideThroughSweepTests; here one tick before its time and at its
    /// time, through the whole charger.</summary>
    [TestMethod]
    [DataRow("en50549", 195_000, 50_000, 1_500, ChargerFault.UnderVoltage)]
    [DataRow("en50549", 160_000, 50_000, 200, ChargerFault.UnderVoltage)]
    [DataRow("en50549", 254_000, 50_000, 3_000, ChargerFault.OverVoltage)]
    [DataRow("en50549", 230_000, 47_900, 2_000, ChargerFault.Frequency)]
    [DataRow("vde4105", 183_000, 50_000, 3_000, ChargerFault.UnderVoltage)]
    [DataRow("vde4105", 230_000, 51_600, 100, ChargerFault.Frequency)]
    public void ItRidesThroughUntilTheRulesTimeAndThenLeavesWithinTwoTicks(
        string profile, int millivolts, int millihertz, int ms, int fault)
    {
        V2gBench bench = Giving(profile);
        bench.Disturb(millivolts, millihertz);
        bench.Run(ms - TickMs);
        Assert.IsTrue(bench.Charger.Bench.IsCoilOn);
        Assert.AreEqual(0, bench.State.ActiveFaults);
        Assert.IsTrue(bench.Gateway.IsHeld);
        bench.Run(3 * TickMs);
        Assert.AreEqual(0, bench.Gateway.DischargeWatts);
        Assert.IsFalse(bench.Charger.Bench.IsCoilOn, "an export into such mains does not wait for the vehicle");
        Assert.IsTrue(bench.State.Has(fault));
    }

    [TestMethod]
    public void AVerdictThatMeetsATickWithoutAReadingOpensInTheNext()
    {
        V2gBench bench = Giving("en50549");
        bench.Disturb(230_000, 47_900);
        for (int tick = 0; tick < 300 && bench.Discharge.Grid.MayGive; tick++)
        {
            bench.Run(TickMs);
        }

        Assert.IsTrue(bench.Charger.Bench.IsCoilOn);
        bench.Charger.Bench.MeterReadable = false;
        bench.Run(TickMs);
        bench.Charger.Bench.MeterReadable = true;
        bench.Run(3 * TickMs);
        Assert.IsFalse(bench.Charger.Bench.IsCoilOn);
        Assert.IsTrue(bench.State.Has(ChargerFault.Frequency));
    }

    [TestMethod]
    public void WhatALoadWouldLeaveItRidesThrough()
    {
        // 150 V for 1 400 ms: a load's window is 195.5 V for a second.
        V2gBench bench = Giving("ieee1547-3", hertz: 60);
        bench.Disturb(150_000, 60_000);
        bench.Run(9_000);
        Assert.IsTrue(bench.Charger.Bench.IsCoilOn);
        Assert.IsTrue(bench.Gateway.IsHeld);
        bench.Disturb(230_000, 60_000);
        bench.Run(1_000);
        Assert.AreEqual(0, bench.State.ActiveFaults);
        Assert.AreEqual(5_000, bench.Gateway.DischargeWatts);
    }

    [TestMethod]
    public void AMomentaryCessationGivesNothingAndStaysConnected()
    {
        V2gBench bench = Giving("ieee1547-3", hertz: 60);
        bench.Disturb(110_000, 60_000);
        bench.Run(2 * TickMs);
        Assert.AreEqual(0, bench.Gateway.DischargeWatts);
        bench.Run(900);
        Assert.IsTrue(bench.Charger.Bench.IsCoilOn && bench.Gateway.IsHeld);
        bench.Disturb(230_000, 60_000);
        bench.Run(2 * TickMs);
        Assert.AreEqual(5_000, bench.Gateway.DischargeWatts);
    }

    [TestMethod]
    public void AVehicleThatChargesKeepsALoadsWindow()
    {
        V2gBench bench = new("ieee1547-3", hertz: 60);
        bench.Run(30_000);
        Assert.IsFalse(bench.Gateway.IsHeld);
        Assert.IsTrue(bench.Charger.Bench.IsCoilOn);
        bench.Disturb(150_000, 60_000);
        bench.Run(1_020);
        Assert.IsTrue(bench.State.Has(ChargerFault.UnderVoltage));
    }

    [TestMethod]
    public void AVehicleThatTakesPowerThoughItIsToldToGiveIsALoadAfterFiveSeconds()
    {
        V2gBench bench = Giving("ieee1547-3", hertz: 60);
        bench.Obstinate = true;
        bench.Run(4_900);
        Assert.IsTrue(bench.Discharge.IsJudgedByProfile);
        bench.Run(200);
        Assert.IsFalse(bench.Discharge.IsJudgedByProfile);
        bench.Disturb(180_000, 60_000);
        bench.Run(1_020);
        Assert.IsTrue(bench.State.Has(ChargerFault.UnderVoltage));
    }

    [TestMethod]
    public void AfterATripItChargesAsALoadAndGivesOnlyAfterTheProfilesWaitByItsRamp()
    {
        V2gBench bench = Giving("en50549");
        bench.Disturb(230_000, 47_900);
        bench.Run(2_100);
        Assert.IsFalse(bench.Charger.Bench.IsCoilOn);
        bench.Disturb(230_000, 50_000);
        for (int second = 0; second < 58; second++)
        {
            bench.Run(1_000);
            Assert.AreEqual(0, bench.Gateway.DischargeWatts);
        }

        bench.Run(90_000);
        Assert.AreEqual(GridState.Ramp, bench.Discharge.Grid.Ride.State);

        // 10 % of 22 kW a minute.
        int before = bench.Gateway.DischargeWatts;
        Assert.IsTrue(before is > 1_500 and < 5_000, $"{before} W");
        bench.Run(30_000);
        Assert.AreEqual(bench.RatedWatts / 20, bench.Gateway.DischargeWatts - before, bench.RatedWatts / 200);
    }

    [TestMethod]
    public void AfterAStartItWaitsAsAfterATrip()
    {
        V2gBench bench = new("en50549");
        bench.Give();
        bench.Run(35_000);
        Assert.IsFalse(bench.Gateway.IsHeld);
    }

    [TestMethod]
    public void FrequencyMovesTheDischargeByDroopWithinPermissionAndVehicle()
    {
        V2gBench bench = Giving("en50549");
        bench.Disturb(230_000, 50_300);

        // 0.1 Hz at 40 %/Hz: 4 % of the rating less.
        bench.Run(100);
        Assert.AreEqual(5_000 - bench.RatedWatts * 4 / 100, bench.Gateway.DischargeWatts, 2);
        bench.Disturb(230_000, 50_900);
        bench.Run(100);
        Assert.AreEqual(0, bench.Gateway.DischargeWatts);
        Assert.IsTrue(bench.Gateway.IsHeld && bench.Charger.Bench.IsCoilOn, "support is no end");

        // More than is permitted is never given, whatever the frequency asks.
        bench.Disturb(230_000, 50_000);
        bench.Run(700_000);
        bench.Disturb(230_000, 49_600);
        bench.Run(100);
        Assert.AreEqual(5_000, bench.Gateway.DischargeWatts);
        bench.Permit(7_000);
        bench.Run(1_000);
        Assert.IsTrue(bench.Gateway.DischargeWatts is > 5_000 and <= 7_000, $"{bench.Gateway.DischargeWatts} W");
    }

    [TestMethod]
    public void ASetPointOfTheGridIsObeyedBeforeThePrices()
    {
        V2gBench bench = Giving("en50549");
        SetPoints wanted = bench.Discharge.Grid.Wanted;
        wanted.Set(SetPointSource.Grid, -2_000, bench.Charger.Clock.NowMs + 60_000);
        bench.Run(100);
        Assert.AreEqual(2_000, bench.Gateway.DischargeWatts);
        wanted.Set(SetPointSource.Grid, -9_000, bench.Charger.Clock.NowMs + 60_000);
        bench.Run(100);
        Assert.AreEqual(5_000, bench.Gateway.DischargeWatts, "no set-point lifts a limit");
        wanted.Set(SetPointSource.Grid, 9_000, bench.Charger.Clock.NowMs + 60_000);
        bench.Run(100);
        Assert.AreEqual(0, bench.Gateway.DischargeWatts, "what it takes is the pilot's");
        bench.Run(61_000);
        Assert.AreEqual(5_000, bench.Gateway.DischargeWatts, "it ended by itself");
    }

    [TestMethod]
    public void DeliveredSupportIsOneRecordWithDepthAndEnergy()
    {
        V2gBench bench = Giving("vde4105");
        bench.Run(600_000);
        Assert.AreEqual(GridState.Run, bench.Discharge.Grid.Ride.State);
        bench.Disturb(230_000, 50_300);
        bench.Run(60_000);
        bench.Disturb(230_000, 50_000);
        bench.Run(120_000);
        EventRecord record = bench.Events(ChargerEventCode.GridSupport).Single();
        int depth = bench.RatedWatts * 4 / 100;
        Assert.AreEqual(-depth, record.Values[0], 20);
        Assert.AreEqual(bench.Discharge.Grid.Profile.Crc, record.Values[3]);

        // A minute at its depth, and back at 0.16 %/s of the rating.
        long milliseconds = 60_000 + 25_000 / 2;
        Assert.AreEqual(-depth * milliseconds / 3_600_000, record.Values[2], 1);
        Assert.IsTrue(record.EndUtcSeconds - record.StartUtcSeconds is > 75 and < 90);
    }

    [TestMethod]
    public void AMeterThatSaysNothingEndsTheDischargeByTheProfilesTime()
    {
        V2gBench bench = Giving("en50549");
        bench.Charger.Bench.MeterReadable = false;
        bench.Run(190);
        Assert.AreEqual(5_000, bench.Gateway.DischargeWatts);
        bench.Run(40);
        Assert.AreEqual(0, bench.Gateway.DischargeWatts);
    }

    /// <summary>In every tick of three minutes of giving back, dips and jumps.</summary>
    [TestMethod]
    public void WithoutAProfileAndWithTheOneNamedNoneItActsAsOneWithoutAnyOfThis()
    {
        V2gBench[] benches = [new(null), new("none")];
        foreach (V2gBench bench in benches)
        {
            Assert.IsNull(bench.Charger.Product.GridProfile);
        }

        List<string>[] traces = [.. benches.Select(bench => Trace(bench))];
        CollectionAssert.AreEqual(traces[0], traces[1]);

        // As release 0.1.0 and all since then did: the constants of a load.
        Assert.Contains("under-voltage after 1000", traces[0]);
        Assert.Contains("frequency after 1000", traces[0]);
    }

    [TestMethod]
    public void ATickUnderAProfileAllocatesNothing()
    {
        V2gBench bench = Giving("en50549");
        Allocation.AssertNone(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                bench.Disturb(228_000 + i % 7 * 1_000, 49_900 + i % 5 * 100);
                bench.Charger.Product.TickSafety(bench.NextMs());
            }
        });
    }

    private static List<string> Trace(V2gBench bench)
    {
        List<string> trace = [];
        Random random = new(16);
        bench.Give();
        int shownAt = 0;
        for (int i = 0; i < 18_000; i++)
        {
            if (i % 3_000 == 2_000)
            {
                bool isFrequency = i % 6_000 == 2_000;
                bench.Disturb(isFrequency ? 230_000 : 180_000, isFrequency ? 46_000 : 50_000);
                shownAt = i;
            }
            else if (i % 3_000 == 2_200)
            {
                bench.Disturb(230_000, 50_000);
            }

            bench.Gateway.Permits = random.Next(4_000) > 0 && bench.Gateway.Permits || random.Next(500) == 0;
            int before = bench.State.ActiveFaults;
            bench.Charger.Step();
            for (int fault = 0; fault < ChargerFault.Count; fault++)
            {
                if ((bench.State.ActiveFaults & ~before & 1 << fault) != 0)
                {
                    trace.Add($"{ChargerFault.NameOf(fault)} after {(i - shownAt) * TickMs}");
                }
            }

            trace.Add($"{bench.Charger.Bench.DutyHundredths} {bench.Charger.Bench.IsCoilOn} "
                + $"{bench.Gateway.IsHeld} {bench.Gateway.DischargeWatts} {bench.State.OfferMilliamps}");
        }

        return trace;
    }

    private static V2gBench Giving(string profile, int hertz = 50)
    {
        V2gBench bench = new(profile, hertz);
        bench.Give();
        for (int second = 0; second < 1_200 && bench.Gateway.DischargeWatts < 5_000; second++)
        {
            bench.Run(1_000);
        }

        Assert.AreEqual(5_000, bench.Gateway.DischargeWatts, profile);
        bench.Run(10_000);
        return bench;
    }
}
