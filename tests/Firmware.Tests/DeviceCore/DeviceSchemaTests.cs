using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.DeviceCore;

/// <summary>What every device can be told is named and bounded alike in all of them.</summary>
[TestClass]
public class DeviceSchemaTests
{
    [TestMethod]
    public void AMeterHasEverySettingOfEveryDeviceWithTheSameBoundsButTheGrids()
    {
        DeviceSchema device = new DeviceSchema();
        MeterSchema meter = new MeterSchema();
        for (int i = 0; i < device.Count; i++)
        {
            SettingField field = device.At(i);
            if (field.Section == "grid")
            {
                // What a charger owes the grid: a meter offers nothing.
                continue;
            }

            int at = Find(meter, field);
            Assert.IsTrue(at >= 0, field.Section + "." + field.Name);
            Assert.IsTrue(i > DeviceSchema.TelemetryHistoricalAfterSeconds
                || at == i, field.Name + " stands elsewhere");
            SettingField same = meter.At(at);
            Assert.AreEqual((int)field.Kind, (int)same.Kind);
            Assert.AreEqual(field.Min, same.Min);
            Assert.AreEqual(field.Max, same.Max);
            Assert.AreEqual(field.DefaultInteger, same.DefaultInteger);
            Assert.AreEqual(field.DefaultText, same.DefaultText);
            Assert.AreEqual(field.IsSecret, same.IsSecret);
            Assert.AreEqual(field.NeedsReconnect, same.NeedsReconnect);
            Assert.AreEqual(field.IsUtilityOnly, same.IsUtilityOnly);
        }
    }

    private static int Find(SettingsSchema schema, SettingField field)
    {
        for (int i = 0; i < schema.Count; i++)
        {
            SettingField other = schema.At(i);
            if (other.Section == field.Section && other.Name == field.Name)
            {
                return i;
            }
        }

        return -1;
    }
}
