using System.Text;
using MeterFirmware.Basics;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Basics;

[TestClass]
public class ByteTextWriterTests
{
    [TestMethod]
    public void NestedJsonHasItsCommasInPlace()
    {
        ByteTextWriter writer = new ByteTextWriter(200);
        writer.BeginObject();
        writer.Name("a");
        writer.Value(1);
        writer.Name("b");
        writer.BeginArray();
        writer.Value(true);
        writer.ValueScaled(-230_705, 3);
        writer.Null();
        writer.EndArray();
        writer.Name("t");
        writer.ValueTime(1_769_818_500, 8 * 3600);
        writer.EndObject();
        Assert.AreEqual("{\"a\":1,\"b\":[true,-230.705,null],\"t\":\"2026-01-31T08:15:00+08:00\"}", Text(writer));
    }

    [TestMethod]
    [DataRow(0L, "0")]
    [DataRow(-7L, "-7")]
    [DataRow(1000L, "1000")]
    [DataRow(long.MaxValue, "9223372036854775807")]
    [DataRow(long.MinValue, "-9223372036854775808")]
    public void IntegersAreWhole(long value, string text)
    {
        ByteTextWriter writer = new ByteTextWriter(40);
        writer.Integer(value);
        Assert.AreEqual(text, Text(writer));
    }

    [TestMethod]
    [DataRow(5L, 3, "0.005")]
    [DataRow(-5L, 3, "-0.005")]
    [DataRow(1234L, 0, "1234")]
    [DataRow(-1_000_001L, 6, "-1.000001")]
    public void ScaledIntegersKeepTheirZeros(long value, int digits, string text)
    {
        ByteTextWriter writer = new ByteTextWriter(40);
        writer.Scaled(value, digits);
        Assert.AreEqual(text, Text(writer));
    }

    [TestMethod]
    public void StringsAreEscapedAndChineseIsUtf8()
    {
        ByteTextWriter writer = new ByteTextWriter(60);
        writer.Value("尖\"\\\n峰");
        Assert.AreEqual("\"尖\\\"\\\\\\u000a峰\"", Text(writer));
    }

    [TestMethod]
    public void TextThatDoesNotFitIsReported()
    {
        ByteTextWriter writer = new ByteTextWriter(4);
        writer.Raw("12345");
        Assert.IsTrue(writer.Overflowed);
        writer.Clear();
        writer.Raw("1234");
        Assert.IsFalse(writer.Overflowed);
        Assert.AreEqual("1234", Text(writer));
    }

    private static string Text(ByteTextWriter writer) => Encoding.UTF8.GetString(writer.Bytes, 0, writer.Length);
}
