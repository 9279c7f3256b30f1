using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

/// <summary>Ticks that come late, slowly or unevenly (cases/safety-and-security 04, 08, 09).</summary>
[TestClass]
public class StallTests
{
    [TestMethod]
    [DataRow(61)]
    [DataRow(300)]
    [DataRow(2_000)]
    [DataRow(30_000)]
    // The vehicle had just asked; what it did in the stall nobody saw.
    public void NothingSeenBeforeAStallClosesTheContactor(int stallMs)
    {
        int[] after = { 12_000, 9_000, 0, -12_000, 10_500 };
        for (int readyMs = 60; readyMs <= 300; readyMs += 30)
        {
            foreach (int level in after)
            {
                ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
                bench.Run(100);
                bench.Inputs.HighMillivolts = 9_000;
                bench.Run(500);
                bench.Inputs.HighMillivolts = 6_000;
                bench.Run(readyMs);
                if (bench.Controller.IsClosed)
                {
                    break;
                }

                bench.Inputs.HighMillivolts = level;
                bench.Tick(stallMs);
                for (int i = 0; i < 300; i++)
                {
                    Assert.IsFalse(bench.Controller.IsClosed);
                    bench.Tick(10);
                }
            }
        }
    }

    [TestMethod]
    public void AVehicleThatStillAsksAfterAStallIsServed()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Run(100);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(500);
        bench.Inputs.HighMillivolts = 6_000;
        bench.Run(100);
        bench.Tick(5_000);
        bench.Run(320);
        Assert.IsFalse(bench.Controller.IsClosed, "300 ms, counted anew");
        bench.Run(40);
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(10)]
    [DataRow(20)]
    [DataRow(30)]
    // A monitor whose answer nobody looked for has not failed.
    public void AStallInTheSelfTestIsNoFailedMonitor(int afterMs)
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Run(100);
        bench.Inputs.HighMillivolts = 9_000;
        while (!bench.Controller.IsTestDriven)
        {
            bench.Tick(10);
        }

        bench.Run(afterMs);
        bench.Tick(30_000);
        bench.Run(2_000);
        Assert.AreEqual(0, bench.Controller.State.ActiveFaults);
        Assert.IsTrue(bench.Controller.State.IsPwm);
    }

    [TestMethod]
    [DataRow(5, 5)]
    [DataRow(10, 10)]
    [DataRow(14, 14)]
    [DataRow(20, 20)]
    [DataRow(30, 30)]
    [DataRow(41, 41)]
    [DataRow(50, 50)]
    [DataRow(60, 60)]
    [DataRow(10, 20)]
    [DataRow(10, 40)]
    [DataRow(20, 50)]
    [DataRow(5, 60)]
    // IEC 61851-1 Table A.6, sequence 8.1: the limit is in ms, whatever the loop's ticks are like.
    public void SlowAndUnevenTicksGainNoTime(int tickMsMin, int tickMsMax)
    {
        uint random = 4_711;
        int[] levels = { 9_000, 12_000, 0, 10_500 };
        for (int run = 0; run < 60; run++)
        {
            ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
            bench.Charge();
            for (int i = 0; i < run; i++)
            {
                bench.Tick(Between(tickMsMin, tickMsMax, ref random));
            }

            Assert.IsTrue(bench.Controller.IsClosed, "tolerable ticks stop nobody");

            // The pilot changed just after the tick before.
            bench.Inputs.HighMillivolts = levels[run % levels.Length];
            int elapsed = 0;
            while (bench.Controller.IsClosed)
            {
                int ms = Between(tickMsMin, tickMsMax, ref random);
                elapsed += ms;
                bench.Tick(ms);
            }

            Assert.IsTrue(elapsed <= 100, elapsed.ToString());
        }
    }

    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851, 10_500)]
    [DataRow((int)ChargingStandard.Iec61851, 10_111)]
    [DataRow((int)ChargingStandard.Iec61851, 10_899)]
    [DataRow((int)ChargingStandard.Iec61851, 1_500)]
    [DataRow((int)ChargingStandard.Gbt18487, 10_500)]
    [DataRow((int)ChargingStandard.Gbt18487, 10_999)]
    // 10.5 V: the pilot's loop has ten times its resistance; that is no neighbour of 6 V.
    public void AGapThatIsNoNeighbourOpensWithin100Ms(int standard, int millivolts)
    {
        ControllerBench bench = new ControllerBench((ChargingStandard)standard);
        bench.Charge();
        bench.Inputs.HighMillivolts = millivolts;
        int opened = bench.MsUntilOpen(200);
        Assert.IsTrue(opened > 0 && opened <= 100, opened.ToString());
        bench.Run(20_000);
        Assert.IsFalse(bench.Controller.IsClosed);
    }

    [TestMethod]
    [DataRow(7_500, true)]
    [DataRow(4_500, true)]
    [DataRow(7_500, false)]
    public void AGapKeepsItsNeighbours(int millivolts, bool isKept)
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Run(100);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(500);

        // 7.5 V lies beside 9 and 6 V, not beside 3 V.
        bench.Inputs.HighMillivolts = isKept ? 6_000 : 3_000;
        bench.Run(1_000);
        bench.Inputs.HighMillivolts = millivolts;
        bench.Run(2_000);
        Assert.AreEqual(isKept, bench.Controller.IsClosed);
    }

    [TestMethod]
    // Slow ticks leave few samples of the negative peak: each bad one weighs its time.
    [DataRow(10)]
    [DataRow(20)]
    [DataRow(39)]
    [DataRow(60)]
    public void AMissingDiodeOpensWithin200MsAtAnyTick(int tickMs)
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.Tick(tickMs);
        bench.Inputs.LowMillivolts = -6_000;
        int elapsed = 0;
        while (bench.Controller.IsClosed && elapsed < 1_000)
        {
            bench.Tick(tickMs);
            elapsed += tickMs;
        }

        Assert.IsTrue(elapsed <= 200, elapsed.ToString());
    }

    private static int Between(int min, int max, ref uint random)
    {
        random = random * 1_664_525 + 1_013_904_223;
        return min + (int)((random >> 8) % (uint)(max - min + 1));
    }
}
