using MeterFirmware.Charging;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class MemberDrawTests
{
    [TestMethod]
    // The reports come seven seconds apart: what one of them says stands for a whole window.
    public void AMemberThatIsHeardAnewIsNotMeasuredByTheLimitOfBefore()
    {
        MemberDraw draw = new MemberDraw(new Connectors(1));
        Take(draw, 6_000, 0, 3_000);
        draw.Forget(0);
        Take(draw, 16_000, 16_000, 10_000);
        Take(draw, 32_000, 32_000, 17_000);
        Assert.AreEqual(0, draw.OverOf(0));
        Take(draw, 32_000, 34_000, 24_000);
        Take(draw, 32_000, 34_000, 31_000);
        Assert.AreEqual(2_000, draw.OverOf(0), "what it draws above its limit counts as ever");
    }

    private static void Take(MemberDraw draw, int limitMilliamps, int milliamps, long nowMs)
    {
        SiteFrame report = new SiteFrame { LimitMilliamps = limitMilliamps, Milliamps = milliamps };
        draw.Take(0, report, nowMs);
    }
}
