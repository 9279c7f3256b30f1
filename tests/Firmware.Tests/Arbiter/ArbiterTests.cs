using MeterFirmware.Arbiter;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Arbiter;

/// <summary>Who limits, and who is obeyed.</summary>
[TestClass]
public class ArbiterTests
{
    [TestMethod]
    public void TheLeastOfAllLimitsHoldsWhoeverSetIt()
    {
        LimitSet limits = new LimitSet(3);
        Assert.AreEqual(LimitSet.None, limits.Least(0, out int source));
        Assert.AreEqual(-1, source);
        limits.Set(2, 32_000, LimitSet.Always);
        limits.Set(0, 16_000, LimitSet.Always);
        limits.Set(1, 20_000, LimitSet.Always);
        Assert.AreEqual(16_000, limits.Least(0, out source));
        Assert.AreEqual(0, source);
        limits.Set(0, 40_000, LimitSet.Always);
        Assert.AreEqual(20_000, limits.Least(0, out source));
        Assert.AreEqual(1, source);
    }

    [TestMethod]
    public void EachLimitEndsByItself()
    {
        LimitSet limits = new LimitSet(2);
        limits.Set(0, 6_000, 10_000);
        limits.Set(1, 10_000, 20_000);
        Assert.AreEqual(6_000, limits.Least(9_999, out int source));
        Assert.AreEqual(10_000, limits.Least(10_000, out source));
        Assert.AreEqual(1, source);
        Assert.IsFalse(limits.Holds(0, 10_000));
        Assert.AreEqual(LimitSet.None, limits.Least(20_000, out source));
        limits.Set(0, 0, LimitSet.Always);
        Assert.AreEqual(0, limits.Least(long.MaxValue - 1, out source));
        limits.Clear(0);
        Assert.AreEqual(LimitSet.None, limits.Least(20_000, out source));
    }

    [TestMethod]
    public void SafetyIsObeyedBeforeGridSiteManagementDriverAndPriceWhateverTheyWant()
    {
        SetPoints points = new SetPoints();
        Assert.IsFalse(points.TryGet(0, out int value, out int source));
        for (int i = SetPointSource.Price; i >= SetPointSource.Safety; i--)
        {
            // Each wants more than those before it, so the order decides and not the value.
            points.Set(i, 1_000 * i, 5_000);
            Assert.IsTrue(points.TryGet(0, out value, out source));
            Assert.AreEqual(i, source);
            Assert.AreEqual(1_000 * i, value);
        }

        points.Clear(SetPointSource.Safety);
        points.Set(SetPointSource.Grid, 7, 4_000);
        Assert.IsTrue(points.TryGet(3_999, out value, out source));
        Assert.AreEqual(7, value);
        Assert.IsTrue(points.TryGet(4_000, out value, out source));
        Assert.AreEqual(SetPointSource.Site, source);
        Assert.IsFalse(points.TryGet(5_000, out value, out source));
    }

    [TestMethod]
    public void EverySourceHasAWordOfItsOwn()
    {
        for (int i = 0; i < SetPointSource.Count; i++)
        {
            for (int other = 0; other < i; other++)
            {
                Assert.IsTrue(SetPointSource.NameOf(i) != SetPointSource.NameOf(other));
            }

            Assert.IsTrue(SetPointSource.NameOf(i) != SetPointSource.NameOf(-1));
        }
    }
}
