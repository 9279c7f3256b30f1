using System;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>What may be a setting of a document; that schema and list are the catalogue's is
/// GeneratedTextTests.</summary>
[TestClass]
public sealed class SettingsSchemaTests
{
    /// <summary>A document needs no programming input, so nothing that changes how the meter measures may be one of its
    /// settings. A new section is looked at here before it is added.</summary>
    [TestMethod]
    public void NoSettingOfADocumentIsAMetrologicalParameter()
    {
        string[] sections = ["link", "telemetry", "demand", "profile", "storage", "time", "log", "events", "quality",
            "acknowledgement"];
        string[] measuring = ["gain", "offset", "constant", "pulse", "noload", "calibration", "ratio", "range",
            "class"];
        MeterSchema schema = new();
        for (int i = 0; i < schema.Count; i++)
        {
            SettingField field = schema.At(i);
            CollectionAssert.Contains(sections, field.Section);
            foreach (string word in measuring)
            {
                Assert.IsFalse(field.Name.Contains(word, StringComparison.OrdinalIgnoreCase),
                    $"{field.Section}.{field.Name}");
            }
        }
    }

    [TestMethod]
    public void AsManyBrokersFitIntoTheSettingAsAreRead() =>
        Assert.AreEqual(BrokerAddresses.TextBytesMax, new MeterSchema().At(MeterSchema.LinkHost).Max);
}
