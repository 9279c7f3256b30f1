using System;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>`dotnet pack tools/meterctl`: what a technician's machine takes from the registry.</summary>
[TestClass]
public sealed class PackageTests
{
    private const long PackageBytesMax = 25_000_000;

    [TestMethod]
    public async Task ThePackageIsSmallAndHoldsTheNativeLibrariesOfItsMachinesOnly()
    {
        string folder = Directory.CreateTempSubdirectory("meterctl-pack-").FullName;
        try
        {
            // What this test run was built from.
            ProcessStartInfo start = new("dotnet",
                ["pack", "tools/meterctl", "--no-build", "-c", Built(), "-o", folder, "-nodeReuse:false", "--nologo"])
            {
                WorkingDirectory = Root(),
                RedirectStandardOutput = true,
            };
            foreach (string name in start.Environment.Keys.Where(name =>
                name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            {
                start.Environment.Remove(name);
            }

            using Process pack = Process.Start(start);
            string output = await pack.StandardOutput.ReadToEndAsync();
            await pack.WaitForExitAsync();
            Assert.AreEqual(0, pack.ExitCode, output);
            FileInfo package = new(Directory.GetFiles(folder, "*.nupkg").Single());
            Assert.IsLessThanOrEqualTo(PackageBytesMax, package.Length);
            using ZipArchive archive = ZipFile.OpenRead(package.FullName);
            string[] machines =
            [
                .. archive.Entries.Select(entry => entry.FullName.Split('/')).Where(path => path.Contains("native"))
                    .Select(path => path[Array.IndexOf(path, "native") - 1]).Distinct().Order(StringComparer.Ordinal),
            ];
            CollectionAssert.AreEqual(new[] { "linux-arm64", "linux-x64", "win-x64" }, machines);
            foreach (string library in new[] { "libSkiaSharp", "e_sqlite3", "MeterFirmware.EvCharger.dll" })
            {
                Assert.IsTrue(archive.Entries.Any(entry => entry.Name.Contains(library)), library);
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static string Built() =>
        AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Release") ? "Release" : "Debug";

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here), "..", "..", ".."));
}
