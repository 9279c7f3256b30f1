using System.Net;
using System.Text;
using System.Text.Json;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Web;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.HeadEnds.Web.Demo;
using MeterFirmware.Tools.HeadEnds.Web.Pages;
using MeterFirmware.Tools.HeadEnds.Web.Settings;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Program;

/// <summary>The program as it is started: page, API, roles, files.</summary>
[TestClass]
public sealed class ProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mf-program-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task TheFirstPasswordIsShownOnceAndOpensThePages()
    {
        await using (RunningProgram running = await RunningProgram.StartAsync(_folder))
        {
            string password = running.Program.FirstPassword;
            HttpResponseMessage unknown = await running.Browser.GetAsync("/");
            Assert.AreEqual(HttpStatusCode.Redirect, unknown.StatusCode);
            HttpResponseMessage wrong = await running.SignInAsync("admin", password + "x");
            Assert.AreEqual("/sign-in?refused=1", wrong.Headers.Location!.OriginalString);
            HttpResponseMessage right = await running.SignInAsync("admin", password, "https://example.com/");
            Assert.AreEqual("/", right.Headers.Location!.OriginalString, "never to another host");
            foreach (string page in new[]
            {
                "/", "/fleet", "/areas", "/area/T1", "/quality", "/alarms", "/users", "/device/m1", "/commands",
                "/sessions", "/tariffs", "/carbon", "/exports",
            })
            {
                HttpResponseMessage shown = await running.Browser.GetAsync(page);
                Assert.AreEqual(HttpStatusCode.OK, shown.StatusCode, page);
                string text = await shown.Content.ReadAsStringAsync();
                StringAssert.Contains(text, "<h1>", page);
                Assert.IsFalse(text.Contains("https://", StringComparison.Ordinal), "nothing from another host");
                Assert.AreEqual("nosniff", shown.Headers.GetValues("X-Content-Type-Options").Single());
            }

            await running.PostAsync("/language", new() { ["language"] = "zh", ["back"] = "/fleet" });
            StringAssert.Contains(WebUtility.HtmlDecode(await running.Browser.GetStringAsync("/fleet")), "<h1>设备档案");
        }

        await using RunningProgram again = await RunningProgram.StartAsync(_folder);
        Assert.IsNull(again.Program.FirstPassword);
    }

    [TestMethod]
    public async Task SignInsAreLimited()
    {
        await using RunningProgram running = await RunningProgram.StartAsync(_folder);
        HttpStatusCode last = default;
        for (int i = 0; i < 11; i++)
        {
            last = (await running.SignInAsync("admin", "x")).StatusCode;
        }

        Assert.AreEqual(HttpStatusCode.TooManyRequests, last);
    }

    [TestMethod]
    public async Task ARoleMayWhatThoseBelowItMayAndNothingElse()
    {
        await using RunningProgram running = await RunningProgram.StartAsync(_folder);
        await running.SignInAsync("admin", running.Program.FirstPassword);
        using HttpClient nobody = new() { BaseAddress = running.Browser.BaseAddress };
        using HttpClient stolen = new() { BaseAddress = running.Browser.BaseAddress };
        stolen.DefaultRequestHeaders.Authorization = new("Bearer", new string('a', 64));
        (string Path, int Least)[] paths =
        [
            ("/api/v1/devices", 0), ("/metrics", 0), ("/api/v1/fleet/areas.csv", 0),
            ("/api/v1/devices/m1/load?from=2026-11-30T00:00:00Z&to=2026-12-01T00:00:00Z", 1),
            ("/api/v1/fleet/places.csv", 1), ("/api/v1/quality?day=2026-01-05", 1),
            ("/api/v1/fleet/exchanges", 1), ("/api/v1/audit", 3), ("/api/v1/tariffs", 0), ("/api/v1/export", 0),
            ("/api/v1/export/area.csv", 0), ("/api/v1/export/place.csv", 1), ("/api/v1/export/audit.csv?"
                + "from=2026-11-30T00:00:00Z&to=2026-12-01T00:00:00Z", 3), ("/api/v1/export/account.csv", 3),
            ("/api/v1/sessions?from=2026-11-30T00:00:00Z&to=2026-12-01T00:00:00Z", 1),
            ("/api/v1/sessions.csv?from=2026-11-30T00:00:00Z&to=2026-12-01T00:00:00Z", 1),
        ];
        for (int role = 0; role < Roles.All.Count; role++)
        {
            using HttpClient machine = await running.MachineAsync($"t{role}", Roles.All[role]);
            foreach ((string path, int least) in paths)
            {
                Assert.AreEqual(role >= least ? HttpStatusCode.OK : HttpStatusCode.Forbidden,
                    (await machine.GetAsync(path)).StatusCode, $"{Roles.All[role]} {path}");
            }

            HttpResponseMessage put = await machine.PutAsync("/api/v1/fleet/areas.csv", Csv("no header"));
            Assert.AreEqual(role >= 2 ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.Forbidden, put.StatusCode);
        }

        foreach ((string path, _) in paths)
        {
            Assert.AreEqual(HttpStatusCode.Unauthorized, (await nobody.GetAsync(path)).StatusCode, path);
            Assert.AreEqual(HttpStatusCode.Unauthorized, (await stolen.GetAsync(path)).StatusCode, path);
        }
    }

    [TestMethod]
    public async Task ATokenThatWasTakenBackOrHasExpiredOpensNothing()
    {
        await using RunningProgram running = await RunningProgram.StartAsync(_folder);
        await running.SignInAsync("admin", running.Program.FirstPassword);
        using HttpClient machine = await running.MachineAsync("gone", Roles.Viewer);
        Assert.AreEqual(HttpStatusCode.OK, (await machine.GetAsync("/api/v1/devices")).StatusCode);
        await running.Browser.DeleteAsync("/api/v1/tokens/gone");
        Assert.AreEqual(HttpStatusCode.Unauthorized, (await machine.GetAsync("/api/v1/devices")).StatusCode);
        AccountStore accounts = running.Program.Services.GetRequiredService<AccountStore>();
        string old = accounts.AddToken("old", Roles.Admin, DateTimeOffset.UtcNow.AddSeconds(-1), "test");
        machine.DefaultRequestHeaders.Authorization = new("Bearer", old);
        Assert.AreEqual(HttpStatusCode.Unauthorized, (await machine.GetAsync("/api/v1/devices")).StatusCode);
    }

    [TestMethod]
    public async Task WhatADeviceSendsIsReadOverHttpToTheMilliwattHourAndTheReadIsNoted()
    {
        await using RunningProgram running = await RunningProgram.StartAsync(_folder);
        await running.SignInAsync("admin", running.Program.FirstPassword);
        Until.True(() => running.Program.HeadEnd.IsReady, "subscribed");
        using TestDevice device = await TestDevice.ConnectAsync("m1", running.Program.BrokerPort);
        for (int number = 1; number <= 3; number++)
        {
            await device.RecordAsync(number, 0);
        }

        Until.True(() => device.AcknowledgedUpTo == 3, "stored");
        const string Times = "from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z";
        using JsonDocument load = JsonDocument.Parse(
            await running.Browser.GetStringAsync($"/api/v1/devices/m1/load?{Times}"));
        Assert.AreEqual(750, load.RootElement.EnumerateArray().Sum(
            point => point.GetProperty("importMilliwattHours").GetInt64()));
        string csv = await running.Browser.GetStringAsync($"/api/v1/devices/m1/load.csv?{Times}");
        Assert.AreEqual(1 + load.RootElement.GetArrayLength(),
            csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        using JsonDocument audit = JsonDocument.Parse(await running.Browser.GetStringAsync("/api/v1/audit?limit=1"));
        JsonElement line = audit.RootElement.GetProperty("items")[0];
        Assert.AreEqual("load.read", line.GetProperty("action").GetString());
        Assert.AreEqual("m1", line.GetProperty("subject").GetString());
        Assert.AreNotEqual(JsonValueKind.Null, audit.RootElement.GetProperty("next").ValueKind);
        StringAssert.Contains(await running.Browser.GetStringAsync("/metrics"), "head_end_records_stored");
        using JsonDocument health = JsonDocument.Parse(await running.Browser.GetStringAsync("/health"));
        Assert.AreEqual("ok", health.RootElement.GetProperty("status").GetString());
    }

    [TestMethod]
    public async Task TheOpenApiDocumentNamesEveryPathWithItsAnswers()
    {
        await using RunningProgram running = await RunningProgram.StartAsync(_folder);
        using JsonDocument document = JsonDocument.Parse(
            await running.Browser.GetStringAsync("/openapi/v1.json"));
        StringAssert.StartsWith(document.RootElement.GetProperty("openapi").GetString(), "3.1");
        string[] paths = [.. document.RootElement.GetProperty("paths").EnumerateObject()
            .Select(path => path.Name).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(new[]
        {
            "/api/v1/alarms", "/api/v1/alarms/{id}/acknowledge", "/api/v1/alarms/{id}/notes",
            "/api/v1/areas/{area}/load", "/api/v1/areas/{area}/loss", "/api/v1/areas/{area}/loss.csv", "/api/v1/audit",
            "/api/v1/campaigns", "/api/v1/campaigns/{id}", "/api/v1/campaigns/{id}/approve",
            "/api/v1/campaigns/{id}/devices", "/api/v1/campaigns/{id}/pause", "/api/v1/campaigns/{id}/resume",
            "/api/v1/campaigns/{id}/stop",
            "/api/v1/carbon", "/api/v1/carbon.csv", "/api/v1/carbon/factors.csv",
            "/api/v1/commands", "/api/v1/commands/{id}", "/api/v1/commands/{id}/approve",
            "/api/v1/commands/{id}/devices", "/api/v1/commands/{id}/stop",
            "/api/v1/customers/{customer}", "/api/v1/customers/{customer}/readings.csv", "/api/v1/devices",
            "/api/v1/devices/{address}/bill", "/api/v1/devices/{address}/corrections",
            "/api/v1/devices/{address}/edits", "/api/v1/devices/{address}/live", "/api/v1/devices/{address}/load",
            "/api/v1/devices/{address}/load.csv",
            "/api/v1/devices/{address}/readings", "/api/v1/devices/{address}/readings.csv",
            "/api/v1/devices/{address}/withdrawals", "/api/v1/export", "/api/v1/export/{table}.csv",
            "/api/v1/fleet/areas.csv", "/api/v1/fleet/exchanges",
            "/api/v1/fleet/places.csv", "/api/v1/load", "/api/v1/quality", "/api/v1/quality/check",
            "/api/v1/sessions", "/api/v1/sessions.csv", "/api/v1/tariffs",
            "/api/v1/tariffs/{name}", "/api/v1/tariffs/{name}/{from}", "/api/v1/tokens",
            "/api/v1/tokens/{name}",
            "/api/v1/users", "/api/v1/users/{name}", "/api/v1/webhooks", "/api/v1/webhooks/{name}", "/health",
        }, paths);
    }

    [TestMethod]
    [DataRow("--HeadEnd:Brokers=http://x:1", "HeadEnd:Brokers")]
    [DataRow("--HeadEnd:Brokers=mqtt://x:1883 --HeadEnd:BrokerAuthority=ca.crt", "HeadEnd:BrokerAuthority")]
    [DataRow("--HeadEnd:PostgreSql=nonsense", "HeadEnd:PostgreSql")]
    [DataRow("--HeadEnd:AcknowledgementKeys=/nowhere", "HeadEnd:AcknowledgementKeys")]
    [DataRow("--HeadEnd:SessionKeys=/nowhere", "HeadEnd:SessionKeys")]
    [DataRow("--HeadEnd:MailServer=x", "HeadEnd:MailServer")]
    [DataRow("--HeadEnd:RetentionMonths=-1", "HeadEnd:RetentionMonths")]
    [DataRow("--HeadEnd:EmbeddedBrokerPort=99999", "HeadEnd:EmbeddedBrokerPort")]
    [DataRow("--HeadEnd:DemoSpeed=0", "HeadEnd:DemoSpeed")]
    [DataRow("--HeadEnd:Retention=3", "HeadEnd:Retention")]
    public async Task ASettingThatCannotBeIsNamed(string options, string named)
    {
        SettingsException error = await Assert.ThrowsExactlyAsync<SettingsException>(
            () => RunningProgram.StartAsync(_folder, options.Split(' ')));
        StringAssert.StartsWith(error.Message, named);
    }

    [TestMethod]
    public async Task ASettingOfAnotherTypeIsNamed()
    {
        SettingsException error = await Assert.ThrowsExactlyAsync<SettingsException>(
            () => RunningProgram.StartAsync(_folder, "--HeadEnd:RetentionMonths=many"));
        StringAssert.Contains(error.Message, "HeadEnd:RetentionMonths");
    }

    [TestMethod]
    public async Task AFileThatIsNoHeadEndsIsNamed()
    {
        using (SqliteConnection other = new($"Data Source={Path.Combine(_folder, "headend.sqlite")};Pooling=false"))
        {
            other.Open();
            using SqliteCommand make = other.CreateCommand();
            make.CommandText = "CREATE TABLE record(recipe TEXT)";
            make.ExecuteNonQuery();
        }

        SettingsException error = await Assert.ThrowsExactlyAsync<SettingsException>(
            () => RunningProgram.StartAsync(_folder));
        StringAssert.StartsWith(error.Message, "HeadEnd:Folder");
    }

    [TestMethod]
    public async Task AFormWithoutTheTokenOfItsPageChangesNothing()
    {
        await using RunningProgram running = await RunningProgram.StartAsync(_folder);
        await running.SignInAsync("admin", running.Program.FirstPassword);
        foreach (string path in new[] { "/sign-in", "/sign-out", "/language" })
        {
            FormUrlEncodedContent form = new(new Dictionary<string, string>
            {
                ["language"] = "zh",
                ["name"] = "admin"
            });
            Assert.AreEqual(HttpStatusCode.BadRequest, (await running.Browser.PostAsync(path, form)).StatusCode, path);
        }

        Assert.AreEqual(HttpStatusCode.OK, (await running.Browser.GetAsync("/fleet")).StatusCode, "still signed in");
    }

    [TestMethod]
    [DataRow("UPDATE account SET stamp='another'")]
    [DataRow("UPDATE account SET role='viewer'")]
    [DataRow("DELETE FROM account")]
    public async Task ACookieOpensNothingOnceItsAccountChanged(string change)
    {
        await using RunningProgram running = await RunningProgram.StartAsync(_folder);
        await running.SignInAsync("admin", running.Program.FirstPassword);
        Assert.AreEqual(HttpStatusCode.OK, (await running.Browser.GetAsync("/api/v1/audit")).StatusCode);
        ((SqlStore)running.Program.HeadEnd.Store).Change(change);
        Assert.AreEqual(HttpStatusCode.Unauthorized, (await running.Browser.GetAsync("/api/v1/audit")).StatusCode);
        Assert.AreEqual(HttpStatusCode.Redirect, (await running.Browser.GetAsync("/fleet")).StatusCode);
    }

    [TestMethod]
    public async Task WhatIsNoAddressIsRefusedAndTheAuditLogSpeaksUtc()
    {
        await using RunningProgram running = await RunningProgram.StartAsync(_folder);
        await running.SignInAsync("admin", running.Program.FirstPassword);
        const string Times = "from=2026-11-30T00:00:00%2B08:00&to=2026-12-01T00:00:00%2B08:00";
        foreach (string path in new[]
        {
            $"devices/a%20b/load?{Times}", $"devices/=1/load.csv?{Times}", "devices?cursor=a%00", "devices?area=%00",
        })
        {
            Assert.AreEqual(
                HttpStatusCode.BadRequest, (await running.Browser.GetAsync("/api/v1/" + path)).StatusCode, path);
        }

        HttpResponseMessage read = await running.Browser.GetAsync($"/api/v1/devices/m1/load?{Times}");
        Assert.AreEqual("no-store", read.Headers.CacheControl!.ToString());
        AuditLine line = running.Program.Services.GetRequiredService<AccountStore>().Audit(null, 1).Single();
        Assert.AreEqual("load.read m1 2026-11-29T16:00:00Z to 2026-11-30T16:00:00Z",
            $"{line.Action} {line.Subject} {line.Detail}");
    }

    [TestMethod]
    public async Task APageReadsADeviceOnlyWithANoteAndShowsNoneForWhatIsNoAddress()
    {
        await using RunningProgram running = await RunningProgram.StartAsync(_folder);
        await running.SignInAsync("admin", running.Program.FirstPassword);
        await running.Browser.GetStringAsync("/device/m1?day=2026-11-30");
        AccountStore accounts = running.Program.Services.GetRequiredService<AccountStore>();
        AuditLine line = accounts.Audit(null, 1).Single();
        Assert.AreEqual("admin load.read m1 2026-11-30", $"{line.Who} {line.Action} {line.Subject} {line.Detail}");
        await running.Browser.GetStringAsync("/device/a%20b");
        Assert.AreEqual(line.Id, accounts.Audit(null, 1).Single().Id);
    }

    [TestMethod]
    public void EveryRateOfAPageHasALookOfItsOwn()
    {
        LoadPoint[] points = [.. from index in Enumerable.Range(0, 5)
                                 from name in new[] { "", "peak" }
                                 select new LoadPoint(0, name, index, 1, 0, 1)];
        RatePalette palette = new(points);
        Assert.AreEqual(10, points.Select(palette.Of).Distinct().Count());
        Assert.AreEqual("rate-2", palette.Of(points.Single(point => point is { Rate: "peak", RateIndex: 2 })));
        Assert.AreEqual("rate-2 hatched", palette.Of(points.Single(point => point is { Rate: "", RateIndex: 2 })));
        LoadPoint[] sameIndex = [new(0, "sharp", 0, 1, 0, 1), new(0, "day", 0, 1, 0, 1)];
        Assert.AreEqual(2, sameIndex.Select(new RatePalette(sameIndex).Of).Distinct().Count());
    }

    [TestMethod]
    public void EveryWordStandsInBothLanguages()
    {
        foreach ((string word, (string english, string chinese)) in Words.All)
        {
            Assert.IsTrue(english.Length > 0 && chinese.Length > 0 && chinese != english, word);
        }
    }

    /// <summary>At every hour: a place that begins later than now would not be shown.</summary>
    [TestMethod]
    public void TheTownsPastEndsAtTheLastNoon()
    {
        for (int hour = 0; hour < 48; hour++)
        {
            DateTimeOffset now = new DateTimeOffset(2026, 11, 30, 0, 24, 0, TimeSpan.Zero).AddHours(hour);
            TimeSpan since = now - DemoTown.StartOf(now).AddHours(DemoTown.PastHours);
            Assert.IsTrue(since >= TimeSpan.Zero && since < TimeSpan.FromDays(1), $"{now:s}: {since}");
        }
    }

    [TestMethod]
    public async Task TheTownLivesAndItsSumsAreItsMeters()
    {
        await using RunningProgram running = await RunningProgram.StartAsync(_folder, "--demo");
        await running.SignInAsync("admin", running.Program.FirstPassword);
        Until.True(() => running.Program.HeadEnd.Counters.Stored > 50, "records of the town");
        using JsonDocument devices = JsonDocument.Parse(
            await running.Browser.GetStringAsync("/api/v1/devices?limit=1000"));
        Assert.AreEqual(326, devices.RootElement.GetProperty("items").GetArrayLength());
        Assert.IsFalse(devices.RootElement.GetProperty("items").EnumerateArray().Any(
            device => device.GetProperty("area").ValueKind == JsonValueKind.Null), "each has its place");
        Assert.AreEqual(0, running.Program.HeadEnd.Counters.Refused);
        StringAssert.Contains(await running.Browser.GetStringAsync("/fleet"), "Transformer 6");
    }

    private static StringContent Csv(string text) => new(text, Encoding.UTF8, "text/csv");
}
