using System.Reflection;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>Migrations that both databases run, but for the type of a row's number.</summary>
internal static class CommonScripts
{
    public const string Fleet = "0002-fleet";

    /// <summary>Fleet, topology, accounts, audit.</summary>
    /// <param name="identity">Type of a row's number that the database gives.</param>
    public static string FleetTables(string identity) => Text("Common", Fleet).Replace("{identity}", identity);

    /// <summary>A script of a folder below Store.</summary>
    public static string Text(string folder, string name)
    {
        Assembly assembly = typeof(CommonScripts).Assembly;
        using StreamReader reader = new(
            assembly.GetManifestResourceStream($"MeterFirmware.Store.{folder}.{name}.sql")!);
        return reader.ReadToEnd();
    }
}
