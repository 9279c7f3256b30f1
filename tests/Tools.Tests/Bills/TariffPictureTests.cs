using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Bills;

/// <summary>A tariff's year is drawn as it is billed, and one load is priced under many tariffs.</summary>
[TestClass]
public sealed class TariffPictureTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mf-picture").FullName;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, true);

    [TestMethod]
    public void EveryDayAndHourOfTheYearHasItsRate()
    {
        JsonElement shown = Json("tariff", "show", "jiangsu-industry", "--year", "2026", "--json");
        JsonElement[] months = [.. shown.GetProperty("months").EnumerateArray()];
        JsonElement festival = months.Single(line => line.GetProperty("month").GetInt32() == 10
            && line.GetProperty("days").GetString() == "1-7");
        Assert.AreEqual("deep", festival.GetProperty("halfHours")[21].GetString());
        JsonElement august = months.Single(line => line.GetProperty("month").GetInt32() == 8);
        Assert.AreEqual("1-31", august.GetProperty("days").GetString());
        Assert.AreEqual("sharp", august.GetProperty("halfHours")[39].GetString());
        Assert.AreEqual(8760m, shown.GetProperty("rates").EnumerateArray()
            .Sum(rate => rate.GetProperty("hours").GetDecimal()));
    }

    [TestMethod]
    public void ThePictureIsAPngAndTheTerminalHasALineForDaysThatAreAlike()
    {
        string png = Path.Combine(_folder, "year.png");
        CommandLine run = CommandLine.Run("tariff", "show", "italy-f1-f3", "--year", "2026", "--png", png);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        CollectionAssert.AreEqual(new byte[] { 0x89, 0x50, 0x4E, 0x47 }, File.ReadAllBytes(png)[..4]);
        string output = System.Text.RegularExpressions.Regex.Replace(run.Output, "\u001B\\[[0-9;]*m", "");
        StringAssert.Contains(output,
            "2026-02 00 CCCCCCCCCCCCCCBBAAAAAAAAAAAAAAAAAAAAAABBBBBBBBCC 24  2-6 9-13 16-20 23-27");
        StringAssert.Contains(output, "24  7 14 21 28");
        Assert.AreEqual(2, CommandLine.Run("tariff", "show", "italy-f1-f3", "--year", "1600").ExitCode);
    }

    [TestMethod]
    public void TheSvgOfABillCoversEveryDay()
    {
        TariffFile tariff = TariffFile.Load("ontario-ulo-2025");
        string svg = YearMap.Of(tariff.Model, 2024).ToSvg();
        Assert.AreEqual(366, Enumerable.Range(0, 366).Count(day =>
            svg.Contains($"x=\"{34 + day * 3}\" y=\"18\"", StringComparison.Ordinal)));
        System.Xml.Linq.XDocument.Parse(svg);
    }

    [TestMethod]
    public void OneLoadIsPricedUnderEachTariffAndItsChargingTwice()
    {
        string load = Path.Combine(_folder, "load.csv");
        File.WriteAllLines(load,
            ["start,kwh", .. Enumerable.Range(0, 48).Select(i => $"2026-03-0{3 + i / 24}T{i % 24:00}:00,1")]);
        string sessions = Path.Combine(_folder, "sessions.csv");
        File.WriteAllText(sessions,
            "session,station,plug_in,plug_out,energy_kwh\n"
            + "a,A,2026-03-03T18:00:00+08:00,2026-03-04T08:00:00+08:00,20\n");
        JsonElement[] rows =
            [.. Json("tariff", "compare", "--load", load, "--tariff", "shanghai-home-charger", "--tariff",
            "hubei-home-charger",
            "--sessions", sessions, "--json").EnumerateArray()];
        // Shanghai: 16 hours peak, 8 valley, two days.
        Assert.AreEqual("24.6560", rows[0].GetProperty("total").GetString());
        Assert.AreEqual("48.000000", rows[0].GetProperty("kwh").GetString());
        foreach (JsonElement row in rows)
        {
            Assert.IsLessThan(Number(row, "chargingUncontrolled"), Number(row, "chargingOrderly"));
        }
    }

    private static decimal Number(JsonElement row, string name) =>
        decimal.Parse(row.GetProperty(name).GetString(), System.Globalization.CultureInfo.InvariantCulture);

    private static JsonElement Json(params string[] arguments)
    {
        CommandLine run = CommandLine.Run(arguments);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
