using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Bills;

/// <summary>Lists beside a tariff: announced days, prices, the system's peaks. An announcement that comes late, twice
/// or never has a stated result.</summary>
[TestClass]
public sealed class BillListTests
{
    /// <summary>A kWh an hour at 0 an ordinary day, 1 a hot one; a red day begins at 06:00.</summary>
    private const string Announced = """
        {"name":"x","timezone":"+08:00","currency":"CNY","rates":["plain","hot"],"device":false,
        "days":{"plain":[["00:00","plain"]],"hot":[["00:00","hot"]]},
        "seasons":[{"from":"01-01","weekday":"plain","weekend":"plain"}],
        "holidays":[{"date":"2026-07-02","day":"plain"}],
        "announced":[{"name":"hot","day":"hot"},{"name":"red","day":"hot","begins":"06:00"}],
        "prices":{"plain":"0","hot":"1"}}
        """;

    private const string Peaks = """
        {"name":"x","timezone":"+08:00","currency":"CNY","rates":["day","night"],
        "days":{"w":[["00:00","night"],["08:00","day"]]},"seasons":[{"from":"01-01","weekday":"w","weekend":"w"}],
        "prices":{"day":"0","night":"0"},"peakCharges":[
        {"name":"three days","by":"highest","perMonth":"1","minutes":60,"days":3},
        {"name":"by day","by":"highest","perMonth":"1","minutes":60,"rates":["day"]},
        {"name":"two months","by":"highest","perMonth":"1","minutes":60,"months":2},
        {"name":"at least","by":"highest","perMonth":"1","minutes":60,"minimumKw":"100.5"},
        {"name":"system","by":"coincident","perMonth":"1","minutes":60}]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("mf-list").FullName;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, true);

    [TestMethod]
    [DataRow("2026-07-01,hot,2026-06-30T18:00", 24, "")]
    [DataRow("2026-07-02,hot,", 24, "")]
    [DataRow("2026-07-01,hot,2026-07-01T14:00", 10, "after its begin: it held from then on")]
    [DataRow("2026-07-01,hot,2026-07-02T00:00", 0, "after its end: it never held")]
    [DataRow("2026-07-01,hot,2026-07-01T14:00;2026-07-01,hot,2026-07-01T12:00", 12, "from then on")]
    [DataRow("2026-07-01,hot,2026-06-30T18:00;2026-07-01,hot,2026-07-01T12:00", 24, "")]
    [DataRow("2026-08-01,hot,", 0, "")]
    [DataRow("2026-07-01,red,", 24, "")]
    [DataRow("2026-07-02,red,", 18, "")]
    [DataRow("2026-06-30,red,", 6, "")]
    public void AnAnnouncedDayHoldsFromItsBeginOrFromItsAnnouncement(string rows, int kilowattHours, string note)
    {
        JsonElement bill = Bill(Announced, Load("2026-07-01", 48, _ => 1), "--announced",
            Write("days.csv", "date,name,announced\n" + rows.Replace(';', '\n')));
        Assert.AreEqual($"{kilowattHours}.0000", bill.GetProperty("total").GetString());
        string notes = string.Join("; ", bill.GetProperty("notes").EnumerateArray());
        Assert.AreEqual(note.Length > 0, notes.Length > 0, notes);
        StringAssert.Contains(notes, note);
    }

    [TestMethod]
    [DataRow("2026-07-01,good,2026-06-30T18:00", "-24.0000", "")]
    [DataRow("2026-07-01,good,2026-07-01T14:00", "-10.0000", "after its begin: it held from then on")]
    [DataRow(null, "0.0000", "every day was an ordinary one")]
    public void AKindOfDayOfDischargedEnergyAloneMayBeAnnounced(string rows, string total, string note)
    {
        string tariff = """
            {"name":"x","timezone":"+08:00","currency":"CNY","rates":["a"],"device":false,"days":{"w":[["00:00","a"]]},
            "seasons":[{"from":"01-01","weekday":"w","weekend":"w"}],"prices":{"a":"0"},"discharge":{
            "rates":["low","high"],"days":{"low":[["00:00","low"]],"high":[["00:00","high"]]},
            "seasons":[{"from":"01-01","weekday":"low","weekend":"low"}],"prices":{"low":"0","high":"1"},
            "announced":[{"name":"good","day":"high"}]}}
            """;
        string load = Write("load.csv", string.Join('\n', ["start,kwh,export", .. Enumerable.Range(0, 24).Select(i =>
            $"2026-07-01T{i:00}:00,0,1")]));
        string[] list = rows is null ? []
            : ["--announced", Write("days.csv", "date,name,announced\n" + rows)];
        JsonElement bill = Bill(tariff, load, list);
        Assert.AreEqual(total, bill.GetProperty("total").GetString());
        string notes = string.Join("; ", bill.GetProperty("notes").EnumerateArray());
        Assert.AreEqual(note.Length > 0, notes.Length > 0, notes);
        StringAssert.Contains(notes, note);
    }

    [TestMethod]
    public void WithoutAListEveryDayIsAnOrdinaryOneAndTheBillSaysSo()
    {
        JsonElement bill = Bill(Announced, Load("2026-07-01", 48, _ => 1));
        Assert.AreEqual("0.0000", bill.GetProperty("total").GetString());
        StringAssert.Contains(bill.GetProperty("notes")[0].GetString(), "every day was an ordinary one");
    }

    [TestMethod]
    [DataRow("date,name\n2026-07-01,hot\n2026-07-01,red",
        "days.csv:3: column 2 (name): 'red' on 2026-07-01, which line 2")]
    [DataRow("date,name\n2026-07-01,cold", "days.csv:2: column 2 (name): 'cold', \"hot\", \"red\" was expected")]
    [DataRow("date,name\n01/07/2026,hot", "days.csv:2: column 1 (date): '01/07/2026', a date such as")]
    [DataRow("date,name,announced\n2026-07-01,hot,3/4/2026 18:00",
        "column 3 (announced): '3/4/2026 18:00', a time such")]
    [DataRow("day,name\n2026-07-01,hot", "days.csv:1: column 'date' is missing")]
    public void AWrongListOfDaysIsOneErrorWithItsPlace(string text, string expected) => Refused(Announced,
        expected, "--announced", Write("days.csv", text));

    [TestMethod]
    public void PricesComeFromTheListAndWhereItHasNoneFromTheTariff()
    {
        // Pence; half an hour has none, and one is below zero; the highest is cut at 1 pound.
        string prices = Write("agile.json", """
            {"results":[
            {"value_inc_vat":200,"valid_from":"2026-06-30T02:00:00Z","valid_to":"2026-06-30T02:30:00Z"},
            {"value_inc_vat":30.5,"valid_from":"2026-06-30T01:00:00Z","valid_to":"2026-06-30T01:30:00Z"},
            {"value_inc_vat":-4.25,"valid_from":"2026-06-30T00:30:00Z","valid_to":"2026-06-30T01:00:00Z"}]}
            """);
        string load = Write("load.csv", """
            start,kWh
            2026-06-30T00:30:00Z,1
            2026-06-30T01:00:00Z,1
            2026-06-30T01:30:00Z,1
            2026-06-30T02:00:00Z,1
            """);
        JsonElement bill = Json("bill", "--load", load, "--tariff", "uk-agile", "--prices", prices, "--json");
        JsonElement line = bill.GetProperty("sections")[0].GetProperty("lines")[0];

        // −0.0425 + 0.305 + 0.25 (the tariff's) + 1.
        Assert.AreEqual("1.5125", line.GetProperty("cost").GetString());
        StringAssert.Contains(string.Join(';', bill.GetProperty("notes").EnumerateArray()),
            "1 intervals have no price");
    }

    [TestMethod]
    public void AnIntervalOfWhichAnyPartHasNoPriceIsCounted()
    {
        // Hours of load, half hours of prices: the second half of the first hour has none, nor has the second hour.
        string prices = Write("prices.csv", "time,price\n2026-07-01T00:00,1\n2026-07-01T02:00,1\n2026-07-01T02:30,1");
        JsonElement bill = Json("bill", "--load", Load("2026-07-01", 3, _ => 1), "--tariff", "uk-agile", "--prices",
            prices, "--json");
        StringAssert.Contains(string.Join(';', bill.GetProperty("notes").EnumerateArray()),
            "2 intervals have no price");
    }

    [TestMethod]
    [DataRow("time,price\n2026-07-01T00:00,1\n2026-07-01T01:00,1",
        "prices of 60 minutes; uk-agile: $.priceList.minutes")]
    [DataRow("time,price\n2026-07-01T00:00,1\n2026-07-01T00:30,1\n2026-07-01T00:30,1", "prices.csv:4: column 1 (time)")]
    [DataRow("time,price\n2026-07-01T00:00,1\n2026-07-01T00:30,1\n2026-07-01T01:10,1",
        "prices.csv:4: its time is not 30 minutes")]
    [DataRow("time,price\n2026-07-01T00:00,1\n2026-07-01T00:20,1", "prices 1200 s apart; 15, 30 or 60 minutes")]
    [DataRow("time,price\n2026-07-01T00:00,1\n2026-07-01T00:30,0.123456789", "at most eight decimal places")]
    [DataRow("time,price\n2026-03-29T01:30,1\n2026-03-29T02:30,1", "the hour that the change of the clocks leaves out")]
    [DataRow("time,price\n2026-07-01T00:00,1", "at least two prices were expected")]
    [DataRow("{\"results\":[{\"value_inc_vat\":\"1\",\"valid_from\":\"2026-07-01T00:00:00Z\"}]}", "$.results[0]:")]
    [DataRow("{", "not JSON")]
    public void AWrongPriceListIsOneErrorWithItsPlace(string text, string expected) => Refused(null,
        expected, "--prices", Write("prices.csv", text));

    [TestMethod]
    public void InTheRepeatedHourALocalPriceListHasBothPasses()
    {
        string prices = Write("prices.csv", string.Join('\n', ["time,price",
            "2026-10-25T01:00,10", "2026-10-25T01:30,20", "2026-10-25T01:00,30", "2026-10-25T01:30,40"]));
        string load = Write("load.csv", """
            start,kWh
            2026-10-25T00:00:00Z,1
            2026-10-25T00:30:00Z,1
            2026-10-25T01:00:00Z,1
            2026-10-25T01:30:00Z,2
            """);
        JsonElement bill = Json("bill", "--load", load, "--tariff", "uk-agile", "--prices", prices, "--json");
        Assert.AreEqual("1.4000",
            bill.GetProperty("sections")[0].GetProperty("lines")[0].GetProperty("cost").GetString());
    }

    [TestMethod]
    public void PeaksAreMeansOfDaysOfMonthsAndOfTheSystemsHours()
    {
        // kW by hour from 1 March: peaks 90, 60, 30 on three days, 120 by night; 40 in February's last day.
        double Kilowatts(int hour) => (hour - 24) switch
        {
            -12 => 40,
            10 => 90,
            3 => 120,
            34 => 60,
            58 => 30,
            82 => 3,
            _ => 1,
        };
        string load = Load("2026-02-28", 24 * 32, Kilowatts);
        string hours = Write("peaks.csv",
            "time\n2026-03-01T10:00\n2026-03-02T10:00\n2026-02-28T12:00\n2027-01-01T00:00");
        JsonElement bill = Bill(Peaks, load, "--period", "2026-03", "--peaks", hours);
        string[] lines = [.. bill.GetProperty("sections")[0].GetProperty("lines").EnumerateArray()
            .Where(line => line.GetProperty("kind").GetString() == "capacity")
            .Select(line => $"{line.GetProperty("name")} {line.GetProperty("cost")}")];
        CollectionAssert.AreEqual(new[] { "three days 70.0000", "by day 90.0000", "two months 80.0000",
            "at least 120.0000", "system 75.0000" }, lines);
        JsonElement first = Bill(Peaks, load, "--period", "2026-03-04..2026-04-01", "--peaks", hours);
        StringAssert.Contains(first.ToString(), "mean of 2 months of the load");
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("2026-04")]
    public void NetMeteringOffsetsByRateAndCarriesTheRest(string period)
    {
        JsonElement bill = Bill(NetTariff("""{"rule":"net","surplus":"carry","settlementMonth":4}"""), NetLoad(),
            period is null ? [] : ["--period", period]);

        // March: 372 kWh by day, 744 exported: 372 offset, 372 carried. April uses 360 of them, 12 are paid. A bill of
        // April alone knows March from the load.
        string[] lines =
        [
            "2026-03-01 day 744.0000", "2026-03-01 night 372.0000", "2026-03-01 day -744.0000",
            "2026-03-01 night 0.0000",
            "2026-04-01 day 720.0000", "2026-04-01 night 360.0000", "2026-04-01 day -720.0000",
            "2026-04-01 day, surplus -6.0000", "2026-04-01 night 0.0000", "2026-04-01 night, surplus 0.0000",
        ];
        CollectionAssert.AreEqual(period is null ? lines : lines[4..], CostLines(bill));
        Assert.AreEqual("x: net metering: what was carried before 2026-03-01, where the load begins, is not known: "
            + "nothing was taken", bill.GetProperty("notes")[0].GetString());
    }

    [TestMethod]
    [DataRow("\"exportPrices\":{\"day\":\"0.5\",\"night\":\"0.5\"}", "\"day\"",
        "next.json: no net metering: 372 kWh of day, carried to 2026-04-01, are lost")]
    [DataRow("\"export\":{\"rule\":\"net\"}", "\"noon\"",
        "next.json: no rate day: 372 kWh of day, carried to 2026-04-01, are lost")]
    [DataRow("\"export\":{\"rule\":\"net\"}", "\"day\"", null)]
    public void CarriedEnergyThatTheNextDocumentHasNoPlaceForIsNoted(string export, string rate, string expected)
    {
        string first = NetTariff("""{"rule":"net"}""");
        string until = Write("first.json",
            first.Replace("\"device\"", "\"document\":{\"until\":\"2026-04-01\"},\"device\""));
        string next = first[..first.IndexOf("\"exportPrices\"", StringComparison.Ordinal)] + export + "}";
        next = next.Replace("\"day\"", rate)
            .Replace("\"device\"", "\"document\":{\"from\":\"2026-04-01\"},\"device\"");
        foreach (string[] period in new string[][] { [], ["--period", "2026-04"] })
        {
            JsonElement bill = Json(["bill", "--load", NetLoad(), "--tariff", until, "--tariff",
                Write("next.json", next), "--json", .. period]);
            string notes = string.Join('\n', bill.GetProperty("notes").EnumerateArray());
            Assert.AreEqual(expected is not null, notes.Contains("are lost", StringComparison.Ordinal), notes);
            StringAssert.Contains(notes, expected ?? "");
        }
    }

    [TestMethod]
    public void BuyAllSellsWhatIsGeneratedAndBillsWhatIsConsumed()
    {
        string tariff = """
            {"name":"x","timezone":"+08:00","currency":"CNY","rates":["a"],"days":{"w":[["00:00","a"]]},
            "seasons":[{"from":"01-01","weekday":"w","weekend":"w"}],"prices":{"a":"1"},"exportPrices":{"a":"0.25"},
            "export":{"rule":"buy-all"}}
            """;
        string load = Write("load.csv",
            "start,import kWh,export kWh,pv kWh\n2026-03-01T00:00,1,0,4\n2026-03-01T01:00,0,3,5\n");
        JsonElement bill = Bill(tariff, load, "--generation", "pv kWh");
        JsonElement[] lines = [.. bill.GetProperty("sections")[0].GetProperty("lines").EnumerateArray()];
        Assert.AreEqual("7.0000", lines[0].GetProperty("cost").GetString());
        Assert.AreEqual("-2.2500", lines[1].GetProperty("cost").GetString());
        CommandLine without = CommandLine.Run("bill", "--load", load, "--tariff", Write("t.json", tariff),
            "--generation", "pv kWh", "--export", "none");
        Assert.AreEqual(2, without.ExitCode);
        StringAssert.Contains(without.Errors, "--export names the column of the exported energy");
        Refused(tariff, "--generation names the column", "--export", "none");
        string wrong = Write("wrong.csv",
            "start,import kWh,export kWh,pv kWh\n2026-03-01T00:00,1,0,4\n2026-03-01T01:00,0,6,5\n");
        CommandLine run = CommandLine.Run("bill", "--load", wrong, "--tariff", Write("t.json", tariff), "--generation",
            "pv kWh");
        StringAssert.Contains(run.Errors, "wrong.csv:3: more is exported than was imported and generated");
    }

    [TestMethod]
    public void BuyAllBesideAnotherRuleIsRefused()
    {
        string Of(string document, string rule) => $$"""
            {"name":"x","timezone":"+08:00","currency":"CNY","rates":["a"],"days":{"w":[["00:00","a"]]},
            "seasons":[{"from":"01-01","weekday":"w","weekend":"w"}],"prices":{"a":"1"},"exportPrices":{"a":"0.25"},
            {{rule}}"document":{{document}}}
            """;
        string load = Write("load.csv", "start,import kWh,export kWh,pv kWh\n2026-03-31T00:00,1,0,4\n"
            + "2026-03-31T12:00,0,3,5\n2026-04-01T00:00,0,3,5\n2026-04-01T12:00,0,3,5\n");
        CommandLine run = CommandLine.Run("bill", "--load", load, "--generation", "pv kWh",
            "--tariff", Write("a.json", Of("""{"until":"2026-04-01"}""", "\"export\":{\"rule\":\"buy-all\"},")),
            "--tariff", Write("b.json", Of("""{"from":"2026-04-01"}""", "")));
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, "b.json: $.export.rule: \"buy-all\" as in ");
        Assert.HasCount(1, run.Errors.TrimEnd().Split('\n'));
    }

    [TestMethod]
    public void ASessionPaysItsReservationAndItsOccupancy()
    {
        string tariff = """
            {"name":"x","timezone":"+08:00","currency":"CNY","rates":["a"],"days":{"w":[["00:00","a"]]},
            "seasons":[{"from":"01-01","weekday":"w","weekend":"w"}],"prices":{"a":"0"},
            "occupancyFee":{"perMinute":"0.2","freeMinutes":30,"maximum":"5"},
            "reservationFee":{"perMinute":"0.1","freeMinutes":10}}
            """;
        string[] stay = ["--reserved-minutes", "25", "--occupied-minutes", "90"];
        string load = Load("2026-03-31", 48, _ => 1);
        JsonElement bill = Bill(tariff, load, [.. stay, "--charging"]);
        string[] fees = [.. bill.GetProperty("sections").EnumerateArray().SelectMany(section =>
            section.GetProperty("lines").EnumerateArray().Where(line => line.GetProperty("unit").GetString() == "min")
            .Select(line => $"{section.GetProperty("from")} {line.GetProperty("name")} {line.GetProperty("cost")}"))];
        CollectionAssert.AreEqual(new[] { "2026-03-31 reservation fee 1.5000", "2026-04-01 occupancy fee 5.0000" },
            fees);
        Assert.AreEqual("0.0000", Bill(tariff, load, stay).GetProperty("total").GetString());
    }

    [TestMethod]
    public void AListThatTheTariffHasNoUseForIsRefused()
    {
        foreach (string option in new[] { "--announced", "--prices", "--peaks" })
        {
            CommandLine run = CommandLine.Run("bill", "--load", Load("2026-07-01", 24, _ => 1), "--tariff",
                "shanghai-household", option, "any.csv");
            Assert.AreEqual(2, run.ExitCode);
            StringAssert.Contains(run.Errors, $"{option}: the tariff has no $.");
        }
    }

    private static string NetTariff(string export) => $$"""
        {"name":"x","timezone":"+08:00","currency":"CNY","rates":["day","night"],"device":false,
        "days":{"w":[["00:00","night"],["12:00","day"]]},"seasons":[{"from":"01-01","weekday":"w","weekend":"w"}],
        "prices":{"day":"2","night":"1"},"exportPrices":{"day":"0.5","night":"0.5"},"export":{{export}}}
        """;

    /// <summary>A kWh an hour in March and April; in March 2 kWh an hour are exported by day.</summary>
    private string NetLoad() => Write("load.csv", string.Join('\n', ["start,kwh,export",
        .. Enumerable.Range(0, 1464).Select(i =>
            FormattableString.Invariant($"{new DateTime(2026, 3, 1).AddHours(i):yyyy-MM-ddTHH:mm},1,")
            + (i / 24 < 31 && i % 24 >= 12 ? "2" : "0"))]));

    private static string[] CostLines(JsonElement bill) =>
        [.. bill.GetProperty("sections").EnumerateArray().SelectMany(section => section.GetProperty("lines")
            .EnumerateArray().Select(line =>
                $"{section.GetProperty("from")} {line.GetProperty("name")} {line.GetProperty("cost")}"))];

    private void Refused(string tariff, string expected, params string[] more)
    {
        CommandLine run = CommandLine.Run(["bill", "--load", Load("2026-07-01", 24, _ => 1), "--tariff",
            tariff is null ? "uk-agile" : Write("t.json", tariff), .. more]);
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, expected);
        Assert.HasCount(1, run.Errors.TrimEnd().Split('\n'));
    }

    private JsonElement Bill(string tariff, string load, params string[] more) =>
        Json(["bill", "--load", load, "--tariff", Write("t.json", tariff), "--json", .. more]);

    private static JsonElement Json(params string[] arguments)
    {
        CommandLine run = CommandLine.Run(arguments);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private string Load(string date, int hours, Func<int, double> kilowatts) => Write("load.csv", string.Join('\n',
        ["start,kW", .. Enumerable.Range(0, hours).Select(i => FormattableString.Invariant(
            $"{DateTime.ParseExact(date, "yyyy-MM-dd", null).AddHours(i):yyyy-MM-ddTHH:mm},{kilowatts(i)}"))]));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
