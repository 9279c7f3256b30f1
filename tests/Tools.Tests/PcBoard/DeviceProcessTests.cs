using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Commands;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.PcBoard;

/// <summary>A device in a process of its own is commissioned from its folder, and killed.</summary>
[TestClass]
public sealed class DeviceProcessTests
{
    private const string Device = "killed-1";
    private const int Kills = 2;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    private readonly string _root = Directory.CreateTempSubdirectory("mf-process").FullName;

    private string Folder => Path.Combine(_root, "m1");

    private string Secret => Path.Combine(_root, "utility.secret");

    [TestCleanup]
    public void Delete() => Directory.Delete(_root, true);

    [TestMethod]
    public async Task AMeterIsCommissionedAndKilledAndNoRecordIsLostOrDoubled()
    {
        LongRun.AskedOrSkip();
        byte[] secret = RandomNumberGenerator.GetBytes(DeviceSecurity.SecretBytes);
        SecretFile.Write(_root, "utility.secret", secret);
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using HeadEnd headEnd = new(new HeadEndOptions
        {
            Configure = builder => builder.WithTcpServer("127.0.0.1", broker.Port),
            AcknowledgementKeyOf = device => device == Device ? DeviceSecurity.AcknowledgementKeyOf(secret) : null,
        });
        headEnd.Start();
        string address = $"mqtt://127.0.0.1:{broker.Port}";
        string more = SecretFile.Write(_root, "more.json", Encoding.UTF8.GetBytes("""{"intervalMinutes":1}"""));
        Good("board", "new", "--board", "Esp32DevKit", "--device", Device, "--site", "residential", "--tariff",
            "shanghai-household", "--port", "sim", "--secret", Secret, "--broker", address, "--settings", more,
            "--out", Folder);
        string import = "import 0 Wh";
        for (int life = 0; life < Kills; life++)
        {
            using DeviceProcess device = new(Folder, "--load", "12000", "--dlt645", "0");
            StringAssert.Contains(device.WaitFor("no reading"), import, "as before the kill");
            if (life == 0)
            {
                string report = Path.Combine(_root, "report.html");
                string checkedWell = Good("board", "check", Folder, "--broker", address, "--out", report,
                    "--technician", "Li Wei", "--timeout", "60");
                StringAssert.Contains(checkedWell, "passed  self-test: storage");
                Good("board", "verify", report, "--device", Device, "--secret", Secret);
            }

            // An event, and with it a record on its way when the process dies soon.
            Relay(address, closed: false);
            device.Ask("world load 0", "load 0 W");
            long since = UpMs(device.Ask("world status", "up "));
            string status = "";
            Assert.IsTrue(SpinWait.SpinUntil(() =>
            {
                status = device.Ask("world status", "up ");
                return UpMs(status) >= since + 3_000;
            }, _patience));
            import = Regex.Match(status, "import [0-9]+ Wh").Value;
            Relay(address, closed: true);
            device.Kill();
        }

        using (DeviceProcess device = new(Folder, "--load", "0"))
        {
            StringAssert.Contains(device.WaitFor("no reading"), import);
            DeviceState state = null;
            Assert.IsTrue(SpinWait.SpinUntil(() =>
            {
                state = headEnd.Devices().SingleOrDefault();
                return state is { Online: true };
            }, _patience), device.Output);
            Assert.AreEqual(0, device.Quit());
        }

        using DeviceProcess last = new(Folder, "--load", "0");
        long next = long.Parse(Regex.Match(last.WaitFor("records: "), "next ([0-9]+)").Groups[1].Value,
            CultureInfo.InvariantCulture);
        Assert.IsGreaterThan(2 * Kills, next, last.Output);
        Assert.IsTrue(SpinWait.SpinUntil(() => headEnd.CountSettled(Device, next - 1) == next - 1, _patience),
            $"{headEnd.CountSettled(Device, next - 1)} of {next - 1} records came");
        DeviceState end = headEnd.Devices().Single();
        Assert.AreEqual((0L, 0L, 0L, 1), (end.Dropped, end.Doubled, end.Conflicts, end.Journals));
        Assert.AreEqual(0, last.Quit());
    }

    private void Relay(string address, bool closed) => Good("command", "relay",
        closed ? """{"closed":true}""" : """{"closed":false}""", "--device", Device, "--secret", Secret, "--broker",
        address);

    private static string Good(params string[] arguments)
    {
        CommandLine run = CommandLine.Run(arguments);
        Assert.AreEqual(0, run.ExitCode, run.Output + run.Errors);
        return run.Output;
    }

    private static long UpMs(string status) =>
        long.Parse(Regex.Match(status, "up ([0-9]+) ms").Groups[1].Value, CultureInfo.InvariantCulture);
}
