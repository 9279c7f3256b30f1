using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using MeterFirmware.Boards.Simulator.Scenarios;
using MeterFirmware.Tools.MeterCtl.Commands;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Every file of tests/Scenarios does what it says, seen through the command's own output.</summary>
[TestClass]
public class ScenarioLibraryTests
{
    public static IEnumerable<object[]> Files =>
        Directory.EnumerateFiles(Folder(), "*.json", SearchOption.AllDirectories).Order()
            .Select(path => new object[] { Path.GetRelativePath(Folder(), path) });

    /// <summary>The file's path.</summary>
    internal static string PathOf(string file) => Path.Combine(Folder(), file);

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void TheScenarioShowsWhatItQuotes(string file)
    {
        string path = Path.Combine(Folder(), file);
        using JsonDocument expectations = JsonDocument.Parse(File.ReadAllText(path));
        string output = ScenarioCommand.ToJson(new ChargerScenarioRunner(ChargerScenarioFile.Read(path)).Run());
        using JsonDocument result = JsonDocument.Parse(output);
        List<JsonElement> events = result.RootElement.GetProperty("events").EnumerateArray().ToList();
        CheckShape(events);
        JsonElement.ArrayEnumerator expected = expectations.RootElement.GetProperty("expect").EnumerateArray();
        Assert.IsTrue(expected.Any(), "a scenario without expectations shows nothing");
        foreach (JsonElement expectation in expected)
        {
            bool isEvent = expectation.TryGetProperty("event", out JsonElement pattern);
            pattern = isEvent ? pattern : expectation.GetProperty("never");
            long fromMs = expectation.GetProperty("fromMs").GetInt64();
            long toMs = expectation.GetProperty("toMs").GetInt64();
            bool happened = events.Skip(3).Any(e => Matches(e, pattern, fromMs, toMs));
            Assert.AreEqual(isEvent, happened, $"{file}: {expectation}\n{output}");
        }
    }

    private static void CheckShape(List<JsonElement> events)
    {
        Assert.IsTrue(events[0].TryGetProperty("state", out _)
            && events[1].TryGetProperty("dutyPercent", out JsonElement duty)
            && duty.GetRawText() == "100.00"
                && events[2].GetProperty("contactor").GetString() == "open", "initial events");
        long before = 0;
        foreach (JsonElement item in events)
        {
            long atMs = item.GetProperty("atMs").GetInt64();
            Assert.IsTrue(atMs >= before, "time order");
            Assert.AreEqual(2, item.EnumerateObject().Count(), "one value an event");
            before = atMs;
        }
    }

    private static bool Matches(JsonElement item, JsonElement pattern, long fromMs, long toMs)
    {
        JsonProperty wanted = pattern.EnumerateObject().Single();
        long atMs = item.GetProperty("atMs").GetInt64();
        if (atMs < fromMs || atMs > toMs || !item.TryGetProperty(wanted.Name, out JsonElement value))
        {
            return false;
        }

        return wanted.Value.ValueKind == JsonValueKind.Number
            ? value.GetDecimal() == wanted.Value.GetDecimal()
            : value.GetString() == wanted.Value.GetString();
    }

    private static string Folder()
    {
        for (DirectoryInfo at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "tests", "Scenarios");
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException("tests/Scenarios");
    }
}
