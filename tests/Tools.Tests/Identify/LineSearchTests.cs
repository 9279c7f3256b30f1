using System;
using System.Linq;
using System.Text;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt698;
using MeterFirmware.Modbus;
using MeterFirmware.Tools.MeterCtl.Identify;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Identify;

/// <summary>Speeds, old meters and half answers, which no line of the test machine has.</summary>
[TestClass]
public class LineSearchTests
{
    private const int WaitMs = 50;
    private const int Even = 2;

    // Address 000000000161.
    private static readonly byte[] _address = [0x61, 0x01, 0, 0, 0, 0];

    [TestMethod]
    [DataRow(2400, "even")]
    [DataRow(9600, "even")]
    [DataRow(4800, "even")]
    public void AMeterIsFoundAtItsSpeed(int baud, string parity)
    {
        LineSearch search = Search((b, p, request) => b == baud && p == Even ? New645(request, true) : [], 1);
        Assert.IsTrue(search.TryFind(out FoundMeter found));
        Assert.AreEqual("dlt645-2007", found.Protocol);
        Assert.AreEqual(baud, found.Baud);
        Assert.AreEqual(parity, found.Parity);
        Assert.AreEqual("000000000161", found.Address);
        Assert.IsTrue(found.Values.Any(v => v.Value == "0.26" && v.Unit == "kWh"));
    }

    [TestMethod]
    public void AnOldMeterThatKnowsOnlyThe1997QuestionIsNamedAndRead()
    {
        LineSearch search = Search((b, p, request) => b == 1200 && p == Even ? Old645(request) : [], 1);
        Assert.IsTrue(search.TryFind(out FoundMeter found));
        Assert.AreEqual("dlt645-1997", found.Protocol);
        Assert.AreEqual(1200, found.Baud);
        Assert.AreEqual("0.26", found.Values[0].Value);
    }

    [TestMethod]
    public void AnOldMeterThatHasTheNewAddressQuestionIsOld()
    {
        LineSearch search = Search((b, p, request) =>
            b != 2400 || p != Even ? []
                : Control(request) == Dlt645Protocol.ReadAddress ? New645(request, false) : Old645(request), 1);
        Assert.IsTrue(search.TryFind(out FoundMeter found));
        Assert.AreEqual("dlt645-1997", found.Protocol);
        Assert.AreEqual("all", found.Answers);
    }

    [TestMethod]
    public void AMeterThatAnswersHalfIsAskedNoLongerThanItLives()
    {
        int asked = 0;
        LineSearch search = Search((b, p, request) =>
        {
            asked++;
            return b == 2400 && p == Even ? New645(request, asked < 4) : [];
        }, 1);
        Assert.IsTrue(search.TryFind(out FoundMeter found));
        Assert.AreEqual("half", found.Answers);
        Assert.AreEqual("no reply", found.Values[2].Why);
        Assert.AreEqual("not asked", found.Values[^1].Why);
        Assert.AreEqual(3, found.Values.Count(v => v.Why == "no reply"));
    }

    [TestMethod]
    public void AnAnswerThatIsLostIsAskedForAgain()
    {
        byte[] last = [];
        LineSearch search = Search((b, p, request) =>
        {
            bool isSecond = request.SequenceEqual(last) || Control(request) == Dlt645Protocol.ReadAddress;
            last = request;
            return b == 2400 && p == Even && isSecond ? New645(request, true) : [];
        }, 1);
        Assert.IsTrue(search.TryFind(out FoundMeter found));
        Assert.IsFalse(found.Values.Any(v => v.Why == "no reply"), string.Join(", ", found.Values));
    }

    [TestMethod]
    public void AModbusDeviceThatRefusesTheFirstRegisterIsOneStill()
    {
        LineSearch search = Search(
            (b, p, request) => b == 9600 && p == 0 && request[0] == 7 ? Refusal(request) : [], 3, 7);
        Assert.IsTrue(search.TryFind(out FoundMeter found));
        Assert.AreEqual("modbus", found.Protocol);
        Assert.AreEqual("7", found.Address);
        Assert.AreEqual("none", found.Parity);
        Assert.AreEqual(0, found.Proposals.Count);
    }

    // A meter so slow that each answer comes when the next question was asked, in one frame or in two.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ALateAnswerIsNotTakenForTheNextQuestions(bool isInBlocks)
    {
        byte[] late = [];
        LineSearch search = new(new AnsweringLine((_, _, request) =>
        {
            byte[] before = late;
            late = Dlt698Answer(request, isInBlocks);
            return [.. before, .. late];
        }), false, [1], WaitMs);
        Assert.IsTrue(search.TryFind(out FoundMeter found));
        Assert.AreEqual("dlt698", found.Protocol);
        CollectionAssert.AreEqual(
            new[] { "40010200", "40020200", "41030200", "41040200" },
            found.Values.Take(4).Select(v => v.Value).ToArray(), string.Join(" ", found.Values.Select(v => v.Value)));
    }

