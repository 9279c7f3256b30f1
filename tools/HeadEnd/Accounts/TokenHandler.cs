using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>Machines: "Authorization: Bearer TOKEN".</summary>
internal sealed class TokenHandler(IOptionsMonitor<TokenOptions> options, ILoggerFactory loggers, UrlEncoder encoder,
    AccountStore accounts) : AuthenticationHandler<TokenOptions>(options, loggers, encoder)
{
    public new const string Scheme = "token";

    private const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (accounts.TokenOf(header[Prefix.Length..]) is not { } token)
        {
            return Task.FromResult(AuthenticateResult.Fail("no such token, or it has expired"));
        }

        ClaimsIdentity identity = new(
            [new Claim(ClaimTypes.Name, "token " + token.Name), new Claim(ClaimTypes.Role, token.Role),
                new Claim(SignedIn.Stamp, token.Stamp)], TokenHandler.Scheme);
        return Task.FromResult(AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(identity), TokenHandler.Scheme)));
    }

    // A person is sent to the page to sign in by the cookie's handler; a status here would take its place.
    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        MachinePaths.IsOne(Request.Path) ? base.HandleChallengeAsync(properties) : Task.CompletedTask;

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        MachinePaths.IsOne(Request.Path) ? base.HandleForbiddenAsync(properties) : Task.CompletedTask;
}
