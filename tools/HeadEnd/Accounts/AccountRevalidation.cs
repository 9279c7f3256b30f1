using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>A page that is open keeps its connection for hours: it looks again and again whether the account behind it
/// still holds.</summary>
internal sealed class AccountRevalidation(ILoggerFactory loggers, AccountStore accounts, IHeadEndStore store)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    private const int PauseSeconds = 15;

    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(PauseSeconds);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState,
        CancellationToken cancellationToken)
    {
        ClaimsPrincipal who = authenticationState.User;
        try
        {
            return Task.FromResult(accounts.IsCurrent(who.Identity?.Name ?? "",
                who.FindFirstValue(ClaimTypes.Role) ?? "", who.FindFirstValue(SignInEndpoints.Stamp) ?? ""));
        }
        catch (Exception e) when (store.IsUnavailable(e))
        {
            // Nothing can be read or changed then either.
            return Task.FromResult(true);
        }
    }
}
