using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Documentation;

/// <summary>Every document of the repository points at what is there, and the changelog is short.</summary>
[TestClass]
public sealed partial class DocumentLinkTests
{
    private const int EntryWordsMax = 25;

    [TestMethod]
    public void EveryLinkOfADocumentLeadsToAFileOfTheRepository()
    {
        List<string> broken = [];
        int links = 0;
        foreach (string file in Documents())
        {
            int number = 0;
            foreach (string line in File.ReadLines(file))
            {
                number++;
                foreach (Match match in Link().Matches(line))
                {
                    string target = match.Groups["target"].Value.Split('#')[0];
                    if (target.Length == 0 || target.Contains("://"))
                    {
                        continue;
                    }

                    links++;
                    string path = Path.Combine(Path.GetDirectoryName(file), target);
                    if (!File.Exists(path) && !Directory.Exists(path))
                    {
                        broken.Add($"{Path.GetRelativePath(Checkout.Root, file)}:{number}: {target}");
                    }
                }
            }
        }

        Assert.IsTrue(links > 100, $"{links} links found");
        Assert.IsEmpty(broken, string.Join('\n', broken));
    }

    /// <summary>The table "I want to …" names files and folders in code marks: each exists.</summary>
    [TestMethod]
    [DataRow("README.md", "## I want to")]
    [DataRow("README.zh.md", "## 我想")]
    public void EveryPathInTheTableOfTasksExists(string document, string heading)
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Checkout.Root, document))
            .SkipWhile(line => !line.StartsWith(heading))
            .Skip(1)
            .TakeWhile(line => !line.StartsWith('#'))
            .Where(line => line.StartsWith('|'))];
        List<string> missing = [];
        int paths = 0;
        foreach (Match match in rows.SelectMany(row => CodePath().Matches(row)))
        {
            paths++;
            string path = Path.Combine(Checkout.Root, match.Groups["path"].Value);
            if (!File.Exists(path) && !Directory.Exists(path))
            {
                missing.Add(match.Value);
            }
        }

        Assert.IsTrue(paths > 15, $"{paths} paths found below {heading}");
        Assert.IsEmpty(missing, string.Join('\n', missing));
    }

    [TestMethod]
    public void AnEntryOfTheChangelogIsOneShortSentence()
    {
        string[] longOnes = [.. File.ReadLines(Path.Combine(Checkout.Root, "CHANGELOG.md"))
            .Where(line => line.StartsWith("- ") && line.Split(' ').Length - 1 > EntryWordsMax)];
        Assert.IsEmpty(longOnes, string.Join('\n', longOnes));
    }

    private static IEnumerable<string> Documents() => Directory
        .EnumerateFiles(Checkout.Root, "*.md", new EnumerationOptions { RecurseSubdirectories = true })
        .Where(file => !file.Contains("/bin/") && !file.Contains("/obj/"));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<path>(firmware|drivers|boards|tools|tests)/[\w./-]*)`")]
    private static partial Regex CodePath();
}
