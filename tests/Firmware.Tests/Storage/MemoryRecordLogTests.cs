using MeterFirmware.Storage;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Storage;

[TestClass]
public class MemoryRecordLogTests
{
    [TestMethod]
    public void AFullLogDropsTheOldestAndKeepsCounting()
    {
        MemoryRecordLog log = new MemoryRecordLog(3, 4);
        byte[] payload = new byte[4];
        for (int i = 1; i <= 5; i++)
        {
            payload[0] = (byte)i;
            Assert.IsTrue(log.TryAppend(2, payload, 0, 2, out long number));
            Assert.AreEqual((long)i, number);
        }

        Assert.AreEqual(3L, log.OldestNumber);
        Assert.AreEqual(6L, log.NextNumber);
        byte[] read = new byte[4];
        Assert.IsFalse(log.TryRead(2, read, out int _, out int _), "dropped");
        Assert.IsFalse(log.TryRead(6, read, out int _, out int _), "not yet written");
        Assert.IsTrue(log.TryRead(4, read, out int count, out int kind));
        Assert.AreEqual(4, (int)read[0]);
        Assert.AreEqual(2, count);
        Assert.AreEqual(2, kind);
    }

    [TestMethod]
    public void ATooLongRecordUsesNoNumber()
    {
        MemoryRecordLog log = new MemoryRecordLog(3, 4);
        Assert.IsFalse(log.TryAppend(1, new byte[5], 0, 5, out long _));
        Assert.AreEqual(1L, log.NextNumber);
    }

    [TestMethod]
    public void AnAcknowledgementNeverGoesBackOrBeyondTheNewest()
    {
        MemoryRecordLog log = new MemoryRecordLog(3, 4);
        log.TryAppend(1, new byte[1], 0, 1, out long _);
        log.TryAppend(1, new byte[1], 0, 1, out long _);
        log.Acknowledge(2);
        log.Acknowledge(1);
        Assert.AreEqual(2L, log.AcknowledgedNumber);
        log.Acknowledge(3);
        Assert.AreEqual(2L, log.AcknowledgedNumber);
    }
}
