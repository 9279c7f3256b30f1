using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Commissioning;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commissioning;

/// <summary>`meterctl board flash` with a stand-in for nanoff, which prints what nanoff has printed, and with a
/// simulated board.</summary>
[TestClass]
public sealed class BoardFlashTests
{
    private const string Listed = "Assemblies:\n  MeterFirmware.SmartMeter, v0.1.0.0\n  mscorlib, v1.17.11.0";

    private readonly string _root = Directory.CreateTempSubdirectory("mf-flash").FullName;

    private string Folder => Path.Combine(_root, "m1");

    private string Image => Path.Combine(_root, "image.bin");

    private string[] Calls => File.Exists(Path.Combine(_root, "calls"))
        ? File.ReadAllLines(Path.Combine(_root, "calls")) : [];

    [TestCleanup]
    public void Delete() => Directory.Delete(_root, true);

    [TestMethod]
    public void ABoardGetsFirmwareImageAndFilesInThisOrder()
    {
        Make("Esp32DevKit");
        CommandLine run = Flash(Nanoff(), "--image", Image, "--firmware", "1.12.0.150");
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        CollectionAssert.AreEqual(new[]
        {
            "--target ESP32_REV3 --serialport COM3 --update --fwversion 1.12.0.150",
            $"--target ESP32_REV3 --serialport COM3 --deploy --image {Image}",
            "--nanodevice --devicedetails --serialport COM3",
            "--filedeployment deploy.json",
        }, Calls);
        StringAssert.Contains(run.Errors, "MeterFirmware.SmartMeter", "what it prints is shown as it comes");
        StringAssert.Contains(run.Output, "000012345678 is on COM3");
    }

    [TestMethod]
    public void WithoutAnImageOnlyTheFilesAreBrought()
    {
        Make("Esp32DevKit");
        Assert.AreEqual(0, Flash(Nanoff(), "--port", "COM7").ExitCode);
        CollectionAssert.AreEqual(new[] { "--filedeployment deploy.port.json" }, Calls);
        StringAssert.Contains(File.ReadAllText(Path.Combine(Folder, "deploy.port.json")), "\"serialport\":\"COM7\"");
        StringAssert.Contains(File.ReadAllText(Path.Combine(Folder, "deploy.json")), "\"serialport\": \"COM3\"");
    }

    [TestMethod]
    public void AnStm32GoesOverItsDebuggerToTheDeploymentAddress()
    {
        Make("Stm32F769Discovery");
        Assert.AreEqual(0, Flash(Nanoff(), "--image", Image).ExitCode);
        Assert.AreEqual("--target ST_STM32F769I_DISCOVERY --jtag --update", Calls[0]);
        Assert.AreEqual($"--target ST_STM32F769I_DISCOVERY --jtag --deploy --image {Image} --address 0x080C0000",
            Calls[1]);
    }

    [TestMethod]
    [DataRow("update", "Error E4000: Error executing esptool command. (The handle is invalid.)", 160,
        "1 of 4, firmware: nanoff failed with E4000: esptool failed: hold BOOT while it connects")]
    [DataRow("update", "Error E9005: Can't find the target in Cloudsmith repository.", 45,
        "1 of 4, firmware: nanoff failed with E9005: this version of the firmware is not there")]
    [DataRow("deploy", "E6000", 0, "2 of 4, image: nanoff failed with E6000: the port cannot be opened")]
    [DataRow("filedeployment", "Error E2003: Error executing file deployment on nano device.", 211,
        "4 of 4, files: nanoff failed with E2003: a file could not be written")]
    [DataRow("update", "Unhandled exception. System.BadImageFormatException", 134,
        "1 of 4, firmware: nanoff failed, exit code 134: Unhandled exception. System.BadImageFormatException")]
    [DataRow("update", "", 3, "1 of 4, firmware: nanoff failed, exit code 3: it said nothing")]
    [DataRow("devicedetails", "Assemblies:", 0, "3 of 4, look: our assemblies are not on the board, though nanoff")]
    public void AFaultEndsItAndIsExplained(string step, string output, int exitCode, string expected)
    {
        Make("Esp32DevKit");
        CommandLine run = Flash(Nanoff(step, output, exitCode), "--image", Image);
        Assert.AreEqual(1, run.ExitCode, run.Errors);
        StringAssert.Contains(run.Errors, $"meterctl: {expected}");
        StringAssert.Contains(Calls[^1], step, "nothing follows");
    }

