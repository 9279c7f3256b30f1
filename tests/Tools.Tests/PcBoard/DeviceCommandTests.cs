using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Tools.MeterCtl;
using MeterFirmware.Tools.MeterCtl.PcBoard;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.PcBoard;

/// <summary>`meterctl device` without a process of its own: the drive, the loop, what a person types, bad
/// input.</summary>
[TestClass]
public sealed class DeviceCommandTests
{
    private static readonly LineOptions _noLines = new([], null);

    private readonly string _root = Directory.CreateTempSubdirectory("mf-device").FullName;

    private string Folder => Path.Combine(_root, "m1");

    [TestCleanup]
    public void Delete() => Directory.Delete(_root, true);

    [TestMethod]
    public void TheDriveIsMadeByTheListOnceAndTheBoardTakesItsSecret()
    {
        MakeMeter();
        using (DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder))
        {
            CollectionAssert.AreEquivalent(new[] { "settings.json", "tariff.bin", "secret.bin" },
                Directory.EnumerateFiles(folder.Drive).Select(Path.GetFileName).ToArray());
            using PcMeter meter = new(folder, new BoardSettings(), _noLines, 0, Now());
            Assert.IsTrue(PcFiles.TryCommission(folder, meter.Core.Security));
            Assert.IsTrue(meter.Core.Security.IsCommissioned);
            Assert.IsFalse(File.Exists(folder.PathOf("secret.bin")), "as a board does");
        }

