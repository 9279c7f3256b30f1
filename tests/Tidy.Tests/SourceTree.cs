using MeterFirmware.Tools.Tests.Support;

namespace MeterFirmware.Tidy.Tests;

/// <summary>The files of the checkout, read once.</summary>
public static class SourceTree
{
    private static readonly string[] _folders = ["firmware", "drivers", "boards", "tests", "tools"];

    public static IReadOnlyList<SourceText> Sources { get; } =
        [.. Files("*.cs").Select(path => new SourceText(path, Read(path)))];

    public static IReadOnlyList<string> Readmes { get; } =
        [.. Files("*.md"), .. Directory.GetFiles(Checkout.Root, "README*.md").Select(Path.GetFileName)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Checkout.Root, path)).Replace("\r\n", "\n");

    /// <summary>Paths from the root, in order; without what builds leave behind.</summary>
    public static IEnumerable<string> Files(string pattern) =>
        from folder in _folders
        from file in Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), pattern, SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/')
        where !path.Contains("/bin/") && !path.Contains("/obj/")
            && !path.StartsWith("tools/templates/", StringComparison.Ordinal)
        orderby path
        select path;
}
