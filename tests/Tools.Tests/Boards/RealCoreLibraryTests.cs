using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Boards;

/// <summary>
/// The device build with the package that devices run on, laid out as its maker lays it out (lib/mscorlib.dll without a
/// framework's folder, which NuGet calls NU1701). `../shared/nano/check-device-build` makes its own references; this
/// does not.
/// </summary>
[TestClass]
public sealed partial class RealCoreLibraryTests
{
    [TestMethod]
    public async Task BasicsCompilesAgainstTheRealCoreLibrary()
    {
        string folder = Directory.CreateTempSubdirectory("meterfirmware-core-").FullName;
        try
        {
            string version = CopyBasics(folder);
            (int exitCode, string output) = await BuildAsync(folder);

            // What the registry does not hold is no fault of ours; anything else is.
            if (exitCode != 0 && MissingPackage().IsMatch(output))
            {
                Assert.Inconclusive($"skipped: nanoFramework.CoreLibrary {version} not found");
            }

            Assert.AreEqual(0, exitCode, output);
            string basics = Path.Combine(folder, "firmware", "Basics");
            string assets = await File.ReadAllTextAsync(Path.Combine(basics, "obj", "project.assets.json"));
            StringAssert.Contains(assets, $"\"nanoFramework.CoreLibrary/{version}\"");
            string built = Directory
                .GetFiles(Path.Combine(basics, "bin"), "MeterFirmware.Basics.dll", SearchOption.AllDirectories)
                .Single();
            CollectionAssert.AreEqual(new[] { "mscorlib" }, References(built));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>Basics and the build's own files, without what other builds left;
    /// returns the package's version.</summary>
    private static string CopyBasics(string folder)
    {
        string root = Root();
        foreach (string file in Directory.EnumerateFiles(root, "Directory.*"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        string basics = Path.Combine(root, "firmware", "Basics");
        foreach (string file in Directory.EnumerateFiles(basics, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(basics, file);
            if (relative.Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
            {
                string target = Path.Combine(folder, "firmware", "Basics", relative);
                Directory.CreateDirectory(Path.GetDirectoryName(target));
                File.Copy(file, target);
            }
        }

        string packages = File.ReadAllText(Path.Combine(root, "Directory.Packages.props"));
        return CoreLibraryVersion().Match(packages).Groups[1].Value;
    }

    private static async Task<(int ExitCode, string Output)> BuildAsync(string folder)
    {
        ProcessStartInfo start = new("dotnet", ["build", "firmware/Basics", "-f", "netnano1.0", "-p:Device=true",
            "-p:MakePe=false", "-p:UseSharedCompilation=false", "-nodeReuse:false", "--nologo", "-v", "q"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What the test host was started with is not this build's business.
        string[] names = [.. start.Environment.Keys];
        foreach (string name in names.Where(one => one.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)))
        {
            start.Environment.Remove(name);
        }

        using Process build = Process.Start(start);
        Task<string> output = build.StandardOutput.ReadToEndAsync();
        Task<string> errors = build.StandardError.ReadToEndAsync();
        await build.WaitForExitAsync();
        return (build.ExitCode, await output + await errors);
    }

    private static List<string> References(string assembly)
    {
        using FileStream file = File.OpenRead(assembly);
        using PEReader reader = new(file);
        MetadataReader metadata = reader.GetMetadataReader();
        return [.. metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here), "..", "..", ".."));

    [GeneratedRegex("\"nanoFramework.CoreLibrary\" Version=\"([0-9.]+)\"")]
    private static partial Regex CoreLibraryVersion();

    // NU1101 no such package, NU1102 no such version, NU1301 no registry.
    [GeneratedRegex(@"\bNU(1101|1102|1301)\b")]
    private static partial Regex MissingPackage();
}
