using System;
using MeterFirmware.Grid;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Grid;

/// <summary>Coming back after a trip, and what readings that jump or are missing do.</summary>
[TestClass]
public sealed class ReturnTests
{
    [TestMethod]
    [DataRow("ieee1547-3", 0.80, 300, 300)]
    [DataRow("ieee1547-2", 0.40, 300, 300)]
    [DataRow("en50549", 0.80, 60, 600)]
    [DataRow("vde4105", 0.70, 60, 600)]
    [DataRow("nbt32004", 0.80, 60, 600)]
    public void ItWaitsInsideTheWindowAndThenRampsUp(string name, double perUnit, int waitSeconds, int rampSeconds)
    {
        GridBench bench = Tripped(name, perUnit);
        bench.Volts(1);
        bench.Run(waitSeconds);
        Assert.AreEqual(GridState.Wait, bench.State);
        Assert.AreEqual(0, bench.Unit.Watts);
        bench.Run(0.02);
        Assert.AreEqual(GridState.Ramp, bench.State);
        for (int tenth = 1; tenth < 10; tenth++)
        {
            bench.Run(rampSeconds / 10.0);
            Assert.AreEqual(-1_100 * tenth, bench.Unit.Watts, 2);
        }

        bench.Run(rampSeconds / 10.0);
        Assert.AreEqual(GridState.Run, bench.State);
        Assert.AreEqual(-11_000, bench.Unit.Watts);
    }

    [TestMethod]
    [DataRow("ieee1547-3", 0.916)]
    [DataRow("ieee1547-3", 1.051)]
    [DataRow("en50549", 195.4 / 230)]
    [DataRow("en50549", 253.1 / 230)]
    public void OutsideOfTheWindowTheWaitBeginsAnew(string name, double perUnit)
    {
        GridBench bench = Tripped(name, 0.2);
        bench.Volts(1);
        bench.Run(50);
        Assert.AreEqual(GridState.Wait, bench.State);
        bench.Volts(perUnit);
        bench.Tick();
        Assert.AreEqual(GridState.Trip, bench.State);
        bench.Volts(1);
        bench.Run(59);
        Assert.AreEqual(GridState.Wait, bench.State);
    }

    [TestMethod]
    public void ADelayTakesThePlaceOfTheRamp()
    {
        GridBench bench = Tripped("ieee1547-3", 0.2);
        bench.Unit.Ride.Delay(450_000);
        bench.Volts(1);
        bench.Run(749);
        Assert.AreEqual(GridState.Wait, bench.State);
        bench.Run(2);
        Assert.AreEqual(GridState.Run, bench.State);
        Assert.AreEqual(-11_000, bench.Unit.Watts);
    }

    [TestMethod]
    public void ACessationIsOverWithTheDipAndInARampTheRampGoesOn()
    {
        GridBench bench = new("ieee1547-3");
        bench.Wants(-11_000);
        bench.Run(1);
        bench.Volts(0.45);
        bench.Run(1.9);
        Assert.AreEqual(GridState.Cease, bench.State);
        Assert.AreEqual(0, bench.Unit.Watts);
        bench.Volts(1);
        bench.Tick();
        Assert.AreEqual(GridState.Run, bench.State);
        Assert.AreEqual(-11_000, bench.Unit.Watts);
        bench.Volts(0.45);
        bench.Run(3);
        bench.Volts(1);
        bench.Run(300.02 + 60);
        Assert.AreEqual(-2_200, bench.Unit.Watts, 2);
        bench.Volts(0.45);
        bench.Run(1);
        Assert.AreEqual(GridState.Cease, bench.State);
        bench.Volts(1);
        bench.Run(1);
        Assert.AreEqual(GridState.Ramp, bench.State);
        Assert.AreEqual(-2_200 - 2 * 11_000 / 300.0, bench.Unit.Watts, 2);
    }

    [TestMethod]
    public void ReadingsThatAreMissingCeaseAndThenTrip()
    {
        GridBench bench = new("en50549");
        bench.Wants(-6_000);
        bench.Run(1);
        bench.IsMeasured = false;
        bench.Run(0.2);
        Assert.AreEqual(-6_000, bench.Unit.Watts, "a sensor that misses a reading moves nothing");
        bench.Wants(-1_000);
        bench.Tick();
        Assert.AreEqual(0, bench.Unit.Watts);
        Assert.AreEqual(GridState.Cease, bench.State);
        bench.Run(0.8);
        Assert.AreEqual(GridState.Trip, bench.State);
        Assert.AreEqual(TripKind.Missing, bench.Unit.Ride.Cause);
        bench.IsMeasured = true;
        bench.Run(59);
        Assert.AreEqual(GridState.Wait, bench.State);
        bench.IsMeasured = false;
        bench.Tick();
        Assert.AreEqual(GridState.Trip, bench.State, "what is not seen is no window");
    }

    [TestMethod]
    public void WhileReadingsAreMissingLessIsObeyedAndMoreIsNot()
    {
        GridBench bench = new("en50549");
        bench.Wants(-6_000);
        bench.Run(1);
        bench.IsMeasured = false;
        bench.Wants(-9_000);
        bench.Tick();
        Assert.AreEqual(-6_000, bench.Unit.Watts);
        bench.Wants(-2_000);
        bench.Tick();
        Assert.AreEqual(-2_000, bench.Unit.Watts);
    }

