using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

/// <summary>The one rule for the contactor's wear: three closings at once, then at most four an hour (cases/charging
/// 03).</summary>
[TestClass]
public class ContactorRuleTests
{
    // Hours go in slow ticks: what counts here is time.
    private const int TickMs = 50;

    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851, 100, 1_000)]
    [DataRow((int)ChargingStandard.Iec61851, 10_000, 60_000)]
    [DataRow((int)ChargingStandard.Iec61851, 3_100, 1_900)]
    [DataRow((int)ChargingStandard.Gbt18487, 100, 1_000)]
    [DataRow((int)ChargingStandard.Gbt18487, 3_100, 1_900)]
    // cases/site-and-gbt 11: GB/T's wake request makes no exception.
    public void AVehicleThatTogglesClosesThreeTimesAndThenFourAnHour(int standard, int restMs, int readyMs)
    {
        ControllerBench bench = new ControllerBench((ChargingStandard)standard);
        bench.Charge();
        int closings = 1;
        int hour = 0;
        for (int at = 0; at < 7_200_000;)
        {
            bench.Inputs.HighMillivolts = 9_000;
            for (int i = 0; i < restMs; i += TickMs)
            {
                bench.Tick(TickMs);
            }

            Assert.IsFalse(bench.Controller.IsClosed, "an opening waits for nothing");
            bench.Inputs.HighMillivolts = 6_000;
            bool was = false;
            for (int i = 0; i < readyMs; i += TickMs)
            {
                bench.Tick(TickMs);
                closings += bench.Controller.IsClosed && !was ? 1 : 0;
                was = bench.Controller.IsClosed;
            }

            at += restMs + readyMs;
            if (hour == 0 && at >= 3_600_000)
            {
                Assert.IsTrue(closings <= 3 + 4, closings.ToString());
                hour = closings;
            }
        }

        Assert.IsTrue(closings - hour <= 4, closings.ToString());
    }

    [TestMethod]
    // cases/charging 03: a limit of 5.9 and 6.1 A by turns, each 10 s, and a vehicle that obeys.
    public void ALimitAroundSixAmpsDoesNotCycleTheContactor()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        int closings = 1;
        int sinceMs = 0;
        bool was = true;
        for (int ms = 0; ms < 3_600_000; ms += TickMs)
        {
            bench.Inputs.LimitMilliamps = ms / 10_000 % 2 == 0 ? 5_900 : 6_100;
            sinceMs = bench.Controller.State.IsPwm ? sinceMs < 0 ? 0 : sinceMs + TickMs : -1;
            bench.Inputs.HighMillivolts = sinceMs >= 1_200 ? 6_000 : 9_000;
            bench.Tick(TickMs);
            closings += bench.Controller.IsClosed && !was ? 1 : 0;
            was = bench.Controller.IsClosed;
        }

        Assert.IsTrue(closings <= 3 + 4, closings.ToString());
    }

    [TestMethod]
    // While the rule waits nothing is offered: a vehicle that is offered current expects the contactor within 3 s.
    public void NothingIsOfferedWhileTheRuleWaits()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        int offeredMs = 0;
        for (int ms = 0; ms < 3_600_000; ms += TickMs)
        {
            ChargeState state = bench.Controller.State;
            bench.Inputs.HighMillivolts = state.IsClosed && state.SwitchAgeMs > 5_000 ? 9_000 : 6_000;
            offeredMs = state.IsPwm && !state.IsClosed && state.IsReady ? offeredMs + TickMs : 0;
            Assert.IsTrue(offeredMs < 3_000, "IEC 61851-1 Table A.6, sequence 4");
            bench.Tick(TickMs);
        }
    }

    [TestMethod]
    public void LaterClosingsKeepTheLeastOffTime()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        for (int i = 0; i < 3; i++)
        {
            bench.Charge();
            bench.Run(5_000);
        }

        // Closed for longer than the period: what remains is the time since the opening.
        bench.Run(1_000_000);
        Assert.IsTrue(bench.Controller.IsClosed);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(1_000);
        bench.Inputs.HighMillivolts = 6_000;
        bench.Run(178_000);
        Assert.IsFalse(bench.Controller.IsClosed);
        bench.Run(3_000);
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    public void ANewVehicleHasItsOwnFreeClosingsAndALoosePlugHasNot()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        for (int i = 0; i < 3; i++)
        {
            bench.Charge();
            bench.Run(4_000);
            bench.Inputs.HighMillivolts = 12_000;
            bench.Run(3_000);
        }

        bench.Charge();
        bench.Run(4_000);
        Assert.IsFalse(bench.Controller.IsClosed, "out for 3 s: a loose plug");
        bench.Inputs.HighMillivolts = 12_000;
        bench.Run(11_000);
        bench.Charge();
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    // GB/T 18487.1-2023 Table A.7: the first pulse under an offer cannot be told from a vehicle that wants to charge.
    public void PulsesThatAskCloseTheContactorOnce()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Gbt18487);
        bench.Charge();
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(4_000);
        int closings = 0;
        for (int i = 0; i < 5; i++)
        {
            bool was = false;
            bench.Inputs.HighMillivolts = 6_000;
            for (int ms = 0; ms < 1_900; ms += 10)
            {
                bench.Tick(10);
                closings += bench.Controller.IsClosed && !was ? 1 : 0;
                was = bench.Controller.IsClosed;
            }

            bench.Inputs.HighMillivolts = 9_000;
            bench.Run(3_100);
        }

        Assert.AreEqual(1, closings);
        bench.Inputs.HighMillivolts = 6_000;
        bench.Run(3_000);
        Assert.IsTrue(bench.Controller.IsClosed, "sequence 4: within 3 s");
    }
}
