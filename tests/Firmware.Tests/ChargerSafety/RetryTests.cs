using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

/// <summary>What is tried again by itself, how often, and what is not.</summary>
[TestClass]
public class RetryTests
{
    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851)]
    [DataRow((int)ChargingStandard.Gbt18487)]
    // IEC 61851-1 Table A.4: the diode must show; a few bad samples of it need no person.
    public void NoiseOfAFewSamplesOfTheDiodeDoesNotLatchForGood(int standard)
    {
        ControllerBench bench = new ControllerBench((ChargingStandard)standard);
        bench.Charge();
        Assert.IsTrue(bench.Controller.IsClosed);
        bench.Inputs.LowMillivolts = -6_000;
        bench.Run(80);
        bench.Inputs.LowMillivolts = -12_000;
        Assert.IsFalse(bench.Controller.IsClosed);
        Assert.IsTrue(bench.Controller.State.Has(ChargerFault.Diode));
        Assert.IsFalse(bench.Controller.State.NeedsPerson);
        bench.Run(9_000);
        Assert.IsTrue(bench.Controller.State.Has(ChargerFault.Diode), "10 s");
        bench.Run(10_000);
        Assert.AreEqual(0, bench.Controller.State.ActiveFaults);
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851)]
    [DataRow((int)ChargingStandard.Gbt18487)]
    public void AMissingDiodeLatchesAfterTwoRetries(int standard)
    {
        ControllerBench bench = new ControllerBench((ChargingStandard)standard);
        bench.Charge();
        bench.Inputs.LowMillivolts = -6_000;
        for (int i = 0; i < 100; i++)
        {
            bench.Tick(10);
            Assert.IsFalse(i > 20 && bench.Controller.IsClosed, "200 ms");
        }

        bench.Run(300_000);
        ChargeState state = bench.Controller.State;
        Assert.AreEqual(3, bench.CountRaised(ChargerFault.Diode), "the first and two retries");
        Assert.IsTrue(state.Has(ChargerFault.Diode) && state.NeedsPerson);
        Assert.IsFalse(state.IsPwm);
        bench.Inputs.LowMillivolts = -12_000;
        bench.Run(300_000);
        Assert.IsTrue(state.Has(ChargerFault.Diode), "for good");
        bench.Inputs.HighMillivolts = 12_000;
        bench.Run(1_200);
        Assert.AreEqual(0, state.ActiveFaults);
        Assert.AreEqual(0, state.DiodeRetries);
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(1)]
    [DataRow(0)]
    // IEC 61851-1 A.5.3, sequence 9.2: once an offer; over a visit we stop at a number, and 0 wakes nobody.
    public void WakeUpsAreBoundedInAVisitAndCanBeSwitchedOff(int wakeUpsMax)
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Settings.WakeUpsMax = wakeUpsMax;
        Assert.AreEqual(wakeUpsMax, WakeUpsInAnHour(bench));

        // Another visit.
        bench.Inputs.HighMillivolts = 12_000;
        bench.Run(2_000);
        Assert.AreEqual(wakeUpsMax, WakeUpsInAnHour(bench));
    }

    [TestMethod]
    public void AStuckContactorUnderLoadOpensInOrderAndLatches()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.Inputs.CurrentMilliamps[1] = 16_000;
        bench.Run(1_000);
        bench.IsFeedbackOpen = true;
        int raisedMs = 0;
        ChargeState state = bench.Controller.State;
        for (; !state.Has(ChargerFault.Stuck) && raisedMs < 1_000; raisedMs += 10)
        {
            bench.Tick(10);
        }

        // The contact says open, the meter says 16 A:
        // the vehicle is told first, as 16 A are not cut for a doubtful contact.
        Assert.IsTrue(raisedMs <= 60, raisedMs.ToString());
        Assert.IsTrue(state.IsClosed && state.IsStopping);
        Assert.AreEqual(PilotDuty.SteadyHigh, state.DutyHundredths);
        bench.Run(2_000);
        Assert.IsTrue(state.IsClosed);
        bench.Inputs.CurrentMilliamps[1] = 0;
        bench.Inputs.HighMillivolts = 9_000;
        int openMs = bench.MsUntilOpen(1_000);
        Assert.IsTrue(openMs > 0 && openMs <= 100, openMs.ToString());
        bench.IsFeedbackOpen = false;
        bench.Run(300_000);
        Assert.IsTrue(state.Has(ChargerFault.Stuck) && state.NeedsPerson);
    }

    [TestMethod]
    public void AStuckContactorUnderLoadWhoseVehicleGoesOnOpensAfterTheOrderlyStop()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.Inputs.CurrentMilliamps[0] = 16_000;
        bench.Run(1_000);
        bench.IsFeedbackOpen = true;
        int openMs = bench.MsUntilOpen(8_000);
        Assert.IsTrue(openMs > 6_000 && openMs <= 6_100, openMs.ToString());
    }

    [TestMethod]
    public void AStuckContactorWithoutLoadOpensAtOnce()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.IsFeedbackOpen = true;
        int openMs = bench.MsUntilOpen(1_000);
        Assert.IsTrue(openMs > 0 && openMs <= 60, openMs.ToString());
    }

    [TestMethod]
    [DataRow(600_001, 0)]
    [DataRow(-1, 0)]
    [DataRow(230_000, 20_000_001)]
    [DataRow(230_000, -1)]
    // Beyond any mains and any charger, in any phase: the meter lies.
    public void AnImpossibleReadingIsAMeterThatLies(int millivolts, int milliamps)
    {
        for (int phase = 0; phase < ChargeInputs.PhaseCountMax; phase++)
        {
            ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
            bench.Run(100);
            bench.Inputs.VoltageMillivolts[phase] = millivolts;
            bench.Inputs.CurrentMilliamps[phase] = milliamps;
            bench.Run(900);
            Assert.IsFalse(bench.Controller.State.Has(ChargerFault.Meter));
            bench.Run(200);
            Assert.IsTrue(bench.Controller.State.Has(ChargerFault.Meter), "a second");
            bench.Inputs.HighMillivolts = 9_000;
            bench.Run(2_000);
            Assert.IsFalse(bench.Controller.State.IsPwm, "nothing is offered on its word");
        }
    }

    [TestMethod]
    [DataRow(600_000, 0)]
    [DataRow(0, 0)]
    [DataRow(230_000, 20_000_000)]
    public void APossibleReadingIsNone(int millivolts, int milliamps)
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Run(100);
        bench.Inputs.VoltageMillivolts[0] = millivolts;
        bench.Inputs.CurrentMilliamps[0] = milliamps;
        bench.Run(2_000);
        Assert.IsFalse(bench.Controller.State.Has(ChargerFault.Meter));
    }

    // A vehicle that sleeps, and an offer that comes and goes each minute.
    private static int WakeUpsInAnHour(ControllerBench bench)
    {
        bench.Inputs.HighMillivolts = 9_000;
        bench.CountEvents(ChargerEvent.Duty);
        int count = 0;
        bool was = false;
        for (int ms = 0; ms < 3_600_000; ms += 50)
        {
            bench.Inputs.LimitMilliamps = ms / 60_000 % 2 == 0 ? 0 : 16_000;
            bench.Tick(50);
            bool isLow = bench.Controller.DutyHundredths == PilotDuty.SteadyLow;
            count += isLow && !was ? 1 : 0;
            was = isLow;
        }

        return count;
    }
}
