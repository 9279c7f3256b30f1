using System;
using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NodaTime;

namespace MeterFirmware.Tools.Tests.Tariffs;

/// <summary>Day-ahead lists of every day's own length, against NodaTime.</summary>
[TestClass]
public class DayAheadZoneTests
{
    [TestMethod]
    [DataRow("America/Los_Angeles")]
    [DataRow("Australia/Lord_Howe")]
    [DataRow("America/Havana")]
    [DataRow("America/Sao_Paulo")]
    [DataRow("Asia/Beirut")]
    [DataRow("Antarctica/Troll")]
    [DataRow("Atlantic/Azores")]
    public void AQuarterHourOfElapsedTimeHasItsPriceInEveryZone(string zone)
    {
        TariffFile tariff = TariffSource.Parse(TariffSource.Good.Replace("Asia/Shanghai", zone));
        DayAheadPrices prices = new(1, false);
        TariffSets sets = new(tariff.Table, 2, 2, prices);
        long[] list = new long[104];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = i;
        }

        Random random = new(5);
        int unusual = 0;
        for (LocalDate date = new(2012, 1, 1); date < new LocalDate(2017, 1, 1); date = date.PlusDays(1))
        {
            long first = tariff.Zone.AtStartOfDay(date).ToInstant().ToUnixTimeSeconds();
            long end = tariff.Zone.AtStartOfDay(date.PlusDays(1)).ToInstant().ToUnixTimeSeconds();
            int quarters = (int)((end - first) / 900);
            unusual += quarters == 96 ? 0 : 1;
            long day = CivilTime.DaysFromDate(date.Year, date.Month, date.Day);
            Assert.IsTrue(prices.TrySet(tariff.Table, day, list, null, quarters, out string error), $"{date}: {error}");
            foreach (long utc in new[] { first, first + random.NextInt64(end - first), end - 1 })
            {
                sets.Seek(utc);
                Assert.IsTrue(sets.HasDayAheadImport, $"{date}");
                Assert.AreEqual((utc - first) / 900, sets.ImportPrice(0), $"{date} {utc - first}");
            }

            sets.Seek(first - 1);
            Assert.IsFalse(sets.HasDayAheadImport);
            sets.Seek(end);
            Assert.IsFalse(sets.HasDayAheadImport);
        }

        Assert.IsGreaterThan(5, unusual);
    }
}
