using System;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Commands;
using MeterFirmware.SmartMeter;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commissioning;

/// <summary>`meterctl board check` against the whole meter, commissioned from a folder of `board new`.</summary>
[TestClass]
public sealed class BoardCheckTests
{
    private const string Device = "check-1";

    private readonly string _root = Directory.CreateTempSubdirectory("mf-check-").FullName;
    private EmbeddedBroker _broker;
    private MqttNetLink _link;
    private Thread _running;
    private volatile bool _isStopped;

    private string Folder => Path.Combine(_root, "m1");

    private string Secret => Path.Combine(_root, "utility.secret");

    private string Report => Path.Combine(_root, "report.html");

    [TestInitialize]
    public async Task Start()
    {
        _broker = await EmbeddedBroker.StartAsync();
        SecretFile.Write(_root, "utility.secret", RandomNumberGenerator.GetBytes(DeviceSecurity.SecretBytes));
        CommandLine made = CommandLine.Run("board", "new", "--board", "Esp32DevKit", "--device", Device, "--site",
            "residential", "--tariff", "shanghai-household", "--port", "COM3", "--secret", Secret, "--out", Folder);
        Assert.AreEqual(0, made.ExitCode, made.Errors);
    }

    [TestCleanup]
    public async Task Stop()
    {
        _isStopped = true;
        _running?.Join();
        _link?.Dispose();
        await _broker.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [TestMethod]
    public void AMeterThatIsWellPassesAndItsReportIsSigned()
    {
        StartMeter();
        CommandLine run = Check("--technician", "Li <b>Wei</b>", "--done", "1,2");
        Assert.AreEqual(0, run.ExitCode, run.Output + run.Errors);
        foreach (string name in new[] { "birth", "product", "self-test: sensor", "self-test: storage",
            "self-test: time", "health", "tariff" })
        {
            StringAssert.Contains(run.Output, $"passed  {name}: ");
        }

        string page = File.ReadAllText(Report);
        StringAssert.Contains(page, "<tr><td>done</td><td>supply off");
        StringAssert.Contains(page, "<tr><td>not done</td><td>terminals tightened");
        Assert.DoesNotContain("<b>Wei", page);
        Assert.DoesNotContain(Convert.ToHexStringLower(File.ReadAllBytes(Secret)), page);

        // The utility's secret has no business here any more; the meter has it.
        Assert.IsFalse(File.Exists(Path.Combine(Folder, "secret.bin")));
        StringAssert.Contains(run.Errors, $"deleted {Path.Combine(Folder, "secret.bin")}");

        Assert.AreEqual(0, Verify(page, Secret).ExitCode);
        Assert.AreEqual(1, Verify(page.Replace("not done", "done"), Secret).ExitCode, "what a person reads");
        Assert.AreEqual(1, Verify(page.Replace("\"done\":false", "\"done\":true"), Secret).ExitCode, "what is signed");
        Assert.AreEqual(1, Verify("", Secret).ExitCode);
        string stranger = SecretFile.Write(_root, "stranger.secret", new byte[DeviceSecurity.SecretBytes]);
        Assert.AreEqual(1, Verify(page, stranger).ExitCode);

        // By the technician's key alone, after the secret is gone.
        string key = Path.Combine(_root, "technician.key");
        CommandLine derived = CommandLine.Run("key", "derive", "--device", Device, "--secret", Secret, "--role",
            "technician", "--out", key);
        Assert.AreEqual(0, derived.ExitCode, derived.Errors);
        CommandLine again = Check("--technician", "Li Wei", "--role-key", key);
        Assert.AreEqual(0, again.ExitCode, again.Output + again.Errors);
        Assert.AreEqual(0, Verify(File.ReadAllText(Report), Secret).ExitCode);
    }

    [TestMethod]
    public void AMeterWithAnotherTariffFailsAndTheSecretStays()
    {
        string record = Path.Combine(Folder, "commissioning.json");
        File.WriteAllText(record, File.ReadAllText(record).Replace("Shanghai household", "Another"));
        StartMeter();
        CommandLine run = Check("--technician", "Li Wei", "--done", "all");
        Assert.AreEqual(1, run.ExitCode, run.Output + run.Errors);
        StringAssert.Contains(run.Output, "FAILED  tariff: ");
        StringAssert.Contains(File.ReadAllText(Report), "NOT PASSED");
        Assert.IsTrue(File.Exists(Path.Combine(Folder, "secret.bin")));
    }

    [TestMethod]
    public void AMeterThatIsNotThereIsSaid()
    {
        CommandLine run = Check("--technician", "Li Wei", "--timeout", "1");
        Assert.AreEqual(1, run.ExitCode, run.Errors);
        StringAssert.Contains(run.Output, "FAILED  birth: no birth within 1 s");
    }

    [TestMethod]
    public void AMeterWithAnotherKeyAnswersNothing()
    {
        LongRun.AskedOrSkip();
        StartMeter();
        SecretFile.Write(Folder, "secret.bin", new byte[DeviceSecurity.SecretBytes]);
        CommandLine run = Check("--technician", "Li Wei", "--timeout", "10");
        Assert.AreEqual(1, run.ExitCode, run.Errors);
        StringAssert.Contains(run.Output, "FAILED  self-test: no answer within 10 s");
    }

    [TestMethod]
    [DataRow("--technician ", "--technician: 1 to 100 letters were expected")]
    [DataRow("--technician Li --done 11", "--done: '11', numbers from 1 to 10 or 'all' were expected")]
    [DataRow("--technician Li --done 1,,2", "--done: '', numbers from 1 to 10")]
    [DataRow("--technician Li --timeout 0", "--timeout: 1 to 3600 seconds were expected")]
    [DataRow("--technician Li --role-key nothing.key", "--role-key: nothing.key: ")]
    public void AWrongOptionIsOneErrorBeforeTheMeterIsAsked(string options, string expected)
    {
        CommandLine run = Check(options.Split(' '));
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, expected);
        Assert.HasCount(1, run.Errors.TrimEnd().Split('\n'));
        Assert.IsFalse(File.Exists(Report));
    }

