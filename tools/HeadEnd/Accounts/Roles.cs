namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>What a person or a machine may do; each may do what those before it may.</summary>
public static class Roles
{
    /// <summary>Reads.</summary>
    public const string Viewer = "viewer";

    /// <summary>Acknowledges alarms, reads customers' data.</summary>
    public const string Operator = "operator";

    /// <summary>Changes fleet and topology, sends commands.</summary>
    public const string Engineer = "engineer";

    /// <summary>Gives accounts and tokens, reads the audit log.</summary>
    public const string Admin = "admin";

    /// <summary>From the least to the most.</summary>
    public static readonly IReadOnlyList<string> All = [Viewer, Operator, Engineer, Admin];

    /// <summary>Whether somebody has a role or one above it.</summary>
    public static bool Has(System.Security.Claims.ClaimsPrincipal who, string role) => AtLeast(role).Any(who.IsInRole);

    /// <summary>A role and all above it.</summary>
    public static IEnumerable<string> AtLeast(string role) => All.SkipWhile(one => one != role);
}
