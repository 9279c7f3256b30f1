using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

[TestClass]
public class ChargeControllerTests
{
    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851, "A", "B", "C")]
    [DataRow((int)ChargingStandard.Gbt18487, "1", "2p", "3p")]
    public void AVehicleIsOfferedCurrentAndGetsIt(int standard, string idle, string offered, string charging)
    {
        ControllerBench bench = new ControllerBench((ChargingStandard)standard);
        bench.Run(100);
        Assert.AreEqual(idle, bench.Controller.StateName);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(500);
        Assert.AreEqual(offered, bench.Controller.StateName);
        Assert.AreEqual(2_667, bench.Controller.DutyHundredths);
        Assert.IsFalse(bench.Controller.IsClosed);
        bench.Inputs.HighMillivolts = 6_000;
        bench.Run(1_000);
        Assert.AreEqual(charging, bench.Controller.StateName);
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851)]
    [DataRow((int)ChargingStandard.Gbt18487)]
    public void OpeningS2UnderLoadOpensWithin100Ms(int standard)
    {
        ControllerBench bench = new ControllerBench((ChargingStandard)standard);
        bench.Charge();
        bench.Inputs.HighMillivolts = 9_000;
        int opened = bench.MsUntilOpen(200);
        Assert.IsTrue(opened > 0 && opened <= 100, opened.ToString());
    }

    [TestMethod]
    // A pilot that wanders through other levels on its way must not gain time.
    public void AWanderingPilotOpensWithin100Ms()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        int[] levels = { 9_000, 12_000, 0, 9_000, 12_000, 0, 9_000, 12_000, 0, 9_000 };
        int ticks = 0;
        while (bench.Controller.IsClosed && ticks < levels.Length)
        {
            bench.Inputs.HighMillivolts = levels[ticks];
            bench.Tick(10);
            ticks++;
        }

        Assert.IsFalse(bench.Controller.IsClosed);
    }

    [TestMethod]
    // Noise of ±0.5 V with 5 % of outliers over ten minutes, and PWM that jitters: charging goes on.
    public void NoiseWithOutliersNeitherStopsNorChatters()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        uint random = 12_345;
        int closed = 0;
        for (int tick = 0; tick < 60_000; tick++)
        {
            random = random * 1_664_525 + 1_013_904_223;
            int noise = (int)(random >> 16) % 1_001 - 500;
            bool isOutlier = (random >> 8) % 20 == 0;
            bench.Inputs.HighMillivolts = isOutlier ? (int)(random >> 12) % 14_000 - 1_000 : 6_000 + noise;
            bench.Inputs.LowMillivolts = isOutlier ? -(int)(random >> 12) % 12_000 : -12_000 + noise;
            bench.Tick(10);
            closed += bench.Controller.IsClosed ? 1 : 0;
        }

        Assert.AreEqual(60_000, closed);
    }

    [TestMethod]
    [DataRow(20, false)]
    [DataRow(60, false)]
    [DataRow(61, true)]
    [DataRow(100, true)]
    [DataRow(30_000, true)]
    // Period 10 ms: a tick 50 ms late comes 60 ms after the one before.
    public void ATickMoreThan50MsLateWhileClosedIsAFault(int gapMs, bool isFault)
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.Tick(gapMs);
        Assert.AreEqual(isFault, bench.Controller.State.Has(ChargerFault.LoopStall));
        Assert.AreEqual(!isFault, bench.Controller.IsClosed);
    }

    [TestMethod]
    public void AFailedSelfTestBlocksTheOfferUntilUnplugged()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Run(100);
        bench.Inputs.HighMillivolts = 9_000;
        for (int i = 0; i < 200; i++)
        {
            // The monitor never answers.
            bench.NowMs += 10;
            bench.Inputs.DcTripped = false;
            bench.Controller.Tick(bench.Inputs, bench.NowMs);
        }

        Assert.IsTrue(bench.Controller.State.Has(ChargerFault.RcdSelfTest));
        Assert.AreEqual(PilotDuty.SteadyHigh, bench.Controller.DutyHundredths);
        bench.Inputs.HighMillivolts = 12_000;
        bench.Run(2_000);
        Assert.IsFalse(bench.Controller.State.Has(ChargerFault.RcdSelfTest));
        bench.Charge();
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    public void ASelfTestOlderThanADayPausesTheChargeAndIsRepeated()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Settings.SelfTestPeriodMs = 60_000;
        bench.Charge();
        bench.Run(58_000);
        Assert.IsTrue(bench.Controller.IsClosed);
        bench.Run(2_000);
        Assert.IsTrue(bench.Controller.State.IsStopping, "an orderly stop, not a trip");
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(8_000);
        bench.Inputs.HighMillivolts = 6_000;
        bench.Run(3_000);
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    public void ACurrentBeyondTheBreakingCapacityIsLeftToTheFuse()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.Inputs.CurrentMilliamps[0] = 2_000_000;
        Assert.AreEqual(-1, bench.MsUntilOpen(500));
        Assert.IsTrue(bench.Controller.State.Has(ChargerFault.HardOverCurrent));
        bench.Inputs.CurrentMilliamps[0] = 0;
        Assert.AreEqual(10, bench.MsUntilOpen(500), "the fuse has cleared it");
    }

    [TestMethod]
    public void GbtWakeRequestIsHeardWhileNothingIsOffered()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Gbt18487);
        bench.Inputs.LimitMilliamps = 0;
        bench.Run(100);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(500);
        bench.Inputs.HighMillivolts = 6_000;
        bench.Run(1_000);
        bench.Inputs.HighMillivolts = 9_000;
        bench.Run(500);
        int requests = 0;
        for (; bench.Events.Count > 0; bench.Events.RemoveFirst())
        {
            requests += bench.Events.FirstKind == ChargerEvent.WakeRequest ? 1 : 0;
        }

        Assert.AreEqual(1, requests);
    }

    [TestMethod]
    public void DigitalCommunicationOffersFivePercent()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Settings.OffersDigitalCommunication = true;
        bench.Charge();
        Assert.AreEqual(PilotDuty.DigitalCommunication, bench.Controller.DutyHundredths);
        Assert.IsTrue(bench.Controller.IsClosed);
    }

    [TestMethod]
    public void ARetryAfterResidualCurrentHappensOnlyWhenCommissioned()
    {
        ControllerBench latched = new ControllerBench(ChargingStandard.Iec61851);
        ControllerBench retrying = new ControllerBench(ChargingStandard.Iec61851);
        retrying.Settings.RcdRetryMs = 10_000;
        Trip(latched);
        Trip(retrying);
        Assert.IsFalse(latched.Controller.IsClosed);
        Assert.IsTrue(retrying.Controller.IsClosed);
    }

    private static void Trip(ControllerBench bench)
    {
        bench.Charge();
        bench.Inputs.AcTripped = true;
        bench.Tick(10);
        Assert.IsFalse(bench.Controller.IsClosed, "in the same tick");
        bench.Inputs.AcTripped = false;
        bench.Run(20_000);
    }
}
