using System;
using System.Linq;
using System.Text.Json;
using MeterFirmware.Dlt698;
using MeterFirmware.Firmware.Tests.Dlt698;
using MeterFirmware.Tools.MeterCtl;
using MeterFirmware.Tools.MeterCtl.Dlt698;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt698;

/// <summary>Messages of DL/T 698.45, and `meterctl dlt698`.</summary>
[TestClass]
public class Dlt698MessageTests
{
    private const string Energy =
        "68 1E 00 C3 05 00 00 00 00 00 00 00 9E 54 85 01 00 00 10 02 01 01 06 00 01 E2 40 00 00 5A D4 16";

    private static readonly int _runs = LongRun.IsFull ? 1_000_000 : LongRun.IsAsked ? 200_000 : 20_000;

    [TestMethod]
    public void EveryPublishedMessageIsReadToItsEndAndWrittenAgainByteForByte()
    {
        Dlt698Frame frame = new();
        int messages = 0;
        foreach (string hex in Dlt698Vectors.Frames)
        {
            byte[] bytes = Convert.FromHexString(hex);
            Assert.AreEqual(Dlt698Check.None, frame.Decode(bytes, 0, bytes.Length, out _), hex);
            if (!frame.IsFragment)
            {
                byte[] message = frame.Data[..frame.Length];
                Dlt698Node node = Dlt698Grammar.Parse(message);
                Assert.AreEqual(Convert.ToHexString(message), Convert.ToHexString(node.Encode()), hex);
                messages++;
            }
        }

        Assert.IsTrue(messages >= 65, $"{messages}");
    }

    [TestMethod]
    [DataRow(Energy, "forward active energy: 1234.56 kWh")]
    [DataRow("68 22 00 C3 05 00 00 00 00 00 00 00 AE 25 85 01 00 00 10 04 01 01 15 00 00 00 00 00 BC 61 4E 00 " +
        "00 62 BB 16",
        "forward active energy: 1234.5678 kWh")]
    [DataRow("68 28 00 C3 05 00 00 00 00 00 00 00 26 32 85 01 00 10 10 02 01 01 02 02 06 00 00 30 39 1C 07 EA " +
        "0A 05 0C " +
        "1E 00 00 00 62 D3 16", "forward maximum demand: 1.2345 kW|time: 2026-10-05 12:30:00")]
    [DataRow("68 2F 00 C3 05 00 00 00 00 00 00 00 C0 92 85 01 03 20 04 02 00 01 01 04 05 00 00 1B 58 05 00 00 " +
        "09 1D 05 " +
        "00 00 09 1E 05 00 00 09 1D 00 00 5C 16 16", "active power: 700.0 W|active power: 233.4 W")]
    [DataRow("68 44 00 C3 05 00 00 00 00 00 00 00 56 FF 85 03 00 50 04 02 00 03 00 00 10 02 01 00 20 00 02 01 " +
        "00 20 01 " +
        "02 01 01 02 06 00 01 E0 78 12 09 65 05 00 00 13 74 06 00 01 E2 40 12 09 6D 05 00 00 13 88 00 00 D0 E0 16",
        "forward active energy: 1230.00 kWh|voltage: 240.5 V|current: 4.980 A|forward active energy: 1234.56 kWh")]
    [DataRow("68 1A 00 C3 05 00 00 00 00 00 00 00 CB 0A 85 01 00 20 0A 02 00 00 06 00 00 3B FB 16",
        "error: 6 object missing")]
    public void ValuesHaveTheirObjectsNamePlacesAndUnit(string hex, string expected)
    {
        (int code, JsonElement json, _) = Run($"decode {hex} --json");
        Assert.AreEqual(0, code);
        string[] fields = [.. json.GetProperty("frames")[0].GetProperty("fields").EnumerateArray().Select(Shown)];
        foreach (string field in expected.Split('|'))
        {
            CollectionAssert.Contains(fields, field, string.Join("\n", fields));
        }
    }

