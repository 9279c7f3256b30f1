using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tidy.Tests;

/// <summary>Each rule finds what it is there for, and nothing else.</summary>
[TestClass]
public class RuleTests
{
    private const string Path = "firmware/Basics/Made.cs";

    [TestMethod]
    public void ALineOf120ColumnsFitsAndOneOf121DoesNot()
    {
        SourceText source = Made($"// {new string('x', 117)}\n// {new string('x', 118)}\n");
        Assert.AreEqual(2, Rules.Columns(source).Single().Line);
    }

    [TestMethod]
    public void AFileOf501LinesIsTooLong()
    {
        Assert.IsEmpty(Rules.FileLength(Made(new string('\n', 499) + "x\n")));
        Assert.HasCount(1, Rules.FileLength(Made(new string('\n', 500) + "x\n")));
    }

    [TestMethod]
    [DataRow(66, 0)]
    [DataRow(67, 0)]
    [DataRow(68, 1)]
    public void AMethodCountsFromItsHeadToItsBrace(int statements, int expected)
    {
        string body = string.Concat(Enumerable.Repeat("        if (a) { b(\"}\"); } // }\n", statements));
        SourceText source =
            Made($"namespace A;\npublic class B\n{{\n    public void C(int d)\n    {{\n{body}    }}\n}}\n");
        Finding[] found = [.. Rules.MethodLength(source)];
        Assert.HasCount(expected, found);
        Assert.IsTrue(found.All(f => f is { Line: 4, Key: Path + " C" }));
    }

    [TestMethod]
    public void AnOutsidePathIsFoundInACommentOnly()
    {
        SourceText source =
            Made("// As facts/power.md says.\nstring a = \"facts/power.md\"; // and ../shared\nint facts = 1 / 2;\n");
        CollectionAssert.AreEqual(new[] { 1, 2 }, Rules.OutsidePath(source).Select(f => f.Line).ToArray());
    }

    [TestMethod]
    public void ANamespaceIsItsFolders()
    {
        Assert.IsEmpty(Rules.Namespace(Made("namespace MeterFirmware.Basics;\n")));
        Assert.HasCount(1, Rules.Namespace(Made("namespace MeterFirmware.Metering;\n")));
        Assert.IsEmpty(
            Rules.Namespace(new SourceText("firmware/Basics/Deeper/A.cs", "namespace MeterFirmware.Basics.Deeper;\n")));
        Assert.IsEmpty(
            Rules.Namespace(new SourceText("drivers/Ina219/A.cs", "namespace MeterFirmware.Drivers.Ina219;\n")));
    }

    [TestMethod]
    public void AMemberIsUnusedWhenItsNameStandsNowhereElse()
    {
        SourceText declares =
            Made("class A\n{\n    public const int One = 1;\n    public int Two() => 2;\n"
            + "    public int Three { get; }\n    public A()\n    {\n    }\n    public override string ToString() => "
            + "\"Two\"; // Two\n}\n");
        SourceText uses = new("tools/B.cs", "var x = $\"{a.Three}\" + A.One;\n");
        Assert.AreEqual(Path + " Two", UnusedMembers.In([declares, uses]).Single().Key);
    }

    [TestMethod]
    public void AFigureOfATableIsFoundOutsideOfMarkersOnly()
    {
        const string Row = "| a | 7,884 | x |\n";
        string text =
            $"{Row}text 7,884\n| a | 12 |\n<!-- generated sizes begin -->\n{Row}<!-- generated sizes end -->\n"
            + "| **7,884** |\n";
        CollectionAssert.AreEqual(new[] { 1, 7 }, ReadmeFigures.In("README.md", text).Select(f => f.Line).ToArray());
    }

    private static SourceText Made(string text) => new(Path, text);
}
