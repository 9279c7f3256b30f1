using MeterFirmware.Commands;
using nanoFramework.TestFramework;

namespace MeterFirmware.Tests.Commands;

[TestClass]
public class ConfigurationValuesTests
{
    [TestMethod]
    public void PackedValuesDoNotTouchTheirNeighbours()
    {
        ConfigurationValues values = new ConfigurationValues(new MeterConfiguration());
        byte[] longest = Text('x', 64);
        values.SetText(MeterConfiguration.LinkHost, longest, 0, longest.Length);
        values.SetText(MeterConfiguration.LinkUser, longest, 0, 32);
        values.SetInteger(MeterConfiguration.LinkPort, 65_535);
        values.SetInteger(MeterConfiguration.EventsOverLoadMilliwatts, 2_000_000_000);
        Assert.AreEqual(64, values.TextLengthOf(MeterConfiguration.LinkHost));
        Assert.AreEqual(65_535, values.IntegerOf(MeterConfiguration.LinkPort));
        Assert.IsTrue(values.IsTrue(MeterConfiguration.LinkTls));
        Assert.AreEqual(0, values.TextLengthOf(MeterConfiguration.LinkPassword));
        Assert.AreEqual(2_000_000_000, values.IntegerOf(MeterConfiguration.EventsOverLoadMilliwatts));
        Assert.AreEqual(5_500, values.IntegerOf(MeterConfiguration.EventsReversePowerMilliwatts));
        for (int i = 0; i < 64; i++)
        {
            Assert.AreEqual((byte)'x', values.Bytes[values.TextOffsetOf(MeterConfiguration.LinkHost) + i]);
        }
    }

    [TestMethod]
    public void ATextIsTheSameWhateverALongerOneLeftBehindIt()
    {
        MeterConfiguration schema = new MeterConfiguration();
        ConfigurationValues first = new ConfigurationValues(schema);
        ConfigurationValues second = new ConfigurationValues(schema);
        first.SetText(MeterConfiguration.TimeServer, Text('a', 20), 0, 20);
        first.SetText(MeterConfiguration.TimeServer, Text('b', 3), 0, 3);
        second.SetText(MeterConfiguration.TimeServer, Text('b', 3), 0, 3);
        Assert.IsTrue(first.IsSame(second, MeterConfiguration.TimeServer));
        second.SetText(MeterConfiguration.TimeServer, Text('b', 4), 0, 4);
        Assert.IsFalse(first.IsSame(second, MeterConfiguration.TimeServer));
    }

    [TestMethod]
    public void ABoardsDefaultsGoBeforeTheLists()
    {
        MeterConfiguration schema = new MeterConfiguration();
        schema.SetDefault(MeterConfiguration.LinkHost, "broker.example");
        schema.SetDefault(MeterConfiguration.LinkUser, "meter");
        schema.SetDefault(MeterConfiguration.LinkPort, 1_883);
        schema.SetDefault(MeterConfiguration.EventsOverCurrentMilliamps, 60_000);
        schema.Commission(MeterConfiguration.EventsOverCurrentMilliamps);
        Assert.AreEqual("broker.example", schema.At(MeterConfiguration.LinkHost).DefaultText);
        Assert.AreEqual("meter", schema.At(MeterConfiguration.LinkUser).DefaultText);
        Assert.AreEqual("", schema.At(MeterConfiguration.LinkPassword).DefaultText);
        Assert.AreEqual(1_883, schema.At(MeterConfiguration.LinkPort).DefaultInteger);
        Assert.AreEqual(65_535, schema.At(MeterConfiguration.LinkPort).Max);
        Assert.AreEqual(60_000, schema.At(MeterConfiguration.EventsOverCurrentMilliamps).Max, "a document can only lower it");
        ConfigurationValues values = new ConfigurationValues(schema);
        Assert.AreEqual(14, values.TextLengthOf(MeterConfiguration.LinkHost));
        Assert.AreEqual(1_883, values.IntegerOf(MeterConfiguration.LinkPort));
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
