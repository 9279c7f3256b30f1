using System.IO;
using MeterFirmware.Tools.MeterCtl;
using MeterFirmware.Tools.MeterCtl.Devices;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Catalogue;

/// <summary>A settings file of another product, or with a value out of range, is one error that names file, line,
/// member and what was expected.</summary>
[TestClass]
public sealed class SettingsFileTests
{
    [TestMethod]
    [DataRow("charger", "\"demand\": {\n    \"periodMinutes\": 15\n  }",
        "line 3: demand: a section of the meter; a document of the charger was expected")]
    [DataRow("site", "\"quality\": { \"dipPermille\": 900 }",
        "line 3: quality: a section of the meter; a document of the site was expected")]
    [DataRow("charger", "\"telemetry\": {\n    \"everySeconds\": 15\n  }",
        "line 4: telemetry.everySeconds: there is no such setting")]
    [DataRow("meter", "\"charging\": {}", "line 3: charging: there is no such section")]
    [DataRow("meter", "\"log\": {\n    \"level\": 5\n  }",
        "line 4: log.level: a whole number from 0 to 4 was expected")]
    [DataRow("site", "\"link\": {\n    \"tls\": \"yes\"\n  }", "line 4: link.tls: true or false was expected")]
    [DataRow("charger", "\"telemetry\": {\n    \"intervalMinutes\": 7\n  }",
        "telemetry.intervalMinutes: does not go with the other settings")]
    public void AWrongFileIsOneErrorThatNamesLineAndMember(string product, string member, string error)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, $"{{\n  \"version\": 1, \"revision\": 1,\n  {member}\n}}\n");
        InputException e = Assert.ThrowsExactly<InputException>(() => SettingsFile(path, product));
        StringAssert.StartsWith(e.Message, path + ": ");
        StringAssert.Contains(e.Message, error);
    }

    [TestMethod]
    [DataRow("meter")]
    [DataRow("charger")]
    [DataRow("site")]
    public void WhatEveryDeviceHasIsGoodForEveryProduct(string product)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path,
            """{"version":1,"revision":1,"link":{"host":"broker"},"log":{"level":3}}""");
        SettingsFile(path, product);
    }

    private static void SettingsFile(string path, string product) => SettingsDocument.Load(path, product);
}
