using MeterFirmware.Telemetry;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Telemetry;

[TestClass]
public class UnansweredMessagesTests
{
    private const int PatienceMs = 10_000;

    [TestMethod]
    public void AMessageHoldsItsPlaceUntilItIsAnswered()
    {
        UnansweredMessages messages = Take(4, 0);
        Assert.IsFalse(messages.HasRoom(1));
        messages.NoteAnswer(1, true);
        Assert.IsTrue(messages.HasRoom(1));
        Assert.AreEqual(3, messages.Count);
        Assert.AreEqual(1, messages.Settled);
        Assert.AreEqual(0, messages.GivenUp);
    }

    // Seen of M2Mqtt 5.1.220: 16 answers that never come blocked the link for good.
    [TestMethod]
    public void WhatIsNeverAnsweredIsGivenUpInTime()
    {
        UnansweredMessages messages = Take(4, 0);
        Assert.IsFalse(messages.HasRoom(PatienceMs - 1));
        Assert.IsTrue(messages.HasRoom(PatienceMs));
        Assert.AreEqual(4, messages.Settled);
        Assert.AreEqual(4, messages.GivenUp);
    }

    [TestMethod]
    public void AClientThatHangsIsNotOverfilled()
    {
        // It holds 6: 4 that were given up may still lie in it.
        UnansweredMessages messages = Take(4, 0);
        int taken = 0;
        for (long nowMs = PatienceMs; nowMs < 20L * PatienceMs; nowMs += 100)
        {
            if (messages.HasRoom(nowMs))
            {
                taken++;
                messages.NoteTaken(100 + taken, nowMs);
            }
        }

        Assert.AreEqual(2, taken);
        messages.NoteAnswer(101, true);
        Assert.IsTrue(messages.HasRoom(20L * PatienceMs), "one answer shows that it works");
    }

    [TestMethod]
    public void AnAnswerSettlesWhatIsOlderAsGivenUp()
    {
        UnansweredMessages messages = Take(4, 0);
        messages.NoteAnswer(3, true);
        Assert.AreEqual(3, messages.Settled);
        Assert.AreEqual(2, messages.GivenUp);
        messages.NoteAnswer(1, true);
        Assert.AreEqual(3, messages.Settled, "late");
        messages.NoteAnswer(4, false);
        Assert.AreEqual(4, messages.Settled);
        Assert.AreEqual(3, messages.GivenUp);
    }

    private static UnansweredMessages Take(int count, long nowMs)
    {
        UnansweredMessages messages = new UnansweredMessages(4, 6, PatienceMs);
        for (int id = 1; id <= count; id++)
        {
            Assert.IsTrue(messages.HasRoom(nowMs));
            messages.NoteTaken(id, nowMs);
        }

        return messages;
    }
}
