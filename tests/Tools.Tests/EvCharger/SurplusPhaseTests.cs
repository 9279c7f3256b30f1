using System;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>When the surplus changes between one and three phases, and when that would be for nothing.</summary>
[TestClass]
public class SurplusPhaseTests
{
    [TestMethod]
    [DataRow(1, 0, 32_000)]
    [DataRow(3, 1, 32_000)]
    public void WhileOnePhaseCanTakeTheSurplusNothingIsSwitched(int vehiclePhases, int changesMax, int vehicleMilliamps)
    {
        SurplusBench bench = new(3, vehiclePhases, vehicleMilliamps: vehicleMilliamps);
        for (int hour = 0; hour < 3; hour++)
        {
            bench.Run(2_700, 5_000);
            bench.Run(900, 3_000);
        }

        Console.WriteLine($"vehicle on {vehiclePhases}: {bench.Summary}");
        Assert.IsLessThanOrEqualTo(changesMax, bench.PhaseChanges);
        Assert.IsLessThanOrEqualTo(1 + changesMax, bench.Closings);
        Assert.IsLessThanOrEqualTo(changesMax * 60, bench.IdleSeconds);
        Assert.IsGreaterThan(0.96, bench.FromSunWattHours / bench.SolarWattHours);
    }

    [TestMethod]
    public void AVehicleThatShowedOnePhaseOnThreeIsNeverGivenThreeAgain()
    {
        SurplusBench bench = new(3, 1, vehicleMilliamps: 16_000);
        for (int hour = 0; hour < 2; hour++)
        {
            bench.Run(1_800, 9_000);
            bench.Run(1_800, 2_000);
        }

        Console.WriteLine(bench.Summary);
        Assert.AreEqual(0, bench.PhaseChanges);
        Assert.AreEqual(1, bench.Closings);
    }

    [TestMethod]
    public void AVehicleThatLeavesSurplusOnOnePhaseIsGivenThree()
    {
        SurplusBench bench = new(3, 3, vehicleMilliamps: 16_000);
        bench.Run(600, 2_500);
        Assert.AreEqual(1, bench.Charger.Bench.PhaseCount);
        bench.Run(1_200, 6_500);
        Assert.AreEqual(3, bench.Charger.Bench.PhaseCount, "it takes 16 A of the 28 A that one phase offers");
        Assert.IsGreaterThan(-200, bench.Grid.Watts);
    }

    [TestMethod]
    public void ABoardThatRefusedOnceIsNotAskedAgainAndNotPaused()
    {
        SurplusBench bench = new(3, 3);
        bench.Charger.Bench.IsPhaseFixed = true;
        bench.Do("""{"mode":"minimum"}""");
        for (int i = 0; i < 6; i++)
        {
            bench.Run(900, 9_000);
            bench.Run(900, 1_800);
        }

        Console.WriteLine($"asked {bench.Charger.Bench.PhaseRequests} times, {bench.Summary}");
        Assert.AreEqual(1, bench.Charger.Bench.PhaseRequests);
        Assert.IsLessThanOrEqualTo(2, bench.Closings);
        Assert.IsLessThanOrEqualTo(60, bench.IdleSeconds);
    }

    [TestMethod]
    public void AChangeThatTheContactorRuleWouldMakeWaitIsPutOff()
    {
        SurplusBench bench = new(3, 3);
        for (int hour = 0; hour < 3; hour++)
        {
            bench.Run(1_500, 9_500);
            bench.Run(600, 2_000);
        }

        Console.WriteLine(bench.Summary);
        Assert.IsLessThanOrEqualTo(3 + 4 * 2, bench.Closings);
        Assert.IsLessThan(900, bench.IdleSeconds, "a change is never a quarter of an hour without charging");
        Assert.IsGreaterThan(0.8, bench.FromSunWattHours / bench.SolarWattHours);
    }
}
