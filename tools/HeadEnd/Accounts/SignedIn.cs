using System.Security.Claims;

namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>Whether what somebody signed in with still holds: the account with role and stamp, or the token.</summary>
internal sealed class SignedIn(AccountStore accounts, IHeadEndStore store)
{
    /// <summary>Claim that says which state of the account, or which token, a sign-in is of.</summary>
    public const string Stamp = "stamp";

    /// <summary>While the database is away it holds: nothing can be read or changed then either.</summary>
    public bool Holds(ClaimsPrincipal who)
    {
        try
        {
            return who.Identities.Any(Holds);
        }
        catch (Exception e) when (store.IsUnavailable(e))
        {
            return true;
        }
    }

    private bool Holds(ClaimsIdentity who)
    {
        string role = who.FindFirst(ClaimTypes.Role)?.Value ?? "";
        string stamp = who.FindFirst(Stamp)?.Value ?? "";
        return who.AuthenticationType == TokenHandler.Scheme ? accounts.IsTokenCurrent(stamp, role)
            : accounts.IsCurrent(who.Name ?? "", role, stamp);
    }
}
