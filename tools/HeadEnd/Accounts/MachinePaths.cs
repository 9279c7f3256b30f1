namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>Paths that answer who is not signed in with a status; all others send to the page to sign in.</summary>
internal static class MachinePaths
{
    public static bool IsOne(PathString path) =>
        path.StartsWithSegments("/api") || path.StartsWithSegments("/metrics");
}
