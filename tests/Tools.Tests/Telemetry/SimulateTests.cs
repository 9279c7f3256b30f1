using System;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>`meterctl simulate`: design/cli.md, "simulate, chaos, demo".</summary>
[TestClass]
public class SimulateTests
{
    [TestMethod]
    public void TheCountIsPrintedAsTheContractSays()
    {
        (int code, string output, _) =
            Run("simulate", "--meters", "3", "--hours", "2", "--speed", "max", "--seed", "5", "--json");
        Assert.AreEqual(0, code);
        JsonObject result = JsonNode.Parse(output).AsObject();
        foreach (string name in new[] { "produced", "acknowledged", "pending", "resent", "dropped", "storedByHeadEnd",
            "lost", "doubled" })
        {
            Assert.IsTrue(result.ContainsKey(name), name);
        }

        // Eight whole quarter hours and a start-up event for each meter.
        Assert.AreEqual(27, (long)result["produced"]);
        Assert.AreEqual(27, (long)result["storedByHeadEnd"]);
        Assert.AreEqual(27, (long)result["acknowledged"] + (long)result["pending"]);
        Assert.AreEqual(0, (long)result["lost"]);
        Assert.AreEqual(0, (long)result["doubled"]);
    }

    [TestMethod]
    public void DailyFreezesReachTheHeadEndOnceAndAreShown()
    {
        string folder = Directory.CreateTempSubdirectory("mf-simulate-").FullName;
        string path = Path.Combine(folder, "headend.sqlite");
        (int code, string output, _) = Run("simulate", "--meters", "2", "--hours", "50", "--database", path, "--json");
        Assert.AreEqual(0, code, output);
        (code, output, _) = Run("freezes", "--database", path, "--json");
        Assert.AreEqual(0, code);
        JsonArray freezes = JsonNode.Parse(output)["freezes"].AsArray();
        Assert.AreEqual(4, freezes.Count, "two midnights of two meters");
        using (SqliteConnection store = new($"Data Source={path};Pooling=false"))
        {
            store.Open();
            foreach (JsonNode freeze in freezes)
            {
                Assert.AreEqual("daily", (string)freeze["freeze"]);
                using SqliteCommand interval =
                    new("SELECT import_total_watthours FROM record JOIN journal ON journal.id=journal_id "
                    + "JOIN device ON device.id=device_id WHERE kind='interval' AND address=$name AND end_utc_s=$end",
                        store);
                interval.Parameters.AddWithValue("$name", (string)freeze["device"]);
                interval.Parameters.AddWithValue("$end",
                    DateTimeOffset.Parse((string)freeze["start"]).ToUnixTimeSeconds());
                Assert.AreEqual((long)freeze["importActiveEnergy"], interval.ExecuteScalar(),
                    "the interval's register at midnight");
            }
        }

        (code, output, _) =
            Run("freezes", "--database", path, "--device", (string)freezes[0]["device"], "--kind", "daily");
        Assert.AreEqual(0, code);
        StringAssert.Contains(output, "daily 2");
        Assert.AreEqual(1, Run("freezes", "--database", path, "--kind", "settlement", "--json").Code,
            "none: the answer is no");
        Assert.AreEqual(2, Run("freezes", "--database", path, "--kind", "weekly").Code);
        Assert.AreEqual(2, Run("freezes", "--database", path + "x").Code);
        File.WriteAllText(path + ".txt",
            "not a database, but long enough to look like one, at least for a while ........................");
        (code, _, string error) = Run("freezes", "--database", path + ".txt");
        Assert.AreEqual(2, code);
        Assert.AreEqual(1, error.TrimEnd().Split('\n').Length, error);
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public void ChargersSendTheirSessionsToo()
    {
        string folder = Directory.CreateTempSubdirectory("mf-simulate-").FullName;
        string path = Path.Combine(folder, "headend.sqlite");
        (int code, string output, _) = Run(
            "simulate", "--meters", "0", "--chargers", "2", "--hours", "12", "--database", path, "--json");
        Assert.AreEqual(0, code, output);
        Assert.AreEqual(0, (long)JsonNode.Parse(output)["lost"]);
        using (SqliteConnection store = new($"Data Source={path};Pooling=false"))
        {
            store.Open();
            using SqliteCommand count = new("SELECT COUNT(*) FROM record WHERE kind='session'", store);
            Assert.IsTrue((long)count.ExecuteScalar() > 0, "a vehicle came and went");
            count.CommandText = "SELECT COUNT(*) FROM record WHERE kind='interval'";
            Assert.AreEqual(96L, count.ExecuteScalar(), "48 quarter hours of each");
        }

        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    [DataRow("--broker", "http://x:1", "mqtt://HOST:PORT")]
    [DataRow("--speed", "0", "--speed")]
    [DataRow("--hours", "-1", "--hours")]
    [DataRow("--meters", "-1", "--meters")]
    [DataRow("--drain", "soon", "--drain")]
    [DataRow("--prefix", "a/b", "--prefix")]
    public void ABadOptionIsOneLineThatNamesIt(string option, string value, string named)
    {
        (int code, string output, string error) = Run("simulate", option, value, "--json");
        Assert.AreEqual(2, code);
        Assert.AreEqual("", output);
        StringAssert.Contains(error, named);
        Assert.AreEqual(1, error.TrimEnd().Split('\n').Length);
    }

    [TestMethod]
    public void ABrokerThatDoesNotAnswerIsSaidAtOnce()
    {
        (int code, _, string error) = Run("simulate", "--broker", $"mqtt://127.0.0.1:{EmbeddedBroker.FreePort()}");
        Assert.AreEqual(2, code);
        StringAssert.Contains(error, "does not answer");
    }

    [TestMethod]
    public async Task ARunThatCannotGoOnSaysWhyAndEnds()
    {
        LongRun.AskedOrSkip();
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using FaultyWire wire = new(broker.Port);
        wire.Set(WireFault.NoAnswer);
        (int code, string output, string error) = Run("simulate", "--meters", "2", "--broker",
            $"mqtt://127.0.0.1:{wire.Port}", "--json");
        Assert.AreEqual(1, code);
        Assert.AreEqual(1, error.TrimEnd().Split('\n').Length, error);
        StringAssert.Contains(error, "meterctl: cannot go on: the head-end is not connected: ");
        Assert.AreEqual(0, (long)JsonNode.Parse(output)["acknowledged"]);

        (code, _, error) = Run("simulate", "--meters", "2", "--broker", $"mqtt://127.0.0.1:{broker.Port}",
            "--no-head-end", "--json");
        Assert.AreEqual(1, code);
        StringAssert.Contains(error, "records are sent, but no head-end acknowledges them");
    }

    [TestMethod]
    public void ARunIsStalledWhenNothingMovesAndSomethingIsOwed()
    {
        StallWatch watch = new(TimeSpan.FromSeconds(60));
        long nowMs = 0;
        long patienceMs = (long)StallWatch.PatienceAtStart.TotalMilliseconds;
        Assert.IsTrue(patienceMs < 10_000, "the reason comes within 10 s");
        Assert.AreEqual(patienceMs, QuietMs(0, hasBegun: false));
        Assert.IsFalse(watch.IsStalled(nowMs += 500, 1, hasBegun: false, isOwed: true), "it moved");
        Assert.AreEqual(patienceMs, QuietMs(0, hasBegun: false), "a connection that comes and goes is no progress");
        Assert.IsFalse(watch.IsStalled(nowMs += 500, 1, hasBegun: false, isOwed: false), "nothing has to move");
        Assert.AreEqual(60_000, QuietMs(1, hasBegun: true), "a broker that was killed may come back");
        Assert.IsFalse(watch.IsStalled(nowMs += 500, 2, hasBegun: true, isOwed: true));
        Assert.IsFalse(watch.IsStalled(nowMs + 600_000, 2, hasBegun: true, isOwed: true),
            "the machine was too busy to look");

        long QuietMs(long progress, bool hasBegun)
        {
            watch.IsStalled(nowMs, progress, hasBegun, isOwed: true);
            long begunMs = nowMs;
            do
            {
                nowMs += 500;
            }
            while (!watch.IsStalled(nowMs, progress, hasBegun, isOwed: true) && nowMs - begunMs < 1_000_000);
            return nowMs - begunMs;
        }
    }

    [TestMethod]
    [DataRow(false, DisplayName = "embedded broker")]
    [DataRow(true, DisplayName = "mosquitto")]
    public async Task AFleetRunsOverTlsWithTheFilesThatAreNamed(bool isMosquitto)
    {
        using TestAuthority authority = new();
        await using TlsBroker broker = new(authority, isMosquitto);
        await broker.StartAsync(authority.Issue("localhost", isServer: true, isExpired: false));
        string folder = Directory.CreateTempSubdirectory("mf-simulate-tls-").FullName;
        string[] files = authority.WriteFiles(folder, "fleet");
        string[] arguments =
            ["simulate", "--meters", "2", "--hours", "2", "--broker", $"mqtts://127.0.0.1:{broker.Port}", "--json"];
        (int code, string output, string error) =
            Run([.. arguments, "--ca", files[0], "--cert", files[1], "--key", files[2]]);
        Assert.AreEqual(0, code, error);
        Assert.AreEqual(18, (long)JsonNode.Parse(output)["storedByHeadEnd"]);
        (code, _, error) = Run([.. arguments, "--ca", files[0], "--cert", files[1]]);
        Assert.AreEqual(2, code);
        StringAssert.Contains(error, "--cert, --key: one needs the other");
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public async Task RealMetersUnderAKilledMosquittoLoseAndDoubleNothing()
    {
        LongRun.AskedOrSkip();
        using MosquittoBroker broker = Mosquitto.StartOrSkip();
        await using SimulateRun run = await SimulateRun.StartAsync(new SimulateOptions
        {
            Meters = 8,
            Chargers = 0,
            Broker = new MqttBrokers([MqttAddress.Loopback(broker.Port)]),
            Hours = 48,
            Drain = TimeSpan.FromSeconds(180),
        });
        Task work = Task.Run(() => run.Run(CancellationToken.None));
        for (int kill = 1; kill <= 3; kill++)
        {
            long goal = run.HeadEnd.Counters.Stored + 100;
            Until.True(() => run.HeadEnd.Counters.Stored >= goal || work.IsCompleted, "records flow");
            broker.Kill();
            broker.Start();
        }

        await work;
        SimulateResult result = run.Count();
        Assert.AreEqual(0, result.Lost);
        Assert.AreEqual(0, result.Doubled);
        Assert.AreEqual(0, result.Pending, result.ToString());
        Assert.AreEqual(result.Produced, result.StoredByHeadEnd + result.Dropped);
        Assert.IsTrue(result.Connections > 8, "the kills were felt");
    }

    [TestMethod]
    public void ADatabaseThatKnowsTheDevicesAlreadyIsRefusedInsteadOfWaitingForEver()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".sqlite");
        string[] arguments = ["simulate", "--meters", "1", "--hours", "1", "--database", path, "--json"];
        Assert.AreEqual(0, Run(arguments).Code);
        (int code, string output, string error) = Run(arguments);
        Assert.AreEqual(2, code);
        Assert.AreEqual("", output);
        StringAssert.Contains(error, "--database");
        File.Delete(path);
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        CommandLine run = CommandLine.Run(arguments);
        return (run.ExitCode, run.Output, run.Errors);
    }
}