    [TestMethod]
    [DataRow(0, 11_000, 0)]
    [DataRow(-6_000, 11_000, 0)]
    [DataRow(6_000, -11_000, 0)]
    [DataRow(6_000, 0, 0)]
    [DataRow(6_000, 2_000, 2_000)]
    public void WhileReadingsAreMissingTheOtherDirectionIsNoMoreThanNothing(int before, int wanted, int expected)
    {
        GridBench bench = new("en50549");
        bench.Wants(before);
        bench.Run(1);
        bench.IsMeasured = false;
        bench.Wants(wanted);
        bench.Tick();
        Assert.AreEqual(expected, bench.Unit.Watts);
    }

    [TestMethod]
    [DataRow(-1, 50_000)]
    [DataRow(500_000, 50_000)]
    [DataRow(230_000, 0)]
    [DataRow(230_000, 900_000)]
    public void AReadingThatNoGridHasCountsAsMissing(int millivolts, int millihertz)
    {
        GridBench bench = new("en50549");
        bench.Wants(-6_000);
        bench.Run(1);
        bench.Reading.VoltageMillivolts[0] = millivolts;
        bench.Reading.FrequencyMillihertz = millihertz;
        bench.Tick();
        Assert.IsFalse(bench.Unit.Ride.IsMeasured);
        Assert.AreEqual(-6_000, bench.Unit.Watts);
        Assert.AreEqual(1_000, bench.MsToTrip(5) + GridBench.TickMs);
    }

    [TestMethod]
    public void ASensorThatComesAndGoesHidesNoDisturbance()
    {
        GridBench bench = new("en50549");
        bench.Wants(-6_000);
        bench.Run(1);
        bench.Volts(0.80);
        for (int i = 0; i < 150 && bench.State != GridState.Trip; i++)
        {
            bench.IsMeasured = i % 3 != 0;
            bench.Tick();
        }

        bench.IsMeasured = true;
        bench.Run(0.03);
        Assert.AreEqual(GridState.Trip, bench.State);
        Assert.AreEqual(TripKind.UnderVoltage, bench.Unit.Ride.Cause);
    }

    [TestMethod]
    public void AFrequencyThatJumpsForATickTripsNothingAndMovesThePowerByItsLagOnly()
    {
        GridBench bench = new("ieee1547-3");
        bench.Wants(-5_000);
        bench.Run(1);
        for (int i = 0; i < 100; i++)
        {
            bench.Hertz(i % 2 == 0 ? 3 : -4);
            bench.Tick();
            bench.Hertz(0);
            bench.Run(0.2);
        }

        Assert.AreEqual(GridState.Run, bench.State);
        Assert.IsTrue(Math.Abs(bench.Unit.Watts + 5_000) < 11_000 * 0.02, $"{bench.Unit.Watts}");
    }

    [TestMethod]
    public void ADeadLineTripsByVoltageWhateverItsFrequencyReads()
    {
        GridBench bench = new("en50549");
        bench.Wants(-5_000);
        bench.Run(1);
        bench.Volts(0);
        bench.Reading.FrequencyMillihertz = 0;
        Assert.AreEqual(200, bench.MsToTrip(5));
        Assert.AreEqual(TripKind.UnderVoltage, bench.Unit.Ride.Cause);
    }

    [TestMethod]
    [DataRow("en50549")]
    [DataRow("ieee1547-2")]
    [DataRow("vde4105")]
    public void ADeadLineHasNoFrequencyThatMovesThePower(string name)
    {
        GridBench bench = new(name);
        bench.Wants(3_000);
        bench.Run(1);
        bench.Volts(0);
        bench.Reading.FrequencyMillihertz = 0;
        for (int i = 0; i < 500 && bench.State != GridState.Trip; i++)
        {
            bench.Tick();
            Assert.IsTrue(bench.Unit.Watts is >= 0 and <= 3_000, $"{bench.Unit.Watts} W after {i} ticks");
        }

        Assert.AreEqual(GridState.Trip, bench.State);
    }

    [TestMethod]
    public void EachPhaseHasAClockOfItsOwn()
    {
        GridBench bench = new("en50549", phaseCount: 3);
        bench.Run(1);

        // One phase after the other is low for less than the rule's time: none of them was for long enough.
        for (int phase = 0; phase < 3; phase++)
        {
            bench.Volts(1);
            bench.Reading.VoltageMillivolts[phase] = 180_000;
            bench.Run(1.4);
        }

        Assert.AreEqual(GridState.Run, bench.State);
        bench.Run(0.12);
        Assert.AreEqual(GridState.Trip, bench.State);
    }

    [TestMethod]
    public void AfterASupplyThatCameBackItWaitsAsAfterATrip()
    {
        GridBench bench = new("en50549");
        bench.Wants(3_000);
        bench.Unit.Ride.Start(0);
        bench.Run(59);
        Assert.AreEqual(0, bench.Unit.Watts);
        bench.Run(2);
        Assert.AreEqual(GridState.Ramp, bench.State);
    }

    private static GridBench Tripped(string name, double perUnit)
    {
        GridBench bench = new(name);
        bench.Wants(-11_000);
        bench.Run(1);
        bench.Volts(perUnit);
        Assert.AreNotEqual(-1, bench.MsToTrip(40));
        return bench;
    }
}
