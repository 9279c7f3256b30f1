using MeterFirmware.Commands;
using MeterFirmware.Metering;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>Power quality inside the product: GB/T 30137 and IEC 61000-4-30 events and aggregates become records.</summary>
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
