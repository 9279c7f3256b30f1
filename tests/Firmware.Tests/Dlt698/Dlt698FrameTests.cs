using MeterFirmware.Dlt698;
using MeterFirmware.Firmware.Tests.Dlt645;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt698;

[TestClass]
public class Dlt698FrameTests
{
    private static readonly Dlt698Frame _frame = new Dlt698Frame();

    [TestMethod]
    public void TheCrcIsX25()
    {
        byte[] digits = { 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39 };
        Assert.AreEqual(0x906E, Dlt698Crc.Of(digits, 0, digits.Length));
    }

    [TestMethod]
    public void EveryPublishedFrameIsDecodedAndEncodedByteForByte()
    {
        Assert.IsTrue(Dlt698Vectors.Frames.Length >= 70);
        for (int i = 0; i < Dlt698Vectors.Frames.Length; i++)
        {
            byte[] bytes = Dlt645Bytes.Of(Dlt698Vectors.Frames[i]);
            Assert.AreEqual(Dlt698Check.None, _frame.Decode(bytes, 0, bytes.Length, out int used),
                Dlt698Vectors.Frames[i]);
            Assert.AreEqual(bytes.Length, used);
            byte[] again = new byte[_frame.EncodedLength + 4];
            Assert.AreEqual(used + 4, _frame.Encode(4, again, 0));
            Assert.AreEqual("FE FE FE FE " + Dlt645Bytes.Text(bytes, 0, used), Dlt645Bytes.Text(again, 0, used + 4));
        }
    }

    [TestMethod]
    public void TheAddressHasTypeLogicalNumberAndLength()
    {
        Decode("68 18 00 43 26 01 30 01 00 00 00 00 A1 83 EE 05 01 02 20 00 02 01 00 6B AF 16");
        Assert.AreEqual(Dlt698Protocol.Single, _frame.AddressType);
        Assert.AreEqual(2, _frame.LogicalAddress);
        Assert.AreEqual(7, _frame.AddressLength);
        Assert.AreEqual(0xA1, _frame.ClientAddress);
        Decode("68 17 00 43 45 AA AA AA AA AA AA 00 5B 4F 05 01 25 40 01 02 00 00 0A 92 16");
        Assert.AreEqual(Dlt698Protocol.Wildcard, _frame.AddressType);
        Assert.AreEqual(6, _frame.AddressLength);
    }

    [TestMethod]
    public void AFragmentHasItsKindAndBlock()
    {
        Decode("68 14 00 A3 05 02 00 00 00 00 00 10 76 75 06 F1 F1 01 02 5A 30 16");
        Assert.IsTrue(_frame.IsFragment);
        Assert.AreEqual(3, _frame.FragmentKind, "middle");
        Assert.AreEqual(0x106, _frame.FragmentBlock);
    }

    [TestMethod]
    public void ScrambledUserDataIsReadAndWritten()
    {
        _frame.Control = 0x43 | Dlt698Protocol.Scrambled;
        _frame.AddressHead = 0;
        _frame.Address[0] = 0x12;
        _frame.Data[0] = 0x05;
        _frame.Data[1] = 0xFE;
        _frame.Length = 2;
        byte[] line = new byte[32];
        int length = _frame.Encode(0, line, 0);
        Assert.AreEqual("38 31", Dlt645Bytes.Text(line, 9, 2));
        Assert.AreEqual(Dlt698Check.None, _frame.Decode(line, 0, length, out _));
        Assert.AreEqual("05 FE", Dlt645Bytes.Text(_frame.Data, 0, 2));
    }

    [TestMethod]
    [DataRow(0, 0x69, Dlt698Check.Start)]
    [DataRow(1, 0x18, Dlt698Check.HeaderCheck)]
    [DataRow(1, 0x05, Dlt698Check.Length)]
    [DataRow(2, 0x40, Dlt698Check.Length)]
    [DataRow(2, 0x10, Dlt698Check.Length)]
    [DataRow(12, 0x00, Dlt698Check.HeaderCheck)]
    [DataRow(15, 0x02, Dlt698Check.FrameCheck)]
    [DataRow(24, 0x17, Dlt698Check.End)]
    public void EachFaultIsTheCheckItFails(int at, int value, Dlt698Check expected)
    {
        byte[] bytes = Dlt645Bytes.Of("68 17 00 43 45 AA AA AA AA AA AA 00 5B 4F 05 01 25 40 01 02 00 00 0A 92 16");
        bytes[at] = (byte)value;
        Assert.AreEqual(expected, _frame.Decode(bytes, 0, bytes.Length, out _));
    }

    [TestMethod]
    public void EveryPartOfAFrameIsTruncatedAndNoMore()
    {
        byte[] bytes = Dlt645Bytes.Of("68 17 00 43 45 AA AA AA AA AA AA 00 5B 4F 05 01 25 40 01 02 00 00 0A 92 16");
        for (int count = 0; count < bytes.Length; count++)
        {
            Assert.AreEqual(Dlt698Check.Truncated, _frame.Decode(bytes, 0, count, out int used));
            Assert.AreEqual(0, used);
        }
    }

    [TestMethod]
    public void TheReceiverFindsFramesBehindNoiseFalseHeadersAndOneAnother()
    {
        byte[] good = Dlt645Bytes.Of("68 12 00 43 05 00 00 00 00 00 00 00 B6 72 03 00 00 13 20 16");
        Dlt698Receiver receiver = new Dlt698Receiver(500);
        byte[] noise = Dlt645Bytes.Of("00 FF 68 20 00 43 05 00 00 00 68 FE FE FE FE");
        int found = 0;
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < noise.Length; i++)
            {
                found += receiver.Feed(noise[i], 0) ? 1 : 0;
            }

            for (int i = 0; i < good.Length; i++)
            {
                found += receiver.Feed(good[i], 0) ? 1 : 0;
            }
        }

        Assert.AreEqual(3, found);
        Assert.AreEqual(0x43, receiver.Frame.Control);
        Assert.AreEqual(3, receiver.Frame.Length);
    }

    [TestMethod]
    public void APauseEndsAFrame()
    {
        byte[] good = Dlt645Bytes.Of("68 12 00 43 05 00 00 00 00 00 00 00 B6 72 03 00 00 13 20 16");
        Dlt698Receiver receiver = new Dlt698Receiver(500);
        for (int i = 0; i < 10; i++)
        {
            receiver.Feed(good[i], 0);
        }

        bool isFound = false;
        for (int i = 0; i < good.Length; i++)
        {
            isFound = receiver.Feed(good[i], 501);
        }

        Assert.IsTrue(isFound);
        Assert.AreEqual(Dlt698Check.Truncated, receiver.LastFailure);
    }

    private void Decode(string hex)
    {
        byte[] bytes = Dlt645Bytes.Of(hex);
        Assert.AreEqual(Dlt698Check.None, _frame.Decode(bytes, 0, bytes.Length, out _));
    }
}
