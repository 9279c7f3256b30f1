using System;
using System.Diagnostics;
using System.IO;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Input;

/// <summary>The command line as a process on disks that are full: the kernel's own error, one line, exit code
/// 2.</summary>
[TestClass]
public sealed class FullDiskTests
{
    private const int Kilobytes = 12;
    private const string NoSpace = "--out: FILE: cannot be written (No space left on device";
    private const string Record =
        "--operator a --instrument b --certificate c --date 2026-03-01 --due 2031-03-01";

    private static readonly string _tool = Path.Combine(AppContext.BaseDirectory, "meterctl.dll");

    [TestMethod]
    [DataRow("tariff examples")]
    [DataRow("tariff examples --json")]
    [DataRow("--help")]
    [DataRow("accuracy --class 1")]
    [DataRow("dlt645 encode --help")]
    public void ADeviceThatIsAlwaysFullBehindStandardOutputIsOneLine(string line)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("skipped: /dev/full is of Linux");
        }

        (int exitCode, string _, string errors) = Shell($"exec dotnet '{_tool}' {line} > /dev/full");
        Assert.AreEqual(2, exitCode, errors);
        Assert.AreEqual("meterctl: No space left on device", errors.TrimEnd());
    }

    /// <summary>A tmpfs of 12 KB in a namespace of its own, filled to the last byte.</summary>
    [TestMethod]
    public void OnAFullFileSystemTheOldFileStaysAndNothingIsLeft()
    {
        string folder = Directory.CreateTempSubdirectory("full").FullName;
        string mount = $"mount -t tmpfs -o size={Kilobytes}k tmpfs '{folder}'";
        try
        {
            if (!OperatingSystem.IsLinux() || Unshared(mount).ExitCode != 0)
            {
                Assert.Inconclusive("skipped: no tmpfs may be mounted here");
            }

            (string Command, string Option)[] all =
            [
                ("tariff compile shanghai-household --out FILE", NoSpace),
                ($"calibrate {Record} --out FILE", NoSpace),
                ("simulate --meters 1 --hours 1 --database FILE.sqlite", "--database: FILE.sqlite: SQLite Error 13"),
            ];
            foreach ((string command, string expected) in all)
            {
                string file = Path.Combine(folder, "file.bin");
                string script = $"{mount} && printf old > '{file}' || exit 9\n"
                    + $"dd if=/dev/zero of='{folder}/fill' bs=1k count=100 2>/dev/null\n"
                    + $"dotnet '{_tool}' {command.Replace("FILE", file)}\n"
                    + $"code=$?; echo; cat '{file}'; echo; ls '{folder}' | grep -c part; exit $code";
                (int exitCode, string output, string errors) = Unshared(script);
                Assert.AreEqual(2, exitCode, command + errors);
                StringAssert.StartsWith(errors, "meterctl: " + expected.Replace("FILE", file));
                Assert.AreEqual(1, errors.TrimEnd().Split('\n').Length, errors);
                StringAssert.EndsWith(output.TrimEnd(), "\nold\n0", command);
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static (int ExitCode, string Output, string Errors) Shell(string script) => Run("/bin/sh", "-c", script);

    /// <summary>In a mount namespace that ends with it.</summary>
    private static (int ExitCode, string Output, string Errors) Unshared(string script) =>
        Run("/usr/bin/env", "unshare", "-rm", "/bin/sh", "-c", script);

    private static (int ExitCode, string Output, string Errors) Run(params string[] line)
    {
        ProcessStartInfo start = new(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start);
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
