using MeterFirmware.Arbiter;
using MeterFirmware.Grid;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Grid;

/// <summary>The room on both targets; all shipped profiles are swept on the host (Tools.Tests/Grid).</summary>
[TestClass]
public class GridUnitTests
{
    [TestMethod]
    public void ALoadedProfileHasItsNumbersAndARefusedOneItsReason()
    {
        GridProfile profile = new MadeProfile().Load(out string error);
        Assert.IsNull(error);
        Assert.AreEqual("made", profile.Name);
        Assert.AreEqual(3, profile.RuleCount);
        Assert.AreEqual(200, profile.WindowMsMax(false));
        Assert.AreEqual(1_000, profile.WindowMsMax(true));
        Assert.IsNull(new MadeProfile().Set(GridField.ReturnWaitMs, -1).Load(out error));
        Assert.AreEqual("grid profile: number 12 out of range: -1", error);
        Assert.IsNull(new MadeProfile().Set(GridField.MissingCeaseMs, 400).Load(out error));
        Assert.AreEqual("grid profile: it trips before it ceases", error);
        byte[] bytes = new MadeProfile().Bytes();
        bytes[40] ^= 1;
        Assert.IsFalse(GridProfile.TryLoad(bytes, bytes.Length, out profile, out error));
        Assert.AreEqual("grid profile: wrong CRC", error);
        Assert.IsNull(profile);
    }

    [TestMethod]
    public void AUnitStaysTripsWaitsAndRuns()
    {
        GridUnit unit = new GridUnit(new MadeProfile().Load(out string error), 5_000, 0, 230_000, 50_000, 1);
        Assert.IsNull(error);
        Measurement reading = new Measurement();
        reading.FrequencyMillihertz = 50_000;
        unit.Wanted.Set(SetPointSource.Driver, -3_000, long.MaxValue);
        Assert.AreEqual(-3_000, WattsAt(unit, reading, 230_000, 0));
        Assert.AreEqual(-3_000, WattsAt(unit, reading, 180_000, 10));
        Assert.AreEqual(-3_000, WattsAt(unit, reading, 180_000, 500));
        Assert.AreEqual(0, WattsAt(unit, reading, 180_000, 510));
        Assert.AreEqual(TripKind.UnderVoltage, unit.Ride.Cause);
        Assert.AreEqual(0, WattsAt(unit, reading, 230_000, 600));
        Assert.AreEqual(0, WattsAt(unit, reading, 230_000, 2_590));
        Assert.AreEqual(-3_000, WattsAt(unit, reading, 230_000, 2_600));
    }

    [TestMethod]
    public void ADroopOfFivePercentMovesThePowerByTwoFifthsAHertz()
    {
        GridProfile profile = new MadeProfile().Set(GridField.OverStartMillihertz, 200)
            .Set(GridField.OverDroopPpm, 50_000).Load(out string error);
        Assert.IsNull(error);
        GridUnit unit = new GridUnit(profile, 10_000, 0, 230_000, 50_000, 1);
        Measurement reading = new Measurement();
        unit.Wanted.Set(SetPointSource.Driver, -5_000, long.MaxValue);
        reading.FrequencyMillihertz = 50_700;
        Assert.AreEqual(-3_000, WattsAt(unit, reading, 230_000, 0));
    }

    [TestMethod]
    public void ALagIsDoneToNineTenthsAfterItsResponse()
    {
        FirstOrderLag lag = new FirstOrderLag(5_000);
        for (int i = 0; i < 500; i++)
        {
            lag.Follow(1_000_000, 10);
        }

        Assert.IsTrue(lag.Value >= 899_900 && lag.Value <= 900_100, lag.Value.ToString());
        for (int i = 0; i < 10_000; i++)
        {
            lag.Follow(0, 10);
        }

        Assert.AreEqual(0L, lag.Value);
    }

    [TestMethod]
    public void ATransformerAtItsRatingHasTheStandardsHotSpot()
    {
        TransformerThermal thermal = new TransformerThermal(new TransformerSettings());
        thermal.Settle(1, 20);
        thermal.Run(60, 1, 20);
        Assert.IsTrue(thermal.HotSpotCelsius > 97.9 && thermal.HotSpotCelsius < 98.1);
        Assert.IsTrue(thermal.LossOfLifeHours > 0.99 && thermal.LossOfLifeHours < 1.01);
    }

    [TestMethod]
    public void OpenCapacityIsTheStandardsExample()
    {
        long watts = OpenCapacity.GenerationWatts(60_000, 0, 400_000, 950_000, 800_000, 0, 800_000);
        Assert.AreEqual(455_000L, watts);
        Assert.AreEqual(OpenCapacity.Green, OpenCapacity.ZoneOf(watts - 300_000, watts - 400_000, false));
        Assert.AreEqual(400_000L * 95 / 100 * 8 / 10 - 250_000,
            OpenCapacity.LoadWatts(400_000, 950_000, 800_000, 250_000));
    }

    private static int WattsAt(GridUnit unit, Measurement reading, int millivolts, long nowMs)
    {
        reading.VoltageMillivolts[0] = millivolts;
        unit.Tick(nowMs, reading, true);
        return unit.Watts;
    }
}
