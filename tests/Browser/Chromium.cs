using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Browser.Tests;

/// <summary>Debian's Chromium, driven by Playwright; nothing is downloaded.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Path = "/usr/bin/chromium";

    /// <summary>Longest wait for something on a page, on a machine that is busy with other tests.</summary>
    public const int PageMs = 60_000;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Starts it; ends the test as skipped where it is not installed.</summary>
    public static async Task<Chromium> StartOrSkipAsync()
    {
        if (!File.Exists(Path))
        {
            Assert.Inconclusive("skipped: chromium not found");
        }

        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Path,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--no-first-run",
            ],
        });
        return new Chromium(playwright, browser);
    }

    /// <summary>A new window of this width, in this language.</summary>
    public async Task<IPage> OpenAsync(string address, int width, string language)
    {
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address,
            Locale = language,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        IPage page = await context.NewPageAsync();
        page.SetDefaultTimeout(PageMs);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
