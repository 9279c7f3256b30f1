using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Tariffs;

/// <summary>A rate of OpenEI's URDB becomes a tariff that passes every check, or an error with its path.</summary>
[TestClass]
public sealed class UrdbImportTests
{
    private static readonly string _night = string.Join(",", Enumerable.Range(0, 24).Select(hour
        => hour is >= 16 and < 21 ? 1 : 0));
    private static readonly string _flat = string.Join(",", Enumerable.Repeat(0, 24));

    private static readonly string _workdays = string.Join(",", Enumerable.Range(0, 12)
        .Select(month => $"[{(month is >= 5 and < 9 ? _night : _flat)}]"));

    private static readonly string _rate = $$"""
        {"items":[{"label":"x","utility":"U","name":"E-TOU","fixedchargefirstmeter":10,
        "energyratestructure":[[{"rate":0.25,"adj":0.01,"max":300,"unit":"kWh"},{"rate":0.35,"unit":"kWh"}],
        [{"rate":0.40,"max":300,"unit":"kWh","sell":0.05},{"rate":0.50}]],
        "energyweekdayschedule":[{{_workdays}}],
        "energyweekendschedule":[{{string.Join(",", Enumerable.Repeat($"[{_flat}]", 12))}}]}]}
        """;

    [TestMethod]
    public void TiersSeasonsAndSchedulesAreThoseOfTheRate()
    {
        List<TariffProblem> warnings = [];
        TariffModel model = UrdbImporter.Import(Encoding.UTF8.GetBytes(_rate), "America/Los_Angeles", "USD", [],
            warnings);
        TariffFile tariff = TariffFile.TryParse(Encoding.UTF8.GetBytes(TariffWriter.Write(model)), "x", []);
        Assert.AreEqual("U: E-TOU", tariff.Model.Name);
        CollectionAssert.AreEqual(new[] { (1, 0), (6, 1), (10, 0) }, tariff.Model.Seasons.Select(season => (
            season.Month, season.WeekdayTable)).ToArray());
        CollectionAssert.AreEqual(new long[] { 260_000, 400_000 }, tariff.Model.ImportPrices);
        CollectionAssert.AreEqual(new long[] { 90_000, 100_000 }, tariff.Model.Tiers[1].Adds);
        Assert.AreEqual((300_000L, TierPeriod.Month), (tariff.Model.Tiers[1].FromWattHours, tariff.Model.TierPeriod));
        Assert.AreEqual(16 * 60, tariff.Model.Days[1].Periods[1].StartMinute);
        Assert.IsTrue(warnings.Any(warning => warning.Path == "$.items[0].fixedchargefirstmeter"));
        Assert.IsTrue(warnings.Any(warning => warning.Message.StartsWith("sell stands in some periods only",
            StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow("\"rate\":0.40", "\"rate\":\"=1\"", "$.items[0].energyratestructure[1][0].rate: a price")]
    [DataRow("\"rate\":0.40,\"max\":300", "\"rate\":0.40,\"max\":200",
        "$.items[0].energyratestructure[1][0].max: another step")]
    [DataRow("\"rate\":0.40,\"max\":300", "\"rate\":0.40", "$.items[0].energyratestructure[1][0]: no max")]
    [DataRow(",{\"rate\":0.50}", "", "$.items[0].energyratestructure[1]: 1 tiers; 2 were expected")]
    [DataRow("\"unit\":\"kWh\"},{\"rate\":0.35", "\"unit\":\"kWh daily\"},{\"rate\":0.35",
        "$.items[0].energyratestructure[0][0].max: unit kWh daily")]
    [DataRow("[[0,0", "[[7,0", "$.items[0].energyweekendschedule[0]: 24 periods from 0 to 1 were expected")]
    [DataRow("\"energyweekendschedule\"", "\"weekends\"", "$.items[0].energyweekendschedule: missing")]
    [DataRow("{\"items\":[{", "{\"items\":[{},{", "$.items: 2 rates; one was expected")]
    public void AContradictionHasItsPath(string from, string to, string expected)
    {
        List<TariffProblem> problems = [];
        int at = _rate.LastIndexOf(from, StringComparison.Ordinal);
        string text = _rate[..at] + to + _rate[(at + from.Length)..];
        Assert.IsNull(UrdbImporter.Import(Encoding.UTF8.GetBytes(text), "America/Los_Angeles", "USD", problems, []));
        Assert.IsTrue(problems.Any(problem => problem.Describe("").StartsWith(": " + expected,
            StringComparison.Ordinal)),
            string.Join("\n", problems.Select(problem => problem.Describe(""))));
    }
}
