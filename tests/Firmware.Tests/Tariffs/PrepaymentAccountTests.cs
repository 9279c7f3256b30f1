using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

[TestClass]
public class PrepaymentAccountTests
{
    [TestMethod]
    public void TheBalancePassesEveryLevelOnItsWayDown()
    {
        PrepaymentAccount account = Account();
        account.TryTopUp(1, 1_000_000, out string error);
        Is(account, PrepaymentState.Normal, 0);
        Is(account, PrepaymentState.Normal, 499_999);
        Is(account, PrepaymentState.Alarm1, 500_000);
        Is(account, PrepaymentState.Alarm1, 799_999);
        Is(account, PrepaymentState.Alarm2, 800_000);
        Is(account, PrepaymentState.Alarm2, 999_999);
        Is(account, PrepaymentState.OnCredit, 1_000_000);
        Is(account, PrepaymentState.OnCredit, 1_299_999);
        Assert.IsTrue(account.IsSupplyAllowed);
        Is(account, PrepaymentState.Exhausted, 1_300_000);
        Assert.IsFalse(account.IsSupplyAllowed);
    }

    [TestMethod]
    public void SupplyReturnsOnlyAboveTheReconnectLevel()
    {
        PrepaymentAccount account = Account();
        account.Charge(400_000);
        Assert.IsFalse(account.IsSupplyAllowed);
        account.TryTopUp(1, 500_000, out string error);
        Assert.AreEqual(100_000L, account.Balance);
        Assert.IsFalse(account.IsSupplyAllowed, "at the level is not above it");
        account.TryTopUp(2, 1, out error);
        Assert.IsTrue(account.IsSupplyAllowed);
        Assert.IsTrue(account.State == PrepaymentState.Alarm2);
    }

    [TestMethod]
    public void ATopUpIsBookedOnceAndInOrder()
    {
        PrepaymentAccount account = Account();
        Assert.IsTrue(account.TryTopUp(1, 700_000, out string error));
        Assert.IsFalse(account.TryTopUp(1, 700_000, out error));
        Assert.Contains("top-up 1, expected 2", error);
        Assert.IsFalse(account.TryTopUp(3, 700_000, out error));
        Assert.IsFalse(account.TryTopUp(2, 0, out error));
        Assert.IsFalse(account.TryTopUp(2, -5, out error));
        Assert.IsFalse(account.TryTopUp(2, PrepaymentAccount.AmountMax, out error),
            "the balance would pass the largest");
        Assert.AreEqual(700_000L, account.Balance);
    }

    [TestMethod]
    public void TopUpsMinusBillsIsTheBalanceAcrossSettlements()
    {
        PrepaymentAccount account = Account();
        account.TryTopUp(1, 2_000_000, out string error);
        account.Charge(100_001);
        account.Charge(100_001);
        account.Charge(250_003);
        account.Charge(250_010);
        Assert.AreEqual(2_000_000L - 250_003 - 7, account.Balance);
        account.Charge(250_003 - 93);
        Assert.AreEqual(2_000_000L - 250_003 + 93, account.Balance, "negative prices give back");
    }

    [TestMethod]
    public void APowerLossKeepsTheBalanceAndTheLatch()
    {
        PrepaymentAccount account = Account();
        account.Charge(350_000);
        account.TryTopUp(1, 60_000, out string error);
        byte[] state = new byte[PrepaymentAccount.StateBytes];
        account.Save(state, 0);
        PrepaymentAccount restored = new PrepaymentAccount();
        Assert.IsTrue(restored.TryLoad(state, 0));
        Configure(restored);
        Assert.AreEqual(-290_000L, restored.Balance);
        Assert.IsFalse(restored.IsSupplyAllowed, "−29 is above −30, but supply was cut and not reconnected");
        restored.Charge(350_001);
        Assert.AreEqual(-290_001L, restored.Balance);
        Assert.IsFalse(restored.TryTopUp(1, 5, out error));
    }

    [TestMethod]
    public void LevelsOutOfOrderAreRefused()
    {
        PrepaymentAccount account = Account();
        Assert.IsFalse(account.TryConfigure(10, 20, 0, 0, out string error));
        Assert.IsFalse(account.TryConfigure(20, -1, 0, 0, out error));
        Assert.IsFalse(account.TryConfigure(20, 10, -1, 0, out error));
        Assert.IsFalse(account.TryConfigure(20, 10, 5, -6, out error));
        account.TryTopUp(1, 500_000, out error);
        Assert.IsTrue(account.State == PrepaymentState.Alarm1, "the old levels stay");
    }

    private static void Is(PrepaymentAccount account, PrepaymentState state, long bill)
    {
        account.Charge(bill);
        Assert.AreEqual((int)state, (int)account.State, bill.ToString());
    }

    /// <summary>Alarms at 50 and 20, credit 30, reconnect above 10 of the currency.</summary>
    private static PrepaymentAccount Account()
    {
        PrepaymentAccount account = new PrepaymentAccount();
        Configure(account);
        return account;
    }

    private static void Configure(PrepaymentAccount account) =>
        Assert.IsTrue(account.TryConfigure(500_000, 200_000, 300_000, 100_000, out string error), error);
}