    [TestMethod]
    public void WithoutTheSecretTheRoleKeyIsAskedFor()
    {
        File.Delete(Path.Combine(Folder, "secret.bin"));
        CommandLine run = Check("--technician", "Li Wei");
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, "--role-key: the technician's key was expected, ");
    }

    private CommandLine Check(params string[] more) => CommandLine.Run(["board", "check", Folder, "--broker",
        $"mqtt://127.0.0.1:{_broker.Port}", "--out", Report, .. more]);

    private CommandLine Verify(string page, string secret)
    {
        string path = Path.Combine(_root, "page.html");
        File.WriteAllText(path, page);
        return CommandLine.Run("board", "verify", path, "--device", Device, "--secret", secret);
    }

    private void StartMeter()
    {
        byte[] table = File.ReadAllBytes(Path.Combine(Folder, "tariff.bin"));
        Assert.IsTrue(TariffTable.TryLoad(table, table.Length, out TariffTable tariff, out string error), error);
        _link = new MqttNetLink(builder => builder.WithTcpServer("127.0.0.1", _broker.Port));
        SimulatedMeter meter = new(new SimulatedMeterParts
        {
            Tariff = tariff,
            StartUtcSeconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            Link = _link,
            Plan = new MeterPlan { BlockBytes = 16_384, ImageBlocks = 4 },
            Telemetry = new TelemetrySettings
            {
                Device = Device,
                SpreadMs = 100,
                BackoffMs = 100,
                BackoffMsMax = 2_000,
                StableMs = 1_000,
            },
        });
        Assert.IsTrue(meter.Firmware.Core.Security.TryCommission(
            File.ReadAllBytes(Path.Combine(Folder, "secret.bin"))));
        _running = new Thread(() =>
        {
            while (!_isStopped)
            {
                meter.Step(20, 1_000L * 1_000 * 20);
                Thread.Sleep(10);
            }
        });
        _running.Start();
        Assert.IsTrue(SpinWait.SpinUntil(() => meter.Product.Telemetry.Counters.Births > 0,
            TimeSpan.FromSeconds(120)), "online");
    }
}
