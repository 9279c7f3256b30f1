using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Program;

/// <summary>Quality, areas, bills, alarms and accounts as they are asked for over HTTP.</summary>
[TestClass]
public sealed class UtilityTests : IDisposable
{
    private const string Areas = """
        name,kind,parent,rating_kva,valid_from,valid_to
        S,substation,,,2025-01-01T00:00:00+08:00,
        F,feeder,S,,2025-01-01T00:00:00+08:00,
        T1,transformer,F,100,2025-01-01T00:00:00+08:00,

        """;

    private const string Places = """
        address,area,model,customer,protected,valid_from,valid_to,role,rating_w,tariff
        supply,T1,,,,2025-02-01T00:00:00+08:00,,supply,,
        m1,T1,,C1,,2025-02-01T00:00:00+08:00,,,10000,china-workplace-five-rates

        """;

    private static readonly DateOnly _day = new(2026, 1, 5);
    private static readonly long _start = new QualitySettings().StartOf(_day);

    private readonly string _folder = Directory.CreateTempSubdirectory("mf-utility-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task ADaysReadingsAreEditedWithAReasonAndStandInTheBill()
    {
        await using RunningProgram running = await StartAsync();
        Put(running, [.. new Intervals("m1", _start).Take(96, 250_000)]);
        using JsonDocument before = JsonDocument.Parse(await running.Browser.GetStringAsync(
            "/api/v1/devices/m1/bill?from=2026-01-05&until=2026-01-06"));
        HttpResponseMessage wrong = await running.Browser.PostAsJsonAsync("/api/v1/devices/m1/edits",
            new { start = DateTimeOffset.FromUnixTimeSeconds(_start), importMilliwattHours = 5, exportMilliwattHours = 0, why = "" });
        Assert.AreEqual(HttpStatusCode.BadRequest, wrong.StatusCode);
        HttpResponseMessage edit = await running.Browser.PostAsJsonAsync("/api/v1/devices/m1/edits",
            new { start = DateTimeOffset.FromUnixTimeSeconds(_start), importMilliwattHours = 1_250_000, exportMilliwattHours = 0, why = "bridge" });
        Assert.AreEqual(HttpStatusCode.NoContent, edit.StatusCode);
        string csv = await running.Browser.GetStringAsync(
            "/api/v1/devices/m1/readings.csv?from=2026-01-05T00:00:00%2B08:00&to=2026-01-06T00:00:00%2B08:00");
        StringAssert.Contains(csv, "m1,2026-01-04T16:00:00+00:00,2026-01-04T16:15:00+00:00,0,1250000,0,edited\r\n");
        using JsonDocument corrections = JsonDocument.Parse(await running.Browser.GetStringAsync(
            "/api/v1/devices/m1/corrections?from=2026-01-05T00:00:00%2B08:00&to=2026-01-06T00:00:00%2B08:00"));
        Assert.AreEqual("bridge", corrections.RootElement[0].GetProperty("why").GetString());
        Assert.AreEqual(250_000, corrections.RootElement[0].GetProperty("oldImportMilliwattHours").GetInt64());

        // 1 kWh more at the price of the first quarter hour.
        using JsonDocument after = JsonDocument.Parse(await running.Browser.GetStringAsync(
            "/api/v1/devices/m1/bill?from=2026-01-05&until=2026-01-06"));
        Assert.IsTrue(Total(after) > Total(before));
        AccountStore accounts = running.Program.Services.GetRequiredService<AccountStore>();
        CollectionAssert.IsSubsetOf(new[] { "bill.read", "reading.edit", "load.read" },
            accounts.Audit(null, 20).Select(line => line.Action).ToArray());
        HttpResponseMessage missing = await running.Browser.GetAsync(
            "/api/v1/devices/m1/bill?from=2026-01-05&until=2026-01-07");
        Assert.AreEqual(HttpStatusCode.Conflict, missing.StatusCode);
        StringAssert.Contains(await missing.Content.ReadAsStringAsync(), "96 of 192 intervals are missing");
    }

    [TestMethod]
    public async Task AnAreasLossIsReadAsJsonAndAsCsv()
    {
        await using RunningProgram running = await StartAsync();
        Put(running, [.. new Intervals("m1", _start).Take(96, 100_000),
            .. new Intervals("supply", _start).Take(96, 125_000)]);
        using JsonDocument loss = JsonDocument.Parse(await running.Browser.GetStringAsync(
            "/api/v1/areas/T1/loss?from=2026-01-05&to=2026-01-05"));
        Assert.AreEqual(200, loss.RootElement[0].GetProperty("lossPermille").GetInt32());
        StringAssert.Contains(await running.Browser.GetStringAsync(
            "/api/v1/areas/T1/loss.csv?from=2026-01-05&to=2026-01-05"),
            "T1,2026-01-05,12000000,9600000,2400000,200,1,,\r\n");
        Assert.AreEqual(HttpStatusCode.NotFound, (await running.Browser.GetAsync(
            "/api/v1/areas/T9/loss?from=2026-01-05&to=2026-01-05")).StatusCode);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await running.Browser.GetAsync(
            "/api/v1/areas/T1/loss?from=2026-01-05&to=2020-01-05")).StatusCode);
        StringAssert.Contains(await running.Browser.GetStringAsync("/areas?day=2026-01-05"), "20.0 %");
        StringAssert.Contains(await running.Browser.GetStringAsync("/area/T1?day=2026-01-05"), "12.000");
    }

    [TestMethod]
    public async Task AnAlarmIsAcknowledgedByAnOperatorAndByNobodyTwice()
    {
        await using RunningProgram running = await StartAsync();
        AlarmStore alarms = running.Program.Services.GetRequiredService<AlarmStore>();
        alarms.Set(AlarmKinds.Loss, new Dictionary<string, string> { ["T1"] = "<script>alert(1)</script>" });
        long id = alarms.List(null, 1, isOpen: true).Single(alarm => alarm.Kind == AlarmKinds.Loss).Id;
        string path = $"/api/v1/alarms/{id}/acknowledge";
        using HttpClient viewer = await running.MachineAsync("v", Roles.Viewer);
        using HttpClient person = await running.MachineAsync("o", Roles.Operator);
        object note = new { words = "crew sent" };
        Assert.AreEqual(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync(path, note)).StatusCode);
        Assert.AreEqual(HttpStatusCode.NoContent, (await person.PostAsJsonAsync(path, note)).StatusCode);
        Assert.AreEqual(HttpStatusCode.Conflict, (await person.PostAsJsonAsync(path, new { })).StatusCode);
        using JsonDocument list = JsonDocument.Parse(await viewer.GetStringAsync("/api/v1/alarms"));
        Assert.AreEqual("token o", list.RootElement.GetProperty("items")[0].GetProperty("acknowledgedBy").GetString());
        using JsonDocument notes = JsonDocument.Parse(await viewer.GetStringAsync($"/api/v1/alarms/{id}/notes"));
        Assert.AreEqual("crew sent", notes.RootElement[0].GetProperty("words").GetString());
        string page = await running.Browser.GetStringAsync("/alarms");
        Assert.IsFalse(page.Contains("<script>alert", StringComparison.Ordinal), "what a device sends is no script");
    }

    [TestMethod]
    public async Task TheCheckAsksTheDeviceItselfAndWhatItSendsAgainCounts()
    {
        await using RunningProgram running = await StartAsync();
        Until.True(() => running.Program.HeadEnd.IsReady, "subscribed");
        DateTimeOffset midnight = new(DateTimeOffset.UtcNow.ToOffset(TimeSpan.FromHours(8)).Date, TimeSpan.FromHours(8));
        Intervals meter = new("m1", midnight.AddDays(-1).ToUnixTimeSeconds());
        RecordArrival[] day = meter.Take(96, 250);
        Put(running, [.. day.Where(record => record.Number != 41),
            new StatusArrival("m1", true, 0, 97, 1, null, "{}"u8.ToArray())]);
        using QueriedDevice device = await QueriedDevice.ConnectAsync("m1", running.Program.BrokerPort);
        HttpResponseMessage check = await running.Browser.PostAsync("/api/v1/quality/check", null);
        StringAssert.Contains(await check.Content.ReadAsStringAsync(), "1 findings, 1 questions");
        Until.True(() => device.Queries.Count == 1, "asked");
        JsonElement query = device.Queries[0];
        Assert.AreEqual(day[40].StartUtc, query.GetProperty("fromUtcSeconds").GetInt64());
        Assert.AreEqual(day[40].EndUtc, query.GetProperty("toUtcSeconds").GetInt64());
        using JsonDocument found = JsonDocument.Parse(await running.Browser.GetStringAsync(
            $"/api/v1/quality?day={midnight.AddDays(-1):yyyy-MM-dd}&rule=missing"));
        Assert.AreEqual("m1", found.RootElement.GetProperty("items")[0].GetProperty("address").GetString());
        Assert.AreEqual(HttpStatusCode.BadRequest,
            (await running.Browser.GetAsync("/api/v1/quality?day=2026-01-01&rule=x")).StatusCode);
        QualityStore quality = running.Program.Services.GetRequiredService<QualityStore>();
        Assert.AreEqual(Reading.Estimated, quality.Readings("m1", day[40].StartUtc, day[40].EndUtc).Single().Source);
        Put(running, [day[40]]);
        Assert.AreEqual(Reading.Measured, quality.Readings("m1", day[40].StartUtc, day[40].EndUtc).Single().Source);
    }

    [TestMethod]
    public async Task AccountsAreAddedChangedAndRemovedAndTheLastAdminStays()
    {
        await using RunningProgram running = await StartAsync();
        HttpClient admin = running.Browser;
        object user = new { name = "ann", password = "correct horse", role = "operator" };
        Assert.AreEqual(HttpStatusCode.Created, (await admin.PostAsJsonAsync("/api/v1/users", user)).StatusCode);
        foreach (object bad in new object[]
        {
            user, new { name = "bob", password = "short", role = "operator" },
            new { name = "bob", password = "correct horse", role = "king" },
            new { name = "", password = "correct horse", role = "viewer" },
        })
        {
            Assert.AreEqual(HttpStatusCode.BadRequest, (await admin.PostAsJsonAsync("/api/v1/users", bad)).StatusCode);
        }

        Assert.AreEqual("/", (await running.SignInAsync("ann", "correct horse")).Headers.Location!.OriginalString);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await admin.GetAsync("/api/v1/users")).StatusCode, "an operator now");
        await running.SignInAsync("admin", running.Program.FirstPassword);
        Assert.AreEqual(HttpStatusCode.BadRequest,
            (await admin.PatchAsJsonAsync("/api/v1/users/admin", new { role = "viewer" })).StatusCode);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await admin.DeleteAsync("/api/v1/users/admin")).StatusCode);
        Assert.AreEqual(HttpStatusCode.NoContent,
            (await admin.PatchAsJsonAsync("/api/v1/users/ann", new { password = "battery staple" })).StatusCode);
        Assert.AreEqual("/sign-in?refused=1",
            (await running.SignInAsync("ann", "correct horse")).Headers.Location!.OriginalString);
        Assert.AreEqual(HttpStatusCode.NoContent, (await admin.DeleteAsync("/api/v1/users/ann")).StatusCode);
        Assert.AreEqual(1, JsonDocument.Parse(await admin.GetStringAsync("/api/v1/users")).RootElement.GetArrayLength());
    }

    private static decimal Total(JsonDocument bill) => decimal.Parse(
        bill.RootElement.GetProperty("total").GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Stores what devices would have sent.</summary>
    private static void Put(RunningProgram running, IReadOnlyList<Arrival> arrivals) =>
        new RecordIntake(running.Program.HeadEnd.Store).Store(arrivals, new HeadEndCounters(), null);

    private async Task<RunningProgram> StartAsync()
    {
        RunningProgram running = await RunningProgram.StartAsync(_folder);
        await running.SignInAsync("admin", running.Program.FirstPassword);
        foreach ((string path, string text) in new[] { ("areas", Areas), ("places", Places) })
        {
            HttpResponseMessage put = await running.Browser.PutAsync(
                $"/api/v1/fleet/{path}.csv", new StringContent(text, Encoding.UTF8, "text/csv"));
            Assert.AreEqual(HttpStatusCode.NoContent, put.StatusCode, await put.Content.ReadAsStringAsync());
        }

        return running;
    }
}
