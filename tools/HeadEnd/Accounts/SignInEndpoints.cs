using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;

namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>The forms of the page to sign in and out.</summary>
internal static class SignInEndpoints
{
    public static void Map(WebApplication web)
    {
        web.MapPost("/sign-in", SignInAsync).RequireRateLimiting("sign-in").ExcludeFromDescription();

        // Its field says nothing: with one, ASP.NET Core asks for the antiforgery token.
        web.MapPost("/sign-out", async (HttpContext context, [FromForm] string? back) =>
        {
            await context.SignOutAsync();
            return Results.LocalRedirect("/sign-in");
        }).ExcludeFromDescription();
        web.MapPost("/language", (HttpContext context, [FromForm] string language, [FromForm] string? back) =>
        {
            context.Response.Cookies.Append("language", language == "zh" ? "zh" : "en",
                new CookieOptions { SameSite = SameSiteMode.Strict, MaxAge = TimeSpan.FromDays(365) });
            return Local(back);
        }).ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(HttpContext context, AccountStore accounts,
        [FromForm] string? name, [FromForm] string? password, [FromForm] string? back)
    {
        string who = name ?? "";
        if (accounts.Find(who, password ?? "") is not { } account)
        {
            accounts.Note(AccountStore.IsName(who) ? who : "(no name)", "sign-in.refused", "", "");
            return Results.LocalRedirect("/sign-in?refused=1");
        }

        accounts.Note(who, "sign-in", "", account.Role);
        ClaimsIdentity identity = new(
            [new Claim(ClaimTypes.Name, who), new Claim(ClaimTypes.Role, account.Role),
                new Claim(SignedIn.Stamp, account.Stamp)],
            CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(new ClaimsPrincipal(identity));
        return Local(back);
    }

    /// <summary>Ends a session whose account has changed or is gone.</summary>
    public static async Task CheckAsync(CookieValidatePrincipalContext cookie)
    {
        if (cookie.HttpContext.RequestServices.GetRequiredService<SignedIn>().Holds(cookie.Principal!))
        {
            return;
        }

        cookie.RejectPrincipal();
        await cookie.HttpContext.SignOutAsync();
    }

    // Only to a page of ours: an address of another host would be taken for one of us.
    private static IResult Local(string? back) => Results.LocalRedirect(
        back is { Length: > 0 } && back[0] == '/' && !back.StartsWith("//") && !back.StartsWith("/\\") ? back : "/");
}
