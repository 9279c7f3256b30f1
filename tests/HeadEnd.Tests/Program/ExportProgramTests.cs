using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MeterFirmware.HeadEnds.Tests.Sessions;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Program;

/// <summary>Exports, tariffs, sessions and carbon as they are asked for over HTTP.</summary>
[TestClass]
public sealed class ExportProgramTests : IDisposable
{
    private const string Period = "from=2026-01-05T00:00:00%2B08:00&to=2026-01-06T00:00:00%2B08:00";
    private static readonly long _start =
        new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeSeconds();

    private readonly string _folder = Directory.CreateTempSubdirectory("mf-export-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task AnExportIsTheDatabasesRowsWithEscapedFormulas()
    {
        await using RunningProgram running = await StartAsync();
        Put(running, [.. new Intervals("m1", _start).Take(96, 1_234)]);
        string whole = await running.Browser.GetStringAsync($"/api/v1/export/reading.csv?{Period}");
        SqlStore store = (SqlStore)running.Program.HeadEnd.Store;
        List<string> rows = store.Rows("SELECT address, start_utc_s, import_milliwatthours FROM reading ORDER BY 2",
            row => $"{row.GetString(0)},{row.GetInt64(1)},{row.GetInt64(1) + 900},0,{row.GetInt64(2)},0,measured");
        CollectionAssert.AreEqual(rows, whole.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).ToList());

        // The same, a page at a time.
        List<string> paged = [];
        string cursor = "";
        do
        {
            HttpResponseMessage page = await running.Browser.GetAsync(
                $"/api/v1/export/reading.csv?{Period}&limit=40{(cursor.Length == 0 ? "" : "&cursor=" + cursor)}");
            paged.AddRange((await page.Content.ReadAsStringAsync())
                .Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1));
            cursor = page.Headers.TryGetValues("X-Next-Cursor", out IEnumerable<string> next) ? next.Single() : "";
        }
        while (cursor.Length > 0);
        CollectionAssert.AreEqual(rows, paged);
        await running.Browser.PutAsync("/api/v1/fleet/areas.csv", Csv(
            "name,kind,parent,rating_kva,valid_from,valid_to\n'=cmd|x,substation,,,2026-01-01T00:00:00+08:00,\n"));
        StringAssert.Contains(
            await running.Browser.GetStringAsync("/api/v1/export/area.csv"), "\r\n'=cmd|x,substation");
        foreach ((string path, HttpStatusCode status) in new[]
        {
            ("nothing.csv", HttpStatusCode.NotFound), ("record.csv", HttpStatusCode.BadRequest),
            ("area.csv?cursor=x", HttpStatusCode.BadRequest), ("area.csv?limit=0", HttpStatusCode.BadRequest),
        })
        {
            Assert.AreEqual(status, (await running.Browser.GetAsync($"/api/v1/export/{path}")).StatusCode, path);
        }

