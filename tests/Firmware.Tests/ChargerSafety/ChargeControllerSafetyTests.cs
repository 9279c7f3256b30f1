using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

/// <summary>Rules that an audit against the standards found broken, each with the case that showed it.</summary>
[TestClass]
public class ChargeControllerSafetyTests
{
    [TestMethod]
    // IEC 62955 / 60364-7-722: before each session, also the second one of a vehicle that stays plugged in.
    public void ASecondSessionOfTheSameVehicleTestsTheMonitorAnew()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.Inputs.IsAuthorized = false;
        bench.Run(1_000);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(10_000);
        Assert.AreEqual(0, bench.TestsDriven(5_000));
        bench.Inputs.IsAuthorized = true;
        Assert.AreEqual(1, bench.TestsDriven(2_000));
        bench.Inputs.HighMillivolts = 6_000;
        bench.Run(1_000);
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    // A plug that bounces while the test winding is driven: the monitor's answer is no residual current.
    public void UnpluggingDuringTheSelfTestIsNoResidualCurrent()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.MonitorMs = 100;
        bench.Run(100);
        bench.Inputs.HighMillivolts = 9_000;
        for (int i = 0; i < 100 && !bench.Controller.IsTestDriven; i++)
        {
            bench.Tick(10);
        }

        bench.Inputs.HighMillivolts = 12_000;
        bench.Run(80);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(2_000);
        Assert.AreEqual(0, bench.Controller.State.ActiveFaults);
        bench.Inputs.HighMillivolts = 6_000;
        bench.Run(1_000);
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    public void AnIdleMonitorIsTestedOnceAPeriod()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Settings.SelfTestPeriodMs = 60_000;
        Assert.AreEqual(3, bench.TestsDriven(190_000));
    }

    [TestMethod]
    public void AMonitorThatFailsItsIdleTestStaysAFaultUntilAPersonOrAVehicleComes()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Settings.SelfTestPeriodMs = 60_000;
        bench.IsMonitorDead = true;
        bench.Run(62_000);
        Assert.IsTrue(bench.Controller.State.Has(ChargerFault.RcdSelfTest));
        bench.Run(300_000);
        Assert.IsTrue(bench.Controller.State.Has(ChargerFault.RcdSelfTest), "it does not flicker");
        bench.IsMonitorDead = false;
        bench.Inputs.IsReset = true;
        bench.Run(3_000);
        Assert.IsFalse(bench.Controller.State.Has(ChargerFault.RcdSelfTest));
        bench.Charge();
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    // facts/ev-charging.md: state F is held for at least 300 ms, whatever ends the wake-up.
    public void StateFIsHeldForAtLeast300Ms()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Run(100);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Inputs.LimitMilliamps = 0;
        bench.Run(70_000);
        bench.Inputs.LimitMilliamps = 16_000;
        for (int i = 0; i < 4_000 && bench.Controller.DutyHundredths != PilotDuty.SteadyLow; i++)
        {
            bench.Tick(10);
        }

        Assert.AreEqual(PilotDuty.SteadyLow, bench.Controller.DutyHundredths, "woken");
        bench.Inputs.IsAuthorized = false;
        int held = 0;
        while (bench.Controller.DutyHundredths == PilotDuty.SteadyLow && held < 10_000)
        {
            bench.Tick(10);
            held += 10;
        }

        Assert.IsTrue(held >= 300 && held <= 400, held.ToString());
    }

    [TestMethod]
    public void OneBadReadingOfTheCableEndsNothing()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        int duty = bench.Controller.DutyHundredths;
        for (int i = 0; i < 200; i++)
        {
            bench.Inputs.CableOhms = i % 20 == 0 ? int.MaxValue : i % 20 == 7 ? 1_500 : 220;
            bench.Tick(10);
            Assert.AreEqual(duty, bench.Controller.DutyHundredths);
        }

        bench.Inputs.CableOhms = int.MaxValue;
        bench.Run(300);
        Assert.AreEqual(PilotDuty.SteadyHigh, bench.Controller.DutyHundredths, "a cable that is gone ends the offer");
    }

    [TestMethod]
    // facts/ev-charging.md, "Which faults open at once": a sensor of temperature is not among them.
    public void AnUnreadableTemperatureStopsInOrder()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.Inputs.TemperatureReadable = false;
        bench.Run(1_000);
        Assert.IsTrue(bench.Controller.State.Has(ChargerFault.Internal));
        Assert.AreEqual(PilotDuty.SteadyHigh, bench.Controller.DutyHundredths);
        Assert.IsTrue(bench.Controller.IsClosed, "the vehicle has its time to stop");
        bench.Inputs.PilotReadable = false;
        Assert.AreEqual(10, bench.MsUntilOpen(100), "blind to the pilot beside: at once");
    }

    [TestMethod]
    // An orderly stop is over after 6 s, also when the offer comes and goes meanwhile.
    public void AnOfferThatFlickersDoesNotProlongAnOrderlyStop()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.Run(6_000);
        bench.Inputs.LimitMilliamps = 0;
        bench.Run(4_970);
        bench.Inputs.LimitMilliamps = 16_000;
        bench.Run(60);
        Assert.IsTrue(bench.Controller.State.IsPwm
            && bench.Controller.State.IsStopping, "offered again, diode not seen yet");
        bench.Inputs.LimitMilliamps = 0;
        int opened = bench.MsUntilOpen(10_000);
        Assert.IsTrue(opened > 0 && opened <= 1_000, opened.ToString());
    }

    [TestMethod]
    [DataRow(1_000, 1)]
    [DataRow(2_900, 1)]
    [DataRow(100, 0)]
    [DataRow(4_000, 0)]
    // GB/T 18487.1-2023: 2'→3→2' of 200 ms to 3 s is a request of the vehicle.
    public void AGbtPulseUnderAnOfferIsARequest(int pulseMs, int requestsExpected)
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Gbt18487);
        bench.Run(100);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(20_000);
        bench.Inputs.HighMillivolts = 6_000;
        bench.Run(pulseMs);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(1_000);
        Assert.AreEqual(requestsExpected, bench.CountEvents(ChargerEvent.WakeRequest));
    }
}
