using MeterFirmware.Boards.Bench;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Simulation;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Bench;

[TestClass]
public class FleetMeterTests
{
    /// <summary>A fleet's steps are as long as the network lets them be; the home's energy must be the same each
    /// time.</summary>
    [TestMethod]
    public void AHomeUsesTheSameEnergyHoweverLongItsStepsAre()
    {
        long inSeconds = HalfADay(1000);
        Assert.IsTrue(inSeconds > 1_000_000, "more than a kilowatt-hour");
        foreach (int step in new[] { 777, 990, 7_001 })
        {
            // One count of the chip is 42 mWh; what it has not counted yet is not in the registers.
            Assert.AreEqual(inSeconds, HalfADay(step), 100, $"steps of {step} ms");
        }
    }

    private static long HalfADay(int stepMs)
    {
        TariffFile tariff = TariffFile.Load("china-workplace-five-rates");
        FleetMeter meter =
            new(new TelemetrySettings { Device = "meter-001" }, tariff.Table, 1_784_044_795, 7, new DisconnectedLink(),
            new MemoryRecordLog(512, IntervalRecord.BytesMax))
            { LoadStartsAtMs = 30_000, LoadEndsAtMs = 12 * 3_600_000 };
        while (meter.NowMs < meter.LoadEndsAtMs + 10_000)
        {
            meter.Step(stepMs);
        }

        EnergyRegisters registers = meter.Meter.Product.Meter.Registers;
        return registers.TotalWattHours(EnergyKind.Import) * 1000
            + registers.TotalRemainder(EnergyKind.Import) / 3_600_000;
    }
}
