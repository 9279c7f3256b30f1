using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

[TestClass]
public class TierAccountTests
{
    // 2026-12-31T23:59:59 in Shanghai.
    private const long LastSecond = 1_798_732_799L;

    [TestMethod]
    public void TheStepIsReachedToTheMicrojoule()
    {
        TierAccount account = new TierAccount(TableBytes.Shanghai().Load());
        account.Seek(LastSecond);
        Assert.IsTrue(account.TrySet(3_119_999, 20_800, LastSecond));
        account.Add(1);
        Assert.AreEqual(3_599_999_999L, account.RoomMicrojoules);
        account.Add(account.RoomMicrojoules - 1);
        Assert.AreEqual(0, account.Tier);
        Assert.AreEqual(1L, account.RoomMicrojoules);
        account.Add(1);
        Assert.AreEqual(1, account.Tier);
        Assert.AreEqual(1_680_000L * 3_600_000_000L, account.RoomMicrojoules);
        account.Add(account.RoomMicrojoules);
        Assert.AreEqual(2, account.Tier);
        Assert.AreEqual(long.MaxValue, account.RoomMicrojoules);
    }

    [TestMethod]
    public void ANewYearBeginsAnewAndAClockSetBackFindsTheOldOne()
    {
        TierAccount account = new TierAccount(TableBytes.Shanghai().Load());
        Assert.IsTrue(account.TrySet(5_000_000, 20_800, LastSecond));
        Assert.AreEqual(2, account.Tier);
        account.Seek(LastSecond + 1);
        Assert.AreEqual(0, account.Tier);
        Assert.AreEqual(0L, account.WattHours);
        account.Seek(LastSecond);
        Assert.AreEqual(5_000_000L, account.WattHours);
    }

    [TestMethod]
    public void AReadingOfAnotherYearIsNotTaken()
    {
        TierAccount account = new TierAccount(TableBytes.Shanghai().Load());
        account.Seek(LastSecond);
        account.Add(3_600_000_000L * 7);
        Assert.IsFalse(account.TrySet(5_000_000, 20_453, LastSecond), "2025-12-31");
        Assert.IsFalse(account.TrySet(5_000_000, 20_819, LastSecond), "2027-01-01");
        Assert.AreEqual(7L, account.WattHours);
        byte[] saved = new byte[TierAccount.StateBytes];
        account.Save(saved, 0);
        TierAccount other = new TierAccount(TableBytes.Shanghai().Load());
        Assert.IsTrue(other.TryLoad(saved, 0));
        Assert.AreEqual(7L, other.WattHours);
        saved[11] = 0xFF;
        Assert.IsFalse(other.TryLoad(saved, 0), "below 0");
        Assert.AreEqual(7L, other.WattHours);
    }
}
