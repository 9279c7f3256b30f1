using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NodaTime;

namespace MeterFirmware.Tools.Tests.Bills;

/// <summary>
/// Every tariff that ships, and documents made of every member, on random loads: the engine's lines equal those of an
/// independent program on exact fractions (bill.py) to the last digit.
/// </summary>
[TestClass]
public sealed class GalleryBillTests
{
    // Around a month's end, changes of the clocks and festivals.
    private static readonly LocalDate[] _days =
    [
        new(2026, 1, 30), new(2026, 3, 7), new(2026, 3, 28), new(2026, 4, 29), new(2026, 6, 29), new(2026, 9, 29),
            new(2026, 10, 24), new(2026, 10, 30), new(2026, 12, 30),
    ];

    [TestMethod]
    public void TheShippedTariffsGiveTheIndependentBill() => Compare(
        TariffExamples.Names.Select((name, i) => Bench(name, null, i)));

    [TestMethod]
    [DataRow("zhejiang-2024", "the ratios are examples")]
    [DataRow("henan-industry", "the ratios are examples")]
    [DataRow("gansu-industry", "the ratios are examples")]
    [DataRow("jiangsu-industry", "the capacity price are examples")]
    [DataRow("shanghai-industry", "the demand price are examples")]
    [DataRow("beijing-industry", "the demand price are examples")]
    public void WhatIsAnExampleSaysSoOnEveryBill(string name, string expected) =>
        StringAssert.Contains(TariffFile.Load(name).Model.Terms.Document.Uncertain, expected);

    [TestMethod]
    public void TenLoadsInThreeZonesGiveTheIndependentBillUnderEveryTariff()
    {
        LongRun.AskedOrSkip();
        Compare(TariffExamples.Names.SelectMany(name => new[] { null, "America/Toronto", "Asia/Kathmandu" }
            .SelectMany(zone => Enumerable.Range(0, 10).Select(seed => Bench(name, zone, 100 + seed, 4)))));
    }

    [TestMethod]
    public void EveryMemberOfADocumentGivesTheIndependentBill()
    {
        BillBench[] benches = [.. Enumerable.Range(0, 12).Select(seed =>
            BillBench.Random(RandomDocument.Make(new Random(seed), true), null, _days[seed % _days.Length], 3,
            new Random(seed)))];
        string documents = string.Concat(benches.Select(bench => bench.Job["tariff"].ToJsonString()));
        foreach (string member in new[] { "tiers", "discharge", "priceList", "announced", "coincident", "highest",
            "net", "buy-all", "reservationFee", "occupancyFee", "capacityCharge" })
        {
            StringAssert.Contains(documents, $"\"{member}\"");
        }

        Compare(benches);
    }

    [TestMethod]
    public void ThreeHundredRandomDocumentsGiveTheIndependentBill()
    {
        LongRun.AskedOrSkip();
        Compare(Enumerable.Range(1000, 300).Select(seed =>
            BillBench.Random(RandomDocument.Make(new Random(seed), true), null, _days[seed % _days.Length], 3,
                new Random(seed))));
    }

    private static BillBench Bench(string name, string zone, int seed, int days = 3) => BillBench.Random(
        Encoding.UTF8.GetString(TariffExamples.Find(name)), zone, _days[seed % _days.Length], days, new Random(seed));

    private static void Compare(IEnumerable<BillBench> jobs)
    {
        BillBench[] benches = [.. jobs];
        string[][] independent = BillBench.Independent(benches);
        for (int i = 0; i < benches.Length; i++)
        {
            CollectionAssert.AreEqual(independent[i], benches[i].Lines(),
                $"job {i}, {benches[i].Request.Documents[0].Model.Name}: {benches[i].Job["tariff"]}");
        }
    }
}
