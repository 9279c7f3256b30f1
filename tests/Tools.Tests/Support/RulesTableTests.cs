using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>tests/Firmware.Tests/RULES.md and SECURITY.md name tests and places of numbers: they must be
/// there.</summary>
[TestClass]
public sealed partial class RulesTableTests
{
    [TestMethod]
    public void EveryTestFileAndNameOfTheTableIsThere()
    {
        string root = Checkout.Root;
        Dictionary<string, string> classes = Classes(root);
        List<string> missing = [];
        int rows = 0;
        foreach (string line in File.ReadLines(Path.Combine(root, "tests", "Firmware.Tests", "RULES.md")))
        {
            string[] cells = line.Split('|');
            if (cells.Length != 6 || cells[1].Trim() is "rule" or "---")
            {
                continue;
            }

            rows++;
            string[] tests = Codes(cells[4]);
            if (tests.Length == 0)
            {
                missing.Add($"{cells[1].Trim()}: no test");
            }

            missing.AddRange(tests.Where(test => !HasTest(classes, test)));
            missing.AddRange(MissingNames(root, Codes(cells[3])));
        }

        Assert.AreEqual(0, missing.Count, string.Join('\n', missing));
        Assert.IsTrue(rows > 40, $"{rows} rows were read");
    }

    [TestMethod]
    public void EveryTestOfTheClausesIsThere()
    {
        Dictionary<string, string> classes = Classes(Checkout.Root);
        string[][] rows = [.. File.ReadLines(Path.Combine(Checkout.Root, "SECURITY.md"))
            .Select(line => line.Split('|'))
            .Where(cells => cells.Length == 6 && (cells[2].Trim() is "yes" or "site" or "no"))];
        string[] missing = [.. rows.SelectMany(cells => Codes(cells[4])).Where(test => !HasTest(classes, test))];
        Assert.AreEqual("", string.Join('\n', missing));
        Assert.IsGreaterThan(30, rows.Length);
    }

    private static Dictionary<string, string> Classes(string root)
    {
        Dictionary<string, string> classes = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs",
            SearchOption.AllDirectories))
        {
            string text = File.ReadAllText(file);
            foreach (Match found in TestClass().Matches(text))
            {
                string name = found.Groups[1].Value;
                classes[name] = classes.GetValueOrDefault(name) + text;
            }
        }

        return classes;
    }

    private static bool HasTest(Dictionary<string, string> classes, string test)
    {
        string[] parts = test.Split('.');
        return parts.Length == 2 && classes.TryGetValue(parts[0], out string text)
            && Regex.IsMatch(text, $@"public (async )?(void|Task) {parts[1]}\(");
    }

    /// <summary>A path, and after it the names that stand in its file.</summary>
    private static IEnumerable<string> MissingNames(string root, string[] codes)
    {
        string path = "";
        string text = "";
        foreach (string code in codes)
        {
            if (code.Contains('/', StringComparison.Ordinal))
            {
                path = code;
                string file = Path.Combine(root, code);
                text = File.Exists(file) ? File.ReadAllText(file) : "";
                if (text.Length == 0)
                {
                    yield return path;
                }
            }
            else if (!Regex.IsMatch(text, $@"\b{code}\b"))
            {
                yield return $"{path} {code}";
            }
        }
    }

    private static string[] Codes(string cell) => [.. Code().Matches(cell).Select(found => found.Groups[1].Value)];


    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"class (\w+(?:Tests|Suite))\b")]
    private static partial Regex TestClass();
}
