using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Commands;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl;
using MeterFirmware.Tools.MeterCtl.Demo;
using MeterFirmware.Tools.MeterCtl.Simulation;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Every tool holds or gives acknowledgement keys: real products believe the holder of their key and nobody
/// else.</summary>
[TestClass]
public class SignedAcknowledgementTests
{
    private string _folder;

    [TestInitialize]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mf-ack-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(false, DisplayName = "embedded broker")]
    [DataRow(true, DisplayName = "mosquitto")]
    public async Task OnlyAHeadEndThatHoldsTheKeysEmptiesTheJournals(bool isMosquitto)
    {
        LongRun.AskedOrSkip(isMosquitto);
        using MosquittoBroker mosquitto = isMosquitto ? Mosquitto.StartOrSkip() : null;
        await using EmbeddedBroker embedded = isMosquitto ? null : await EmbeddedBroker.StartAsync();
        int port = isMosquitto ? mosquitto.Port : embedded.Port;
        string keysPath = Path.Combine(_folder, "fleet.ack");
        await using SimulateRun run = await SimulateRun.StartAsync(new SimulateOptions
        {
            Meters = 2,
            Chargers = 1,
            Broker = new MqttBrokers([MqttAddress.Loopback(port)]),
            Hours = 2,
            HasHeadEnd = false,
            KeysPath = keysPath,
            Drain = TimeSpan.FromSeconds(120),
        });
        Task work = Task.Run(() => run.Run(CancellationToken.None));
        await using (HeadEnd stranger = Start(port, null))
        {
            Until.True(() => stranger.Counters.AcknowledgementsRefused >= 3, "its plain acknowledgements are refused");
            Assert.AreEqual(0, run.Count().Acknowledged, "and settle nothing");
            StringAssert.Contains(stranger.Refusals().First().Reason, "mac-missing");
        }

        AcknowledgementKeys wrong = new();
        AcknowledgementKeys right = AcknowledgementKeys.Parse(File.ReadAllText(keysPath));
        Assert.AreEqual(3, right.Count);
        foreach (string device in new[] { "sim-m00001", "sim-m00002", "sim-c00001" })
        {
            wrong.Set(device, DeviceSecurity.AcknowledgementKeyOf(new byte[DeviceSecurity.SecretBytes]));
        }

        await using (HeadEnd forger = Start(port, wrong))
        {
            Until.True(() => forger.Counters.AcknowledgementsRefused >= 3, "macs of another key are refused");
            Assert.AreEqual(0, run.Count().Acknowledged, "and settle nothing");
            Assert.IsTrue(forger.Refusals()
                .Any(refusal => refusal.Reason.Contains("wrong-mac", StringComparison.Ordinal)));
        }

        await using HeadEnd worker = Start(port, right);
        await work;
        Assert.AreEqual(0, run.Count().Pending, worker.LastError);
        Assert.AreEqual(run.Count().Produced, worker.Devices().Sum(device => device.Stored));
        Assert.AreEqual(0, worker.Counters.AcknowledgementsRefused);
    }

    [TestMethod]
    public void SimulateSignsUnlessItIsToldNotTo()
    {
        JsonObject signed = Simulate();
        Assert.AreEqual("signed", (string)signed["acknowledgements"]);
        JsonObject plain = Simulate("--plain");
        Assert.AreEqual("plain", (string)plain["acknowledgements"]);
        foreach (JsonObject result in new[] { signed, plain })
        {
            Assert.AreEqual(0, (long)result["pending"]);
            Assert.AreEqual((long)result["produced"], (long)result["storedByHeadEnd"]);
        }

        CommandLine both = CommandLine.Run("simulate", "--plain", "--ack-keys", Path.Combine(_folder, "x"));
        Assert.AreEqual(Program.BadInput, both.ExitCode);
        StringAssert.Contains(both.Errors, "--ack-keys");
    }

    [TestMethod]
    public async Task TheDemonstrationsDevicesTakeSignedAcknowledgementsOnly()
    {
        LongRun.AskedOrSkip();
        TariffFile tariff = TariffFile.Load("china-workplace-five-rates");
        await using DemoRun run = await DemoRun.StartAsync(tariff, meterCount: 1, chargerCount: 1,
            new DateOnly(2026, 7, 15), hasHome: false);
        Assert.IsTrue(run.Meters[0].Meter.Firmware.Core.Security.IsCommissioned);
        Assert.IsTrue(run.Chargers[0].Charger.Firmware.Core.Security.IsCommissioned);
        Assert.IsTrue(await Task.Run(() => run.Run(CancellationToken.None)), "all is acknowledged");
        Assert.AreEqual(0, run.HeadEnd.Counters.AcknowledgementsRefused);
        await using DemoRun plain = await DemoRun.StartAsync(tariff, 1, 1, new DateOnly(2026, 7, 15), hasHome: false,
            isPlain: true);
        Assert.IsFalse(plain.Meters[0].Meter.Firmware.Core.Security.IsCommissioned);
    }

    [TestMethod]
    public async Task ServeStoresAndSignsWithTheKeysOfItsFile()
    {
        using MosquittoBroker broker = Mosquitto.StartOrSkip();
        string keys = Path.Combine(_folder, "fleet.ack");
        string database = Path.Combine(_folder, "meters.sqlite");
        await using SimulateRun run = await SimulateRun.StartAsync(new SimulateOptions
        {
            Meters = 2,
            Chargers = 0,
            Broker = new MqttBrokers([MqttAddress.Loopback(broker.Port)]),
            Hours = 2,
            HasHeadEnd = false,
            KeysPath = keys,
            Drain = TimeSpan.FromSeconds(120),
        });
        using CancellationTokenSource end = new();
        Task<int> serving = Program.CreateRoot()
            .Parse(["head-end", "serve", "--broker", $"mqtt://127.0.0.1:{broker.Port}", "--database", database,
            "--ack-keys", keys, "--json"]).InvokeAsync(null, end.Token);
        await Task.Run(() => run.Run(CancellationToken.None));
        SimulateResult result = run.Count();
        Assert.AreEqual(0, result.Pending, "every one was signed");
        await end.CancelAsync();
        Assert.AreEqual(Program.Done, await serving);
        await using HeadEnd after = Start(broker.Port, null, database);
        Assert.AreEqual(result.Produced, after.Devices().Sum(device => device.Stored));
    }

    [TestMethod]
    [DataRow("m1", "line 1: a device address")]
    [DataRow("# keys\n\nm1 00", "line 3: the key of m1: 64 hex digits")]
    [DataRow("m/1 {0}", "line 1: a device address")]
    [DataRow("m1 {0}\nm1 {0}", "line 2: m1 stands in an earlier line")]
    [DataRow("m1 {0} x", "line 1: a device address")]
    [DataRow("", "no line with a device")]
    public void ABadKeyFileIsOneLineThatNamesTheLineAndNeverTheKey(string text, string expected)
    {
        string key = Convert.ToHexStringLower(
            DeviceSecurity.AcknowledgementKeyOf(new byte[DeviceSecurity.SecretBytes]));
        string error = RefusedServe(string.Format(text, key), isPrivate: true);
        StringAssert.Contains(error, expected);
        Assert.IsFalse(error.Contains(key, StringComparison.Ordinal));
    }

    [TestMethod]
    public void AKeyFileThatOthersMayReadIsRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("there the folder's rights hold");
            return;
        }

        StringAssert.Contains(RefusedServe("m1 00", isPrivate: false), "chmod 600");
        string written = Path.Combine(_folder, "written.ack");
        Assert.AreEqual(0,
            CommandLine.Run("simulate", "--meters", "1", "--hours", "0.1", "--ack-keys", written, "--json").ExitCode);
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(written),
            "ours may be read by us alone");
    }

    [TestMethod]
    public void ServeWantsKeysOrTheWordPlain()
    {
        CommandLine none = CommandLine.Run("head-end", "serve", "--broker", "mqtt://127.0.0.1:1", "--database",
            Path.Combine(_folder, "d"));
        Assert.AreEqual(Program.BadInput, none.ExitCode);
        StringAssert.Contains(none.Errors, "--ack-keys, --plain");
    }

    [TestMethod]
    public void TheKeyAcknowledgesAndNothingElse()
    {
        // The worker's key is neither a role's nor the images'.
        byte[] secret = [.. Enumerable.Range(0, DeviceSecurity.SecretBytes).Select(i => (byte)i)];
        byte[] text = "mf"u8.ToArray();
        HmacSha256 hmac = new();
        byte[] key = DeviceSecurity.AcknowledgementKeyOf(secret);
        hmac.SetKey(key, 0, key.Length);
        string own = Mac(hmac, text);
        for (int role = 0; role < CommandRole.Count; role++)
        {
            for (int generation = 0; generation < 3; generation++)
            {
                DeviceSecurity.LoadKeyOf(hmac, secret, role, generation);
                Assert.AreNotEqual(own, Mac(hmac, text), $"role {role}, generation {generation}");
                DeviceSecurity.LoadKeyOf(hmac, key, role, generation);
                string made = Mac(hmac, text);
                DeviceSecurity.LoadKeyOf(hmac, secret, role, generation);
                Assert.AreNotEqual(made, Mac(hmac, text), "nothing of the device is made from it");
            }
        }
    }

    private static string Mac(HmacSha256 hmac, byte[] text)
    {
        byte[] mac = new byte[HmacSha256.TagBytes];
        hmac.Add(text, 0, text.Length);
        hmac.Finish(mac, 0);
        return Convert.ToHexString(mac);
    }

    private static JsonObject Simulate(params string[] more)
    {
        CommandLine run = CommandLine.Run(["simulate", "--meters", "1", "--chargers", "1", "--hours", "1", "--json",
            .. more]);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        return JsonNode.Parse(run.Output).AsObject();
    }

    private string RefusedServe(string text, bool isPrivate)
    {
        string path = Path.Combine(_folder, "bad.ack");
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | (isPrivate ? 0 : UnixFileMode.GroupRead));
        }

        CommandLine run = CommandLine.Run("head-end", "serve", "--broker", "mqtt://127.0.0.1:1", "--database",
            Path.Combine(_folder, "d"), "--ack-keys", path);
        Assert.AreEqual(Program.BadInput, run.ExitCode);
        Assert.AreEqual("", run.Output);
        Assert.AreEqual(1, run.Errors.TrimEnd().Split('\n').Length, run.Errors);
        StringAssert.Contains(run.Errors, path);
        return run.Errors;
    }

    private static HeadEnd Start(int port, AcknowledgementKeys keys, string database = null)
    {
        HeadEnd headEnd = new(new HeadEndOptions
        {
            Brokers = new MqttBrokers([MqttAddress.Loopback(port)]),
            AcknowledgementKeyOf = keys == null ? null : keys.Of,
            DatabasePath = database,
        });
        headEnd.Start();
        return headEnd;
    }
}
