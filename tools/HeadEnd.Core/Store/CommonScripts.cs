using System.Reflection;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>Migrations that both databases run, but for the type of a row's number.</summary>
internal static class CommonScripts
{
    /// <summary>In their order: fleet, topology, accounts, audit; then quality of data, alarms;
    /// then commands, erasures; then sessions, tariffs, emission factors.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["0002-fleet", "0003-quality", "0004-commands", "0006-utility"];

    /// <summary>The newest migration of this program.</summary>
    public static string Newest => Names[^1];

    /// <summary>A migration's text.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="identity">Type of a row's number that the database gives.</param>
    public static string Tables(string name, string identity) => Text("Common", name).Replace("{identity}", identity);

    /// <summary>A script of a folder below Store.</summary>
    public static string Text(string folder, string name)
    {
        Assembly assembly = typeof(CommonScripts).Assembly;
        using StreamReader reader = new(
            assembly.GetManifestResourceStream($"MeterFirmware.Store.{folder}.{name}.sql")!);
        return reader.ReadToEnd();
    }
}