    [TestMethod]
    public void NoiseIsToldFromSilenceAndTheSearchEnds()
    {
        LineSearch silent = Search((_, _, _) => [], 1);
        Assert.IsFalse(silent.TryFind(out _));
        Assert.IsNull(silent.NoiseAt);
        Assert.AreEqual(5 * 3 + 8, silent.Questions, "three protocols at five speeds, Modbus at eight");
        LineSearch noisy = Search((b, _, _) => b == 4800 ? [0x12, 0x68, 0xFF] : [], 1);
        Assert.IsFalse(noisy.TryFind(out _));
        Assert.AreEqual("4800 baud, parity even", noisy.NoiseAt);
    }

    private static LineSearch Search(Func<int, int, byte[], byte[]> answer, params int[] units) =>
        new(new AnsweringLine(answer), true, units, WaitMs);

    private static int Control(byte[] request) => TryDecode(request, out Dlt645Frame frame) ? frame.Control : -1;

    private static bool TryDecode(byte[] bytes, out Dlt645Frame frame)
    {
        frame = new Dlt645Frame();
        int start = Array.FindIndex(bytes, b => b != 0xFE);
        return start >= 0 && frame.Decode(bytes, start, bytes.Length - start, out _) == Dlt645Check.None;
    }

    /// <summary>Answers the address, and 0.26 kWh or the identifier's zeros for whatever is read.</summary>
    private static byte[] New645(byte[] request, bool reads)
    {
        if (!TryDecode(request, out Dlt645Frame frame)
            || frame.Control is not (Dlt645Protocol.ReadAddress or Dlt645Protocol.Read)
            || (frame.Control == Dlt645Protocol.Read && !reads))
        {
            return [];
        }

        bool isAddress = frame.Control == Dlt645Protocol.ReadAddress;
        return Reply(frame.Control, isAddress ? _address : [.. frame.Data[..4], 0x26, 0, 0, 0]);
    }

    private static byte[] Old645(byte[] request) =>
        TryDecode(request, out Dlt645Frame frame) && frame.Control == 1
            && frame.Data[0] == 0x10 && frame.Data[1] == 0x90
            ? Reply(1, [0x10, 0x90, 0x26, 0, 0, 0]) : [];

    private static byte[] Reply(int control, byte[] data)
    {
        Dlt645Frame frame = new() { Control = control | 0x80, Length = data.Length };
        frame.SetAddress(_address);
        data.CopyTo(frame.Data, 0);
        byte[] bytes = new byte[64];
        return bytes[..frame.Encode(0, bytes, 0)];
    }

    /// <summary>Answers a read with the object's own number as text.</summary>
    private static byte[] Dlt698Answer(byte[] request, bool isInBlocks)
    {
        Dlt698Frame frame = new();
        int start = Array.IndexOf(request, Dlt698Protocol.Start);
        if (start < 0 || frame.Decode(request, start, request.Length - start, out _) != Dlt698Check.None
            || frame.IsFragment)
        {
            return [];
        }

        byte[] oad = frame.Data[3..7];
        byte[] text = Encoding.ASCII.GetBytes(Convert.ToHexString(oad));
        byte[] message = [0x85, 1, frame.Data[2], .. oad, 1, 0x0A, 8, .. text, 0, 0];
        frame.AddressHead = 5;
        frame.Control = 0xC3;
        return !isInBlocks ? Dlt698Bytes(frame, message)
            : [.. Dlt698Bytes(frame, [0, 0, .. message[..6]]), .. Dlt698Bytes(frame, [1, 0x40, .. message[6..]])];
    }

    private static byte[] Dlt698Bytes(Dlt698Frame frame, byte[] data)
    {
        frame.Control |= data[0] == 0x85 ? 0 : Dlt698Protocol.Fragment;
        frame.Length = data.Length;
        data.CopyTo(frame.Data, 0);
        byte[] bytes = new byte[frame.EncodedLength];
        frame.Encode(0, bytes, 0);
        return bytes;
    }

    private static byte[] Refusal(byte[] request)
    {
        byte[] reply = [request[0], (byte)(request[1] | 0x80), 2, 0, 0];
        int crc = ModbusCrc.Of(reply, 0, 3);
        reply[3] = (byte)crc;
        reply[4] = (byte)(crc >> 8);
        return reply;
    }
}
