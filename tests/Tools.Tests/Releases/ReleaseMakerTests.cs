using System;
using System.IO;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Releases;

/// <summary>Makes a release's data once: <c>METER_MAKE_RELEASE=tests/Releases/0.2.0 dotnet test tests/Tools.Tests
/// --filter ReleaseMakerTests</c>. tests/Releases/README.md tells when.</summary>
[TestClass]
public class ReleaseMakerTests
{
    [TestMethod]
    public void TheDataOfTheNextReleaseCanBeMade()
    {
        string asked = Environment.GetEnvironmentVariable("METER_MAKE_RELEASE");
        LongRun.AskedOrSkip(isLong: asked == null);
        string folder = asked ?? Directory.CreateTempSubdirectory("mf-release-").FullName;
        ReleaseMeter.Make(Path.Combine(folder, "meter"));
        ReleaseCharger.Make(Path.Combine(folder, "charger"));
        ReleaseChargerState.Make(Path.Combine(folder, "charger"));
        ReleaseSite.Make(Path.Combine(folder, "site"));
        Assert.IsTrue(new FileInfo(Path.Combine(folder, "meter", "flash.gz")).Length > 1_000);
        if (asked == null)
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
