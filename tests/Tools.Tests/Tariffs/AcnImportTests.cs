using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Tariffs;

[TestClass]
public class AcnImportTests
{
    private readonly List<TariffProblem> _problems = [];
    private readonly List<TariffProblem> _warnings = [];

    [TestMethod]
    public void TheShippedScheduleIsWhatTheImportMakesOfTheRecordedOne()
    {
        TariffModel model = Import(File.ReadAllBytes(SharedData.Require("tariffs/sce_tou_ev_4_march_2019.json")));
        Assert.AreEqual(Encoding.UTF8.GetString(TariffExamples.Find("sce-tou-ev-4")), TariffText.Of(model));
        Assert.HasCount(4, _warnings);
        StringAssert.Contains(_warnings[0].Message, "demand charge 15.51");
    }

    [TestMethod]
    public void TwoRowsForTheSameDaysAreAnErrorThatNamesBoth()
    {
        Assert.IsNull(Import(File.ReadAllBytes(SharedData.Require("tariffs/pge_a10_tou_aug_2019.json"))));
        Assert.HasCount(2, _problems);
        foreach (string part in new[] { "Winter-Weekday", "Winter-Weekend", "11-01", "04-30" })
        {
            StringAssert.Contains(_problems[0].Describe("f"), part);
        }
    }

    [TestMethod]
    public void HalfHoursAndWrappingDatesAndTwoLevelsAreRead()
    {
        TariffModel model = Import(Rows(
            """{"id":"Summer","effective_start":"5-1","effective_end":"10-31","dow_mask":"ALL","times":[0,8.5,"""
                + """21.75],"tariffs":[0.1,0.2,0.1]}""",
            """{"id":"Winter","effective_start":"11-01","effective_end":"4-30","dow_mask":"ALL","times":["""
                + """0],"tariffs":[0.15]}"""));
        Assert.AreEqual("", string.Join("\n", _problems));
        Assert.AreEqual("summer-off-peak,summer-on-peak,winter-flat", string.Join(",", model.Rates));
        Assert.AreEqual("(0, 0)(34, 1)(87, 0)",
            string.Concat(model.Days.Single(d => d.Name == "summer").Periods.Select(p =>
                (p.StartMinute / 15, p.Rate))));
        Assert.AreEqual("(5, 1)(11, 1)", string.Concat(model.Seasons.Select(s => (s.Month, s.Day))));
        Assert.IsNotNull(TariffSource.Parse(TariffText.Of(model)));
    }

    [TestMethod]
    public void OneScheduleForAllTheYearHasPlainNames()
    {
        TariffModel model =
            Import(
                Rows(
                    """{"id":"All","effective_start":"01-01","effective_end":"12-31","dow_mask":"ALL","times":[0,"""
                        + """12],"tariffs":[0.1,0.2]}"""));
        Assert.AreEqual("off-peak,on-peak", string.Join(",", model.Rates));
        SeasonModel season = model.Seasons.Single();
        Assert.AreEqual((1, 1, 0, 0), (season.Month, season.Day, season.WeekdayTable, season.WeekendTable));
    }

    [TestMethod]
    public void ThePriceOfOneSeasonThatAnotherHasTooStaysWithItsSeason()
    {
        TariffModel model = Import(Rows(
            """{"id":"A","effective_start":"1-1","effective_end":"6-30","dow_mask":"ALL","times":[0,6],"tariffs":["""
                + """0.1,0.2]}""",
            """{"id":"B","effective_start":"7-1","effective_end":"12-31","dow_mask":"ALL","times":[0,6],"tariffs":"""
                + """[0.2,0.1]}"""));
        Assert.AreEqual("a-off-peak,a-on-peak,b-off-peak,b-on-peak", string.Join(",", model.Rates));
        Assert.AreEqual("0,1|3,2",
            string.Join("|", model.Days.Select(d => string.Join(",", d.Periods.Select(p => p.Rate)))));
    }

    [TestMethod]
    [DataRow("\"5-1\"", "\"5-2\"", "$.schedule: no row holds for weekdays from 05-01 to 05-01")]
    [DataRow("\"5-1\"", "\"13-1\"", "$.schedule[0].effective_start: \"13-1\" is no date")]
    [DataRow("\"ALL\",\"times\":[0]", "\"MONDAYS\",\"times\":[0]", "$.schedule[1].dow_mask: expected \"ALL\"")]
    [DataRow("[0,8.5,21.75]", "[0,8.4,21.75]", "$.schedule[0].times[1]: 8.4 is no quarter hour")]
    [DataRow("[0,8.5,21.75]", "[0,21.75,8.5]", "$.schedule[0].times[2]: 8.5 is not after the time before it")]
    [DataRow("[0,8.5,21.75]", "[1,8.5,21.75]", "$.schedule[0].times[0]: the first time is 1; expected 0")]
    [DataRow("[0,8.5,21.75]", "[0,8.5,24]", "$.schedule[0].times[2]: 24 is no quarter hour")]
    [DataRow("[0,8.5,21.75]", "[0,8.5]", "$.schedule[0]: 2 times and 3 tariffs")]
    [DataRow("[0.1,0.2,0.1]", "[0.1,0.2000001,0.1]", "$.schedule[0].tariffs[1]: \"0.2000001\" has 7 decimal places")]
    [DataRow("[0.1,0.2,0.1]", "[0.1,-0.2,0.1]", "$.schedule[0].tariffs[1]: \"-0.2\" is negative")]
    [DataRow("[0.1,0.2,0.1]", "[0.1,\"0.2\",0.1]", "$.schedule[0].tariffs[1]: expected a price as a number")]
    [DataRow("\"id\":\"Winter\",", "", "$.schedule[1].id: missing")]
    public void AMistakeIsAnErrorAtItsPath(string what, string by, string expected)
    {
        string json = Encoding.UTF8.GetString(Rows(
            """{"id":"Summer","effective_start":"5-1","effective_end":"10-31","dow_mask":"ALL","times":[0,8.5,"""
                + """21.75],"tariffs":[0.1,0.2,0.1]}""",
            """{"id":"Winter","effective_start":"11-01","effective_end":"4-30","dow_mask":"ALL","times":["""
                + """0],"tariffs":[0.15]}"""));
        Assert.AreEqual(2, json.Split(what).Length);
        Assert.IsNull(Import(Encoding.UTF8.GetBytes(json.Replace(what, by))));
        StringAssert.StartsWith(_problems[0].Describe("f"), "f: " + expected);
    }

    private static byte[] Rows(params string[] rows) =>
        Encoding.UTF8.GetBytes($"{{\"name\":\"Test\",\"schedule\":[{string.Join(",", rows)}]}}");

    private TariffModel Import(byte[] utf8) =>
        AcnImporter.Import(utf8, "America/Los_Angeles", "USD", _problems, _warnings);
}
