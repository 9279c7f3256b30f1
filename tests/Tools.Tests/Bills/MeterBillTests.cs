using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NodaTime;

namespace MeterFirmware.Tools.Tests.Bills;

/// <summary>Where a meter can compute a line, its own settlement and the bill engine say the same to the last
/// digit.</summary>
[TestClass]
public sealed class MeterBillTests
{
    [TestMethod]
    public void TheFirmwaresSettlementsAreTheEnginesSections()
    {
        Random random = new(7);
        foreach (string name in TariffExamples.Names)
        {
            // Its validity is tested apart.
            string text = Encoding.UTF8.GetString(TariffExamples.Find(name))
                .Replace("\"from\": \"2026-07-01\", \"uncertain\"", "\"uncertain\"")
                .Replace("\"until\": \"2026-07-01\", ", "");
            TariffFile tariff = TariffFile.TryParse(Encoding.UTF8.GetBytes(text), name, []);
            if (!tariff.Model.IsForDevices)
            {
                continue;
            }

            Assert.IsLessThanOrEqualTo(2048, tariff.Bytes.Length, name);

            long start = new LocalDate(2026, 9, 20).AtStartOfDayInZone(tariff.Zone).ToInstant().ToUnixTimeSeconds();
            long[] import = [.. Enumerable.Range(0, 96 * 60).Select(_ => random.NextInt64(9_000_000_000_000))];
            long[] export = [.. Enumerable.Range(0, 96 * 60).Select(_ => random.NextInt64(4_000_000_000_000))];
            bool exports = tariff.Model.ExportPrices is not null && tariff.Model.Terms.Discharge is null;
            LoadFile load = new(start, 900, import)
            {
                ExportMicrojoules = exports ? export
                : null,
                Lines = [.. Enumerable.Range(2, import.Length)]
            };
            BillDocument bill =
                BillEngine.Make(new BillRequest
                {
                    Load = load,
                    Documents = [tariff],
                    Kva = 630_000_000,
                    AgreedKilowatts = 500_000_000,
                    PowerFactorHundredths = 93,
                    UsedWattHours = 2_100_500
                });
            CollectionAssert.AreEqual(Settlements(tariff, load), bill.Sections.SelectMany(section => section.Lines
                .Where(line => line.Kind is BillLineKind.Energy or BillLineKind.Export)
                    .Select(line => $"{line.Kind} {line.Name} {Math.Abs(line.Cost)}")).ToList(), name);
        }
    }

    /// <summary>Minutes, days of the week, spans, prices below zero, tiers over a day, a season, a month, a year from
    /// another month, thresholds by season: what a device's table holds it settles as the engine does.</summary>
    [TestMethod]
    public void RandomTariffsSettleOnTheMeterAsTheEngineSays()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            Random random = new(seed);
            JsonNode document = JsonNode.Parse(RandomDocument.Make(random));
            document.AsObject().Remove("device");
            JsonArray basePrices = document["basePrices"] as JsonArray;
            while (basePrices?.Count > 1)
            {
                basePrices.RemoveAt(1);
            }

            List<TariffProblem> problems = [];
            TariffFile tariff =
                TariffFile.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), "random", problems);
            Assert.IsNotNull(tariff, $"{seed}: {string.Join("; ", problems)}");
            Assert.AreEqual(2, tariff.Bytes[4], "version");
            Assert.IsLessThanOrEqualTo(2048, tariff.Bytes.Length);

            // A month's end, and a day on which the clock of some zones is changed.
            long start = new LocalDate(2026, 10, 20).AtStartOfDayInZone(tariff.Zone).ToInstant().ToUnixTimeSeconds();
            long[] import = [.. Enumerable.Range(0, 14 * 1440).Select(_ => random.NextInt64(900_000_000_000))];
            LoadFile load = new(start, 60, import) { Lines = [.. Enumerable.Range(2, import.Length)] };
            BillDocument bill = BillEngine.Make(new BillRequest
            {
                Load = load,
                Documents = [tariff],
                Kva = 630_000_000,
                AgreedKilowatts = 500_000_000,
                PowerFactorHundredths = 93,
                UsedWattHours = 2_100_500,
            });
            CollectionAssert.AreEqual(Settlements(tariff, load), bill.Sections.SelectMany(section => section.Lines
                .Where(line => line.Kind is BillLineKind.Energy)
                .Select(line => $"{line.Kind} {line.Name} {line.Cost}")).ToList(), $"{seed}: {document}");
        }
    }

    [TestMethod]
    public void ALineIsTheSumOfItsTraces()
    {
        LoadFile load = new(Instant.FromUtc(2026, 3, 1, 0, 7).ToUnixTimeSeconds(), 3600,
            [.. Enumerable.Range(1, 24 * 40).Select(i => i * 1_000_000_007L)])
        {
            Lines = [.. Enumerable.Range(2, 24 * 40)],
        };
        List<BillTrace> traces = [];
        BillDocument bill =
            BillEngine.Make(new BillRequest
            {
                Load = load,
                Documents = [TariffFile.Load("shanghai-household")],
                UsedWattHours = 3_119_000
            }, traces.Add);
        Assert.HasCount(2, bill.Sections);
        foreach (BillSection section in bill.Sections)
        {
            foreach (BillPart part in section.Lines.SelectMany(line => line.Parts))
            {
                Int128 sum = traces.Where(one => one.Section == section.From && one.Tier + 1 == part.Tier
                    && one.PriceMillionths == part.PriceMillionths)
                    .Aggregate((Int128)0, (total, one) => total + one.MicrojouleSeconds);
                Assert.AreEqual(part.MicrojouleSeconds, sum);
            }
        }

        Int128 all = load.Microjoules.Aggregate((Int128)0, (total, one) => total + one) * 3600;
        Assert.AreEqual(all, bill.Lines.SelectMany(line => line.Parts)
            .Aggregate((Int128)0, (total, part) => total + part.MicrojouleSeconds));
    }

    /// <summary>The firmware's cursor and registers, settled at each month's end.</summary>
    private static List<string> Settlements(TariffFile tariff, LoadFile load)
    {
        TariffTable table = tariff.Table;
        TariffCursor cursor = new(table);
        CostRegister import = new(63, 8, isExport: false);
        CostRegister export = new(63, 1, isExport: true);
        import.TryUse(table);
        export.TryUse(table);
        import.SetPeriodConsumption(2_100_500, load.StartUtcSeconds);
        List<string> lines = [];
        int month = 0;
        for (int i = 0; i <= load.Microjoules.Count; i++)
        {
            long utc = load.StartUtcSeconds + i * (long)load.StepSeconds;
            cursor.Seek(utc);
            if (month != 0 && (i == load.Microjoules.Count || cursor.LocalMonth != month))
            {
                lines.AddRange(Enumerable.Range(0, table.RateCount)
                    .Select(rate => $"Energy {table.RateName(rate)} {import.RateCost(rate)}"));
                lines.AddRange(Enumerable.Range(0, load.ExportMicrojoules is null ? 0 : table.RateCount)
                    .Select(rate => $"Export {table.RateName(rate)} {export.RateCost(rate)}"));
                import.Clear();
                export.Clear();
            }

            month = cursor.LocalMonth;
            if (i < load.Microjoules.Count)
            {
                import.Add(cursor.Rate, load.Microjoules[i], utc);
                export.Add(cursor.Rate, load.ExportMicrojoules?[i] ?? 0, utc);
            }
        }

        return lines;
    }
}
