using MeterFirmware.Dlt645;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt645;

[TestClass]
public class Dlt645FrameTests
{
    // facts/dlt645-2007.md, "Vector".
    private const string Request = "68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16";
    private const string Reply = "68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16";

    [TestMethod]
    public void TheFactsRequestIsEncodedByteForByte()
    {
        Dlt645Frame frame = new Dlt645Frame();
        frame.SetAddress(Dlt645Bytes.Of("61 01 00 00 00 00"));
        frame.Control = Dlt645Protocol.Read;
        frame.Length = 4;
        frame.WriteIdentifier(0x00010000);
        byte[] line = new byte[32];
        int count = frame.Encode(0, line, 0);
        Assert.AreEqual(Request, Dlt645Bytes.Text(line, 0, count));
    }

    [TestMethod]
    public void TheFactsReplyIsEncodedByteForByte()
    {
        Dlt645Frame frame = new Dlt645Frame();
        frame.SetAddress(Dlt645Bytes.Of("61 01 00 00 00 00"));
        frame.Control = Dlt645Protocol.Read | Dlt645Protocol.ReplyBit;
        frame.Length = 8;
        frame.WriteIdentifier(0x00010000);
        Assert.IsTrue(Dlt645Format.TryWrite(Dlt645Format.Energy, 26, frame.Data, 4));
        byte[] line = new byte[32];
        int count = frame.Encode(0, line, 0);
        Assert.AreEqual(Reply, Dlt645Bytes.Text(line, 0, count));
    }

    [TestMethod]
    public void TheFactsReplyIsDecodedTo26HundredthsOfAKilowattHour()
    {
        Dlt645Frame frame = new Dlt645Frame();
        byte[] line = Dlt645Bytes.Of(Reply);
        Assert.IsTrue(frame.Decode(line, 0, line.Length, out int used) == Dlt645Check.None);
        Assert.AreEqual(line.Length, used);
        Assert.AreEqual(0x91, frame.Control);
        Assert.IsTrue(frame.TryReadIdentifier(out int di));
        Assert.AreEqual(0x00010000, di);
        Assert.IsTrue(Dlt645Format.TryRead(Dlt645Format.Energy, frame.Data, 4, out long value));
        Assert.AreEqual(26L, value);
    }

    [TestMethod]
    [DataRow("69 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16", 1)]
    [DataRow("68 6B 01 00 00 00 00 68 11 04 33 33 34 33 1E 16", 2)]
    [DataRow("68 61 01 00 00 00 00 69 11 04 33 33 34 33 15 16", 3)]
    [DataRow("68 61 01 00 00 00 00 68 91 C9 33 33 34 33 14 16", 4)]
    [DataRow("68 61 01 00 00 00 00 68 14 3F 33 33 34 33 14 16", 4)]
    [DataRow("68 61 01 00 00 00 00 68 11 04 33 33 34 33 15 16", 5)]
    [DataRow("68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 17", 6)]
    [DataRow("68 61 01 00 00 00 00 68 11 04 33 33 34 33 14", 7)]
    [DataRow("68 61 01", 7)]
    public void ABadFrameSaysWhichCheckFailed(string hex, int check)
    {
        byte[] line = Dlt645Bytes.Of(hex);
        Assert.AreEqual(check, (int)new Dlt645Frame().Decode(line, 0, line.Length, out _));
    }

    [TestMethod]
    public void AWildcardAddressCoversItsMetersAndNoOther()
    {
        Dlt645Frame frame = new Dlt645Frame();
        frame.SetAddress(Dlt645Bytes.Of("78 56 AA AA AA AA"));
        Assert.IsTrue(frame.AddressCovers(Dlt645Bytes.Of("78 56 34 12 00 00")));
        Assert.IsFalse(frame.AddressCovers(Dlt645Bytes.Of("79 56 34 12 00 00")));
        Assert.IsTrue(frame.HasWildcard);
        Assert.IsFalse(frame.IsBroadcast);
        frame.SetAddress(Dlt645Bytes.Of("99 99 99 99 99 99"));
        Assert.IsTrue(frame.IsBroadcast);
    }

    [TestMethod]
    public void TheTopBitOfCurrentAndPowerIsTheSign()
    {
        byte[] data = new byte[4];
        Assert.IsTrue(Dlt645Format.TryWrite(Dlt645Format.Current, -5_123, data, 0));
        Assert.AreEqual("23 51 80", Dlt645Bytes.Text(data, 0, 3));
        Assert.IsTrue(Dlt645Format.TryRead(Dlt645Format.Current, data, 0, out long value));
        Assert.AreEqual(-5_123L, value);

        // 79.9999 is the largest magnitude: the eight would need the sign's bit.
        Assert.IsTrue(Dlt645Format.TryWrite(Dlt645Format.Power, 799_999, data, 0));
        Assert.IsFalse(Dlt645Format.TryWrite(Dlt645Format.Power, 800_000, data, 0));
        Assert.IsFalse(Dlt645Format.TryWrite(Dlt645Format.Energy, -1, data, 0));
        Assert.IsFalse(Dlt645Format.TryWrite(Dlt645Format.Voltage, 10_000, data, 0));
    }

    [TestMethod]
    public void FfBytesAreNoValue()
    {
        byte[] data = Dlt645Bytes.Of("FF FF FF FF");
        Assert.IsFalse(Dlt645Format.TryRead(Dlt645Format.Voltage, data, 0, out _));
        Assert.IsFalse(Dlt645Format.TryRead(Dlt645Format.Energy, data, 0, out _));
    }
}
