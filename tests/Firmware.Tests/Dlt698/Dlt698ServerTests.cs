using MeterFirmware.Dlt698;
using MeterFirmware.Firmware.Tests.Dlt645;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt698;

/// <summary>Requests and answers byte for byte, and the line between them.</summary>
[TestClass]
public class Dlt698ServerTests
{
    private const string Energy = "68 17 00 43 05 00 00 00 00 00 00 00 72 79 05 01 00 00 10 02 01 00 0D 04 16";
    private const string EnergyAnswer =
        "68 1E 00 C3 05 00 00 00 00 00 00 00 9E 54 85 01 00 00 10 02 01 01 06 00 01 E2 40 00 00 5A D4 16";

    // The published pairs of request and answer.
    [TestMethod]
    [DataRow(Energy, EnergyAnswer)]
    [DataRow(
        "68 17 00 43 05 00 00 00 00 00 00 00 72 79 05 01 00 00 10 02 00 00 D5 1D 16",
        "68 34 00 C3 05 00 00 00 00 00 00 00 9C A1 85 01 00 00 10 02 00 01 01 05 06 00 01 E2 40 06 00 00 27 " +
            "10 06 00 00 4E 20 06 00 00 75 30 06 00 00 F7 E0 00 00 CC B3 16")]
    [DataRow(
        "68 17 00 43 05 00 00 00 00 00 00 00 72 79 05 01 00 00 10 04 01 00 D4 D2 16",
        "68 22 00 C3 05 00 00 00 00 00 00 00 AE 25 85 01 00 00 10 04 01 01 15 00 00 00 00 00 BC 61 4E 00 00 " +
            "62 BB 16")]
    [DataRow(
        "68 17 00 43 05 00 00 00 00 00 00 00 72 79 05 01 00 10 10 02 01 00 4D B0 16",
        "68 28 00 C3 05 00 00 00 00 00 00 00 26 32 85 01 00 10 10 02 01 01 02 02 06 00 00 30 39 1C 07 EA 0A " +
            "05 0C 1E 00 00 00 62 D3 16")]
    [DataRow(
        "68 17 00 43 05 00 00 00 00 00 00 00 72 79 05 01 00 40 00 02 00 00 56 1F 16",
        "68 21 00 C3 05 00 00 00 00 00 00 00 1D DB 85 01 00 40 00 02 00 01 1C 07 EA 0A 07 0E 10 1A 00 00 E4 " +
            "C5 16")]
    [DataRow(
        "68 2A 00 43 05 00 00 00 00 00 00 00 D3 5D 05 03 00 50 04 02 00 01 20 21 02 00 1C 07 EA 0A 05 00 00 " +
            "00 01 00 00 10 02 01 00 82 30 16",
        "68 25 00 C3 05 00 00 00 00 00 00 00 48 85 85 03 00 50 04 02 00 01 00 00 10 02 01 01 01 06 00 01 E2 " +
            "40 00 00 3A 61 16")]
    [DataRow(
        "68 3D 00 43 05 00 00 00 00 00 00 00 70 8C 05 03 00 50 04 02 00 02 20 21 02 00 1C 07 EA 0A 03 00 00 " +
            "00 1C 07 EA 0A 06 00 00 00 00 03 00 00 10 02 01 00 20 00 02 01 00 20 01 02 01 00 30 F4 16",
        "68 44 00 C3 05 00 00 00 00 00 00 00 56 FF 85 03 00 50 04 02 00 03 00 00 10 02 01 00 20 00 02 01 00 " +
            "20 01 02 01 01 02 06 00 01 E0 78 12 09 65 05 00 00 13 74 06 00 01 E2 40 12 09 6D 05 00 00 13 88 00 " +
            "00 D0 E0 16")]
    [DataRow(
        "68 3C 00 43 05 00 00 00 00 00 00 00 E1 D9 05 03 00 30 11 02 00 02 20 22 02 00 06 00 00 00 01 06 00 " +
            "00 00 02 00 04 00 20 22 02 00 00 20 1E 02 00 00 20 20 02 00 00 20 24 02 00 00 FE 37 16",
        "68 45 00 C3 05 00 00 00 00 00 00 00 C7 AA 85 03 00 30 11 02 00 04 00 20 22 02 00 00 20 1E 02 00 00 " +
            "20 20 02 00 00 20 24 02 00 01 01 06 00 00 00 01 1C 07 EA 0A 05 08 00 00 1C 07 EA 0A 05 08 00 1E 00 " +
            "00 00 DC A5 16")]
    [DataRow(
        "68 1C 00 43 05 00 00 00 00 00 00 00 6B 3B 05 02 02 02 20 00 02 00 20 01 02 00 00 53 D7 16",
        "68 3B 00 C3 05 00 00 00 00 00 00 00 D0 BD 85 02 02 02 20 00 02 00 01 01 03 12 09 6D 12 09 6D 12 09 " +
            "6D 20 01 02 00 01 01 03 05 00 00 03 E8 05 00 00 03 E8 05 00 00 03 E8 00 00 10 86 16")]
    [DataRow(
        "68 2F 00 43 05 00 00 00 00 00 00 00 17 56 05 03 03 50 04 02 00 01 20 21 02 00 1C 07 E0 01 14 00 00 " +
            "00 02 00 20 21 02 00 00 00 10 02 00 00 EB 60 16",
        "68 48 00 C3 05 00 00 00 00 00 00 00 A9 1D 85 03 03 50 04 02 00 02 00 20 21 02 00 00 00 10 02 00 01 " +
            "01 1C 07 E0 01 14 00 00 00 01 05 06 00 00 00 00 06 00 00 00 00 06 00 00 00 00 06 00 00 00 00 06 00 " +
            "00 00 00 00 00 26 7D 16")]
    [DataRow(
        "68 12 00 43 05 00 00 00 00 00 00 00 B6 72 03 00 00 13 20 16",
        "68 14 00 C3 05 00 00 00 00 00 00 00 16 43 83 00 00 00 00 E9 1B 16")]
    public void APublishedRequestHasThePublishedAnswer(string request, string answer)
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual(answer, bench.Ask(request));
    }

    [TestMethod]
    [DataRow("06 01 00 40 00 02 00 1C 07 EA 0A 07 0F 00 00 00", "86 01 00 40 00 02 00 00 00 00")]
    [DataRow("06 01 00 40 00 03 00 11 01 00", "86 01 00 40 00 03 00 03 00 00")]
    [DataRow("06 02 00 02 41 00 02 00 11 0F 41 01 02 00 11 01 00", "86 02 00 02 41 00 02 00 00 41 01 02 00 03 00 00")]
    [DataRow("07 01 00 20 00 01 00 12 00 2A 00", "87 01 00 20 00 01 00 03 00 00 00")]
    [DataRow("05 01 00 20 0A 02 00 00", "85 01 00 20 0A 02 00 00 06 00 00")]
    [DataRow(
        "05 03 00 50 04 02 00 01 20 21 02 00 1C 07 EA 0A 04 00 00 00 01 00 00 10 02 01 00",
        "85 03 00 50 04 02 00 01 00 00 10 02 01 01 00 00 00")]
    [DataRow(
        "05 03 00 50 04 02 00 09 01 01 00 20 00 02 01 00",
        "85 03 00 50 04 02 00 01 00 20 00 02 01 01 01 12 09 6D 00 00")]
    [DataRow("05 03 00 50 04 02 00 09 09 01 00 20 00 02 01 00", "85 03 00 50 04 02 00 01 00 20 00 02 01 01 00 00 00")]
    [DataRow(
        "05 03 00 50 04 02 00 0A 02 01 01 00 20 00 02 01 00",
        "85 03 00 50 04 02 00 01 00 20 00 02 01 01 02 12 09 65 12 09 6D 00 00")]
    [DataRow(
        "05 03 00 50 04 02 00 02 20 21 02 00 1C 07 EA 0A 03 00 00 00 1C 07 EA 0B 01 00 00 00 54 03 00 02 01 " +
            "00 20 00 02 01 00",
        "85 03 00 50 04 02 00 01 00 20 00 02 01 01 02 12 09 65 12 09 6D 00 00")]
    [DataRow(
        "05 03 00 50 04 02 00 02 20 21 02 00 1C 07 EA 0A 03 00 00 00 1C 07 EA 0B 01 00 00 00 54 03 00 03 01 " +
            "00 20 00 02 01 00",
        "85 03 00 50 04 02 00 01 00 20 00 02 01 01 01 12 09 65 00 00")]
    [DataRow(
        "05 03 00 50 04 02 00 03 01 20 21 02 00 1C 07 EA 0A 04 00 00 00 1C 07 EA 0A 06 00 00 00 00 01 00 20 " +
            "00 02 01 00",
        "85 03 00 50 04 02 00 01 00 20 00 02 01 01 01 12 09 6D 00 00")]
    [DataRow(
        "05 03 00 30 11 02 00 00 00 00",
        "85 03 00 30 11 02 00 03 00 20 22 02 00 00 20 1E 02 00 00 20 20 02 00 01 01 06 00 00 00 01 1C 07 EA " +
            "0A 05 08 00 00 1C 07 EA 0A 05 08 00 1E 00 00")]
    [DataRow("05 04 07 00 00", "85 04 07 00 00 00")]
    [DataRow("05 06 07 00 10 02 01 00", "EE 07 02 00 00")]
    [DataRow("09 07 05 F2 01 02 01 06 02 08 01 00 00 0A 00 64 00 00", "EE 07 02 00 00")]
    [DataRow("05 01 07 00 10 02 00", "EE 07 01 00 00")]
    [DataRow("05 01 07 00 10 02 01 00 00", "EE 07 01 00 00")]
    [DataRow("05 02 07 03 00 10 02 01 00", "EE 07 01 00 00")]
    [DataRow("06 01 07 41 00 02 00 63 0F 00", "EE 07 01 00 00")]
    [DataRow("06 01 07 41 00 02 00 01 01 01 01 01 01 01 01 01 01 01 01 01 01 00 00", "EE 07 01 00 00")]
    [DataRow(
        "10 00 08 05 01 01 00 10 02 01 00 01 10 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F",
        "90 00 0F 85 01 01 00 10 02 01 01 06 00 01 E2 40 00 00 00")]
    [DataRow("10 01 08 05 01 01 00 10 02 01 00 01 10 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F", "90 02 14 00")]
    [DataRow("10 00 10 06 01 01 40 00 02 00 1C 07 EA 0A 07 0F 00 00 00 01 01 00", "90 02 14 00")]
    public void AMessageHasItsAnswer(string request, string answer)
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("00", bench.Login());
        Assert.AreEqual(answer, bench.Message(request));
    }

    [TestMethod]
    public void TheConnectionTellsWhatWasAgreed()
    {
        Dlt698Bench bench = new Dlt698Bench();
        string answer = bench.LoginWithoutPassword(0, "01 00 00 80 01 00 C8");
        Assert.AreEqual("82 00 4D 46 57 20", answer.Substring(0, 17), "maker");
        Assert.AreEqual("00 80 01 00 01 00 C8 00 00 00 64 00 00 00 00", answer.Substring(3 * 60), answer);
    }

    // 704 bytes of a request, 1 024 of an answer: the client may send what was agreed.
    [TestMethod]
    [DataRow("02 C0")]
    [DataRow("02 C1")]
    [DataRow("10 00")]
    [DataRow("00 00")]
    public void NoLongerMessageIsAgreedThanARequestMayBe(string asked)
    {
        Dlt698Bench bench = new Dlt698Bench();
        string answer = bench.LoginWithoutPassword(0, "04 00 04 00 01 " + asked);
        Assert.AreEqual("01 02 C0 00 00 00 64", answer.Substring(3 * 64, 20), answer);
    }

    [TestMethod]
    [DataRow("00123457", "01")]
    [DataRow("1234567", "01")]
    public void AWrongPasswordIsToldAndAllowsNothing(string password, string result)
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual(result, bench.Login(password));
        AssertCannotWrite(bench);
    }

    [TestMethod]
    public void WithoutAPasswordAMeterIsReadAndNotChanged()
    {
        Dlt698Bench bench = new Dlt698Bench();
        AssertCannotWrite(bench);
        bench.LoginWithoutPassword();
        AssertCannotWrite(bench);
        Assert.AreEqual(EnergyAnswer, bench.Ask(Energy));
    }

    [TestMethod]
    public void ALowLevelWritesAndDoesNotAct()
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("00", bench.Login("04123456"));
        Assert.AreEqual("86 01 00 41 00 02 00 00 00 00", bench.Message("06 01 00 41 00 02 00 11 0F 00"));
        Assert.AreEqual("87 01 00 10 10 01 00 0F 00 00 00", bench.Message("07 01 00 10 10 01 00 00 00"));
    }

    [TestMethod]
    public void RightsAreOneClientsAndEndWithItsConnection()
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("00", bench.Login("00123456", 0x10));
        AssertCannotWrite(bench);

        // Who brings no password takes nothing away.
        bench.LoginWithoutPassword();
        Assert.AreEqual("86 01 00 41 00 02 00 00 00 00", bench.Message("06 01 00 41 00 02 00 11 0F 00", 0x10));
        bench.Message("03 00 00", 0x10);
        Assert.AreEqual("86 01 00 41 00 02 00 0F 00 00", bench.Message("06 01 00 41 00 02 00 11 0F 00", 0x10));

        Assert.AreEqual("00", bench.Login("00123456", 0x10));
        bench.Wait(101_000);
        Assert.AreEqual(
            "86 01 00 41 00 02 00 0F 00 00", bench.Message("06 01 00 41 00 02 00 11 0F 00", 0x10), "timed out");
    }

    [TestMethod]
    public void AWildcardAddressReadsAndChangesNothing()
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("00", bench.Login());
        string request = bench.Frame("06 01 00 41 00 02 00 11 0F 00");
        bench.Meter.ForgetDone();
        bench.Ask(Addressed("06 01 00 41 00 02 00 11 0F 00", 0x45, 0xAA));
        Assert.AreEqual("", bench.Meter.Done);
        Assert.AreEqual("85 01 00 40 01 02 00 01 09 06 00 00 00 00 00 00 00 00",
            Dlt698Bench.Inner(bench.Ask(Addressed("05 01 00 40 01 02 00 00", 0x45, 0xAA))));
        Assert.AreEqual("C3 05 00 00 00 00 00 00 00",
            bench.Ask(Addressed("05 01 00 40 01 02 00 00", 0x05, 0xAA)).Substring(9, 26), "its own address");
        bench.Ask(request);
        Assert.AreEqual("41000200 ", bench.Meter.Done);
    }

    [TestMethod]
    [DataRow(0x05, 0x01)]
    [DataRow(0x85, 0x00)]
    [DataRow(0xC0, 0xAA)]
    [DataRow(0x15, 0x00)]
    public void WhatIsForOthersOrForAllHasNoAnswer(int head, int fill)
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("", bench.Ask(Addressed("05 01 00 40 01 02 00 00", head, fill)));
    }

    [TestMethod]
    public void ATimeTagThatIsPastChangesNothing()
    {
        Dlt698Bench bench = new Dlt698Bench();
        // Sent at 14:16:00 with an allowed delay of 30 s, answered at 14:16:26; then of 20 s.
        Assert.AreEqual("00", bench.Login());
        bench.Meter.ForgetDone();
        string set = "06 01 00 41 00 02 00 11 0F 01 07 EA 0A 07 0E 10 00 ";
        Assert.AreEqual("86 01 00 41 00 02 00 20 00 00", bench.Message(set + "00 00 14"));
        Assert.AreEqual("", bench.Meter.Done);
        Assert.AreEqual("86 01 00 41 00 02 00 00 00 00", bench.Message(set + "00 00 1E"));
        Assert.AreEqual("86 01 00 41 00 02 00 00 00 00", bench.Message(set + "00 00 00"), "no limit");
        Assert.AreEqual("85 01 00 00 10 02 01 00 20 00 00",
            bench.Message("05 01 00 00 10 02 01 01 07 EA 0A 07 0E 10 00 00 00 14"));
        bench.Meter.HasClock = false;
        Assert.AreEqual("86 01 00 41 00 02 00 20 00 00", bench.Message(set + "00 00 1E"), "no clock to judge by");
    }

    [TestMethod]
    public void ATimeTagThatIsPastNeitherConnectsNorReleasesNorConfirms()
    {
        const string past = "01 07 EA 0A 07 0E 10 00 00 00 14";
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("EE 00 FF 00 00", bench.Message(Dlt698Bench.ConnectMessage("00123456", past)));
        AssertCannotWrite(bench);
        Assert.AreEqual("00", bench.Login());
        Assert.AreEqual("EE 05 FF 00 00", bench.Message("03 05 " + past));
        Assert.AreEqual("86 01 00 41 00 02 00 00 00 00", bench.Message("06 01 00 41 00 02 00 11 0F 00"), "still");
        bench.Meter.ForgetDone();
        bench.Message("08 01 06 01 30 11 02 00 " + past);
        Assert.AreEqual("", bench.Meter.Done);
    }

    [TestMethod]
    public void AListThatIsCutShortChangesNothing()
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("00", bench.Login());
        bench.Meter.ForgetDone();
        Assert.AreEqual("EE 00 01 00 00", bench.Message("06 02 00 02 41 00 02 00 11 0F 41 00 02 00 12 01 00"));
        Assert.AreEqual("", bench.Meter.Done);
    }

    [TestMethod]
    public void EveryByteMayComeLateAndTheAnswerIsInTime()
    {
        Dlt698Bench bench = new Dlt698Bench();
        byte[] bytes = Dlt645Bytes.Of("FE FE FE FE " + Energy);
        for (int i = 0; i < bytes.Length; i++)
        {
            bench.Client.TryWrite(bytes, i, 1);
            string early = bench.Listen(490);
            Assert.AreEqual(i == bytes.Length - 1 ? EnergyAnswer : "", early);
        }

        // The answer was on the line within 30 ms of the last byte.
        bench.Client.TryWrite(bytes, 0, bytes.Length);
        Assert.AreEqual(EnergyAnswer, bench.Listen(30));
    }

    [TestMethod]
    public void AnEchoOfTheAnswerAndNoiseBetweenFramesAreNoRequests()
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual(EnergyAnswer, bench.Ask(Energy));
        Assert.AreEqual("", bench.Ask(EnergyAnswer));
        Assert.AreEqual(EnergyAnswer, bench.Ask("00 68 FF 68 12 68 17 00 43 05 " + Energy));
        Assert.AreEqual("", bench.Ask("68 17 00 43 05 00 00 00 00 00 00 00 72 79 05 01 00 00 10 02 01 00 0D 05 16"));
        Assert.AreEqual("", bench.Ask("68 FF 3F 43 05 00 00 00 00 00 00 00 72 79"));
        bench.Listen(600);
        Assert.AreEqual(EnergyAnswer, bench.Ask(Energy));
        bench.Client.Other.FailNextRead = true;
        bench.Ask(Energy);
        Assert.AreEqual(EnergyAnswer, bench.Ask(Energy));
    }

    /// <summary>Two masters at the same time: a frame that the other's bytes bend is none, and the next is
    /// answered.</summary>
    [TestMethod]
    public void OfTwoMastersOnlyAWholeFrameIsAnswered()
    {
        Dlt698Bench bench = new Dlt698Bench();
        byte[] frame = Dlt645Bytes.Of(Energy);
        for (int start = 1; start < frame.Length; start++)
        {
            byte[] mixed = new byte[frame.Length];
            for (int i = 0; i < mixed.Length; i++)
            {
                mixed[i] = (byte)(frame[i] & (i >= start ? frame[i - start] : 0xFF));
            }

            Assert.AreEqual("", bench.Ask(Dlt645Bytes.Text(mixed, 0, mixed.Length)), start.ToString());
            bench.Listen(600);
        }

        Assert.AreEqual(EnergyAnswer, bench.Ask(Energy));
    }

    [TestMethod]
    public void ScrambledDataHaveAScrambledAnswer()
    {
        Dlt698Bench bench = new Dlt698Bench();
        string answer = bench.Ask(bench.Frame("05 01 00 00 10 02 01 00", 0, 0x4B));
        Assert.AreEqual("CB", answer.Substring(9, 2));
        Assert.AreEqual("85 01 00 00 10 02 01 01 06 00 01 E2 40 00 00", Dlt698Bench.Inner(answer));
    }

    private static void AssertCannotWrite(Dlt698Bench bench)
    {
        bench.Meter.ForgetDone();
        Assert.AreEqual("86 01 00 41 00 02 00 0F 00 00", bench.Message("06 01 00 41 00 02 00 11 0F 00"));
        Assert.AreEqual("87 01 00 10 10 01 00 0F 00 00 00", bench.Message("07 01 00 10 10 01 00 00 00"));
        Assert.AreEqual("", bench.Meter.Done);
    }

    private static string Addressed(string message, int head, int fill)
    {
        byte[] bytes = Dlt645Bytes.Of(message);
        Dlt698Frame frame = new Dlt698Frame { Control = 0x43, AddressHead = head, Length = bytes.Length };
        for (int i = 0; i < frame.AddressLength; i++)
        {
            frame.Address[i] = (byte)fill;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            frame.Data[i] = bytes[i];
        }

        byte[] line = new byte[frame.EncodedLength];
        return Dlt645Bytes.Text(line, 0, frame.Encode(0, line, 0));
    }
}
