using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Modbus;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Modbus;

[TestClass]
public class ModbusServerTests
{
    private static long _nowMs;

    [TestMethod]
    public void ARequestIsAnsweredAfterTheSilenceAndNotBefore()
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = new ModbusServer(master.Other, new ModbusSettings(), new RegisterBank(16));
        Send(master, Rtu("01 03 00 02 00 02"));
        server.Tick(100);
        server.Tick(105);
        Assert.AreEqual("", master.TakeText());
        server.Tick(106);
        Assert.AreEqual(Text(Rtu("01 03 04 00 02 00 03")), master.TakeText());
        server.Tick(200);
        Assert.AreEqual("", master.TakeText());
    }

    [TestMethod]
    public void EachExceptionOfTheStandardHasItsCause()
    {
        Assert.AreEqual("01 83 02", Ask("01 03 00 10 00 01"), "past the end");
        Assert.AreEqual("01 83 02", Ask("01 03 00 0F 00 02"), "partly past the end");
        Assert.AreEqual("01 83 03", Ask("01 03 00 00 00 00"), "none");
        Assert.AreEqual("01 83 03", Ask("01 03 00 00 00 7E"), "126");
        Assert.AreEqual("01 84 02", Ask("01 04 FF FF 00 02"), "past 65 535");
        Assert.AreEqual("01 AB 01", Ask("01 2B 0E 01 00"), "function");
        Assert.AreEqual("01 81 01", Ask("01 01 00 00 00 01"), "coils");
        Assert.AreEqual("01 90 03", Ask("01 10 00 00 00 02 02 00 01"), "byte count");
    }

    [TestMethod]
    public void WritesReachTheMapWholeOrNotAtAll()
    {
        RegisterBank bank = new RegisterBank(16);
        Assert.AreEqual("01 06 00 03 12 34", Ask("01 06 00 03 12 34", bank));
        Assert.AreEqual(0x1234, bank.Registers[3]);
        Assert.AreEqual("01 10 00 04 00 02", Ask("01 10 00 04 00 02 04 AA BB CC DD", bank));
        Assert.AreEqual(0xAABB, bank.Registers[4]);
        Assert.AreEqual(0xCCDD, bank.Registers[5]);
        Assert.AreEqual("01 90 02", Ask("01 10 00 0F 00 02 04 AA BB CC DD", bank));
        Assert.AreEqual(15, bank.Registers[15]);
    }

    [TestMethod]
    public void ABroadcastIsDoneWithoutAReplyAndReadsNothing()
    {
        RegisterBank bank = new RegisterBank(16);
        Assert.AreEqual("", Ask("00 06 00 03 12 34", bank));
        Assert.AreEqual(0x1234, bank.Registers[3]);
        Assert.AreEqual("", Ask("00 03 00 00 00 01", bank));
    }

    [TestMethod]
    [DataRow("02 03 00 00 00 01")]
    [DataRow("02 03 02 00 01")]
    [DataRow("01 83 02")]
    public void OtherUnitsAndRepliesAreNotAnswered(string frame)
    {
        Assert.AreEqual("", Ask(frame));
    }

    [TestMethod]
    public void NoiseInFrontOfAFrameDoesNotHideIt()
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = new ModbusServer(master.Other, new ModbusSettings(), new RegisterBank(16));
        Send(master, Dlt645Bytes.Of("00 FF 01 03 7F"));
        Send(master, Rtu("01 03 00 02 00 01"));
        Run(server);
        Assert.AreEqual(Text(Rtu("01 03 02 00 02")), master.TakeText());

        // Another unit's exchange that a late tick saw in one piece.
        Send(master, Rtu("02 03 00 02 00 01"));
        Send(master, Rtu("02 03 02 00 09"));
        Send(master, Rtu("01 03 00 02 00 01"));
        Run(server);
        Assert.AreEqual(Text(Rtu("01 03 02 00 02")), master.TakeText());
    }

    [TestMethod]
    public void ABentFrameIsPassedOverAndTheNextOneAnswered()
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = new ModbusServer(master.Other, new ModbusSettings(), new RegisterBank(16));
        byte[] bent = Rtu("01 03 00 02 00 01");
        bent[3] ^= 4;
        Send(master, bent);
        Run(server);
        Assert.AreEqual("", master.TakeText());
        Assert.AreEqual(1, server.BadFrameCount);
        Send(master, Rtu("01 03 00 02 00 01"));
        Run(server);
        Assert.AreEqual(Text(Rtu("01 03 02 00 02")), master.TakeText());
    }

    [TestMethod]
    public void BytesMayComeLateUpToThePause()
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = new ModbusServer(master.Other, new ModbusSettings(), new RegisterBank(16));
        byte[] request = Rtu("01 03 00 02 00 01");
        for (int i = 0; i < request.Length; i++)
        {
            master.TryWrite(request, i, 1);
            server.Tick(_nowMs);
            _nowMs += 40;
        }

        server.Tick(_nowMs);
        Assert.AreEqual(Text(Rtu("01 03 02 00 02")), master.TakeText());
    }

    [TestMethod]
    public void AnEchoOfTheReplyToAWriteIsNoSecondWrite()
    {
        ScriptedLine master = ScriptedLine.Pair();
        RegisterBank bank = new RegisterBank(16);
        ModbusServer server = new ModbusServer(master.Other, new ModbusSettings(), bank);
        byte[] write = Rtu("01 06 00 03 12 34");
        Send(master, write);
        Run(server);
        Assert.AreEqual(Text(write), master.TakeText());

        // The adapter gives back what the server sent, as it does with each reply.
        Send(master, write);
        Run(server);
        Assert.AreEqual("", master.TakeText());
        Assert.AreEqual(1, bank.WriteCount);
        Send(master, Rtu("01 06 00 03 00 01"));
        Run(server);
        Assert.AreEqual(2, bank.WriteCount);
    }

    /// <summary>Two masters on one line: what they say at the same time is nothing; a request that the other's went
    /// before without a silence is the one that the silence ends.</summary>
    [TestMethod]
    public void OfTwoMastersOnlyAWholeRequestIsTaken()
    {
        ScriptedLine master = ScriptedLine.Pair();
        RegisterBank bank = new RegisterBank(16);
        ModbusServer server = new ModbusServer(master.Other, new ModbusSettings(), bank);
        byte[] first = Rtu("01 06 00 03 12 34");
        byte[] second = Rtu("01 06 00 04 56 78");
        for (int start = 0; start < first.Length - 1; start++)
        {
            // The second begins while the first is on the line: both pull, and ones give way.
            byte[] mixed = new byte[start + second.Length];
            for (int i = 0; i < mixed.Length; i++)
            {
                mixed[i] = (byte)((i < first.Length ? first[i] : 0xFF) & (i >= start ? second[i - start] : 0xFF));
            }

            Send(master, mixed);
            Run(server);
            Assert.AreEqual("", master.TakeText());
            Assert.AreEqual(0, bank.WriteCount);
        }

        byte[] joined = new byte[first.Length + second.Length];
        first.CopyTo(joined, 0);
        second.CopyTo(joined, first.Length);
        Send(master, joined);
        Run(server);
        Assert.AreEqual(Text(second), master.TakeText());
        Assert.AreEqual(1, bank.WriteCount);
        Assert.AreEqual(0x5678, bank.Registers[4]);

        // Another master's talk with another unit, then our request.
        Send(master, Rtu("02 03 00 00 00 01"));
        Run(server);
        Send(master, Rtu("02 03 02 00 07"));
        Run(server);
        Assert.AreEqual("", master.TakeText());
        Send(master, first);
        Run(server);
        Assert.AreEqual(Text(first), master.TakeText());
    }

    [TestMethod]
    public void ARequestThatBeginsAsTheReplyDidIsNoEcho()
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = new ModbusServer(master.Other, new ModbusSettings(), new RegisterBank(0x500));
        Send(master, Rtu("01 03 00 02 00 02"));
        server.Tick(_nowMs);
        server.Tick(_nowMs + 6);
        Assert.AreEqual(Text(Rtu("01 03 04 00 02 00 03")), master.TakeText());
        Send(master, Rtu("01 03 04 02 00 01"));
        server.Tick(_nowMs + 12);
        server.Tick(_nowMs + 18);
        Assert.AreEqual(Text(Rtu("01 03 02 04 02")), master.TakeText());
        _nowMs += 1_000;
    }

    [TestMethod]
    public void ALineThatBabblesIsPassedOverUntilItRests()
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = new ModbusServer(master.Other, new ModbusSettings(), new RegisterBank(16));
        byte[] babble = new byte[100];
        for (int i = 0; i < 20; i++)
        {
            Send(master, babble);
            server.Tick(_nowMs);
            _nowMs++;
        }

        Run(server);
        Send(master, Rtu("01 03 00 02 00 01"));
        Run(server);
        Assert.AreEqual(Text(Rtu("01 03 02 00 02")), master.TakeText());
    }

    [TestMethod]
    [DataRow("01")]
    [DataRow("00")]
    [DataRow("FF")]
    public void OnTcpTheConnectionSaysWhoIsMeant(string unit)
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = NewTcpServer(master);
        Send(master, Dlt645Bytes.Of("12 34 00 00 00 06 " + unit + " 03 00 02 00 02"));
        server.Tick(_nowMs);
        Assert.AreEqual("12 34 00 00 00 07 " + unit + " 03 04 00 02 00 03", master.TakeText());
    }

    [TestMethod]
    public void AnotherUnitOnTcpHasNoPathAndIsToldSo()
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = NewTcpServer(master);
        Send(master, Dlt645Bytes.Of("00 01 00 00 00 06 02 03 00 02 00 02"));
        server.Tick(_nowMs);
        Assert.AreEqual("00 01 00 00 00 03 02 83 0A", master.TakeText());
    }

    [TestMethod]
    public void RequestsInOnePieceAndInManyAreAnsweredOneByOne()
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = NewTcpServer(master);
        byte[] two = Dlt645Bytes.Of("00 01 00 00 00 06 01 03 00 02 00 01 00 02 00 00 00 06 01 03 00 03 00 01");
        Send(master, two);
        server.Tick(_nowMs);
        server.Tick(_nowMs + 1);
        Assert.AreEqual("00 01 00 00 00 05 01 03 02 00 02 00 02 00 00 00 05 01 03 02 00 03", master.TakeText());
        for (int i = 0; i < two.Length; i++)
        {
            master.TryWrite(two, i, 1);
            server.Tick(_nowMs + 2 + i);
        }

        Assert.AreEqual("00 01 00 00 00 05 01 03 02 00 02 00 02 00 00 00 05 01 03 02 00 03", master.TakeText());
    }

    [TestMethod]
    [DataRow("00 01 00 01 00 06 01 03 00 02 00 01")]
    [DataRow("00 01 00 00 00 01 01")]
    [DataRow("00 01 00 00 00 FF 01 03 00 02 00 01")]
    public void AHeaderThatMakesNoSenseLosesTheStreamUntilItRests(string hex)
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = NewTcpServer(master);
        byte[] good = Dlt645Bytes.Of("00 02 00 00 00 06 01 03 00 02 00 01");
        Send(master, Dlt645Bytes.Of(hex));
        Send(master, good);
        server.Tick(_nowMs);
        server.Tick(_nowMs + 1);
        Assert.IsTrue(server.IsLost);
        Assert.AreEqual("", master.TakeText());
        _nowMs += 5_000;
        server.Tick(_nowMs);
        Send(master, good);
        server.Tick(_nowMs + 1);
        Assert.AreEqual("00 02 00 00 00 05 01 03 02 00 02", master.TakeText());
    }

    private static ModbusServer NewTcpServer(ScriptedLine master) =>
        new ModbusServer(master.Other, new ModbusSettings { Framing = ModbusFraming.Tcp }, new RegisterBank(16));

    private static string Ask(string request) => Ask(request, new RegisterBank(16));

    /// <summary>The reply without its CRC, or "".</summary>
    private static string Ask(string request, RegisterBank bank)
    {
        ScriptedLine master = ScriptedLine.Pair();
        ModbusServer server = new ModbusServer(master.Other, new ModbusSettings(), bank);
        Send(master, Rtu(request));
        Run(server);
        string text = master.TakeText();
        if (text == "")
        {
            return "";
        }

        byte[] reply = Dlt645Bytes.Of(text);
        Assert.IsTrue(ModbusCrc.IsGood(reply, 0, reply.Length));
        return Dlt645Bytes.Text(reply, 0, reply.Length - 2);
    }

    private static void Run(ModbusServer server)
    {
        for (int i = 0; i < 12; i++)
        {
            server.Tick(_nowMs);
            _nowMs += 5;
        }
    }

    private static void Send(ScriptedLine master, byte[] bytes) => master.TryWrite(bytes, 0, bytes.Length);

    private static string Text(byte[] bytes) => Dlt645Bytes.Text(bytes, 0, bytes.Length);

    internal static byte[] Rtu(string hex)
    {
        byte[] bytes = Dlt645Bytes.Of(hex + " 00 00");
        ModbusCrc.Append(bytes, 0, bytes.Length - 2);
        return bytes;
    }
}
