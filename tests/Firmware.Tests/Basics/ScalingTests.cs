using MeterFirmware.Basics;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Basics;

[TestClass]
public class ScalingTests
{
    [TestMethod]
    [DataRow(10L, 5L, 15L, 3L)]
    [DataRow(-10L, 5L, 15L, -3L)]
    [DataRow(5L, 33L, 165L, 1L)]
    [DataRow(7L, 15L, 15L, 7L)]
    [DataRow(7L, 0L, 15L, 0L)]
    public void ShareIsTruncatedTowardsZero(long value, long part, long whole, long share)
    {
        Assert.AreEqual(share, Scaling.Share(value, part, whole));
    }

    [TestMethod]
    public void ShareOfADayAtTransformerPowerDoesNotOverflow()
    {
        // 2 MW for a day in µJ, shared after 7 h 13 min 20.123 s.
        long day = 2_000_000_000L * 86_400_000L;
        long part = 26_000_123L;
        Assert.AreEqual(2_000_000_000L * part, Scaling.Share(day, part, 86_400_000L));
    }

    [TestMethod]
    [DataRow(5L, 10L, 1L)]
    [DataRow(4L, 10L, 0L)]
    [DataRow(-5L, 10L, -1L)]
    [DataRow(-4L, 10L, 0L)]
    [DataRow(15L, 10L, 2L)]
    [DataRow(7L, 7L, 1L)]
    [DataRow(long.MaxValue, 2L, 4_611_686_018_427_387_904L)]
    public void RoundingIsHalfAwayFromZero(long dividend, long divisor, long quotient)
    {
        Assert.AreEqual(quotient, Scaling.DivideRounded(dividend, divisor));
    }
}
