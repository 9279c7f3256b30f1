using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

/// <summary>A vehicle that gives back is judged by its grid profile; what protects the station stays.</summary>
[TestClass]
public class ProfileMainsTests
{
    private const int LongMs = 20_000;

    [TestMethod]
    public void WhatTheProfileRidesThroughOpensNothing()
    {
        ControllerBench bench = Giving();
        bench.Inputs.VoltageMillivolts[0] = 150_000;
        bench.Inputs.VoltageMillivolts[1] = 150_000;
        bench.Inputs.VoltageMillivolts[2] = 150_000;
        bench.Inputs.FrequencyMillihertz = 46_000;
        Assert.AreEqual(-1, bench.MsUntilOpen(LongMs));
        Assert.AreEqual(0, bench.Controller.State.ActiveFaults);
        Assert.AreEqual(16_000, bench.Controller.State.OfferMilliamps, "no weak line: the vehicle gives");
        bench.Inputs.VoltageMillivolts[2] = 280_000;
        Assert.AreEqual(-1, bench.MsUntilOpen(LongMs));
    }

    [TestMethod]
    public void ItsTripOpensInTheSameTickAndEndsAsAFaultOfTheMains()
    {
        int[] faults = { ChargerFault.OverVoltage, ChargerFault.UnderVoltage, ChargerFault.Frequency };
        for (int i = 0; i < faults.Length; i++)
        {
            ControllerBench bench = Giving();
            bench.Inputs.MainsFault = 1 << faults[i];
            bench.Tick(10);
            Assert.IsFalse(bench.Controller.IsClosed);
            Assert.IsTrue(bench.Controller.State.Has(faults[i]));

            // The mains are good for a load: it may charge again after a fault's time.
            bench.Inputs.IsMainsJudgedByProfile = false;
            bench.Inputs.CurrentMilliamps[0] = 0;
            bench.Inputs.HighMillivolts = 9_000;
            bench.Run(4_900);
            Assert.IsTrue(bench.Controller.State.Has(faults[i]));
            bench.Run(200);
            Assert.AreEqual(0, bench.Controller.State.ActiveFaults);
        }
    }

    [TestMethod]
    public void ALoadKeepsItsOwnWindowAndHearsNoVerdict()
    {
        ControllerBench bench = Giving();
        bench.Inputs.IsMainsJudgedByProfile = false;
        bench.Inputs.MainsFault = 1 << ChargerFault.Frequency;
        Assert.AreEqual(-1, bench.MsUntilOpen(2_000));
        bench.Inputs.VoltageMillivolts[1] = 150_000;
        bench.Run(990);
        Assert.AreEqual(0, bench.Controller.State.ActiveFaults);
        bench.Run(20);
        Assert.IsTrue(bench.Controller.State.Has(ChargerFault.UnderVoltage));
    }

    [TestMethod]
    public void ASurgeAndALostPhaseStopItWhateverTheProfileSays()
    {
        ControllerBench bench = Giving();
        bench.Inputs.VoltageMillivolts[1] = 320_000;
        int open = bench.MsUntilOpen(1_000);
        Assert.IsTrue(open > 0 && open <= 120, open.ToString());
        bench = Giving();
        bench.Inputs.VoltageMillivolts[1] = 0;
        bench.Run(230);
        Assert.IsTrue(bench.Controller.State.Has(ChargerFault.PhaseLoss));
        Assert.IsTrue(bench.MsUntilOpen(10_000) > 0);
    }

    [TestMethod]
    public void NoOtherFaultIsAVerdictOfTheMains()
    {
        ControllerBench bench = Giving();
        bench.Inputs.MainsFault = 1 << ChargerFault.Welded | 1 << ChargerFault.Earth;
        Assert.AreEqual(-1, bench.MsUntilOpen(1_000));
        Assert.AreEqual(0, bench.Controller.State.ActiveFaults);
    }

    private static ControllerBench Giving()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.Inputs.CurrentMilliamps[0] = 10_000;
        bench.Run(10_000);
        Assert.IsTrue(bench.Controller.IsClosed);
        bench.Inputs.IsMainsJudgedByProfile = true;
        return bench;
    }
}
