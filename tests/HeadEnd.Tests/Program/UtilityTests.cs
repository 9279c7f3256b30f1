using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.HeadEnds.Web.Live;
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
        HttpResponseMessage wrong = await running.Browser.PostAsJsonAsync("/api/v1/devices/m1/edits", Edit(5, ""));
        Assert.AreEqual(HttpStatusCode.BadRequest, wrong.StatusCode);
        HttpResponseMessage edit = await running.Browser.PostAsJsonAsync(
            "/api/v1/devices/m1/edits", Edit(1_250_000, "bridge"));
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
        Assert.AreEqual(HttpStatusCode.BadRequest, (await running.Browser.GetAsync(
            "/api/v1/devices/m1/bill?from=2026-01-05&until=0001-01-01")).StatusCode);
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
        string areas = await running.Browser.GetStringAsync("/areas?day=2026-01-05");
        StringAssert.Contains(areas, "20.0 %");
        StringAssert.Contains(areas, "<th>Supplied kWh</th>");
        StringAssert.Contains(areas, "<th>Sold kWh</th>");
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
        TimeSpan zone = TimeSpan.FromHours(8);
        DateTimeOffset midnight = new(DateTimeOffset.UtcNow.ToOffset(zone).Date, zone);
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
        Assert.AreEqual(HttpStatusCode.Forbidden,
            (await admin.GetAsync("/api/v1/users")).StatusCode, "an operator now");
        await running.SignInAsync("admin", running.Program.FirstPassword);
        Assert.AreEqual(HttpStatusCode.BadRequest,
            (await admin.PatchAsJsonAsync("/api/v1/users/admin", new { role = "viewer" })).StatusCode);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await admin.DeleteAsync("/api/v1/users/admin")).StatusCode);
        Assert.AreEqual(HttpStatusCode.NoContent,
            (await admin.PatchAsJsonAsync("/api/v1/users/ann", new { password = "battery staple" })).StatusCode);
        Assert.AreEqual("/sign-in?refused=1",
            (await running.SignInAsync("ann", "correct horse")).Headers.Location!.OriginalString);
        Assert.AreEqual(HttpStatusCode.NoContent, (await admin.DeleteAsync("/api/v1/users/ann")).StatusCode);
        using JsonDocument users = JsonDocument.Parse(await admin.GetStringAsync("/api/v1/users"));
        Assert.AreEqual(1, users.RootElement.GetArrayLength());
    }

    [TestMethod]
    public async Task AnAnswerThatIsKnownIsNotSentAgain()
    {
        await using RunningProgram running = await StartAsync();
        HttpResponseMessage first = await running.Browser.GetAsync("/api/v1/fleet/areas.csv");
        using HttpRequestMessage again = new(HttpMethod.Get, "/api/v1/fleet/areas.csv");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        HttpResponseMessage second = await running.Browser.SendAsync(again);
        Assert.AreEqual(HttpStatusCode.NotModified, second.StatusCode);
        Assert.AreEqual(0, (await second.Content.ReadAsByteArrayAsync()).Length);
        await running.Browser.PutAsync("/api/v1/fleet/areas.csv",
            new StringContent(Areas.Replace("100", "160"), Encoding.UTF8, "text/csv"));
        using HttpRequestMessage changed = new(HttpMethod.Get, "/api/v1/fleet/areas.csv");
        changed.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        HttpResponseMessage third = await running.Browser.SendAsync(changed);
        Assert.AreEqual(HttpStatusCode.OK, third.StatusCode);
        StringAssert.Contains(await third.Content.ReadAsStringAsync(), "160");
    }

    [TestMethod]
    public async Task LiveReadingsComeAsEvents()
    {
        await using RunningProgram running = await StartAsync();
        Until.True(() => running.Program.HeadEnd.IsReady, "subscribed");
        using TestDevice device = await TestDevice.ConnectAsync("m1", running.Program.BrokerPort);

        // The headers come with the first event.
        Task<HttpResponseMessage> opening = running.Browser.GetAsync(
            "/api/v1/devices/m1/live", HttpCompletionOption.ResponseHeadersRead);
        LiveHub hub = running.Program.Services.GetRequiredService<LiveHub>();
        Until.True(() => hub.Count == 1, "listening");
        await device.PublishAsync("instant", """{"device":"m1","rate":1}""");
        using HttpResponseMessage live = await opening;
        Assert.AreEqual("text/event-stream", live.Content.Headers.ContentType!.MediaType);
        using StreamReader events = new(await live.Content.ReadAsStreamAsync());
        Assert.AreEqual("event: instant", await events.ReadLineAsync());
        StringAssert.Contains(await events.ReadLineAsync(), "\"rate\":1");
    }

    [TestMethod]
    public async Task AnEventStreamEndsWithTheTokenThatOpenedIt()
    {
        await using RunningProgram running = await StartAsync();
        Until.True(() => running.Program.HeadEnd.IsReady, "subscribed");
        using TestDevice device = await TestDevice.ConnectAsync("m1", running.Program.BrokerPort);
        using HttpClient machine = await running.MachineAsync("display", Roles.Operator);
        Task<HttpResponseMessage> opening = machine.GetAsync(
            "/api/v1/devices/m1/live", HttpCompletionOption.ResponseHeadersRead);
        LiveHub hub = running.Program.Services.GetRequiredService<LiveHub>();
        Until.True(() => hub.Count == 1, "listening");
        await device.PublishAsync("instant", """{"device":"m1","rate":1}""");
        using HttpResponseMessage live = await opening;
        using StreamReader events = new(await live.Content.ReadAsStreamAsync());
        for (int i = 0; i < 3; i++)
        {
            await events.ReadLineAsync();
        }

        await running.Browser.DeleteAsync("/api/v1/tokens/display");
        await running.MachineAsync("display", Roles.Operator);
        await device.PublishAsync("instant", """{"device":"m1","rate":2}""");
        Assert.AreEqual("", await events.ReadToEndAsync(), "another token of that name is another one");
        Assert.AreEqual(0, hub.Count);
    }

    [TestMethod]
    public async Task WhoMayReadNoHomesDataFindsNoneInListsAndAlarms()
    {
        await using RunningProgram running = await StartAsync();
        AlarmStore alarms = running.Program.Services.GetRequiredService<AlarmStore>();
        alarms.Set(AlarmKinds.Bill, new Dictionary<string, string> { ["m1"] = "daily: 7 mWh frozen" });
        using HttpClient viewer = await running.MachineAsync("v", Roles.Viewer);
        using HttpClient person = await running.MachineAsync("o", Roles.Operator);
        foreach ((HttpClient who, bool isTold) in new[] { (viewer, false), (person, true) })
        {
            Assert.AreEqual(isTold, (await who.GetStringAsync("/api/v1/devices")).Contains("C1"));
            Assert.AreEqual(isTold, (await who.GetStringAsync("/api/v1/alarms")).Contains("mWh frozen"));
            StringAssert.Contains(await who.GetStringAsync("/fleet"), "m1");
            Assert.AreEqual(isTold, (await who.GetStringAsync("/fleet")).Contains(">C1</td>"));
            Assert.AreEqual(isTold, (await who.GetStringAsync("/alarms")).Contains("mWh frozen"));
            Assert.AreEqual(isTold, (await who.GetStringAsync("/alarms")).Contains("/quality"));
            Assert.AreEqual(isTold, (await who.GetAsync("/quality")).StatusCode == HttpStatusCode.OK);
        }
    }

    [TestMethod]
    public async Task AWebhookIsToldOfAnAlarmWithAnHmacOverIt()
    {
        await using RunningProgram running = await StartAsync();
        using HttpListener listener = new();
        int port = EmbeddedBroker.FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        Task<HttpListenerContext> called = listener.GetContextAsync();
        foreach (string bad in new[] { "http://example.com/", "ftp://127.0.0.1/", "x" })
        {
            Assert.AreEqual(HttpStatusCode.BadRequest, (await running.Browser.PostAsJsonAsync(
                "/api/v1/webhooks", new { name = "crew", address = bad })).StatusCode, bad);
        }

        HttpResponseMessage made = await running.Browser.PostAsJsonAsync(
            "/api/v1/webhooks", new { name = "crew", address = $"http://127.0.0.1:{port}/alarm" });
        string secret = (await made.Content.ReadFromJsonAsync<Dictionary<string, string>>())!["secret"];
        running.Program.Services.GetRequiredService<AlarmStore>().Set(
            AlarmKinds.Loss, new Dictionary<string, string> { ["T1"] = "9 %" });
        HttpListenerContext call = await called;
        using MemoryStream body = new();
        await call.Request.InputStream.CopyToAsync(body);
        call.Response.Close();
        Assert.AreEqual("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret),
            body.ToArray())), call.Request.Headers["X-Signature"]);
        using JsonDocument alarm = JsonDocument.Parse(body.ToArray());
        Assert.AreEqual("loss T1",
            $"{alarm.RootElement.GetProperty("kind")} {alarm.RootElement.GetProperty("subject")}");
        Assert.AreEqual(HttpStatusCode.NoContent,
            (await running.Browser.DeleteAsync("/api/v1/webhooks/crew")).StatusCode);
        Assert.AreEqual("[]", await running.Browser.GetStringAsync("/api/v1/webhooks"));
    }

    private static object Edit(long milliwattHours, string why) => new
    {
        start = DateTimeOffset.FromUnixTimeSeconds(_start),
        importMilliwattHours = milliwattHours,
        exportMilliwattHours = 0,
        why,
    };

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
