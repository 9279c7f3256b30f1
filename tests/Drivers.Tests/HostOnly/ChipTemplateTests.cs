using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using MeterFirmware.Tools.Tests.Support;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly;

/// <summary>The template of a metering chip: what it makes builds and is green before a number is changed.</summary>
[TestClass]
public class ChipTemplateTests
{
    private const int StepMsMax = 900_000;

    // What the chips that are made here need of the checkout, and what their test project compiles besides.
    private static readonly string[] _folders =
    {
        "firmware/Basics", "firmware/Hardware", "firmware/Storage", "firmware/Telemetry", "drivers/MeteringChips",
        "drivers/Twins", "boards/SettingsFile", "tests/TestFramework", "tests/Drivers.Tests/Support",
        "tests/Tools.Tests/Support",
    };

    private static readonly string[] _files =
    {
        "Directory.Build.props", "Directory.Packages.props", "drivers/Directory.Build.props",
    };

    private static readonly string[] _suite =
    {
        "ConservationBench.cs", "ConservationTests.cs", "ConservationYear.cs", "EachBenchAttribute.cs",
    };

    [TestMethod]
    public void AChipWithACounterAndOneWithoutBuildAndAreGreen()
    {
        LongRun.AskedOrSkip();
        string root = Path.Combine(Path.GetTempPath(), "chip-" + Guid.NewGuid().ToString("N"));
        try
        {
            CopyCheckout(root);
            string hive = " --debug:custom-hive \"" + Path.Combine(root, "hive") + "\"";
            string template = Path.Combine(Checkout.Root, "tools", "templates", "metering-chip");
            Run(root, "new install \"" + template + "\"" + hive);
            Run(root, "new metering-chip -n Acme1 -o ." + hive);
            Run(root, "new metering-chip -n Acme2 --Counter false -o ." + hive);
            string project = Path.Combine(root, "tests", "Drivers.Tests");
            File.WriteAllText(Path.Combine(project, "Drivers.Tests.csproj"), ProjectText());
            string output = Run(
                project, "test -m:1 --nologo --filter Name~OfAYear|Name~NothingIsAllocated|FullyQualifiedName~Acme");
            Assert.Contains("Failed:     0", output);

            // 9 of one, 8 of the other, a year and its allocations.
            Assert.IsTrue(output.Contains("Passed:    2"), "some twenty tests were expected: " + output);
            Assert.IsFalse(Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
                .Any(file => file.Contains("Acme") && File.ReadAllText(file).Contains("#if")), "a condition was left");
        }
        finally
        {
            Directory.Delete(root, true);
        }
    }

    private static void CopyCheckout(string root)
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(root).FullName, "MeterFirmware.sln"), "");
        foreach (string folder in _folders)
        {
            string from = Path.Combine(Checkout.Root, folder);
            foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            {
                string below = Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/');
                if (!below.Contains("/bin/") && !below.Contains("/obj/"))
                {
                    Copy(root, below);
                }
            }
        }

        foreach (string file in _files)
        {
            Copy(root, file);
        }

        foreach (string file in _suite)
        {
            Copy(root, "tests/Drivers.Tests/HostOnly/Conservation/" + file);
        }
    }

    private static void Copy(string root, string below)
    {
        string to = Path.Combine(root, below);
        Directory.CreateDirectory(Path.GetDirectoryName(to));
        File.Copy(Path.Combine(Checkout.Root, below), to);
    }

    private static string ProjectText() => """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <IsTestProject>true</IsTestProject>
          </PropertyGroup>
          <ItemGroup>
            <ProjectReference Include="../../drivers/*/*.csproj" />
            <ProjectReference Include="../../boards/Sensors/*/Sensor*.csproj" />
            <ProjectReference Include="../TestFramework/TestFramework.csproj" />
            <Compile Include="../Tools.Tests/Support/Allocation.cs;../Tools.Tests/Support/LongRun.cs" />
            <Compile Include="../Tools.Tests/Support/Checkout.cs" />
            <PackageReference Include="Microsoft.NET.Test.Sdk" />
            <PackageReference Include="MSTest.TestAdapter" />
          </ItemGroup>
        </Project>
        """;

    private static string Run(string folder, string arguments)
    {
        ProcessStartInfo start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment["METER_LONG"] = "0";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using Process process = Process.Start(start);
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        System.Threading.Tasks.Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(StepMsMax))
        {
            process.Kill(true);
            Assert.IsTrue(false, "dotnet " + arguments + " took longer than " + StepMsMax + " ms");
        }

        string text = output.Result + errors.Result;
        Assert.AreEqual(0, process.ExitCode, "dotnet " + arguments + ": " + text);
        return text;
    }
}
