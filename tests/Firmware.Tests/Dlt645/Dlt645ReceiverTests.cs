using MeterFirmware.Dlt645;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt645;

[TestClass]
public class Dlt645ReceiverTests
{
    private const string Request = "68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16";
    private const int PauseMs = 500;

    [TestMethod]
    public void OneByteAtATimeWithPausesUpToTheLimitIsAFrame()
    {
        Dlt645Receiver receiver = new Dlt645Receiver(PauseMs);
        byte[] line = Dlt645Bytes.Of("FE FE FE FE " + Request);
        for (int i = 0; i < line.Length; i++)
        {
            bool complete = receiver.Feed(line[i], i * PauseMs);
            Assert.AreEqual(i == line.Length - 1, complete);
        }

        Assert.AreEqual(0x11, receiver.Frame.Control);
        Assert.AreEqual(0L, receiver.FailureCount);
    }

    [TestMethod]
    public void APauseBeyondTheLimitEndsTheFrame()
    {
        Dlt645Receiver receiver = new Dlt645Receiver(PauseMs);
        byte[] line = Dlt645Bytes.Of(Request);
        long now = 0;
        for (int i = 0; i < line.Length; i++)
        {
            now += i == 9 ? PauseMs + 1 : 1;
            Assert.IsFalse(receiver.Feed(line[i], now));
        }

        Assert.IsTrue(receiver.LastFailure == Dlt645Check.Truncated);
        Assert.AreEqual(1, Count(receiver, line, now + PauseMs + 1));
    }

    [TestMethod]
    public void AFalse68InFrontDoesNotHideTheFrame()
    {
        Dlt645Receiver receiver = new Dlt645Receiver(PauseMs);

        // A false header that even has its second 68 and asks for 200 bytes: the pause ends it.
        byte[] line = Dlt645Bytes.Of("68 11 11 11 11 11 11 68 91 C8 " + Request);
        Assert.AreEqual(0, Count(receiver, line, 0));
        Assert.IsFalse(receiver.Idle(PauseMs));
        Assert.IsTrue(receiver.Idle(PauseMs + 1));
        Assert.AreEqual(0x11, receiver.Frame.Control);
        Assert.AreEqual(4, receiver.Frame.Length);

        Assert.AreEqual(1, Count(receiver, Dlt645Bytes.Of("68 68 68 00 " + Request), 10_000));
    }

    [TestMethod]
    public void FramesThatFollowOneAnotherAllCome()
    {
        Dlt645Receiver receiver = new Dlt645Receiver(PauseMs);
        Assert.AreEqual(3, Count(receiver, Dlt645Bytes.Of(Request + "FE" + Request + "00 16" + Request), 0));
    }

    [TestMethod]
    public void AnOverlongLengthIsRefusedAtOnceAndSaidSo()
    {
        Dlt645Receiver receiver = new Dlt645Receiver(PauseMs);
        Assert.AreEqual(0, Count(receiver, Dlt645Bytes.Of("68 61 01 00 00 00 00 68 91 C9"), 0));
        Assert.IsTrue(receiver.LastFailure == Dlt645Check.Length);
        Assert.AreEqual(0, receiver.PendingCount);
    }

    private static int Count(Dlt645Receiver receiver, byte[] line, long nowMs)
    {
        int count = 0;
        for (int i = 0; i < line.Length; i++)
        {
            bool got = receiver.Feed(line[i], nowMs);
            while (got)
            {
                count++;
                got = receiver.TryTake();
            }
        }

        return count;
    }
}