    [TestMethod]
    [DataRow("--nanoff NOWHERE", "--nanoff: NOWHERE: ")]
    [DataRow("--firmware 1.2", "--firmware: with --image")]
    [DataRow("--image NOWHERE", "--image: NOWHERE is not there")]
    [DataRow("--port sim --image IMAGE", "--image, --firmware: a simulated board is this program's own")]
    public void BadInputIsOneErrorBeforeTheBoardIsTouched(string options, string expected)
    {
        Make("Esp32DevKit");
        CommandLine run = CommandLine.Run(["board", "flash", Folder, .. options.Split(' ').Select(word =>
            word == "IMAGE" ? Image : word == "NOWHERE" ? Path.Combine(_root, "nowhere") : word)]);
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, expected.Replace("NOWHERE", Path.Combine(_root, "nowhere")));
        Assert.IsEmpty(Calls);
    }

    [TestMethod]
    public void EveryBoardsReadmeNamesTheSameTarget()
    {
        foreach (BoardKind board in BoardKind.All)
        {
            NanoffTarget target = NanoffTarget.Of(board);
            string readme = File.ReadAllText(Path.Combine(Checkout.Root, "boards", board.Name, "README.md"));
            string way = target.IsJtag ? "--jtag" : "--serialport";
            StringAssert.Contains(readme, $"nanoff --target {target.Name} {way}");
            Assert.AreEqual(target.Address.Length > 0, readme.Contains($"--address {target.Address}",
                StringComparison.Ordinal) && target.Address.Length > 0, board.Name);
        }
    }

    [TestMethod]
    public async Task FromAnEmptyFolderToAPassedSelfTestAreThreeCommands()
    {
        LongRun.AskedOrSkip();
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        string address = $"mqtt://127.0.0.1:{broker.Port}";
        Stopwatch watch = Stopwatch.StartNew();
        CommandLine made = CommandLine.Run("board", "new", "--board", "Esp32DevKit", "--device", "000012345678",
            "--site", "residential", "--tariff", "shanghai-household", "--port", "sim", "--bench", "--broker", address,
            "--out", Folder);
        Assert.AreEqual(0, made.ExitCode, made.Errors);
        CommandLine flashed = CommandLine.Run("board", "flash", Folder);
        Assert.AreEqual(0, flashed.ExitCode, flashed.Errors);
        using Process device = Process.GetProcessById(
            int.Parse(Regex.Match(flashed.Output, "runs as process ([0-9]+)").Groups[1].Value));
        try
        {
            CommandLine check = CommandLine.Run("board", "check", Folder, "--broker", address, "--technician", "Li",
                "--out", Path.Combine(_root, "m1.html"));
            Assert.AreEqual(0, check.ExitCode, check.Output + check.Errors);
            Assert.IsLessThan(TimeSpan.FromMinutes(2), watch.Elapsed);
            CommandLine second = CommandLine.Run("board", "flash", Folder);
            Assert.AreEqual(2, second.ExitCode, second.Output);
            StringAssert.Contains(second.Errors, "another process runs this device");
        }
        finally
        {
            device.Kill();
            await device.WaitForExitAsync();
        }
    }

    private CommandLine Flash(string nanoff, params string[] more)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("the stand-in is a script of sh");
        }

        return CommandLine.Run(["board", "flash", Folder, "--nanoff", nanoff, .. more]);
    }

    private void Make(string board)
    {
        File.WriteAllText(Image, "image");
        CommandLine made = CommandLine.Run("board", "new", "--board", board, "--device", "000012345678", "--site",
            "residential", "--tariff", "shanghai-household", "--port", "COM3", "--bench", "--out", Folder);
        Assert.AreEqual(0, made.ExitCode, made.Errors);
    }

    /// <summary>The stand-in: writes down how it was called; one step prints and ends as it is told.</summary>
    private string Nanoff(string step = "none", string output = "", int exitCode = 0)
    {
        string path = Path.Combine(_root, "nanoff");
        string script = $$"""
            #!/bin/sh
            echo "$*" >> '{{_root}}/calls'
            case "$*" in
              *--{{step}}*) printf '%s\n' '{{output.Replace("'", "'\\''")}}'; exit {{exitCode}};;
              *--devicedetails*) printf '%s\n' '{{Listed}}';;
              *) echo OK;;
            esac
            """;
        File.WriteAllText(path, script + "\n", new UTF8Encoding(false));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
