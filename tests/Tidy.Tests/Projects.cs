using System.Xml.Linq;
using MeterFirmware.Tools.Tests.Support;

namespace MeterFirmware.Tidy.Tests;

/// <summary>What project files say: root namespaces and references.</summary>
public static class Projects
{
    private static readonly Dictionary<string, string> _rootOf = SourceTree.Files("*.csproj")
        .ToDictionary(path => Path.GetDirectoryName(path).Replace('\\', '/'), RootNamespace);

    /// <summary>The namespace that a file's folder asks for; null outside of every project.</summary>
    public static string NamespaceOf(string path)
    {
        string below = "";
        for (string folder = Folder(path); folder != ""; folder = Folder(folder))
        {
            if (_rootOf.TryGetValue(folder, out string root))
            {
                return root + below;
            }

            below = "." + folder[(folder.LastIndexOf('/') + 1)..] + below;
        }

        return null;
    }

    /// <summary>Names of the projects that a project refers to itself, in order.</summary>
    public static string[] ReferencesOf(string path) =>
    [
        .. XDocument.Load(Path.Combine(Checkout.Root, path)).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include").Value)).Order(StringComparer.Ordinal),
    ];

    private static string Folder(string path) => path.LastIndexOf('/') is int at and >= 0 ? path[..at] : "";

    // As Directory.Build.props has it, and drivers/Directory.Build.props.
    private static string RootNamespace(string path)
    {
        string own = XDocument.Load(Path.Combine(Checkout.Root, path)).Descendants("RootNamespace")
            .FirstOrDefault()?.Value;
        string name = Path.GetFileNameWithoutExtension(path);
        return own ?? (path.StartsWith("drivers/", StringComparison.Ordinal)
            ? "MeterFirmware.Drivers." : "MeterFirmware.") + name;
    }
}
