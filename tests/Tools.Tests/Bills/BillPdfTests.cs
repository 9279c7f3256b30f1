using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using SkiaSharp;

namespace MeterFirmware.Tools.Tests.Bills;

/// <summary>The PDF of a bill says what its text says, and has the tariff's picture.</summary>
[TestClass]
public sealed partial class BillPdfTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mf-pdf").FullName;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, true);

    [TestMethod]
    public void APdfHasTheLinesOfTheBillAndThePicture()
    {
        string load = Path.Combine(_folder, "load.csv");
        File.WriteAllLines(load, ["start,kWh", .. Enumerable.Range(0, 24 * 59).Select(i =>
            $"{new DateTime(2026, 1, 1).AddHours(i):yyyy-MM-ddTHH:mm},{i % 7}")]);
        string path = Path.Combine(_folder, "bill.pdf");
        CommandLine run = CommandLine.Run("bill", "--load", load, "--tariff", "ontario-tou-2025", "--format", "pdf",
            "--out", path);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        byte[] file = File.ReadAllBytes(path);
        Assert.AreEqual("%PDF-", Encoding.ASCII.GetString(file, 0, 5));
        (string text, int rectangles) = Read(file);
        CommandLine csv = CommandLine.Run("bill", "--load", load, "--tariff", "ontario-tou-2025", "--format", "csv");
        foreach (string line in csv.Output.Trim().Split('\n').Skip(1))
        {
            string[] cells = line.Split(',');
            StringAssert.Contains(text, cells[4].Trim('"'));
            StringAssert.Contains(text, cells[7]);
        }

        StringAssert.Contains(text, "2026-02-01 to 2026-02-28");
        Assert.IsGreaterThan(1000, rectangles);
    }

    /// <summary>A whole Chinese font would be 10 MB of each bill.</summary>
    [TestMethod]
    public void ChineseIsDrawnWithAnyFontOfTheMachineThatHasIt()
    {
        bool isThere = SKFontManager.Default.FontFamilies.Any(family =>
        {
            using SKTypeface typeface = SKFontManager.Default.MatchFamily(family);
            return typeface?.ContainsGlyph('苏') == true;
        });
        string load = Path.Combine(_folder, "load.csv");
        File.WriteAllLines(load, ["start,kWh", .. Enumerable.Range(0, 24 * 31).Select(i =>
            $"{new DateTime(2026, 1, 1).AddHours(i):yyyy-MM-ddTHH:mm},{i % 7}")]);
        string path = Path.Combine(_folder, "bill.pdf");
        CommandLine run = CommandLine.Run("bill", "--load", load, "--tariff", "jiangsu-industry", "--kva", "630",
            "--power-factor", "0.92", "--period", "2026-01", "--format", "pdf", "--out", path);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        Assert.AreEqual(!isThere, run.Errors.Contains("no font of this machine has", StringComparison.Ordinal),
            run.Errors);
        Assert.IsLessThan(2_000_000L, new FileInfo(path).Length);
    }

    [TestMethod]
    public void APdfNeedsAFile()
    {
        string load = Path.Combine(_folder, "load.csv");
        File.WriteAllText(load, "start,kWh\n2026-03-03T00:00,1\n2026-03-03T01:00,1\n");
        CommandLine run = CommandLine.Run("bill", "--load", load, "--tariff", "uk-go", "--format", "pdf");
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Errors, "--format pdf: --out names the file");
    }

    /// <summary>Texts by the fonts' maps from glyphs to characters, and the number of filled rectangles.</summary>
    private static (string Text, int Rectangles) Read(byte[] file)
    {
        string raw = Encoding.Latin1.GetString(file);
        Dictionary<int, string> objects = Objects().Matches(raw).ToDictionary(
            match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match => Body(file, match));
        StringBuilder text = new();
        int rectangles = 0;
        foreach (string page in objects.Values.Where(one => one.Contains("/Type /Page\n", StringComparison.Ordinal)))
        {
            Dictionary<string, Dictionary<int, string>> fonts = Fonts().Matches(page).ToDictionary(
                match => match.Groups[1].Value, match => Map(objects, Number(match.Groups[2].Value)));
            string content = objects[Number(Contents().Match(page).Groups[1].Value)];
            rectangles += Rectangle().Count(content);
            Dictionary<int, string> font = [];
            foreach (Match match in Shown().Matches(content))
            {
                font = match.Groups[1].Success ? fonts.GetValueOrDefault(match.Groups[1].Value, font) : font;
                for (int i = 0; i + 4 <= match.Groups[2].Length; i += 4)
                {
                    text.Append(font.GetValueOrDefault(int.Parse(match.Groups[2].Value.AsSpan(i, 4),
                        NumberStyles.HexNumber, CultureInfo.InvariantCulture), "?"));
                }
            }
        }

        return (text.ToString(), rectangles);
    }

    private static Dictionary<int, string> Map(Dictionary<int, string> objects, int font)
    {
        Match map = ToUnicode().Match(objects[font]);
        Dictionary<int, string> characters = [];
        if (!map.Success)
        {
            return characters;
        }

        string table = objects[Number(map.Groups[1].Value)];
        foreach (Match match in Range().Matches(table))
        {
            int from = Hex(match.Groups[1].Value);
            int until = match.Groups[3].Success ? Hex(match.Groups[2].Value) : from;
            int first = Hex(match.Groups[3].Success ? match.Groups[3].Value : match.Groups[2].Value);
            for (int glyph = from; glyph <= until; glyph++)
            {
                characters[glyph] = char.ConvertFromUtf32(first + glyph - from);
            }
        }

        return characters;
    }

    private static string Body(byte[] file, Match match)
    {
        int stream = match.Value.IndexOf("stream\n", StringComparison.Ordinal);
        if (stream < 0 || !match.Value.Contains("FlateDecode", StringComparison.Ordinal))
        {
            return match.Value;
        }

        using MemoryStream packed = new(file, match.Index + stream + 7, match.Length - stream - 7);
        using ZLibStream zlib = new(packed, CompressionMode.Decompress);
        using MemoryStream plain = new();
        zlib.CopyTo(plain);
        return Encoding.Latin1.GetString(plain.ToArray());
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?:^|\n)(\d+) 0 obj\n.*?\nendobj", RegexOptions.Singleline)]
    private static partial Regex Objects();

    [GeneratedRegex(@"/(F\d+) (\d+) 0 R")]
    private static partial Regex Fonts();

    [GeneratedRegex(@"/Contents (\d+) 0 R")]
    private static partial Regex Contents();

    [GeneratedRegex(@"/ToUnicode (\d+) 0 R")]
    private static partial Regex ToUnicode();

    [GeneratedRegex(@"(?:/(F\d+) [\d.]+ Tf)|<([0-9A-F]+)>")]
    private static partial Regex Shown();

    [GeneratedRegex(@"(?m) re$")]
    private static partial Regex Rectangle();

    [GeneratedRegex(@"<([0-9A-F]{4})> <([0-9A-F]{4})>(?: <([0-9A-F]{4})>)?")]
    private static partial Regex Range();
}
