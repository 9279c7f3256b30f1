using MeterFirmware.Basics;
using MeterFirmware.Charging;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class VehicleToGridTests
{
    private const int Hour = 3600;
    private const long MicrojoulesPerKwh = 3_600_000_000_000;

    [TestMethod]
    public void NeverDischargesWithoutBothPermissions()
    {
        VehicleToGrid vehicle = Vehicle();
        Assert.AreEqual(7_000, Sell(vehicle, 50_000, 40_000, 1_500_000));
        vehicle.GridPermits = false;
        Assert.AreEqual(0, Sell(vehicle, 50_000, 40_000, 1_500_000));
        vehicle.GridPermits = true;
        vehicle.VehiclePermits = false;
        Assert.AreEqual(0, Sell(vehicle, 50_000, 40_000, 1_500_000));
        Assert.AreEqual(0, vehicle.PeakShavingWatts(20_000, 10_000, 50_000, 40_000, 8 * Hour, Hour));
    }

    [TestMethod]
    public void DischargesOnlyWhenThePricePaysForLossesAndWear()
    {
        VehicleToGrid vehicle = Vehicle();

        // 0.35 / 0.93² + 0.30 / 0.93 = 0.7272 a kWh.
        long breakEven = vehicle.BreakEvenMicros(350_000);
        Assert.IsTrue(breakEven > 727_200 && breakEven < 727_300, "break-even " + breakEven);
        Assert.AreEqual(0, Sell(vehicle, 50_000, 40_000, (int)breakEven));
        Assert.AreEqual(7_000, Sell(vehicle, 50_000, 40_000, (int)breakEven + 1));
    }

    [TestMethod]
    public void FloorAndTheDriversNeedAreKept()
    {
        VehicleToGrid vehicle = Vehicle();
        Assert.AreEqual(0, Sell(vehicle, 18_000, 18_000, 1_500_000));
        Assert.AreEqual(930, Sell(vehicle, 19_000, 18_000, 1_500_000));

        // Four hours at 7 kW bring 26.04 kWh; 55 kWh are needed, so 28.96 kWh must stay.
        Assert.AreEqual((29_960 - 28_960) * 930 / 1000, Sell(vehicle, 29_960, 55_000, 1_500_000));
        Assert.AreEqual(0, vehicle.DischargeWatts(60_000, 0, 0, Hour, 1_500_000, 350_000, 4 * Hour));
    }

    [TestMethod]
    public void PeakShavingNeverFeedsIn()
    {
        VehicleToGrid vehicle = Vehicle();
        vehicle.GridPermits = false;
        Assert.AreEqual(3_000, vehicle.PeakShavingWatts(13_000, 10_000, 50_000, 40_000, 8 * Hour, 900));
        Assert.AreEqual(0, vehicle.PeakShavingWatts(10_000, 10_000, 50_000, 40_000, 8 * Hour, 900));
        Assert.AreEqual(0, vehicle.PeakShavingWatts(-4_000, -9_000, 50_000, 40_000, 8 * Hour, 900));
    }

    [TestMethod]
    public void BothDirectionsAreSettledByTheirPrice()
    {
        TwoWayLedger ledger = new TwoWayLedger(2);
        for (int i = 0; i < 1000; i++)
        {
            Assert.IsTrue(ledger.TryAdd(MicrojoulesPerKwh / 300, 350_000, 300_000));
        }

        Assert.IsTrue(ledger.TryAdd(-2 * MicrojoulesPerKwh, 1_200_000, 1_000_000));
        Assert.IsFalse(ledger.TryAdd(1, 5, 5));
        Assert.IsTrue(ledger.ImportWattHoursOf(0) == 3_333);
        Assert.IsTrue(ledger.ImportCostMicros() == 1_166_550);
        Assert.IsTrue(ledger.ExportEarningMicros() == 2_000_000);
    }

    [TestMethod]
    public void SurplusStartsWhenItLastsAndStopsWhenItsLackLasts()
    {
        SurplusController surplus = new SurplusController(230, 1, 32_000);
        long now = 0;
        int started = -1;
        for (int second = 0; second < 120 && started < 0; second++)
        {
            surplus.Tick(now, -3_000, 0, 0);
            started = surplus.Milliamps > 0 ? second : -1;
            now += 1000;
        }

        Assert.IsTrue(started >= 60 && started < 75, "started after " + started + " s");
        Assert.IsTrue(surplus.Milliamps > 12_000 && surplus.Milliamps <= 13_044);
        int stopped = -1;
        for (int second = 1; second <= 600 && stopped < 0; second++)
        {
            surplus.Tick(now, 1_380, 1_380, 0);
            stopped = surplus.Milliamps == 0 ? second : -1;
            now += 1000;
        }

        Assert.AreEqual(300, stopped);
    }

    [TestMethod]
    public void BatteryIsSurplusOnlyWhenTheVehicleGoesFirst()
    {
        Assert.AreEqual(0, AfterTwoMinutes(false, 0, 4_000));
        Assert.IsTrue(AfterTwoMinutes(true, 0, 4_000) > 15_000);
        Assert.AreEqual(0, AfterTwoMinutes(true, -2_000, -2_000));
    }

    [TestMethod]
    public void DriverIsToldWhatThePlanIsAndWhy()
    {
        Connectors connectors = new Connectors(1);
        PriceHorizon prices = new PriceHorizon(288);
        for (int slot = 0; slot < 288; slot++)
        {
            prices.Set(slot, slot < 24 ? 1_200_000 : 350_000);
        }

        PlanReport report = new PlanReport(connectors, prices, 300);
        Assert.AreEqual("no vehicle", Text(report));
        connectors.PlugIn(0, 32_000, 10 * 32_000, 104);
        Assert.AreEqual("waiting for 00:00, price 0.3500; ready 06:40 at the latest", Text(report));
        connectors.OfferMilliamps[0] = 16_000;
        Assert.AreEqual("charging, 16.0 A; ready 22:50", Text(report));
        connectors.ForcedNow[0] = true;
        Assert.AreEqual("boost, 16.0 A; ready 22:50", Text(report));
    }

    private static string Text(PlanReport report)
    {
        // Slot 0 is 22:00 at UTC+8.
        ByteTextWriter writer = new ByteTextWriter(80);
        report.Write(writer, 0, 0, 14 * Hour, 8 * Hour);
        string text = "";
        for (int i = 0; i < writer.Length; i++)
        {
            text += (char)writer.Bytes[i];
        }

        return text;
    }

    private static int AfterTwoMinutes(bool vehicleFirst, int gridWatts, int batteryWatts)
    {
        SurplusController surplus = new SurplusController(230, 1, 32_000);
        surplus.VehicleBeforeBattery = vehicleFirst;
        for (int second = 0; second < 120; second++)
        {
            surplus.Tick(second * 1000L, gridWatts, 0, batteryWatts);
        }

        return surplus.Milliamps;
    }

    private static int Sell(VehicleToGrid vehicle, int stored, int needed, int exportPrice) =>
        vehicle.DischargeWatts(stored, needed, 8 * Hour, Hour, exportPrice, 350_000, 4 * Hour);

    private static VehicleToGrid Vehicle()
    {
        VehicleToGrid vehicle = new VehicleToGrid(60_000);
        vehicle.VehiclePermits = true;
        vehicle.GridPermits = true;
        return vehicle;
    }
}
