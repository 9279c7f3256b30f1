using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using MeterFirmware.Grid;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.GridServices;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Grid;

/// <summary>`meterctl grid response`, `capacity`, `transformer`, `profile`: shapes, and what is refused.</summary>
[TestClass]
public sealed class GridCommandTests
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"mf-grid-{Guid.NewGuid():N}.csv");

    [TestCleanup]
    public void Delete() => File.Delete(_path);

    [TestMethod]
    public void ATraceIsAnsweredRowByRowAtItsEnd()
    {
        File.WriteAllText(_path, """
            ms,hz,volts,setpoint_w
            0,50,230,-11000
            1000,50.7,230,-11000
            5000,50,230,-11000
            200000,50,150,-11000
            201000,50,230,-11000
            260000,50,230,-11000
            561500,50,230,-11000
            561510,50,230,0

            """);
        JsonElement result = Json("response", "--profile", "en50549", "--rated-w", "11000", "--trace", _path);
        Assert.AreEqual("en50549", result.GetProperty("profile").GetString());
        (int Ms, int Watts, string State)[] rows = [.. result.GetProperty("rows").EnumerateArray().Select(row =>
            (row.GetProperty("ms").GetInt32(), row.GetProperty("watts").GetInt32(),
                row.GetProperty("state").GetString()))];
        Assert.AreEqual((0, -11_000, "run"), rows[0]);

        // 0.5 Hz at 40 %/Hz: a fifth less.
        Assert.AreEqual((1_000, -8_800, "run"), rows[1]);
        Assert.AreEqual((5_000, -11_000, "run"), rows[2]);
        Assert.AreEqual((200_000, 0, "trip"), rows[3]);
        Assert.AreEqual((201_000, 0, "wait"), rows[4]);

        // 60 s of wait, half of the ramp.
        Assert.AreEqual("ramp", rows[5].State);
        Assert.AreEqual(-11_000 * 300.49 / 600, rows[5].Watts, 2);
        Assert.AreEqual((561_510, 0, "ramp"), rows[7]);
    }

    [TestMethod]
    public void ABlankCellIsAMissingReadingAndAUnitThatCanGivesVars()
    {
        File.WriteAllText(_path, "ms,hz,volts,setpoint_w\n0,60,230,-5000\n1000,60,211,-5000\n61000,,,-5000\n"
            + "62500,60,230,0\n");
        JsonElement rows = Json("response", "--profile", "ieee1547-3", "--rated-w", "5000", "--rated-va", "6000",
            "--trace", _path).GetProperty("rows");
        Assert.AreEqual(2_640, rows[1].GetProperty("vars").GetInt32(), 2);
        Assert.AreEqual("missing", rows[2].GetProperty("cause").GetString());
        Assert.AreEqual("trip", rows[2].GetProperty("state").GetString());
    }

    [TestMethod]
    [DataRow("ms,hz,volts\n0,50,230\n", ":1: column 'setpoint_w' is missing")]
    [DataRow("ms,hz,volts,setpoint_w\n", ":1: no rows behind the header")]
    [DataRow("ms,hz,volts,setpoint_w\n0,50,230,0\n0,50,230,0\n", ":3: column 1 (ms): 0 does not come after 0")]
    [DataRow("ms,hz,volts,setpoint_w\n1.5,50,230,0\n", ":2: column 1 (ms): 1.5: whole milliseconds")]
    [DataRow("ms,hz,volts,setpoint_w\n0,50,230,11001\n", ":2: column 4 (setpoint_w): 11001 is outside of")]
    [DataRow("ms,hz,volts,setpoint_w\n0,fifty,230,0\n", ":2: column 2 (hz): 'fifty' is no number")]
    [DataRow("ms,hz,volts,setpoint_w\n0,50,NaN,0\n", ":2: column 3 (volts): 'NaN' is no number")]
    public void ATraceThatIsNoneIsRefusedWithItsPlace(string text, string place)
    {
        File.WriteAllText(_path, text);
        Refused(_path + place, "response", "--profile", "en50549", "--rated-w", "11000", "--trace", _path);
    }

    [TestMethod]
    public void OptionsOutOfRangeAreRefused()
    {
        File.WriteAllText(_path, "ms,hz,volts,setpoint_w\n0,50,230,0\n");
        string[] good = ["response", "--profile", "none", "--rated-w", "11000", "--trace", _path];
        Refused("--rated-w: 0", [.. good[..4], "0", .. good[5..]]);
        Refused("--nominal-hz: 55", [.. good, "--nominal-hz", "55"]);
        Refused("--nominal-volts: 1000", [.. good, "--nominal-volts", "1000"]);
        Refused("--rated-va: 9000", [.. good, "--rated-va", "9000"]);
        Refused("--delay-s: 10", [.. good[..2], "en50549", .. good[3..], "--delay-s", "10"]);
        Refused("--delay-s: 1001", [.. good[..2], "ieee1547-3", .. good[3..], "--delay-s", "1001"]);
        Refused("--delay-s: 1", [.. good[..2], "ieee1547-3", .. good[3..4], "500000", .. good[5..], "--delay-s", "1"]);
        Assert.AreEqual(0, CommandLine.Run(
            ["grid", .. good[..2], "ieee1547-3", .. good[3..], "--delay-s", "1000"]).ExitCode);
        Refused("no such file, and no profile of en50549", [.. good[..2], "en50549-9", .. good[3..]]);
    }

    [TestMethod]
    public void OpenCapacityHasItsCheckValuesExactly()
    {
        string[] area = ["capacity", "--transformer-mva", "0.4", "--power-factor", "0.95", "--load-mw", "0.06",
            "--tau", "0.8", "--connected-mw", "0.30"];
        JsonElement green = Json([.. area, "--registered-mw", "0.10"]);
        Assert.AreEqual("DL/T 2041-2025", green.GetProperty("method").GetString());
        Assert.AreEqual(0.455m, green.GetProperty("capacityMw").GetDecimal());
        Assert.AreEqual(0.155m, green.GetProperty("connectableMw").GetDecimal());
        Assert.AreEqual(0.055m, green.GetProperty("registrableMw").GetDecimal());
        Assert.AreEqual("green", green.GetProperty("zone").GetString());
        Assert.AreEqual("yellow", Zone([.. area, "--registered-mw", "0.155"]));
        Assert.AreEqual("red", Zone([.. area, "--registered-mw", "0.10", "--above-is-red"]));
        Assert.AreEqual("red", Zone([.. area[..^1], "0.455", "--registered-mw", "0"]));

        // Two in parallel bear what one does, and generation that is there takes its part.
        JsonElement two = Json("capacity", "--transformer-mva", "1.26", "--power-factor", "0.9", "--load-mw", "0.2",
            "--generation-mw", "0.05", "--storage-mw", "0.1", "--beta", "0.5", "--connected-mw", "0",
            "--registered-mw", "0");
        Assert.AreEqual(0.2m - 0.05m + 0.5m * 1.26m * 0.9m + 0.1m, two.GetProperty("capacityMw").GetDecimal());
        Refused("--tau: 0", [.. area[..7], "--tau", "0", "--connected-mw", "0", "--registered-mw", "0"]);
        Refused("--power-factor: 1.2", "capacity", "--transformer-mva", "1", "--power-factor", "1.2", "--load-mw", "0",
            "--connected-mw", "0", "--registered-mw", "0");
    }

    [TestMethod]
    public void ATransformersLoadGivesOilHotSpotAndLifeAtEachRowsTime()
    {
        File.WriteAllText(_path, "time,kva\n2026-07-01T00:00,400\n2026-07-01T12:00,400\n2026-07-02T00:00:00,0\n"
            + "2026-07-03T00:00:00,0\n");
        JsonElement result = Json("transformer", "--rating-kva", "400", "--load", _path, "--ambient", "20");
        Assert.AreEqual(98.0, result.GetProperty("maxHotSpotC").GetDouble(), 0.1);
        Assert.AreEqual(75.0, result.GetProperty("maxOilC").GetDouble(), 0.1);
        Assert.AreEqual(24, result.GetProperty("lossOfLifeHours").GetDouble(), 0.5);
        JsonElement rows = result.GetProperty("rows");
        Assert.AreEqual(4, rows.GetArrayLength());
        Assert.AreEqual("2026-07-02T00:00:00", rows[2].GetProperty("time").GetString());
        Assert.AreEqual(98.0, rows[2].GetProperty("hotSpotC").GetDouble(), 0.1);

        // A day without load: what the losses without load keep warm, 55 K × (1 ÷ 6)^0.8.
        double idle = 20 + 55 * Math.Pow(1 / 6.0, 0.8);
        Assert.AreEqual(idle, rows[3].GetProperty("oilC").GetDouble(), 0.1);
        JsonElement indoors =
            Json("transformer", "--rating-kva", "400", "--load", _path, "--ambient", "20", "--indoors");
        Assert.AreEqual(108.0, indoors.GetProperty("maxHotSpotC").GetDouble(), 0.1);
    }

    [TestMethod]
    [DataRow("time,kw\n2026-07-01T00:00,400\n", ":1: column 'kva' is missing")]
    [DataRow("time,kva\n1 July,400\n", ":2: column 1 (time): '1 July' is no time")]
    [DataRow("time,kva\n2026-07-01T00:00,-1\n", ":2: column 2 (kva): -1: 0 or more")]
    [DataRow("time,kva\n2026-07-01T00:00,4000\n", ":2: column 2 (kva): 4000 is outside of")]
    [DataRow("time,kva\n2026-07-01T00:00,1\n2026-07-01T00:00,1\n", ":3: column 1 (time): 2026-07-01T00:00 does not")]
    [DataRow("time,kva\n2026-07-01T00:00,1\n2026-07-01T01:00:00Z,1\n", ":3: column 1 (time): '2026-07-01T01:00:00Z'")]
    [DataRow("time,kva\n1926-07-01T00:00,1\n2026-07-01T01:00,1\n", ":3: column 1 (time): 2026-07-01T01:00: more than")]
    public void ALoadThatIsNoneIsRefusedWithItsPlace(string text, string place)
    {
        File.WriteAllText(_path, text);
        Refused(_path + place, "transformer", "--rating-kva", "400", "--load", _path, "--ambient", "20");
    }

    [TestMethod]
    [DataRow("response --profile ieee1547-3 --rated-w 5000 --trace {0}",
        "ms,hz,volts,setpoint_w\n0,60,230,-5000\n500,60.5,230,0\n")]
    [DataRow("transformer --rating-kva 400 --ambient 20 --load {0}",
        "time,kva\n2026-07-01T00:00,100\n2026-07-01T12:00,400\n")]
    [DataRow("capacity --transformer-mva 1 --power-factor 1 --load-mw 0 --connected-mw 0.1 --registered-mw 0.1", "")]
    public void APictureIsDrawn(string arguments, string text)
    {
        File.WriteAllText(_path, text);
        string png = _path + ".png";
        try
        {
            CommandLine run = CommandLine.Run(
                ["grid", .. string.Format(null, CompositeFormat.Parse(arguments), _path).Split(' '), "--png", png]);
            Assert.AreEqual(0, run.ExitCode, run.Errors);
            CollectionAssert.AreEqual(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' },
                File.ReadAllBytes(png)[..4]);
        }
        finally
        {
            File.Delete(png);
        }
    }

    [TestMethod]
    public void AProfileThatIsWrongIsRefusedWithItsPath()
    {
        string text = File.ReadAllText(Path.Combine(Checkout.Root, "firmware/Grid/Profiles/ieee1547-3.json"));
        foreach ((string from, string to, string problem) in new[]
        {
            ("\"beyond\": 0.88, \"seconds\": 21", "\"beyond\": 0.88, \"seconds\": 19",
                "$.trip[0]: trips within a time to stay (under-voltage)"),
            ("\"droop\": 0.05", "\"droop\": 0", "$.frequencyWatt.over.droop: 0 is out of range"),
            ("\"voltageIn\": \"pu\"", "\"voltageIn\": \"kV\"", "$.voltageIn: unknown unit \"kV\""),
            ("\"kind\": \"over-voltage\", \"beyond\": 1.2, ", "\"kind\": \"over\", \"beyond\": 1.2, ",
                "$.trip[3].kind: unknown kind \"over\""),
            ("\"hertz\": [59.5, 60.1]", "\"hertz\": [59.5]", "$.return.hertz: 1 numbers; 2 were expected"),
            ("\"volts\": [0.917, 1.05]", "\"volts\": [1.05, 0.917]", "$: grid profile: the window for coming back"),
            ("\"full\": 1.06", "\"full\": 1.16", "$: grid profile: a volt-watt curve that goes the wrong way"),
            ("\"name\": \"ieee1547-3\"", "\"name\": \"My profile\"", "$: grid profile: the name is no word"),
            ("\"nominalHertz\": 60,", "", "$.nominalHertz: missing"),
        })
        {
            Assert.IsTrue(text.Contains(from), from);
            List<TariffProblem> problems = [];
            Assert.IsNull(GridProfileFile.TryParse(Encoding.UTF8.GetBytes(text.Replace(from, to)), "x", problems));
            StringAssert.StartsWith(problems[0].Describe("x"), "x: " + problem);
        }
    }

    [TestMethod]
    [DataRow(0.8, false)]
    [DataRow(0.7, true)]
    [DataRow(0.5, true)]
    public void ARuleWhoseSlopeBeginsInsideAWindowIsJudgedThere(double from, bool isGood)
    {
        // The window: 0.7 to 0.88 pu, 1 s at its foot and 4 s more for each pu. The rule allows as much at both of its
        // edges; where its slope begins later it is flat for too long.
        string text = File.ReadAllText(Path.Combine(Checkout.Root, "firmware/Grid/Profiles/ieee1547-2.json"));
        string stays = "[{\"kind\": \"under-voltage\", \"beyond\": 0.88, \"until\": 0.7, \"seconds\": 1, "
            + "\"secondsPerPu\": 4, \"slopeFrom\": 0.7}]";
        double perPu = 4 * 0.18 / (0.88 - from) + 0.01;
        string trips = "[{\"kind\": \"under-voltage\", \"beyond\": 0.88, \"seconds\": 1, "
            + string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"\"secondsPerPu\": {Math.Ceiling(perPu * 1000) / 1000}, \"slopeFrom\": {from}}}]");
        List<TariffProblem> problems = [];
        GridProfileFile file =
            GridProfileFile.TryParse(Encoding.UTF8.GetBytes(Replaced(Replaced(text, "stay", stays), "trip", trips)),
                "x", problems);
        Assert.AreEqual(isGood, file is not null, problems.Count > 0 ? problems[0].Describe("x") : "no problem");
        Assert.IsTrue(isGood || problems[0].Describe("x").Contains("$.trip[0]: trips within a time to stay"));
    }

    [TestMethod]
    public void NoChangedByteOfACompactFormIsLoaded()
    {
        Random random = new(3);
        foreach (string name in GridProfileFile.Names)
        {
            byte[] good = GridProfileFile.Load(name).Bytes;
            Assert.IsTrue(GridProfile.TryLoad(good, good.Length, out GridProfile profile, out _));
            Assert.AreEqual(name, profile.Name);
            for (int i = 0; i < 2_000; i++)
            {
                byte[] bad = (byte[])good.Clone();
                bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
                int length = i % 2 == 0 ? bad.Length : random.Next(bad.Length + 2);
                Assert.IsFalse(GridProfile.TryLoad(bad, length, out GridProfile none, out string error));
                Assert.IsTrue(none == null && error.StartsWith("grid profile: ", StringComparison.Ordinal));
            }
        }
    }

    // The array of a name by another one.
    private static string Replaced(string text, string name, string array)
    {
        int from = text.IndexOf($"\"{name}\": [", StringComparison.Ordinal);
        int to = text.IndexOf("\n  ]", from, StringComparison.Ordinal) + 4;
        return text[..from] + $"\"{name}\": {array}" + text[to..];
    }

    private static string Zone(string[] arguments) => Json(arguments).GetProperty("zone").GetString();

    private static JsonElement Json(params string[] arguments)
    {
        CommandLine run = CommandLine.Run(["grid", .. arguments, "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static void Refused(string message, params string[] arguments)
    {
        CommandLine run = CommandLine.Run(["grid", .. arguments]);
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, message);
        Assert.HasCount(1, run.Errors.TrimEnd().Split('\n'));
    }
}
