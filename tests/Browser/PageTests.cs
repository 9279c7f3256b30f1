using System.Text.RegularExpressions;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Campaigns;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Web;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.HeadEnds.Web.Demo;
using MeterFirmware.Tools.Tests.Support;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Browser.Tests;

/// <summary>What a person does on the pages, over the demonstration's town, on a phone and on a desk, in both
/// languages.</summary>
[TestClass]
public sealed partial class PageTests
{
    private const int Phone = 390;
    private const int Desk = 1_440;

    /// <summary>306 meters, a day and a bit: the pages of that day are whole.</summary>
    private const int RecordsWanted = 40_000;

    /// <summary>The first page's bytes over the wire.</summary>
    private const long FirstLoadBytesMax = 400_000;

    private static readonly string[] _pages =
    [
        "/", "/fleet", "/areas", "/area/Transformer%204", "/quality", "/commands", "/campaigns", "/alarms",
        "/users", "/device/meter-001", "/sessions", "/carbon", "/tariffs", "/exports",
    ];

    private static HeadEndProgram _program;
    private static Chromium _chromium;

    [ClassInitialize]
    public static async Task StartAsync(TestContext _)
    {
        LongRun.AskedOrSkip();
        Assertions.SetDefaultExpectTimeout(Chromium.PageMs);
        _chromium = await Chromium.StartOrSkipAsync();
        _program = await HeadEndProgram.StartAsync(["--demo", "--HeadEnd:Address=http://127.0.0.1:0"]);
        Until.True(() => _program.HeadEnd.Counters.Stored > RecordsWanted, "a day of the town");
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (_program != null)
        {
            await _program.DisposeAsync();
        }

        if (_chromium != null)
        {
            await _chromium.DisposeAsync();
        }
    }

    [TestMethod]
    [DataRow(Phone, "en-GB", "Sign in", "Fleet")]
    [DataRow(Phone, "zh-CN", "登录", "设备档案")]
    [DataRow(Desk, "en-GB", "Sign in", "Fleet")]
    [DataRow(Desk, "zh-CN", "登录", "设备档案")]
    public async Task APersonSignsInFindsAMeterReadsItsDayAndTakesItAsCsv(int width, string language, string signIn,
        string fleet)
    {
        IPage page = await _chromium.OpenAsync(_program.Address, width, language);
        await page.GotoAsync("/fleet");
        await SignInAsync(page, signIn);
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(fleet);
        await page.GetByText("Transformer 2", new() { Exact = true }).First.ClickAsync();
        await page.WaitForURLAsync("**area=*");
        await Assertions.Expect(page.GetByText("meter-001", new() { Exact = true })).ToHaveCountAsync(0);
        await page.GetByText("meter-002", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("meter-002");
        await page.GetByText("←").ClickAsync();
        await page.WaitForURLAsync("**day=*");
        await Assertions.Expect(page.Locator("svg.load rect")).ToHaveCountAsync(96);
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByText("CSV").ClickAsync());
        string csv = await File.ReadAllTextAsync(await download.PathAsync());
        string day = Day().Match(page.Url).Groups[1].Value;
        long start = new DateTimeOffset(DateOnly.Parse(day, null), TimeOnly.MinValue, TimeSpan.FromHours(8))
            .ToUnixTimeSeconds();
        long stored = _program.Services.GetRequiredService<FleetStore>().Load("meter-002", start, start + 86_400)
            .Sum(point => point.ImportMilliwattHours);
        long taken = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Sum(line => long.Parse(line.Split(',')[3], null));
        Assert.AreEqual(stored, taken);
        Assert.IsTrue(taken > 0);
    }

    [TestMethod]
    [DataRow(Phone, "en-GB", "Sign in")]
    [DataRow(Desk, "zh-CN", "登录")]
    public async Task AnExportOfAPeriodIsWhatTheDatabaseHolds(int width, string language, string signIn)
    {
        IPage page = await _chromium.OpenAsync(_program.Address, width, language);
        DateTimeOffset midnight = DemoTown.StartOf(DateTimeOffset.UtcNow);
        await page.GotoAsync($"/exports?from={midnight:yyyy-MM-dd}");
        await SignInAsync(page, signIn);
        IDownload download = await page.RunAndWaitForDownloadAsync(
            () => page.GetByLabel("reading CSV", new() { Exact = true }).ClickAsync());
        string[] csv = (await File.ReadAllTextAsync(await download.PathAsync()))
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        QualityStore quality = _program.Services.GetRequiredService<QualityStore>();
        long from = midnight.ToUnixTimeSeconds();
        string[] stored = [.. quality.Metering().SelectMany(device => quality.Readings(device, from, from + 86_400)
            .Select(one => $"{device},{one.StartUtcSeconds},{one.EndUtcSeconds},{one.Rate},{one.ImportMilliwattHours},"
                + $"{one.ExportMilliwattHours},{one.Source}"))];
        Assert.IsTrue(stored.Length > 96 * 300, $"{stored.Length} rows");
        CollectionAssert.AreEquivalent(stored, csv[1..]);
    }

