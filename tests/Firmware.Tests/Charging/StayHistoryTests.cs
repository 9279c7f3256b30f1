using MeterFirmware.Charging;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class StayHistoryTests
{
    [TestMethod]
    public void ExpectsTheUsualAfterTwoSessions()
    {
        StayHistory history = new StayHistory(4);
        uint key = StayHistory.KeyOf("anna");
        Assert.IsFalse(history.TryExpect(key, out int energy, out int stay));
        history.Learn(key, 1000, 100);
        Assert.IsFalse(history.TryExpect(key, out energy, out stay));
        history.Learn(key, 1000, 100);
        Assert.IsTrue(history.TryExpect(key, out energy, out stay));
        Assert.AreEqual(1000, energy);
        Assert.AreEqual(100, stay);
    }

    [TestMethod]
    public void ExpectsMoreEnergyAndLessTimeOfUnsteadyDrivers()
    {
        StayHistory history = new StayHistory(4);
        for (int i = 0; i < 8; i++)
        {
            history.Learn(5, i % 2 == 0 ? 500 : 1500, i % 2 == 0 ? 60 : 140);
        }

        Assert.IsTrue(history.TryExpect(5, out int energy, out int stay));
        Assert.IsTrue(energy > 1200 && energy < 1700, "energy " + energy);
        Assert.IsTrue(stay > 10 && stay < 60, "stay " + stay);
    }

    [TestMethod]
    public void FullTableForgetsTheLongestUnused()
    {
        StayHistory history = new StayHistory(2);
        for (int i = 0; i < 2; i++)
        {
            history.Learn(1, 100, 10);
            history.Learn(2, 200, 20);
        }

        history.Learn(1, 100, 10);
        history.Learn(3, 300, 30);
        Assert.IsTrue(history.TryExpect(1, out int energy, out int stay));
        Assert.IsFalse(history.TryExpect(2, out energy, out stay));
    }

    [TestMethod]
    public void DelaysSpreadEvenlyAndStayWithinTheSlack()
    {
        int[] quarters = new int[4];
        for (uint device = 0; device < 1000; device++)
        {
            StartSpreader spreader = new StartSpreader(device, 3600);
            int delay = spreader.DelaySeconds(20_000, 100_000);
            Assert.IsTrue(delay >= 0 && delay < 3600);
            quarters[delay / 900]++;
            Assert.IsTrue(spreader.DelaySeconds(20_000, 60) < 60);
            Assert.AreEqual(0, spreader.DelaySeconds(20_000, -5));
        }

        for (int i = 0; i < 4; i++)
        {
            Assert.IsTrue(quarters[i] > 200 && quarters[i] < 300, "quarter " + i + ": " + quarters[i]);
        }
    }

    [TestMethod]
    public void AStayOverAClockThatWasSetBackTeachesNothing()
    {
        StayHistory history = new StayHistory(4);
        uint key = StayHistory.KeyOf("anna");
        history.Learn(key, 1000, 40);
        history.Learn(key, 1000, -500);
        Assert.IsFalse(history.TryExpect(key, out int _, out int _), "one session is known, not two");
        history.Learn(key, 1000, 40);
        Assert.IsTrue(history.TryExpect(key, out int _, out int stay));
        Assert.AreEqual(40, stay);
    }

    [TestMethod]
    public void ADepartureInThePastIsLearntAsNow()
    {
        ArrivalProfile arrivals = new ArrivalProfile(288);
        arrivals.SetDay(0, false);
        arrivals.Add(100, 50_000, -1000);
        arrivals.SetDay(1, false);
        Assert.AreEqual(1000, arrivals.CountMilliOf(false, 16));
        Assert.AreEqual(100, arrivals.EndSlotOf(false, 16));
    }
}