        Assert.IsTrue((await running.Browser.GetStringAsync("/api/v1/audit")).Contains("\"export\""));
    }

    [TestMethod]
    public async Task ATariffIsAddedByTheApiAndEachMistakeHasItsPath()
    {
        await using RunningProgram running = await StartAsync();
        HttpResponseMessage wrong = await running.Browser.PostAsJsonAsync(
            "/api/v1/tariffs/home", new { from = "2026-01-01", document = new { name = "x" } });
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        StringAssert.Contains(await wrong.Content.ReadAsStringAsync(), "\"path\":\"$.timezone\"");
        using JsonDocument good = JsonDocument.Parse(
            MeterFirmware.Tools.Billing.Tariffs.TariffExamples.Find("shanghai-household")!);
        object tariff = new { from = "2026-01-01", document = good.RootElement };
        Assert.AreEqual(HttpStatusCode.Created,
            (await running.Browser.PostAsJsonAsync("/api/v1/tariffs/home", tariff)).StatusCode);
        HttpResponseMessage twice = await running.Browser.PostAsJsonAsync("/api/v1/tariffs/home", tariff);
        StringAssert.Contains(await twice.Content.ReadAsStringAsync(), "overlaps");
        using JsonDocument read = JsonDocument.Parse(
            await running.Browser.GetStringAsync("/api/v1/tariffs/home/2026-01-01"));
        Assert.IsTrue(JsonElement.DeepEquals(good.RootElement, read.RootElement), "as it was sent");
        string page = await running.Browser.GetStringAsync("/tariffs?name=home&year=2026");
        StringAssert.Contains(page, "<rect");
        StringAssert.Contains(await running.Browser.GetStringAsync("/tariffs?name=none&year=x"), "2026-01-01");
        Assert.AreEqual(HttpStatusCode.Conflict,
            (await running.Browser.DeleteAsync("/api/v1/tariffs/home/2026-01-01")).StatusCode);
    }

    [TestMethod]
    public async Task ASessionsSignatureStandsOnPageApiAndExport()
    {
        File.WriteAllText(Path.Combine(_folder, "session.keys"), $"c1 {Convert.ToHexStringLower(SignedSession.Key)}\n");
        await using RunningProgram running = await StartAsync(
            $"--HeadEnd:SessionKeys={Path.Combine(_folder, "session.keys")}");
        byte[] message = SignedSession.Message(1, _start + 60, SignedSession.Key);
        Put(running, [SignedSession.Arrival("c1", 1, _start + 60, message),
            SignedSession.Arrival("c1", 2, _start + 61, SignedSession.With(message, "cost", "\"0.0001\""))]);
        running.Program.Services.GetRequiredService<SessionStore>().Check();
        string csv = await running.Browser.GetStringAsync($"/api/v1/sessions.csv?{Period}");
        StringAssert.Contains(csv, ",4.2500,valid,");
        StringAssert.Contains(csv, ",0.0001,wrong,cost is not what the signed record says");
        using JsonDocument page = JsonDocument.Parse(
            await running.Browser.GetStringAsync($"/api/v1/sessions?{Period}&signature=wrong&device=c1"));
        Assert.AreEqual(1, page.RootElement.GetProperty("items").GetArrayLength());
        string shown = await running.Browser.GetStringAsync("/sessions?day=2026-01-05&device=c1");
        StringAssert.Contains(WebUtility.HtmlDecode(shown), "✓ valid");
        StringAssert.Contains(WebUtility.HtmlDecode(shown), "⚠ wrong cost is not what the signed record says");
        StringAssert.Contains(await running.Browser.GetStringAsync("/api/v1/alarms?open=true"), "\"signature\"");
        Assert.AreEqual(HttpStatusCode.BadRequest,
            (await running.Browser.GetAsync($"/api/v1/sessions?{Period}&signature=x")).StatusCode);
    }

    [TestMethod]
    public async Task CarbonIsReadByAreaByAllAndByHomeByAnOperator()
    {
        await using RunningProgram running = await StartAsync();
        Put(running, [.. new Intervals("m1", _start).Take(8, 250_000)]);
        HttpResponseMessage put = await running.Browser.PutAsync("/api/v1/carbon/factors.csv",
            Csv("start,kg_per_kwh\n2026-01-05T00:00:00+08:00,0.5\n"));
        Assert.AreEqual(HttpStatusCode.NoContent, put.StatusCode);
        using JsonDocument report = JsonDocument.Parse(
            await running.Browser.GetStringAsync($"/api/v1/carbon?device=m1&{Period}"));
        Assert.AreEqual((500_000L, 500m), (report.RootElement.GetProperty("milligrams").GetInt64(),
            report.RootElement.GetProperty("gramsPerKwh").GetDecimal()));
        StringAssert.Contains(await running.Browser.GetStringAsync($"/api/v1/carbon.csv?device=m1&{Period}"),
            "2026-01-04T16:00:00+00:00,1000000,500000000,500000\r\n2026-01-04T17:00:00+00:00,1000000,,\r\n");
        using HttpClient viewer = await running.MachineAsync("v", "viewer");
        Assert.AreEqual(HttpStatusCode.Forbidden,
            (await viewer.GetAsync($"/api/v1/carbon?device=m1&{Period}")).StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, (await viewer.GetAsync($"/api/v1/carbon?area=T1&{Period}")).StatusCode);
        foreach (string bad in new[] { "", "&area=T1&device=m1", "&area=" })
        {
            Assert.AreEqual(HttpStatusCode.BadRequest,
                (await running.Browser.GetAsync($"/api/v1/carbon?{Period}{bad}")).StatusCode, bad);
        }
    }

    private static StringContent Csv(string text) => new(text, Encoding.UTF8, "text/csv");

    private static void Put(RunningProgram running, IReadOnlyList<Arrival> arrivals) =>
        new RecordIntake(running.Program.HeadEnd.Store).Store(arrivals, new HeadEndCounters(), null);

    private async Task<RunningProgram> StartAsync(params string[] more)
    {
        RunningProgram running = await RunningProgram.StartAsync(_folder, more);
        await running.SignInAsync("admin", running.Program.FirstPassword);
        return running;
    }
}
