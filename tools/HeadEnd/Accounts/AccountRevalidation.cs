using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>A page that is open keeps its connection for hours: it looks again and again whether the account behind it
/// still holds.</summary>
internal sealed class AccountRevalidation(ILoggerFactory loggers, SignedIn signedIn)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    private const int PauseSeconds = 15;

    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(PauseSeconds);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState,
        CancellationToken cancellationToken) =>
        Task.FromResult(signedIn.Holds(authenticationState.User));
}