    [TestMethod]
    public void AFrameInAFrameIsShownInIt()
    {
        (int code, JsonElement json, _) = Run(
            "decode 68 3E 00 C3 05 11 11 11 11 11 11 00 8D E9 89 07 05 F2 01 02 01 01 24 FE FE FE FE 68 1E 00 " +
            "C3 05 01 00 " +
            "20 03 25 01 00 49 AD 85 01 00 20 01 02 01 01 05 00 00 00 00 00 00 9E F3 16 00 00 E3 2E 16 --json");
        Assert.AreEqual(0, code);
        JsonElement inner = json.GetProperty("frames")[0].GetProperty("inner")[0];
        Assert.AreEqual("012503200001", inner.GetProperty("address").GetString());
        Assert.AreEqual("get response normal", inner.GetProperty("service").GetString());
    }

    [TestMethod]
    [DataRow("encode --address 0 --get 00100201", "681700430500000000000000727905010000100201000D0416")]
    [DataRow("encode --address 123456789012 --get 200F0200", "681700430512907856341200A32E050100200F0200001C0C16")]
    [DataRow("encode --piid 37 --get 40010200", "6817004345AAAAAAAAAAAA005B4F05012540010200000A9216")]
    [DataRow("encode --address 0 --record 50040200 --from 2026-10-05 --column 00100201",
        "682A00430500000000000000D35D0503005004020001202102001C07EA0A0500000001000010020100823016")]
    [DataRow("encode --address 0 --record 50040200 --from 2026-10-03 --to 2026-10-06 --column 00100201 --column " +
        "20000201 " +
        "--column 20010201",
            "683D00430500000000000000708C0503005004020002202102001C07EA0A030000001C07EA0A0600000000030000" +
        "100201002000020100200102010030F416")]
    [DataRow("encode --address 0 --set 40000200 --data 1C07EA0A070F0000",
        "681F00430500000000000000D8C5060100400002001C07EA0A070F00000006D516")]
    [DataRow("encode --address 0 --action 20000100 --data 12002A",
        "681A004305000000000000001CCE0701002000010012002A0065D516")]
    [DataRow("encode --address 0 --piid 2 --get 20000200 --get 20010200",
        "681C004305000000000000006B3B0502020220000200200102000053D716")]
    public void RequestsAreThePublishedFramesByteForByte(string arguments, string hex)
    {
        (int code, JsonElement json, string errors) = Run($"{arguments} --json");
        Assert.AreEqual(0, code, errors);
        Assert.AreEqual(hex.Replace(" ", "", StringComparison.Ordinal), json.GetProperty("hex").GetString());
    }

    [TestMethod]
    [DataRow("--record 50040200 --record 50050200 --last 1 --column 00100201",
        "0504000250040200090101000010020150050200090101000010020100")]
    [DataRow("--set 41000200 --data 110F --then-get 41000200 --delay 5", "0603000141000200110F410002000500")]
    [DataRow("--action 10100100 --then-get 10100201", "0703000110100100001010020100" + "00")]
    public void RecordsAndThenGetAreMessagesOfTheirOwn(string arguments, string message)
    {
        (int code, JsonElement json, string errors) = Run($"encode --address 0 {arguments} --json");
        Assert.AreEqual(0, code, errors);
        byte[] bytes = Convert.FromHexString(json.GetProperty("hex").GetString()!);
        Dlt698Frame frame = new();
        Assert.AreEqual(Dlt698Check.None, frame.Decode(bytes, 0, bytes.Length, out _));
        Assert.AreEqual(message, Convert.ToHexString(frame.Data, 0, frame.Length));
    }

