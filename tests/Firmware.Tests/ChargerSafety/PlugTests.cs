using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

/// <summary>What is known of the plug, and what ends with it.</summary>
[TestClass]
public class PlugTests
{
    [TestMethod]
    [DataRow(12_000)]
    [DataRow(0)]
    [DataRow(-12_000)]
    // cases/charging 02: while the pilot says neither plugged nor gone, the vehicle has not left.
    public void AnInterruptedPilotIsNotAPlugThatIsOut(int millivolts)
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        Assert.AreEqual((int)PlugState.Plugged, (int)bench.Controller.State.Plug);
        bench.Inputs.HighMillivolts = millivolts;
        bench.Run(200);
        Assert.AreEqual((int)PlugState.Unknown, (int)bench.Controller.State.Plug);
        bench.Inputs.HighMillivolts = 6_000;
        bench.Run(200);
        Assert.AreEqual((int)PlugState.Plugged, (int)bench.Controller.State.Plug);
    }

    [TestMethod]
    public void APlugIsGoneWhenItWasSeenOutForASecond()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        bench.Charge();
        bench.Inputs.HighMillivolts = 12_000;
        bench.Run(1_000);
        Assert.AreEqual((int)PlugState.Unknown, (int)bench.Controller.State.Plug);
        bench.Run(100);
        Assert.AreEqual((int)PlugState.Gone, (int)bench.Controller.State.Plug);
        bench.Inputs.HighMillivolts = 0;
        bench.Run(100);
        Assert.AreEqual((int)PlugState.Unknown, (int)bench.Controller.State.Plug, "a short says nothing");
    }

    [TestMethod]
    public void NothingIsSaidOfThePlugBeforeThePilotWasSeen()
    {
        ControllerBench bench = new ControllerBench(ChargingStandard.Iec61851);
        Assert.AreEqual((int)PlugState.Unknown, (int)bench.Controller.State.Plug);
        bench.Run(1_100);
        Assert.AreEqual((int)PlugState.Gone, (int)bench.Controller.State.Plug);
    }

    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851)]
    [DataRow((int)ChargingStandard.Gbt18487)]
    // cases/site-and-gbt 05: 8 mA DC leak whenever supplied; the pilot reads 12 V for 70 ms.
    public void AnInterruptedPilotFreesNoLatch(int standard)
    {
        for (int fault = 0; fault < ChargerFault.Count; fault++)
        {
            if ((ChargerFault.LatchedMask & (1 << fault)) == 0)
            {
                continue;
            }

            ControllerBench bench = new ControllerBench((ChargingStandard)standard);
            bench.Charge();
            bench.Controller.State.ActiveFaults |= 1 << fault;
            if (fault == ChargerFault.RcdSelfTest)
            {
                bench.Controller.State.SelfTest = ChargeState.TestFailed;
            }

            bench.Run(10_000);
            for (int millis = 70; millis < 1_000; millis += 300)
            {
                bench.Inputs.HighMillivolts = 12_000;
                bench.Run(millis);
                bench.Inputs.HighMillivolts = 6_000;
                bench.Run(5_000);
                Assert.IsTrue(bench.Controller.State.Has(fault), ChargerFault.NameOf(fault));
                Assert.IsFalse(bench.Controller.IsClosed);
            }

            bench.Inputs.HighMillivolts = 12_000;
            bench.Run(2_200);
            Assert.IsFalse(bench.Controller.State.Has(fault), ChargerFault.NameOf(fault));
        }
    }
}