    [TestMethod]
    [DataRow(Phone, "zh-CN", "登录", "校验")]
    [DataRow(Desk, "en-GB", "Sign in", "Check")]
    public async Task ATariffsMistakesAreNamedWithTheirLineInTheEditor(int width, string language, string signIn,
        string check)
    {
        IPage page = await _chromium.OpenAsync(_program.Address, width, language);
        await page.GotoAsync("/tariffs");
        await SignInAsync(page, signIn);
        string good = System.Text.Encoding.UTF8.GetString(
            MeterFirmware.Tools.Billing.Tariffs.TariffExamples.Find("shanghai-household")!);
        await page.Locator("textarea").FillAsync(good.Replace("Asia/Shanghai", "Moon", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = check, Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#tariff-problems")).ToContainTextAsync("$.timezone");
        await page.Locator("textarea").FillAsync(good);
        await page.GetByRole(AriaRole.Button, new() { Name = check, Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#tariff-problems")).ToContainTextAsync("✓");
    }

    [TestMethod]
    [DataRow(Phone, "en-GB", "Acknowledge")]
    [DataRow(Desk, "zh-CN", "确认")]
    public async Task AnAlarmIsAcknowledgedOnThePage(int width, string language, string acknowledge)
    {
        AlarmStore alarms = _program.Services.GetRequiredService<AlarmStore>();
        string subject = $"Transformer {(width == Phone ? 1 : 2)}";
        alarms.Set(AlarmKinds.Overload, new Dictionary<string, string> { [subject] = "120.0 %" });
        Alarm alarm = alarms.List(null, 1_000, isOpen: true).Single(one => one.Kind == AlarmKinds.Overload);
        IPage page = await _chromium.OpenAsync(_program.Address, width, language);
        await page.GotoAsync("/alarms");
        await SignInAsync(page, language == "en-GB" ? "Sign in" : "登录");
        ILocator row = page.Locator("tr", new() { HasText = "120.0 %" });
        await row.GetByRole(AriaRole.Button, new() { Name = acknowledge }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("✓ admin");
        await row.Locator("summary").ClickAsync();
        await row.Locator("input").FillAsync("<b>crew</b> sent");
        await row.Locator("input").BlurAsync();
        await Assertions.Expect(row.Locator(".note")).ToContainTextAsync("<b>crew</b> sent");
        Assert.AreEqual("admin", alarms.Find(alarm.Id)!.AcknowledgedBy);
        Assert.AreEqual(1, alarms.Notes(alarm.Id).Count);
        Assert.IsTrue(_program.Services.GetRequiredService<AccountStore>().Audit(null, 50).Any(
            line => line.Action == "alarm.acknowledge" && line.Subject == $"{alarm.Id}"));
    }

    [TestMethod]
    [DataRow(Phone, "zh-CN", 11, "模拟", "开始", "✓ 已执行", "费率文件（JSON）", "原因")]
    [DataRow(Desk, "en-GB", 31, "Simulate", "Start", "✓ carried out", "Tariff document (JSON)", "Reason")]
    public async Task ATariffGoesToTenMetersAndTheirAnswersAreSeen(int width, string language, int first,
        string simulate, string start, string done, string document, string why)
    {
        IPage page = await _chromium.OpenAsync(_program.Address, width, language);
        await page.GotoAsync("/campaigns");
        await SignInAsync(page, language == "en-GB" ? "Sign in" : "登录");
        ILocator form = page.Locator("form.edit");
        await form.GetByLabel(document).FillAsync("{\"name\":");
        await form.GetByRole(AriaRole.Button, new() { Name = simulate }).ClickAsync();
        await Assertions.Expect(form.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        string tariff = System.Text.Encoding.UTF8.GetString(TariffExamples.Find("china-workplace-five-rates")!);
        await form.GetByLabel(document).FillAsync(tariff);
        string devices = string.Join(' ', Enumerable.Range(first, 10).Select(i => $"meter-{i:000}"));
        await form.GetByPlaceholder("m1 m2").FillAsync(devices);
        await form.GetByLabel(why, new() { Exact = true }).FillAsync("browser test");
        await form.GetByLabel(language == "en-GB" ? "Pause between waves" : "批次间隔").FillAsync("0");
        await form.GetByRole(AriaRole.Button, new() { Name = simulate }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = start, Exact = true }).ClickAsync();
        ILocator answers = page.Locator("h2 ~ .cards tbody tr");
        await Assertions.Expect(answers).ToHaveCountAsync(10);
        await Assertions.Expect(answers.Filter(new() { HasText = done })).ToHaveCountAsync(10);
        await Assertions.Expect(answers.First).ToContainTextAsync("\"tariff\":");
        await TakePictureAsync(page, "/campaign", width, language);
        CampaignStore campaigns = _program.Services.GetRequiredService<CampaignStore>();
        Campaign campaign = campaigns.List(null, 1).Single();
        Assert.AreEqual("done 10", string.Join(", ",
            campaigns.Counts(campaign.Id).Select(one => $"{one.Key} {one.Value}")));
    }

    [TestMethod]
    [DataRow(Phone, "en-GB")]
    [DataRow(Phone, "zh-CN")]
    [DataRow(Desk, "en-GB")]
    [DataRow(Desk, "zh-CN")]
    public async Task NoPageIsWiderThanItsWindowOrSaysAnErrorOrAsksAnotherHost(int width, string language)
    {
        IPage page = await _chromium.OpenAsync(_program.Address, width, language);
        List<string> wrong = [];
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                wrong.Add($"{page.Url}: {message.Text}");
            }
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(_program.Address, StringComparison.Ordinal)
                && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                wrong.Add(request.Url);
            }
        };
        await page.GotoAsync("/");
        await SignInAsync(page, language == "en-GB" ? "Sign in" : "登录");
        foreach (string path in _pages)
        {
            await page.GotoAsync(path);
            await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
            int beyond = await page.EvaluateAsync<int>(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth");
            int cut = await page.EvaluateAsync<int>("""
                [...document.querySelectorAll('.mud-table-container')]
                    .reduce((most, one) => Math.max(most, one.scrollWidth - one.clientWidth), 0)
                """);
            if (beyond > 0 || cut > 0)
            {
                wrong.Add($"{path}: {beyond} px beyond the window, {cut} px of a table are cut");
            }

            await TakePictureAsync(page, path, width, language);
        }

        Assert.AreEqual(0, wrong.Count, string.Join('\n', wrong));
    }

    [TestMethod]
    public async Task TheFirstPageIsSmall()
    {
        IPage page = await _chromium.OpenAsync(_program.Address, Desk, "en-GB");
        ICDPSession network = await page.Context.NewCDPSessionAsync(page);
        await network.SendAsync("Network.enable");
        long bytes = 0;
        network.Event("Network.loadingFinished").OnEvent += (_, message) =>
            Interlocked.Add(ref bytes, (long)message!.Value.GetProperty("encodedDataLength").GetDouble());
        await page.GotoAsync("/");
        await SignInAsync(page, "Sign in");
        await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
        Console.WriteLine($"first load with the page to sign in: {Interlocked.Read(ref bytes) / 1_000} KB");
        Assert.IsTrue(Interlocked.Read(ref bytes) < FirstLoadBytesMax, $"{bytes} bytes");
    }

    private static async Task SignInAsync(IPage page, string button)
    {
        await page.FillAsync("input[name=name]", "admin");
        await page.FillAsync("input[name=password]", _program.FirstPassword!);
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
    }

    /// <summary>README's pictures: METER_PICTURES names a folder.</summary>
    private static async Task TakePictureAsync(IPage page, string path, int width, string language)
    {
        if (Environment.GetEnvironmentVariable("METER_PICTURES") is { Length: > 0 } folder)
        {
            string name = path.Trim('/').Replace('/', '-').Replace("%20", "-");
            await page.ScreenshotAsync(new PageScreenshotOptions
            {
                Path = Path.Combine(folder, $"{(name.Length == 0 ? "overview" : name)}-{width}-{language[..2]}.png"),
                FullPage = false,
            });
        }
    }

    [GeneratedRegex("day=([0-9-]+)")]
    private static partial Regex Day();
}
