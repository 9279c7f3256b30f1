using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Telemetry;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Basics;

[TestClass]
public class FlatJsonTests
{
    [TestMethod]
    public void MembersAreFoundWithTheirKindsAndBounds()
    {
        FlatJson json =
            Read(" { \"a\" : -12.50 , \"b\":\"x\\\"y\", \"c\":[1,{\"d\":[]}],\"e\":{},\"f\":true,\"g\":null } ", 8, 4);
        Assert.AreEqual(JsonFault.None, json.Fault);
        Assert.AreEqual(6, json.Count);
        Assert.IsTrue(json.TryGetScaled(0, 3, out long scaled));
        Assert.AreEqual(-12_500L, scaled);
        Assert.IsFalse(json.TryGetScaled(0, 1, out long _), "would lose a place");
        Assert.AreEqual(JsonKind.Text, json.KindOf(1));
        Assert.AreEqual(4, json.EndOf(1) - json.StartOf(1));
        Assert.AreEqual(JsonKind.Array, json.KindOf(2));
        Assert.AreEqual(12, json.EndOf(2) - json.StartOf(2));
        Assert.IsTrue(json.TryGetBoolean("f", out bool f) && f);
        Assert.IsFalse(json.TryGetBoolean("g", out bool _));
        Assert.IsFalse(json.TryFind("h", out int _));
    }

    [TestMethod]
    public void ATextBeyond65535BytesIsRefusedAsTooLong()
    {
        byte[] bytes = new byte[65_536];
        bytes[0] = (byte)'{';
        bytes[1] = (byte)'}';
        for (int i = 2; i < bytes.Length; i++)
        {
            bytes[i] = (byte)' ';
        }

        FlatJson json = new FlatJson(1, 1);
        Assert.IsTrue(json.TryRead(bytes, 0, bytes.Length - 1));
        Assert.IsFalse(json.TryRead(bytes, 0, bytes.Length));
        Assert.AreEqual(JsonFault.TooLong, json.Fault);
        Assert.AreEqual(Refusal.TooLong, Refusal.Of(json.Fault));
    }

    [TestMethod]
    [DataRow("9223372036854775807", true)]
    [DataRow("-9223372036854775808", true)]
    [DataRow("9223372036854775808", false)]
    [DataRow("-9223372036854775809", false)]
    [DataRow("1e3", false)]
    [DataRow("1.0", false)]
    [DataRow("-0", true)]
    public void AnIntegerIsTakenWholeOrNotAtAll(string text, bool isGood)
    {
        FlatJson json = Read("{\"n\":" + text + "}", 1, 1);
        Assert.AreEqual(JsonFault.None, json.Fault);
        Assert.AreEqual(isGood, json.TryGetInteger("n", out long value));
        if (isGood)
        {
            Assert.AreEqual(text == "-0" ? "0" : text, value.ToString());
        }
    }

    [TestMethod]
    [DataRow("{\"a\":1 \"b\":2}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":.5}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":1.}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":+1}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":NaN}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":1e}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":tru}", (int)JsonFault.Syntax)]
    [DataRow("{'a':1}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\"}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":\"x}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":\"\\x\"}", (int)JsonFault.BadText)]
    [DataRow("{\"a\":\"\\u12G4\"}", (int)JsonFault.BadText)]
    [DataRow("{\"a\":\"\n\"}", (int)JsonFault.BadText)]
    [DataRow("{\"a\":[1,]}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":[1}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":{\"b\":1]}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":{1}}", (int)JsonFault.Syntax)]
    [DataRow("{\"a\":[[[1]]]}", (int)JsonFault.TooDeep)]
    [DataRow("{\"a\":1,\"b\":2,\"c\":3,\"d\":4}", (int)JsonFault.TooManyMembers)]
    [DataRow("{\"a\":1,\"a\":2}", (int)JsonFault.DuplicateName)]
    [DataRow("{}{}", (int)JsonFault.Trailing)]
    public void WhatIsAgainstTheGrammarHasAName(string text, int fault)
    {
        FlatJson json = Read(text, 3, 3);
        Assert.AreEqual(fault, (int)json.Fault);
        Assert.AreEqual(0, json.Count);
    }

    [TestMethod]
    [DataRow(0xC0, 0x80, 0)]
    [DataRow(0xE0, 0x80, 0x80)]
    [DataRow(0xED, 0xA0, 0x80)]
    [DataRow(0xFF, 0x80, 0x80)]
    [DataRow(0x80, 0x20, 0x20)]
    [DataRow(0xE4, 0xBD, 0x20)]
    public void WhatIsNotUtf8IsRefused(int first, int second, int third)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("{\"a\":\"???\"}");
        bytes[6] = (byte)first;
        bytes[7] = (byte)second;
        bytes[8] = (byte)third;
        FlatJson json = new FlatJson(2, 1);
        Assert.IsFalse(json.TryRead(bytes, 0, bytes.Length));
        Assert.AreEqual((int)JsonFault.BadText, (int)json.Fault);
        bytes[6] = 0xE4;
        bytes[7] = 0xBD;
        bytes[8] = 0xA0;
        Assert.IsTrue(json.TryRead(bytes, 0, bytes.Length));
    }

    [TestMethod]
    public void EveryCutAndEveryChangedByteOfAMessageIsReadWithoutAnException()
    {
        byte[] good =
            Encoding.UTF8.GetBytes("{\"device\":\"m1\",\"a\":[{\"b\":-1.5e3},\"\\u00e4\"],\"c\":{\"d\":null}}");
        FlatJson json = new FlatJson(4, 3);
        Assert.IsTrue(json.TryRead(good, 0, good.Length));
        for (int cut = 0; cut < good.Length; cut++)
        {
            Assert.IsFalse(json.TryRead(good, 0, cut));
        }

        byte[] bytes = new byte[good.Length];
        for (int at = 0; at < good.Length; at++)
        {
            for (int value = 0; value < 256; value++)
            {
                System.Array.Copy(good, 0, bytes, 0, good.Length);
                bytes[at] = (byte)value;
                json.TryRead(bytes, 0, bytes.Length);
            }
        }
    }

    private static FlatJson Read(string text, int members, int depth)
    {
        FlatJson json = new FlatJson(members, depth);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        json.TryRead(bytes, 0, bytes.Length);
        return json;
    }
}
