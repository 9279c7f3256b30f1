using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.SiteBus;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>Single-phase stations spread over three phases, led by the whole product under an unbalance cap.</summary>
[TestClass]
public class SiteUnbalanceTests
{
    private const int CapMilliamps = 20_000;
    private const long Evening = 1_772_458_800L;

    // A vehicle follows a new offer within 5 s (here at once); a report and a grant take a second each, learning that a
    // vehicle takes less takes 6 s.
    private const int AnswerMs = 9_000;

    [TestMethod]
    public void OffersKeepTheCapAtEveryStepAndAVehicleThatStopsIsFollowed()
    {
        SiteBench bench = Site();

        // A vehicle that takes up to 1.5 A less than it is offered is left alone: three on a phase.
        bench.UnbalanceTolerance = 4_500;
        bench.Run(30);
        bench.Forget();
        int used = 0;
        for (int minute = 0; minute < 20; minute++)
        {
            int who = bench.Broker.Next(9);
            bench.Takes[who] = bench.Takes[who] == 0 ? 32_000 : bench.Broker.Next(3) == 0 ? 0
                : 10_000 + bench.Broker.Next(22_000);
            for (int second = 0; second < 60; second++)
            {
                bench.Run(1);
                Assert.IsTrue(UnbalanceOfOffers(bench) <= CapMilliamps,
                    "minute " + minute + ": offers differ by " + UnbalanceOfOffers(bench));
                used += bench.SumOfLimits() / 1000;
            }
        }

        Assert.IsTrue(bench.UnbalanceMsMax <= AnswerMs, "beyond the cap for " + bench.UnbalanceMsMax + " ms");
        Assert.IsTrue(used / 1200 > 60, "the site is in use, not " + used / 1200 + " A");
    }

    [TestMethod]
    public void ACompanionChargesWhereOthersWouldBeHeldBack()
    {
        // All are late on L1 and L2; the one on L3 would rather wait for 22:00. Alone L1 and L2 get 20 A each under the
        // cap.
        SiteBench bench = Site();
        for (int i = 0; i < 9; i++)
        {
            bench.Takes[i] = i < 3 ? 32_000 : 0;
            bench.Members[i].WantedWattHours = i == 2 ? 5_000 : 20_000;
            bench.Members[i].DepartureSeconds = i == 2 ? 8 * 3600 : 0;
        }

        bench.Run(120);
        Assert.AreEqual(32_000, bench.Members[0].LimitMilliamps);
        Assert.AreEqual(32_000, bench.Members[1].LimitMilliamps);
        Assert.IsTrue(bench.Members[2].LimitMilliamps >= 12_000,
            "it balances, with " + bench.Members[2].LimitMilliamps);
        Assert.IsTrue(UnbalanceOfOffers(bench) <= CapMilliamps);
    }

    private static SiteBench Site()
    {
        string text = "phases 3\nlimit 63000\nunbalance " + CapMilliamps.ToString();
        for (int i = 0; i < 9; i++)
        {
            text += "\nmember " + i.ToString() + " safe 6000 phases " + (i % 3 + 1).ToString();
        }

        SiteBench bench = new SiteBench(text, false, 21, TableBytes.Shanghai().Load());
        bench.Clock.UtcMs = Evening * 1000;
        for (int i = 0; i < 9; i++)
        {
            bench.Members[i].WantedWattHours = 20_000;
            bench.Members[i].DepartureSeconds = 3_600 * (i + 1);
            bench.Members[i].State = SiteMemberState.Plugged;
        }

        return bench;
    }

    private static int UnbalanceOfOffers(SiteBench bench)
    {
        int[] phases = new int[3];
        for (int i = 0; i < 9; i++)
        {
            phases[i % 3] += bench.Sites[0].Site.Connectors.OfferMilliamps[i];
        }

        int low = phases[0] < phases[1] ? phases[0] : phases[1];
        int high = phases[0] > phases[1] ? phases[0] : phases[1];
        return (high > phases[2] ? high : phases[2]) - (low < phases[2] ? low : phases[2]);
    }
}
