using System.Threading.RateLimiting;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.HeadEnds.Web.Api;
using MeterFirmware.Tools.HeadEnds.Web.Demo;
using MeterFirmware.Tools.HeadEnds.Web.Live;
using MeterFirmware.Tools.HeadEnds.Web.Orders;
using MeterFirmware.Tools.HeadEnds.Web.Pages;
using MeterFirmware.Tools.HeadEnds.Web.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using MudBlazor.Services;
using OpenTelemetry.Metrics;

namespace MeterFirmware.Tools.HeadEnds.Web;

/// <summary>Puts the page and the API together.</summary>
internal static class WebParts
{
    private const int BodyBytesMax = 16 << 20;

    /// <summary>A tariff's document from its editor, in UTF-8.</summary>
    private const int PageMessageBytesMax = 1 << 20;

    private const int SignInsAMinuteMax = 10;

    public static WebApplication Build(WebApplicationBuilder builder, HeadEndSettings settings, string folder,
        IHeadEndStore store, HeadEnd headEnd, AccountStore accounts, DemoTown? town, LiveHub live)
    {
        builder.WebHost.UseUrls(settings.Address).UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.AddServerHeader = false;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);

        // The build's own compressed files; unpublished, the runtime would pack each anew without compressing it.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        IServiceCollection services = builder.Services;
        services.AddSingleton(settings).AddSingleton(store).AddSingleton(headEnd).AddSingleton(accounts);
        services.AddSingleton(new SignedIn(accounts, store));
        services.AddSingleton(TimeProvider.System);
        FleetStore fleet = new(store, () => DateTimeOffset.UtcNow);
        TownClock clock = new(town != null);
        services.AddSingleton(fleet).AddSingleton(clock).AddSingleton(live);
        UtilityParts.Add(services, settings, folder, store, headEnd, fleet, clock,
            town != null ? town.BillingKeys.Of : HeadEndProgram.SessionKeysOf(settings) ?? (_ => null));
        OrderParts.Add(services, settings, store, headEnd, fleet, clock);
        services.AddDataProtection().SetApplicationName("MeterFirmware.HeadEnd")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(Path.GetFullPath(folder), "keys")));
        AddSignIn(services);
        services.AddOpenApi("v1");
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddAspNetCoreInstrumentation().AddMeter(IntakeMetrics.Name).AddPrometheusExporter());
        services.AddSingleton<IntakeMetrics>();
        services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = PageMessageBytesMax);
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, AccountRevalidation>();
        services.AddMudServices();
        WebApplication web = builder.Build();
        web.Services.GetRequiredService<IntakeMetrics>();
        Use(web);
        return web;
    }

    private static void AddSignIn(IServiceCollection services)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(cookie =>
            {
                cookie.LoginPath = "/sign-in";
                cookie.Cookie.Name = "mf-head-end";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
                cookie.Events.OnValidatePrincipal = SignInEndpoints.CheckAsync;
                cookie.Events.OnRedirectToLogin = context => AnswerOr(context, StatusCodes.Status401Unauthorized);
                cookie.Events.OnRedirectToAccessDenied = context => AnswerOr(context, StatusCodes.Status403Forbidden);
            })
            .AddScheme<TokenOptions, TokenHandler>(TokenHandler.Scheme, null);
        services.AddAuthorization(options =>
        {
            foreach (string role in Roles.All)
            {
                options.AddPolicy(role, policy => policy
                    .AddAuthenticationSchemes(CookieAuthenticationDefaults.AuthenticationScheme, TokenHandler.Scheme)
                    .RequireRole(Roles.AtLeast(role)));
            }
        });
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddPolicy("sign-in", context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = SignInsAMinuteMax,
                    Window = TimeSpan.FromMinutes(1),
                }));
        });
    }

    // A machine gets its status, a person the page to sign in on.
    private static Task AnswerOr(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (MachinePaths.IsOne(context.Request.Path))
        {
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }

    private static void Use(WebApplication web)
    {
        web.Use((context, next) =>
        {
            // OWASP secure headers; the page's own scripts and styles come from here, its live part by WebSocket.
            IHeaderDictionary headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            if (MachinePaths.IsOne(context.Request.Path))
            {
                headers.CacheControl = "no-store";
            }

            headers.ContentSecurityPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; "
                + "img-src 'self' data:; "
                + "frame-ancestors 'none'; base-uri 'self'; form-action 'self'";
            return next();
        });
        web.MapStaticAssets();
        web.UseRateLimiter();
        web.UseAuthentication();
        web.UseAuthorization();
        web.UseAntiforgery();
        web.UseWhen(EntityTags.IsWanted, branch => branch.Use(EntityTags.AnswerAsync));
        web.MapOpenApi("/openapi/{documentName}.json");
        web.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(Roles.Viewer);
        SignInEndpoints.Map(web);
        HealthEndpoint.Map(web);
        DeviceEndpoints.Map(web);
        FleetEndpoints.Map(web);
        AdminEndpoints.Map(web);
        QualityEndpoints.Map(web);
        AreaEndpoints.Map(web);
        AlarmEndpoints.Map(web);
        BillEndpoints.Map(web);
        UserEndpoints.Map(web);
        CustomerEndpoints.Map(web);
        LiveEndpoints.Map(web);
        CommandEndpoints.Map(web);
        SessionEndpoints.Map(web);
        TariffEndpoints.Map(web);
        CarbonEndpoints.Map(web);
        ExportEndpoints.Map(web);
        CampaignEndpoints.Map(web);
        web.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