    [TestMethod]
    [DataRow("decode 68 1E 00 C3", 1, "truncated")]
    [DataRow("decode 12 34", 1, "start")]
    [DataRow("decode zz", 2, "hex")]
    [DataRow("encode --get 0010", 2, "--get")]
    [DataRow("encode --address 12B4 --get 00100200", 2, "--address")]
    [DataRow("encode --get 00100200 --set 40000200", 2, "exactly one")]
    [DataRow("encode --record 50040200", 2, "--last")]
    [DataRow("encode --set 40000200 --data 1C07EA", 2, "--data")]
    [DataRow("encode --get 00100200 --logical 4", 2, "--logical")]
    [DataRow("encode --get 00100200 --then-get 00100200", 2, "--then-get")]
    [DataRow("encode --set 41000200 --data 110F --delay 1", 2, "--delay")]
    [DataRow("encode --set 41000200 --data 110F --then-get 00100200 --delay 256", 2, "--delay")]
    [DataRow("encode --record 50040200 --from yesterday", 2, "--from")]
    public void BadInputIsOneLineAndItsExitCode(string arguments, int code, string word)
    {
        (int found, _, string errors) = Run(arguments);
        Assert.AreEqual(code, found, errors);
        StringAssert.Contains(errors, word);
        Assert.AreEqual(1, errors.Trim().Split('\n').Length, errors);
    }

    [TestMethod]
    public void MutatedFramesNeverThrowAndTheReceiverStaysAliveWithoutAllocating()
    {
        Random random = new(698);
        byte[][] frames = [.. Dlt698Vectors.Frames.Select(Convert.FromHexString)];
        Dlt698Receiver receiver = new(500);
        byte[] line = new byte[Dlt698Protocol.FrameLengthMax];
        long now = 0;
        long good = 0;
        Feed(1_000);
        Allocation.AssertNone(() => Feed(_runs / 4));
        Assert.IsTrue(good > _runs / 20, $"{good}");

        void Feed(int count)
        {
            for (int i = 0; i < count; i++)
            {
                byte[] source = frames[random.Next(frames.Length)];
                Array.Copy(source, line, source.Length);
                int length = random.Next(4) == 0 ? random.Next(source.Length) : source.Length;
                for (int m = random.Next(3); m > 0 && length > 0; m--)
                {
                    line[random.Next(length)] = (byte)random.Next(256);
                }

                for (int b = 0; b < length; b++)
                {
                    good += receiver.Feed(line[b], now) ? 1 : 0;
                }

                now += 501;
            }
        }
    }

    [TestMethod]
    public void MutatedMessagesAreReadOrRefusedWithOneSentence()
    {
        Random random = new(45);
        Dlt698Frame frame = new();
        byte[][] messages = [.. Dlt698Vectors.Frames.Select(Convert.FromHexString)
            .Select(b => (frame.Decode(b, 0, b.Length, out _), frame.Data[..frame.Length]).Item2)];
        int read = 0;
        for (int i = 0; i < _runs; i++)
        {
            byte[] message = (byte[])messages[random.Next(messages.Length)].Clone();
            for (int m = 1 + random.Next(3); m > 0; m--)
            {
                message[random.Next(message.Length)] = (byte)random.Next(256);
            }

            message = random.Next(4) == 0 ? message[..random.Next(message.Length)] : message;
            try
            {
                foreach (Dlt698Node node in Dlt698Grammar.Parse(message).All())
                {
                    _ = node.Bytes.Length > 0 ? Dlt698Words.Text(node) : "";
                }

                read++;
            }
            catch (AnswerException e)
            {
                StringAssert.StartsWith(e.Message, "message");
            }
        }

        Assert.IsTrue(read > _runs / 100, $"{read}");
    }

    private static string Shown(JsonElement field)
    {
        string value = field.GetProperty("value").GetString() + " " + field.GetProperty("unit").GetString();
        return $"{field.GetProperty("name").GetString()}: {value}".TrimEnd();
    }

    private static (int Code, JsonElement Json, string Errors) Run(string arguments)
    {
        CommandLine run = CommandLine.Run(["dlt698", .. arguments.Split(' ')]);
        JsonElement json = run.Output.StartsWith('{') ? JsonDocument.Parse(run.Output).RootElement : default;
        return (run.ExitCode, json, run.Errors);
    }
}
