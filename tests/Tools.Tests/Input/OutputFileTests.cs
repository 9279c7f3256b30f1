using System;
using System.IO;
using System.Linq;
using MeterFirmware.Tools.MeterCtl;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Input;

/// <summary>What a command writes takes the place of plain files only, whole or not at all.</summary>
[TestClass]
public sealed class OutputFileTests
{
    private string _folder;

    [TestInitialize]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("output").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [TestMethod]
    public void ANewFileAPlainFileAndALinkToOneAreWritten()
    {
        string path = Path.Combine(_folder, "table.mft");
        OutputFile.Write("--out", path, [1]);
        OutputFile.Write("--out", path, [1, 2, 3]);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, File.ReadAllBytes(path));
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, path);
        OutputFile.Write("--out", link, [4]);
        CollectionAssert.AreEqual(new byte[] { 4 }, File.ReadAllBytes(path));
        Assert.IsNotNull(new FileInfo(link).LinkTarget, "the link is still one");
        Assert.HasCount(2, Directory.GetFileSystemEntries(_folder), "nothing is left beside them");
    }

    [TestMethod]
    public void ADeviceALinkToOneAFolderAndALinkToNothingAreRefused()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("skipped: devices are files on Linux");
        }

        string device = Path.Combine(_folder, "null");
        File.CreateSymbolicLink(device, "/dev/null");
        string nothing = Path.Combine(_folder, "nothing");
        File.CreateSymbolicLink(nothing, Path.Combine(_folder, "none"));
        string folder = Path.Combine(_folder, "folder");
        Directory.CreateDirectory(folder);
        string ofFolder = Path.Combine(_folder, "of-folder");
        File.CreateSymbolicLink(ofFolder, folder);
        string[] all = ["/dev/null", "/dev/full", device, nothing, folder, ofFolder,
            Path.Combine(_folder, "none", "x"), "/proc/x"];
        foreach (string path in all)
        {
            InputException error = Assert.ThrowsExactly<InputException>(() => OutputFile.Write("--out", path, [1]),
                path);
            StringAssert.StartsWith(error.Message, $"--out: {path}");
            Support.CommandLine run = Support.CommandLine.Run("tariff", "compile", "shanghai-household", "--out", path);
            Assert.AreEqual(2, run.ExitCode, path);
            Assert.AreEqual(1, run.Errors.TrimEnd().Split('\n').Length, run.Errors);
        }

        Assert.IsFalse(File.Exists(Path.Combine(_folder, "none")));
        Assert.AreEqual("/dev/null", new FileInfo(device).LinkTarget);
        Assert.AreEqual(0, Directory.GetFiles(_folder, "*.part", SearchOption.AllDirectories).Length);
    }

    [TestMethod]
    public void EveryCommandThatWritesRefusesADevice()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("skipped: devices are files on Linux");
        }

        string sessions = Path.Combine(_folder, "sessions.csv");
        File.WriteAllText(sessions,
            "session,station,plug_in,plug_out,energy_kwh\n1,S1,2026-07-03T08:00:00Z,2026-07-03T18:00:00Z,15\n");
        string acn = Path.Combine(_folder, "acn.json");
        File.WriteAllText(acn, "{}");
        string[][] lines =
        [
            ["schedule", "--sessions", sessions, "--tariff", "workplace-benchmark", "--site-kw", "10", "--png",
                "/dev/null"],
            ["demo", "--meters", "1", "--picture", "/dev/null"],
            ["calibrate", "--operator", "a", "--instrument", "b", "--certificate", "c", "--date", "2026-03-01", "--due",
                "2031-03-01", "--out", "/dev/null"],
            ["tariff", "compile", "shanghai-household", "--out", "/dev/null"],
        ];
        foreach (string[] line in lines)
        {
            Support.CommandLine run = Support.CommandLine.Run(line);
            Assert.AreEqual(2, run.ExitCode, line[0] + run.Output);
            StringAssert.Contains(run.Errors, "/dev/null is no plain file and is not replaced");
        }

        Assert.IsTrue(File.GetAttributes("/dev/null") is not FileAttributes.Directory);
        Assert.AreEqual(0, new FileInfo("/dev/null").Length);
    }

    [TestMethod]
    public void AWriteThatFailsLeavesWhatWasThere()
    {
        // The draft cannot be made, as on a full disk; the file behind the name is the old one.
        string path = Path.Combine(_folder, "table.mft");
        File.WriteAllBytes(path, [7]);
        string blocked = Path.Combine(_folder, "table.mft." + Environment.ProcessId + ".part");
        Directory.CreateDirectory(blocked);
        InputException error = Assert.ThrowsExactly<InputException>(() => OutputFile.Write("--out", path, [1, 2]));
        StringAssert.Contains(error.Message, "cannot be written");
        CollectionAssert.AreEqual(new byte[] { 7 }, File.ReadAllBytes(path));
    }

    [TestMethod]
    [DataRow("unknown", "'unknown' is no command, option or argument here ('meterctl --help' lists what there is)")]
    [DataRow("tariff unknown",
        "'unknown' is no command, option or argument here ('meterctl tariff --help' lists what there is)")]
    [DataRow("tariff compile shanghai-household",
        "Option '--out' is required ('meterctl tariff compile --help' lists what there is)")]
    [DataRow("freezes --database /nowhere/x.sqlite", "--database: /nowhere/x.sqlite does not exist")]
    [DataRow("simulate --meters 1 --hours 1 --database /nowhere/x.sqlite",
        "--database: /nowhere/x.sqlite: SQLite Error 14")]
    [DataRow("dlt645 read --serial /dev/ttyNotThere --address 1 --di 00010000",
        "--serial /dev/ttyNotThere: there is no such port")]
    public void BadUsageIsOneLineThatNamesIt(string line, string expected)
    {
        Support.CommandLine run = Support.CommandLine.Run(line.Split(' '));
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.StartsWith(run.Errors, "meterctl: " + expected);
        Assert.AreEqual(1, run.Errors.TrimEnd().Split('\n').Length, run.Errors);
        Assert.AreEqual("", run.Output);
    }

    [TestMethod]
    public void WithoutACommandTheHelpIsShown()
    {
        Support.CommandLine run = Support.CommandLine.Run();
        Assert.AreEqual(0, run.ExitCode);
        Assert.IsTrue(new[] { "replay", "tariff", "quality", "--help" }.All(run.Output.Contains), run.Output);
    }

    [TestMethod]
    public void AFullDiskBehindStandardOutputIsOneLine()
    {
        using StringWriter said = new();
        int exitCode = ConsoleRoute.To(new FullWriter(), said, () => Program.Main(["tariff", "examples", "--json"]));
        Assert.AreEqual(2, exitCode);
        Assert.AreEqual("meterctl: No space left on device", said.ToString().TrimEnd());
    }

    private sealed class FullWriter : StringWriter
    {
        public override void Write(string value) => throw new IOException("No space left on device");

        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(char[] buffer, int index, int count) =>
            throw new IOException("No space left on device");

        public override void Write(ReadOnlySpan<char> buffer) => throw new IOException("No space left on device");
    }
}
