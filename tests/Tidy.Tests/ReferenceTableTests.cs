using System.Text.RegularExpressions;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tidy.Tests;

/// <summary>The table in firmware/README.md says what each room may use, and the project files say the same.</summary>
[TestClass]
public partial class ReferenceTableTests
{
    [TestMethod]
    public void ProjectReferencesAreTheTableInTheReadme()
    {
        Dictionary<string, string> table = SourceTree.Read("firmware/README.md").Split('\n')
            .Select(line => Row().Match(line)).Where(row => row.Success)
            .ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);
        Dictionary<string, string> projects = SourceTree.Files("*.csproj")
            .Where(path => path.StartsWith("firmware/", StringComparison.Ordinal))
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path),
                path => string.Join(", ", Projects.ReferencesOf(path)));
        string[] faults =
        [
            .. projects.Keys.Except(table.Keys).Select(room => $"{room}: the table has no row for it"),
            .. table.Keys.Except(projects.Keys).Select(room => $"{room}: there is no such project"),
            .. from room in projects.Keys.Intersect(table.Keys)
               let says = string.Join(", ",
                   table[room].Split(", ").Where(name => name != "nothing").Order(StringComparer.Ordinal))
               where says != projects[room]
               select $"{room}: the table says '{says}', the project refers to '{projects[room]}'",
        ];
        Assert.IsEmpty(faults, "firmware/README.md\n" + string.Join("\n", faults));
    }

    // | [Room](link) | what it is for | Rooms, that it may use |
    [GeneratedRegex(@"^\| \[(\w+)\]\([^)]*\) \|.*\| ([\w, ]+) \|$")]
    private static partial Regex Row();
}
