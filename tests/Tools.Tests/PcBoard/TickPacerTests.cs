using MeterFirmware.Tools.MeterCtl.PcBoard;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.PcBoard;

/// <summary>A simulated device's clock goes with the wall's: no drift, no tick lost, a sleep is a loss of
/// supply.</summary>
[TestClass]
public sealed class TickPacerTests
{
    [TestMethod]
    public void TicksComeWithTheWallWhateverTheRests()
    {
        TickPacer pacer = new(10);
        pacer.Begin(deviceMs: 5, wallMs: 1_003);
        long deviceMs = 5;
        long ticks = 0;
        for (long wallMs = 1_003; wallMs <= 101_003; wallMs += 1 + wallMs % 37)
        {
            Assert.AreEqual(0, pacer.DarkMs(deviceMs, wallMs));
            for (; pacer.IsDue(deviceMs, wallMs); ticks++)
            {
                deviceMs += 10;
            }

            long behindMs = wallMs - 1_003 - (deviceMs - 5);
            Assert.IsTrue(behindMs is >= 0 and < 10, $"{behindMs} ms behind at {wallMs}");
            Assert.AreEqual(10 - behindMs, pacer.RestMs(deviceMs, wallMs));
        }

        Assert.AreEqual((deviceMs - 5) / 10, ticks);
        Assert.IsGreaterThan(9_990, ticks);
    }

    [TestMethod]
    public void AStallOfAMinuteIsCaughtUpWithAndALongerOneIsALossOfSupply()
    {
        TickPacer pacer = new(1_000);
        pacer.Begin(0, 0);
        Assert.AreEqual(0, pacer.DarkMs(0, TickPacer.SleptMs));
        Assert.IsTrue(pacer.IsDue(0, TickPacer.SleptMs));
        Assert.AreEqual(0, pacer.RestMs(0, TickPacer.SleptMs));
        Assert.AreEqual(TickPacer.SleptMs + 1, pacer.DarkMs(0, TickPacer.SleptMs + 1));
    }
}
