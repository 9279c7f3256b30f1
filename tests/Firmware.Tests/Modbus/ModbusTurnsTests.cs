using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Modbus;

/// <summary>Several units polled on one line.</summary>
[TestClass]
public class ModbusTurnsTests
{
    [TestMethod]
    public void BothUnitsAreReadAndNeitherTakesTheOthersAnswer()
    {
        TurnsBench bench = new TurnsBench();
        bench.Run(60_000);
        for (int i = 0; i < TurnsBench.Units; i++)
        {
            Assert.AreEqual((700 + i) * 1_000, bench.Milliwatts[i]);
            Assert.AreEqual(0, bench.Sensors[i].Faults);
            Assert.IsTrue(bench.Sensors[i].RoundCount > 60, bench.Sensors[i].RoundCount.ToString());
            Assert.IsTrue(bench.LongestMs[i] < 1_000, bench.LongestMs[i].ToString());
        }
    }

    // A charger's own meter may be silent for 5 s (EnergyMeterPair.SilentMsMax).
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public void ADeadUnitTakesNoMoreThanAFifthOfTheLine(int dead)
    {
        TurnsBench bench = new TurnsBench();
        bench.Run(5_000);
        bench.IsSilent[dead] = true;
        int other = 1 - dead;
        bench.LongestMs[other] = 0;
        long rounds = bench.Sensors[other].RoundCount;
        bench.Run(60_000);
        Assert.IsTrue(bench.LongestMs[other] < 4_000, bench.LongestMs[other].ToString());
        Assert.IsTrue(bench.Sensors[other].RoundCount - rounds > 60, bench.Sensors[other].RoundCount.ToString());
        Assert.AreEqual(SensorFault.Missing, bench.Sensors[dead].Faults & SensorFault.Missing);
        Assert.AreEqual(0, bench.Sensors[other].Faults);

        // It comes back within its rest, and is read as often as before.
        bench.IsSilent[dead] = false;
        bench.Run(15_000);
        Assert.AreEqual(0, bench.Sensors[dead].Faults);
        Assert.AreEqual((700 + dead) * 1_000, bench.Milliwatts[dead]);
        bench.LongestMs[dead] = 0;
        bench.Run(10_000);
        Assert.IsTrue(bench.LongestMs[dead] < 1_000, bench.LongestMs[dead].ToString());
    }

    [TestMethod]
    public void BothDeadAreAskedForeverAndComeBack()
    {
        TurnsBench bench = new TurnsBench();
        bench.IsSilent[0] = true;
        bench.IsSilent[1] = true;
        bench.Run(120_000);
        Assert.AreEqual(0, (int)(bench.Sensors[0].RoundCount + bench.Sensors[1].RoundCount));
        bench.IsSilent[0] = false;
        bench.IsSilent[1] = false;
        bench.Run(20_000);
        Assert.AreEqual(700_000, bench.Milliwatts[0]);
        Assert.AreEqual(701_000, bench.Milliwatts[1]);
    }

    [TestMethod]
    public void AUserThatIsNoLongerAskedKeepsTheLineFromNobody()
    {
        TurnsBench bench = new TurnsBench();
        bench.Run(5_000);
        bench.IsAsked[0] = false;
        bench.LongestMs[1] = 0;
        bench.Run(30_000);
        Assert.IsTrue(bench.LongestMs[1] < 2_000, bench.LongestMs[1].ToString());
    }
}
