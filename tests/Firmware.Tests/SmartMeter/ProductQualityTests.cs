using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.Metering;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>Power quality inside the product: GB/T 30137 and IEC 61000-4-30 events and aggregates become
/// records.</summary>
[TestClass]
public class ProductQualityTests
{
    [TestMethod]
    public void ADipBelowNinetyPercentIsRecordedWithDepthAndDuration()
    {
        ProductBench bench = new ProductBench();
        bench.Run(60);
        bench.Twin.SetLoad(150_000, 5000, 700_000, 0, 50_000);
        bench.Run(3);
        bench.Twin.SetLoad(230_000, 5000, 1_000_000, 0, 50_000);
        bench.Run(10);
        Assert.AreEqual(1, bench.Events(EventCode.VoltageDip));
        Assert.AreEqual(3000L, bench.Event.Values[0]);
        Assert.IsTrue(bench.Event.Values[1] > 149_000 && bench.Event.Values[1] < 151_000);
        Assert.AreEqual(220_000L, bench.Event.Values[2]);
        Assert.AreEqual(1L, bench.Meter.Recorder.Events.Count(EventCode.VoltageDip, 0));
    }

    /// <summary>The supply's last milliseconds keep the dip that leads to its loss; if the supply comes back, the end
    /// follows.</summary>
    [TestMethod]
    public void ADipThatGoesOnWhenTheSupplyFailsIsRecorded()
    {
        ProductBench bench = new ProductBench();
        bench.Run(60);
        bench.Twin.SetLoad(150_000, 5000, 700_000, 0, 50_000);
        bench.Run(4);
        Assert.AreEqual(0, bench.Events(EventCode.VoltageDip));
        bench.Meter.Core.PowerFails(bench.NowMs);
        bench.Meter.Core.PowerFails(bench.NowMs);
        Assert.AreEqual(1, bench.Events(EventCode.VoltageDip), "a flickering warning records it once");
        long begin = bench.Event.StartUtcSeconds;
        Assert.AreEqual((long)EventCode.VoltageGoesOn, bench.Event.Values[5]);
        Assert.AreEqual(3000L, bench.Event.Values[0], "until now");
        Assert.AreEqual(0L, bench.Event.Values[6]);
        bench.Twin.SetLoad(230_000, 5000, 1_000_000, 0, 50_000);
        bench.Run(5);
        Assert.AreEqual(2, bench.Events(EventCode.VoltageDip));
        Assert.AreEqual(begin, bench.Event.StartUtcSeconds);
        Assert.AreEqual(0L, bench.Event.Values[5]);
        Assert.AreEqual(4000L, bench.Event.Values[0]);

        // One event in the memory, with its end.
        Assert.AreEqual(1L, bench.Meter.Recorder.Events.Count(EventCode.VoltageDip, 0));
        Assert.IsTrue(bench.Meter.Recorder.Events.TryRead(EventCode.VoltageDip, 0, 1, bench.Event));
        Assert.AreEqual(4000L, bench.Event.Values[0]);
    }

    [TestMethod]
    public void EveryTwoHoursEndInARecordAndTheLastTenMinutesInAnAnswer()
    {
        ProductBench bench = new ProductBench();
        bench.Run(3 * 3600);
        Assert.AreEqual(1, bench.Events(EventCode.QualityTwoHours));
        Assert.IsTrue(bench.Event.Values[0] > 229_000 && bench.Event.Values[0] < 231_000);
        Assert.IsTrue(bench.Event.Values[7] > 7100 && bench.Event.Values[7] <= 7200, bench.Event.Values[7].ToString());
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Read, "{\"what\":\"quality\"}"));
        Assert.Contains("\"voltageTenMinutes\":[", bench.Result());
        Assert.Contains("\"voltageQualified\":[100.00]", bench.Result());
    }
}
