using MeterFirmware.Commands;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Commands;

[TestClass]
public class SettingsValuesTests
{
    [TestMethod]
    public void PackedValuesDoNotTouchTheirNeighbours()
    {
        SettingsValues values = new SettingsValues(new MeterSchema());
        byte[] longest = Text('x', 64);
        values.SetText(MeterSchema.LinkHost, longest, 0, longest.Length);
        values.SetText(MeterSchema.LinkUser, longest, 0, 32);
        values.SetInteger(MeterSchema.LinkPort, 65_535);
        values.SetInteger(MeterSchema.EventsOverLoadMilliwatts, 2_000_000_000);
        Assert.AreEqual(64, values.TextLengthOf(MeterSchema.LinkHost));
        Assert.AreEqual(65_535, values.IntegerOf(MeterSchema.LinkPort));
        Assert.IsTrue(values.IsTrue(MeterSchema.LinkTls));
        Assert.AreEqual(0, values.TextLengthOf(MeterSchema.LinkPassword));
        Assert.AreEqual(2_000_000_000, values.IntegerOf(MeterSchema.EventsOverLoadMilliwatts));
        Assert.AreEqual(5_500, values.IntegerOf(MeterSchema.EventsReversePowerMilliwatts));
        for (int i = 0; i < 64; i++)
        {
            Assert.AreEqual((byte)'x', values.Bytes[values.TextOffsetOf(MeterSchema.LinkHost) + i]);
        }
    }

    [TestMethod]
    public void ATextIsTheSameWhateverALongerOneLeftBehindIt()
    {
        MeterSchema schema = new MeterSchema();
        SettingsValues first = new SettingsValues(schema);
        SettingsValues second = new SettingsValues(schema);
        first.SetText(MeterSchema.TimeServer, Text('a', 20), 0, 20);
        first.SetText(MeterSchema.TimeServer, Text('b', 3), 0, 3);
        second.SetText(MeterSchema.TimeServer, Text('b', 3), 0, 3);
        Assert.IsTrue(first.IsSame(second, MeterSchema.TimeServer));
        second.SetText(MeterSchema.TimeServer, Text('b', 4), 0, 4);
        Assert.IsFalse(first.IsSame(second, MeterSchema.TimeServer));
    }

    [TestMethod]
    public void ABoardsDefaultsGoBeforeTheLists()
    {
        MeterSchema schema = new MeterSchema();
        schema.SetDefault(MeterSchema.LinkHost, "broker.example");
        schema.SetDefault(MeterSchema.LinkUser, "meter");
        schema.SetDefault(MeterSchema.LinkPort, 1_883);
        schema.SetDefault(MeterSchema.EventsOverCurrentMilliamps, 60_000);
        schema.Commission(MeterSchema.EventsOverCurrentMilliamps);
        Assert.AreEqual("broker.example", schema.At(MeterSchema.LinkHost).DefaultText);
        Assert.AreEqual("meter", schema.At(MeterSchema.LinkUser).DefaultText);
        Assert.AreEqual("", schema.At(MeterSchema.LinkPassword).DefaultText);
        Assert.AreEqual(1_883, schema.At(MeterSchema.LinkPort).DefaultInteger);
        Assert.AreEqual(65_535, schema.At(MeterSchema.LinkPort).Max);
        Assert.AreEqual(60_000, schema.At(MeterSchema.EventsOverCurrentMilliamps).Max, "a document can only lower it");
        SettingsValues values = new SettingsValues(schema);
        Assert.AreEqual(14, values.TextLengthOf(MeterSchema.LinkHost));
        Assert.AreEqual(1_883, values.IntegerOf(MeterSchema.LinkPort));
    }

    private static byte[] Text(char c, int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)c;
        }

        return bytes;
    }
}
