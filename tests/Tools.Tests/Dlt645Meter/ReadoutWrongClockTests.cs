using System;
using System.Globalization;
using MeterFirmware.Dlt645;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.SmartMeter;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645Meter;

/// <summary>The load profile over DL/T 645, 06 xx, of a meter whose clock was ahead for a while.</summary>
[TestClass]
public class ReadoutWrongClockTests
{
    private const int Day = 86_400;

    /// <summary>On the 20th by a clock that is ahead a start on the 5th would be next year's.</summary>
    [TestMethod]
    public void AProfileStartThatWasSetUnderAClockAheadComesInItsOwnYear()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        long utc = bench.Meter.Clock.UtcSeconds;
        bench.Meter.Firmware.Core.Time.SetUtc(utc + 20 * Day, 0);
        bench.Run(60, 1_000);
        Assert.AreEqual(0, bench.Write(0x04000901, "08"));
        Assert.AreEqual(0, bench.Write(0x04000A01, "00 01 31 01"));
        bench.Meter.Firmware.Core.Time.SetUtc(utc + 60, 0);
        bench.Run(2 * Day, 1_000);
        byte[] oldest = bench.Ask(Dlt645Protocol.Read, ReadoutBench.Identifier(0x06040000));
        Assert.AreEqual("00 01 31 01 26", Dlt645Bytes.Text(oldest, 3, 5));
    }

    [TestMethod]
    [DataRow(3.0, true)]
    [DataRow(24.0, true)]
    [DataRow(36.0, true)]
    [DataRow(3.0, false)]
    [DataRow(24.0, false)]
    [DataRow(24.5, false)]
    [DataRow(30.0, false)]
    public void TheNewestRowIsTheOneWrittenLastAlsoAfterAClockThatWasAYearAhead(double hoursBefore, bool hasRing)
    {
        ReadoutBench bench = hasRing ? new() : new(plan: MeterPlan.Of4Megabytes());
        bench.Run((long)(hoursBefore * 3_600), 1_000);
        long utc = bench.Meter.Clock.UtcSeconds;
        bench.Meter.Firmware.Core.Time.SetUtc(utc + 365 * Day, 0);
        bench.Run(3_600, 1_000);
        bench.Meter.Firmware.Core.Time.SetUtc(utc + 3_600, 0);
        bench.Run(Day, 1_000);
        DateTime now = DateTime.UnixEpoch.AddSeconds(utc + 3_600 + Day + 8 * 3_600);
        now = now.AddTicks(-(now.Ticks % TimeSpan.FromMinutes(15).Ticks));
        Assert.AreEqual(Row(now), RowOf(bench.Ask(Dlt645Protocol.Read, ReadoutBench.Identifier(0x06000002))));
        foreach (int hours in new[] { 2, 12, 23, 24 + (int)hoursBefore })
        {
            DateTime ask = now.AddHours(-hours);
            byte[] time = Convert.FromHexString(Row(ask).Replace(" ", ""));
            byte[] at = bench.Ask(Dlt645Protocol.Read, [.. ReadoutBench.Identifier(0x06000001), 0x03, .. time]);
            Assert.AreEqual(Row(ask), RowOf(at), $"{hours} h before");
        }
    }

    private static string Row(DateTime time) =>
        time.ToString("mm HH dd MM yy", CultureInfo.InvariantCulture);

    private static string RowOf(byte[] row) => row == null ? "refused" : Dlt645Bytes.Text(row, 3, 5);
}
