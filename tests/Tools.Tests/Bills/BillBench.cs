using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Lists;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.Tests.Bills;

/// <summary>One random load under one document, for the engine and for the independent program.</summary>
internal sealed class BillBench
{
    private BillBench(JsonObject job, BillRequest request)
    {
        Job = job;
        Request = request;
    }

    public JsonObject Job { get; }

    public BillRequest Request { get; }

    /// <summary>A load of some days around a date, of any step, with export and reactive energy where the document asks
    /// for them.</summary>
    /// <param name="text">The document.</param>
    /// <param name="zone">Instead of the document's own; null: its own.</param>
    public static BillBench Random(string text, string zone, LocalDate day, int days, Random random)
    {
        JsonObject document = JsonNode.Parse(text).AsObject();
        document.Remove("document");
        if (document["basePrices"]?[0]["from"] is JsonNode first
            && LocalDatePattern.Iso.Parse((string)first).Value is LocalDate begin && begin > day)
        {
            day = begin;
        }

        document["timezone"] = zone ?? (string)document["timezone"];
        List<TariffProblem> problems = [];
        TariffFile tariff = TariffFile.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), "x.json", problems);
        Assert.IsNotNull(tariff, problems.FirstOrDefault()?.Describe("x.json"));
        int step = new[] { 300, 600, 900, 1200, 1800, 3600 }[random.Next(6)];
        long start = day.AtStartOfDayInZone(tariff.Zone).ToInstant().ToUnixTimeSeconds() / 3600 * 3600;
        int count = days * 86_400 / step;
        long[] Energies(int most) =>
            [.. Enumerable.Range(0, count).Select(_ => random.Next(8) == 0 ? 0
            : random.NextInt64(most * 1_000_000_000L))];
        bool exports = document.ContainsKey("exportPrices") || document.ContainsKey("discharge")
            || document["priceList"]?["exportFactor"] is not null;
        LoadFile load = new(start, step, Energies(step))
        {
            ExportMicrojoules = exports ? Energies(step / 2) : null,
            ReactiveMicrojoules = random.Next(2) == 0 ? Energies(step / 2) : null,
            Lines = [.. Enumerable.Range(2, count)],
        };
        if ((string)document["export"]?["rule"] == "buy-all")
        {
            load = load with
            {
                GenerationMicrojoules =
                    [.. load.ExportMicrojoules.Select(one => one + random.NextInt64(step * 100_000_000L))],
            };
        }

        LocalDate from = day.PlusDays(random.Next(2));
        LocalDate until = Instant.FromUnixTimeSeconds(load.EndUtcSeconds).InZone(tariff.Zone).Date;
        BillRequest request = new()
        {
            Load = load,
            Documents = [tariff],
            From = from,
            Until = until,
            Kva = 630_500_000,
            AgreedKilowatts = random.Next(1, 150) * 10_000L,
            PowerFactorHundredths = random.Next(50, 101),
            UsedWattHours = random.Next(4_000_000),
            IsCharging = random.Next(2) == 0,
            OccupiedMinutes = random.Next(90),
            ReservedMinutes = random.Next(90),
            Announced = Announced(tariff, day, random),
            Prices = Prices(document, start, count * step, random),
            Peaks = [.. Enumerable.Range(0, 6).Select(_ => start + random.Next(days * 288) * 300L).Distinct().Order()],
        };
        request = request with
        {
            From = from.AtStartOfDayInZone(tariff.Zone).ToInstant().ToUnixTimeSeconds() < start
            ? from.PlusDays(1) : from
        };
        return new BillBench(JobOf(document, request), request);
    }

    /// <summary>Some days around a date: in time, late or after their end.</summary>
    private static AnnouncedDay[] Announced(TariffFile tariff, LocalDate day, Random random) =>
        [.. Enumerable.Range(-1, 5).Where(_ => tariff.Model.Terms.Announced.Count > 0 && random.Next(3) > 0)
            .Select(i => new AnnouncedDay(day.PlusDays(i),
                tariff.Model.Terms.Announced[random.Next(tariff.Model.Terms.Announced.Count)].Name,
                random.Next(2) == 0 ? long.MinValue : day.PlusDays(i).AtStartOfDayInZone(tariff.Zone).ToInstant()
                    .ToUnixTimeSeconds() + random.Next(-100, 2000) * 60L))];

    /// <summary>A list that begins inside the load, has holes and prices below zero.</summary>
    private static PriceList Prices(JsonObject document, long start, int seconds, Random random)
    {
        if (document["priceList"] is not JsonObject rule)
        {
            return null;
        }

        int step = (int)rule["minutes"] * 60;
        List<PriceRow> rows = [];
        for (int i = random.Next(3); i < seconds / step; i++)
        {
            if (i % 7 != 3)
            {
                rows.Add(new PriceRow("", start + (long)i * step, random.NextInt64(-10_000_000, 60_000_000),
                    random.Next(2) == 0 ? null : random.NextInt64(60_000_000)));
            }
        }

        return PriceList.Of("prices.csv", rows);
    }

    /// <summary>Lines of the engine: first day, kind, name, cost.</summary>
    public string[] Lines() => [.. BillEngine.Make(Request).Sections.SelectMany(section => section.Lines.Select(line =>
        $"{section.From:uuuu-MM-dd} {BillKinds.Name(line.Kind)} {line.Name} {line.Cost}"))];

    /// <summary>Lines of the independent program for many jobs; skipped without python3.</summary>
    public static string[][] Independent(IEnumerable<BillBench> benches)
    {
        JsonArray jobs = [.. benches.Select(bench => bench.Job.DeepClone())];
        string root = Folder();
        Process process;
        try
        {
            string[] files = ["tests/Tools.Tests/Bills/bill.py", "tools/Billing/Data/calendars.json"];
            process = Process.Start(new ProcessStartInfo("python3", files.Select(file => Path.Combine(root, file)))
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Inconclusive("skipped: python3 not found");
            return [];
        }

        using (process)
        {
            System.Threading.Tasks.Task<string> answer = process.StandardOutput.ReadToEndAsync();
            System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(jobs.ToJsonString());
            process.StandardInput.Close();
            process.WaitForExit();
            Assert.AreEqual(0, process.ExitCode, errors.Result);
            return [.. JsonNode.Parse(answer.Result).AsArray().Select(job => job.AsArray()
                .Select(line => $"{line[0]} {line[1]} {line[2]} {line[3]}").ToArray())];
        }
    }

    private static JsonObject JobOf(JsonObject document, BillRequest request) => new()
    {
        ["tariff"] = document.DeepClone(),
        ["zone"] = (string)document["timezone"],
        ["start"] = request.Load.StartUtcSeconds,
        ["step"] = request.Load.StepSeconds,
        ["import"] = Array(request.Load.Microjoules),
        ["export"] = Array(request.Load.ExportMicrojoules),
        ["reactive"] = Array(request.Load.ReactiveMicrojoules),
        ["from"] = LocalDatePattern.Iso.Format(request.From.Value),
        ["until"] = LocalDatePattern.Iso.Format(request.Until.Value),
        ["kva"] = Text(request.Kva),
        ["agreedKw"] = Text(request.AgreedKilowatts),
        ["powerFactor"] = Text(request.PowerFactorHundredths * 10_000L),
        ["usedKwh"] = Text(request.UsedWattHours * 1000),
        ["charging"] = request.IsCharging,
        ["generation"] = Array(request.Load.GenerationMicrojoules),
        ["occupied"] = request.OccupiedMinutes,
        ["reserved"] = request.ReservedMinutes,
        ["peaks"] = Array(request.Peaks),
        ["announced"] = new JsonArray([.. request.Announced.Select(day => (JsonNode)new JsonArray(
            LocalDatePattern.Iso.Format(day.Date), day.Name,
            day.AnnouncedUtc == long.MinValue ? null : day.AnnouncedUtc))]),
        ["prices"] = request.Prices is null ? null : Listed(request.Prices),
    };

    private static JsonObject Listed(PriceList list)
    {
        JsonArray import = [];
        JsonArray export = [];
        for (int i = 0; i < list.Count; i++)
        {
            bool hasPrice = list.TryFind(list.StartUtc + (long)i * list.StepSeconds, out long price, out long? own,
                out long _);
            import.Add(hasPrice ? Exact(price) : null);
            export.Add(own is long paid ? Exact(paid) : null);
        }

        return new JsonObject
        {
            ["start"] = list.StartUtc,
            ["step"] = list.StepSeconds,
            ["import"] = import,
            ["export"] = export,
        };
    }

    private static string Exact(long price) => (price / (decimal)PriceList.Scale)
        .ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(long millionths) =>
        (millionths / 1_000_000m).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static JsonArray Array(IEnumerable<long> values) =>
        values is null ? null : [.. values.Select(value => (JsonNode)value)];

    private static string Folder()
    {
        string at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "MeterFirmware.sln")))
        {
            at = Path.GetDirectoryName(at) ?? throw new InvalidOperationException("no checkout around the tests");
        }

        return at;
    }
}
