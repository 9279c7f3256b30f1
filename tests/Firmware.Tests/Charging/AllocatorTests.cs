using MeterFirmware.Charging;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class AllocatorTests
{
    [TestMethod]
    public void RestBelowSixAmpsIsMadeUsableByTheLeastUrgentDonor()
    {
        Connectors connectors = Plugged(3, 30_000);
        LimitTree tree = Root(65_000, 65_000);
        new Allocator(connectors, tree).AllocateInOrder(Order(3), 3);
        Assert.AreEqual(30_000, connectors.OfferMilliamps[0]);
        Assert.AreEqual(29_000, connectors.OfferMilliamps[1]);
        Assert.AreEqual(6_000, connectors.OfferMilliamps[2]);
    }

    [TestMethod]
    public void RestBelowOneAmpStartsNobody()
    {
        Connectors connectors = Plugged(3, 30_000);
        LimitTree tree = Root(60_900, 60_900);
        new Allocator(connectors, tree).AllocateInOrder(Order(3), 3);
        Assert.AreEqual(30_000, connectors.OfferMilliamps[1]);
        Assert.AreEqual(0, connectors.OfferMilliamps[2]);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(5_000)]
    [DataRow(-7)]
    public void LimitBelowTheMinimumOffersNothing(int limit)
    {
        Connectors connectors = Plugged(2, 30_000);
        LimitTree tree = Root(limit, limit);
        Allocator allocator = new Allocator(connectors, tree);
        allocator.AllocateInOrder(Order(2), 2);
        Assert.AreEqual(0, connectors.OfferMilliamps[0] + connectors.OfferMilliamps[1]);
        allocator.AllocateEvenly(Order(2), 2);
        Assert.AreEqual(0, connectors.OfferMilliamps[0] + connectors.OfferMilliamps[1]);
    }

    [TestMethod]
    public void TreeWithoutALimitYetOffersNothing()
    {
        Connectors connectors = Plugged(1, 30_000);
        new Allocator(connectors, new LimitTree(1)).AllocateInOrder(Order(1), 1);
        Assert.AreEqual(0, connectors.OfferMilliamps[0]);
    }

    [TestMethod]
    public void FeederFuseBindsItsOwnConnectorsOnly()
    {
        Connectors connectors = Plugged(4, 32_000);
        LimitTree tree = Root(200_000, 200_000);
        Assert.IsTrue(tree.TryAdd(0, out int feeder));
        tree.SetLimit(feeder, 40_000, 40_000);
        connectors.Node[0] = (byte)feeder;
        connectors.Node[1] = (byte)feeder;
        new Allocator(connectors, tree).AllocateEvenly(Order(4), 4);
        Assert.AreEqual(20_000, connectors.OfferMilliamps[0]);
        Assert.AreEqual(20_000, connectors.OfferMilliamps[1]);
        Assert.AreEqual(32_000, connectors.OfferMilliamps[2]);
        Assert.AreEqual(32_000, connectors.OfferMilliamps[3]);
    }

    [TestMethod]
    public void BuildingLoadIsTakenOffAndItsExportIsNot()
    {
        Connectors connectors = Plugged(1, 32_000);
        LimitTree tree = Root(40_000, 40_000);
        tree.SetOtherLoad(0, 0, 25_000);
        Allocator allocator = new Allocator(connectors, tree);
        allocator.AllocateEvenly(Order(1), 1);
        Assert.AreEqual(15_000, connectors.OfferMilliamps[0]);
        tree.SetOtherLoad(0, 0, -50_000);
        tree.SetLimit(0, 20_000, 20_000);
        allocator.AllocateEvenly(Order(1), 1);
        Assert.AreEqual(20_000, connectors.OfferMilliamps[0]);
    }

    [TestMethod]
    public void ThreePhaseAndSinglePhaseShareEachPhase()
    {
        Connectors connectors = Plugged(2, 32_000);
        connectors.PhaseMask[0] = 7;
        connectors.PhaseMask[1] = 2;
        LimitTree tree = Root(32_000, 96_000);
        Allocator allocator = new Allocator(connectors, tree);
        allocator.AllocateEvenly(Order(2), 2);
        Assert.AreEqual(16_000, connectors.OfferMilliamps[0]);
        Assert.AreEqual(16_000, connectors.OfferMilliamps[1]);
        Assert.AreEqual(16_000, allocator.PhaseSumOf(0));
        Assert.AreEqual(32_000, allocator.PhaseSumOf(1));
    }

    [TestMethod]
    public void UnbalanceCapHoldsForEveryMixOfPhases()
    {
        Connectors connectors = Plugged(12, 32_000);
        LimitTree tree = Root(120_000, 360_000);
        Allocator allocator = new Allocator(connectors, tree);
        allocator.UnbalanceMilliampsMax = 20_000;
        uint seed = 7;
        for (int round = 0; round < 500; round++)
        {
            for (int i = 0; i < 12; i++)
            {
                seed = seed * 1_664_525 + 1_013_904_223;
                connectors.PhaseMask[i] = (byte)((seed >> 20) % 7 + 1);
                connectors.WantedMilliamps[i] = (int)((seed >> 8) % 33_000);
            }

            if (round % 2 == 0)
            {
                allocator.AllocateEvenly(Order(12), 12);
            }
            else
            {
                allocator.AllocateInOrder(Order(12), 12);
            }

            AssertLawful(connectors, allocator, 120_000, 20_000);
        }
    }

    [TestMethod]
    public void SameInputGivesTheSameOffers()
    {
        Connectors connectors = Plugged(9, 32_000);
        Allocator allocator = new Allocator(connectors, Root(100_000, 100_000));
        allocator.AllocateEvenly(Order(9), 9);
        int first = connectors.OfferMilliamps[8];
        allocator.AllocateEvenly(Order(9), 9);
        Assert.AreEqual(first, connectors.OfferMilliamps[8]);
        Assert.AreEqual(11_111, first);
    }

    private static void AssertLawful(Connectors connectors, Allocator allocator, int phaseLimit, int cap)
    {
        int low = int.MaxValue;
        int high = 0;
        for (int phase = 0; phase < 3; phase++)
        {
            int sum = 0;
            for (int i = 0; i < connectors.Count; i++)
            {
                int offer = connectors.OfferMilliamps[i];
                Assert.IsTrue(offer == 0 || offer >= 6000, "offer between 0 and 6 A");
                sum += (connectors.PhaseMask[i] & (1 << phase)) != 0 ? offer : 0;
            }

            Assert.AreEqual(sum, allocator.PhaseSumOf(phase));
            Assert.IsTrue(sum <= phaseLimit, "phase over its limit");
            low = sum < low ? sum : low;
            high = sum > high ? sum : high;
        }

        Assert.IsTrue(high - low <= cap, "phases differ by more than the cap");
    }

    private static Connectors Plugged(int count, int milliamps)
    {
        Connectors connectors = new Connectors(count);
        for (int i = 0; i < count; i++)
        {
            connectors.PlugIn(i, milliamps, 1_000_000, 100);
            connectors.WantedMilliamps[i] = milliamps;
        }

        return connectors;
    }

    private static LimitTree Root(int phaseMilliamps, int sumMilliamps)
    {
        LimitTree tree = new LimitTree(4);
        tree.SetLimit(0, phaseMilliamps, sumMilliamps);
        return tree;
    }

    private static byte[] Order(int count)
    {
        byte[] order = new byte[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = (byte)i;
        }

        return order;
    }
}