        Assert.IsTrue(File.Exists(Path.Combine(Folder, "secret.bin")), "the utility's copy is the utility's to delete");
        using (DeviceFolder again = DeviceFolder.Open("FOLDER", Folder))
        {
            Assert.IsFalse(File.Exists(again.PathOf("secret.bin")), "a start deploys nothing anew");
            using PcMeter meter = new(again, new BoardSettings(), _noLines, 0, Now());
            Assert.IsTrue(meter.Core.Security.IsCommissioned, "from its flash");
        }
    }

    [TestMethod]
    public void ADriveThatWasCutWhileItWasMadeIsMadeAnew()
    {
        MakeMeter();
        string part = Path.Combine(Folder, "drive.part");
        Directory.CreateDirectory(part);
        File.WriteAllText(Path.Combine(part, "settings.json"), "{");
        using DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder);
        Assert.IsFalse(Directory.Exists(part));
        Assert.AreEqual(File.ReadAllText(Path.Combine(Folder, "settings.json")),
            Encoding.UTF8.GetString(folder.Read("I:\\settings.json")));
    }

    [TestMethod]
    public void RegistersAndRecordsOutliveADeviceThatIsKilled()
    {
        MakeMeter();
        long importBefore;
        long nextBefore;
        using (DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder))
        {
            // Not saved: the object is dropped, and its files are what they are.
            PcMeter meter = new(folder, new BoardSettings { IntervalMinutes = 1 }, _noLines, 12_000, Now());
            Ticks(meter, 300);
            Assert.AreEqual("load 0 W", meter.Change(["load", "0"]));
            Ticks(meter, 3);
            importBefore = ImportOf(meter);
            nextBefore = meter.Core.Journal.NextNumber;
            Assert.IsGreaterThan(900, importBefore, meter.Report());
            Assert.IsGreaterThan(4, nextBefore);
        }

        using (DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder))
        {
            using PcMeter meter = new(folder, new BoardSettings { IntervalMinutes = 1 }, _noLines, 0, Now() + 300);
            Assert.AreEqual(importBefore, ImportOf(meter));
            Assert.IsTrue(meter.Core.Journal.Report.IsClean);
            Assert.AreEqual(nextBefore, meter.Core.Journal.NextNumber);
            Ticks(meter, 5);
            Assert.AreEqual(importBefore, ImportOf(meter));
        }
    }

    [TestMethod]
    public void TheLoopCatchesUpAndASleepingPcIsALossOfSupply()
    {
        MakeMeter();
        using DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder);
        using PcMeter meter = new(folder, new BoardSettings(), _noLines, 3_600, Now());
        long wallMs = 0;
        DeviceLoop loop = null;
        loop = new DeviceLoop(meter, () =>
        {
            // Busy for 50 s soon, asleep for ten minutes later.
            wallMs += wallMs is > 2_000 and < 50_000 ? 50_000 : wallMs is > 90_000 and < 600_000 ? 600_000 : 500;
            if (wallMs > 720_000 && loop.Typed.IsEmpty)
            {
                loop.Typed.Enqueue("world quit");
            }

            return wallMs;
        });
        string output = Run(loop);
        StringAssert.Contains(output, "this PC slept: 6");
        long aheadMs = meter.Clock.NowMs - wallMs;
        Assert.IsTrue(aheadMs is > -60_000 and < 10_000, $"{aheadMs} ms");

        // 1 Wh a second: what flowed while the PC was awake, less what it was behind when it slept.
        long import = ImportOf(meter);
        Assert.IsTrue(import is > 90 and < 135, $"{import} Wh");
    }

    [TestMethod]
    public void WhatIsTypedChangesTheWorldOrIsSaidToChangeNothing()
    {
        MakeMeter();
        using DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder);
        using PcMeter meter = new(folder, new BoardSettings(), _noLines, 0, Now());
        long wallMs = 0;
        DeviceLoop loop = new(meter, () => ++wallMs);
        foreach (string line in new[] { "", "world load 2000", "world load 99999", "world seal press", "world plug",
            "world status", "world quit" })
        {
            loop.Typed.Enqueue(line);
        }

        string[] output = Run(loop).TrimEnd().Split('\n');
        Assert.HasCount(6, output);
        Assert.AreEqual("load 2000 W", output[0]);
        StringAssert.StartsWith(output[1], "'world load 99999' changes nothing here");
        Assert.AreEqual("seal pressed", output[2]);
        StringAssert.StartsWith(output[3], "'world plug' changes nothing here");
        StringAssert.Contains(output[4], "load 2000 W; seal pressed");
        StringAssert.StartsWith(output[5], "saved; ");
    }

    [TestMethod]
    public void MastersAskAMeterOverTcpAndAPseudoTerminal()
    {
        if (!PseudoTerminal.IsThere)
        {
            Assert.Inconclusive("there are no pseudo-terminals here");
        }

        MakeMeter();
        string tty = Path.Combine(_root, "tty");
        using DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder);
        StringWriter output = new();
        using PcMeter meter = ConsoleRoute.To(output, output, () => new PcMeter(folder,
            new BoardSettings { Dlt645Address = "000000000042" },
            new LineOptions([("dlt645", 0), ("dlt698", 0), ("modbus", 0)], tty), 2_300, Now()));
        Ticks(meter, 5);
        string[] places = [.. output.ToString().Split('\n').Where(line => line.Contains(": 127.0.0.1:"))
            .Select(line => line.Split(": ")[1])];
        Assert.HasCount(3, places);
        System.Diagnostics.Stopwatch wall = System.Diagnostics.Stopwatch.StartNew();
        DeviceLoop loop = new(meter, () => wall.ElapsedMilliseconds);
        Thread running = new(() => Run(loop));
        running.Start();
        try
        {
            foreach ((string[] question, string answer) in new (string[], string)[]
            {
                (["dlt645", "read", "--tcp", places[0], "--address", "000000000042", "--di",
                    "02030000"], "active power, total: "),
                (["dlt645", "read", "--serial", tty, "--parity", "none", "--address", "000000000042", "--di",
                    "02030000"], "active power, total: "),
                (["dlt698", "read", "--tcp", places[1], "--address", "000000000042", "--get", "20000200"], "20000200"),
                (["modbus", "read", "--tcp", places[2], "--meter", "sunspec-meter"], "voltage"),
            })
            {
                CommandLine run = CommandLine.Run(question);
                Assert.AreEqual(0, run.ExitCode, run.Output + run.Errors);
                StringAssert.Contains(run.Output, answer);
            }
        }
        finally
        {
            loop.Typed.Enqueue("world quit");
            running.Join();
        }

        meter.Dispose();
        Assert.IsFalse(File.Exists(tty), "the name goes with the device");
    }

    [TestMethod]
    public void AChargerChargesTheVehicleThatIsPluggedInAndOpensOnAResidualCurrent()
    {
        Directory.CreateDirectory(Folder);
        string drive = Path.Combine(Folder, "drive");
        Directory.CreateDirectory(drive);
        File.WriteAllText(Path.Combine(drive, "charger.json"), """
            {"standard":"iec61851","stationMilliampsMax":16000,"safeMilliamps":16000,"phaseCount":3,"isFree":true,
            "highCountsAt12":3600,"highCountsAt6":2400,"lowCountsAt12":400,"lowCountsAt6":1200}
            """);
        File.WriteAllBytes(Path.Combine(drive, "billing.bin"), new byte[32]);
        long sessionWattHours;
        using (DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder))
        {
            using PcCharger charger = new(folder, new BoardSettings { Device = "c-1" }, Now());
            Ticks(charger, 100);
            Assert.AreEqual("vehicle plugged in, wants 500 Wh", charger.Change(["plug", "500"]));
            Ticks(charger, 3_000);
            StringAssert.Contains(charger.Report(), "contactor closed");
            Ticks(charger, 18_000);
            StringAssert.Contains(charger.Report(), "vehicle took 500 Wh");
            Assert.AreEqual("vehicle unplugged", charger.Change(["unplug"]));
            Ticks(charger, 200);
            sessionWattHours = ImportOf(charger);
            Assert.IsTrue(sessionWattHours is >= 498 and <= 502, $"{sessionWattHours} Wh");
            charger.Change(["plug"]);
            Ticks(charger, 3_000);
            charger.Change(["residual", "40"]);
            Ticks(charger, 20);
            StringAssert.Contains(charger.Report(), "contactor open");
            charger.Core.PowerFails(charger.Clock.NowMs);
        }

        using (DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder))
        {
            using PcCharger charger = new(folder, new BoardSettings { Device = "c-1" }, Now());
            Assert.IsGreaterThanOrEqualTo(sessionWattHours, ImportOf(charger));
        }
    }

    [TestMethod]
    public void ASiteLeadsFromItsFiles()
    {
        string drive = Path.Combine(Folder, "drive");
        Directory.CreateDirectory(drive);
        File.WriteAllText(Path.Combine(drive, "site.txt"),
            "topic site/1\nkey none\nphases 3\nlimit 63000\nmeter mains reserve 20000\n"
                + "member 0 safe 6000 phases 123\n");
        using DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder);
        using PcSite site = new(folder, new BoardSettings { Device = "s-1" }, 3_000, Now());
        Ticks(site, 3_000);
        StringAssert.Contains(site.Report(), "building's meter heard; building 3000 W");
        Assert.AreEqual("building's meter off", site.Change(["meter", "off"]));
        site.LosePower(60_000);
        Ticks(site, 1_000);
        Assert.IsGreaterThan(60_000, site.Clock.NowMs);
    }

    [TestMethod]
    [DataRow("", "--product: FOLDER has no commissioning.json: meter, charger or site was expected")]
    [DataRow("--product oven", "--product: 'oven', meter, charger or site was expected")]
    [DataRow("--product charger", "FOLDER/drive/charger.json: not commissioned: nothing is offered")]
    [DataRow("--product site", "FOLDER/drive/site.txt: not commissioned: nothing is led")]
    [DataRow("--product charger --dlt645 0", "--dlt645, --dlt698, --modbus, --pty: a meter's, this is a charger")]
    [DataRow("--product meter --plug", "--plug: a charger's, this is a meter")]
    [DataRow("--product meter --load 12001", "--load: 12001 is not -12000 to 12000")]
    [DataRow("--product meter --modbus 65536", "--modbus: 65536 is not 0 to 65535")]
    public void BadInputIsOneClearError(string options, string expected)
    {
        CommandLine run = CommandLine.Run(
            ["device", Folder, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, expected.Replace("FOLDER", Folder));
        Assert.HasCount(1, run.Errors.TrimEnd().Split('\n'));
    }

    [TestMethod]
    public void AnotherProductAndAnotherProcessAreRefused()
    {
        MakeMeter();
        CommandLine other = CommandLine.Run("device", Folder, "--product", "site");
        Assert.AreEqual(2, other.ExitCode);
        StringAssert.Contains(other.Errors, $"--product: {Folder} is a meter's, not a site's");
        using DeviceFolder held = DeviceFolder.Open("FOLDER", Folder);
        CommandLine second = CommandLine.Run("device", Folder);
        Assert.AreEqual(2, second.ExitCode, second.Output);
        StringAssert.Contains(second.Errors, "another process runs this device");
    }

    [TestMethod]
    [DataRow("I:\\..\\x")]
    [DataRow("/etc/passwd")]
    [DataRow("..")]
    [DataRow("I:\\")]
    public void AFileOutsideOfTheDriveIsRefused(string name)
    {
        using DeviceFolder folder = DeviceFolder.Open("FOLDER", Folder);
        Assert.ThrowsExactly<InputException>(() => folder.Read(name));
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60 * 60;

    private static void Ticks(IPcProduct product, int count)
    {
        for (int i = 0; i < count; i++)
        {
            product.Tick();
        }
    }

    private static long ImportOf(IPcProduct product) =>
        long.Parse(Regex.Match(product.Report(), "import ([0-9]+) Wh").Groups[1].Value);

    private static string Run(DeviceLoop loop)
    {
        StringWriter output = new();
        return ConsoleRoute.To(output, output, () =>
        {
            loop.Run(0, CancellationToken.None);
            return output.ToString();
        });
    }

    private void MakeMeter()
    {
        CommandLine made = CommandLine.Run("board", "new", "--board", "Esp32DevKit", "--device", "m-1", "--site",
            "residential", "--tariff", "shanghai-household", "--port", "COM3", "--bench", "--out", Folder);
        Assert.AreEqual(0, made.ExitCode, made.Errors);
    }
}
