using System.Text.RegularExpressions;

namespace MeterFirmware.Tidy.Tests;

/// <summary>The rules of the house that a file alone shows.</summary>
public static partial class Rules
{
    public const int ColumnsMax = 120;
    public const int FileLinesMax = 500;
    public const int MethodLinesMax = 70;

    /// <summary>Lines of C# beyond 120 columns. Markdown is not measured: a table's row cannot be broken.</summary>
    public static IEnumerable<Finding> Columns(SourceText source) =>
        source.Lines.Select((line, i) => (line, i)).Where(l => l.line.Length > ColumnsMax)
            .Select(l => new Finding(source.Path, l.i + 1));

    public static IEnumerable<Finding> FileLength(SourceText source) =>
        source.Lines.Length > FileLinesMax ? [new Finding(source.Path, FileLinesMax + 1)] : [];

    public static IEnumerable<Finding> MethodLength(SourceText source) =>
        MethodLengths.Of(source).Where(m => m.Lines > MethodLinesMax)
            .Select(m => new Finding($"{source.Path} {m.Name}", m.Line));

    /// <summary>A comment names a path that a reader of the repository does not have. Such facts belong into the room's
    /// README, with their source.</summary>
    public static IEnumerable<Finding> OutsidePath(SourceText source) =>
        Outside().Matches(source.Comments).Select(m => new Finding(source.Path, source.LineOf(m.Index)));

    /// <summary>The namespace is the project's root namespace and the folders below it.</summary>
    public static IEnumerable<Finding> Namespace(SourceText source)
    {
        Match declared = NamespaceLine().Match(source.Code);
        return !declared.Success || declared.Groups[1].Value.StartsWith("nanoFramework.", StringComparison.Ordinal)
            || declared.Groups[1].Value == Projects.NamespaceOf(source.Path)
            ? [] : [new Finding(source.Path, source.LineOf(declared.Index))];
    }

    [GeneratedRegex(@"\bfacts/[\w-]+|\bdesign/[\w-]+\.md|\bcases/|\.\./shared")]
    private static partial Regex Outside();

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
