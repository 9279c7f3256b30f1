using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.Tests.Tariffs;

/// <summary>The recorded household against its utility's own coding of the rate.</summary>
[TestClass]
public class HouseholdTariffTests
{
    [TestMethod]
    public void EveryHourHasTheRateThatTheUtilityGaveIt()
    {
        string[] lines = File.ReadAllLines(SharedData.Require("household/household-2011-11-25-to-2012-01-31.csv"));
        TariffFile tariff = TariffFile.Load("ontario-household");
        TariffCursor cursor = new(tariff.Table);
        CostRegister register = new(3, 1, false);
        Assert.IsTrue(register.TryUse(tariff.Table));
        foreach (string line in lines.Skip(1))
        {
            string[] fields = line.Split(',');
            ZonedDateTime end = LocalDateTimePattern.ExtendedIso.Parse(fields[0]).Value.InZoneStrictly(tariff.Zone);
            long begin = end.ToInstant().ToUnixTimeSeconds() - 3600;
            cursor.Seek(begin);
            Assert.AreEqual(fields[2], tariff.Table.RateName(cursor.Rate), line);
            Assert.IsGreaterThanOrEqualTo(begin + 3600, cursor.ValidUntilUtc, line);
            long wattHours = (long)(decimal.Parse(fields[1], CultureInfo.InvariantCulture) * 1000);
            register.Add(cursor.Rate, wattHours * Scaling.MicrojoulesPerWattHour, begin);
        }

        // ../shared/data/README.md, "Known answers".
        Assert.AreEqual(115_980L, register.WattHours(0, 0));
        Assert.AreEqual(113_350L, register.WattHours(1, 0));
        Assert.AreEqual(509_230L, register.WattHours(2, 0));
        Assert.AreEqual(Round(115.98m * 0.108m), register.RateCost(0));
        Assert.AreEqual(Round(113.35m * 0.092m), register.RateCost(1));
        Assert.AreEqual(Round(509.23m * 0.062m), register.RateCost(2));
    }

    /// <summary>Ontario's statutory holidays of a winter are off-peak all day; the days around them are not.</summary>
    [TestMethod]
    [DataRow("2011-12-26T12:00:00", "off-peak")]
    [DataRow("2011-12-27T12:00:00", "off-peak")]
    [DataRow("2012-01-02T12:00:00", "off-peak")]
    [DataRow("2012-02-17T12:00:00", "mid-peak")]
    [DataRow("2012-02-20T12:00:00", "off-peak")]
    [DataRow("2012-02-21T12:00:00", "mid-peak")]
    [DataRow("2012-04-05T12:00:00", "mid-peak")]
    [DataRow("2012-04-06T12:00:00", "off-peak")]
    public void OntarioHolidaysAreOffPeak(string local, string rate)
    {
        TariffFile tariff = TariffFile.Load("ontario-household");
        TariffCursor cursor = new(tariff.Table);
        ZonedDateTime at = LocalDateTimePattern.ExtendedIso.Parse(local).Value.InZoneStrictly(tariff.Zone);
        cursor.Seek(at.ToInstant().ToUnixTimeSeconds());
        Assert.AreEqual(rate, tariff.Table.RateName(cursor.Rate));
    }

    private static long Round(decimal cost) => (long)decimal.Round(cost * 10_000, 0, MidpointRounding.AwayFromZero);
}
