using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Telemetry;

[TestClass]
public class LinkSupervisorTests
{
    [TestMethod]
    public void TheRetainedBirthAndTheWillShareOneTopic()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Link.State = MqttLinkState.Closed;
        bench.Run(5_000);
        Assert.AreEqual("mf/v1/m1/status", bench.Link.WillTopic);
        Assert.AreEqual("{\"device\":\"m1\",\"online\":false}", bench.Link.Will);
        Assert.Contains("\"online\":true", bench.Link.LastOn("mf/v1/m1/status"));
        Assert.IsTrue(bench.Link.LastWasRetained);
        Assert.AreEqual(8, bench.Link.Subscribed.Count, "four topics on each of two connections");
    }

    [TestMethod]
    public void TheBackoffDoublesWithJitterUpToItsCeiling()
    {
        Bench bench = new Bench();
        bench.Settings.BackoffMs = 1_000;
        bench.Settings.BackoffMsMax = 8_000;
        FakeLink link = new FakeLink { AfterOpen = MqttLinkState.Closed };
        LinkSupervisor supervisor = Make(bench.Settings, link);
        long lastMs = 0;
        int[] ceilings = { 1_000, 2_000, 4_000, 8_000, 8_000, 8_000 };
        int attempt = 0;
        for (long now = 0; attempt < ceilings.Length; now += 10)
        {
            int opens = link.Opens;
            supervisor.Tick(now);
            if (link.Opens == opens)
            {
                continue;
            }

            if (attempt > 0)
            {
                long waited = now - lastMs;
                Assert.IsTrue(waited >= ceilings[attempt - 1] / 2 && waited <= ceilings[attempt - 1] + 30,
                    "attempt " + attempt.ToString() + " after " + waited.ToString() + " ms");
            }

            lastMs = now;
            attempt++;
        }
    }

    [TestMethod]
    public void AConnectionThatBreaksAtOnceDoesNotResetTheBackoff()
    {
        // Two clients of one name take the session from each other.
        Bench bench = new Bench();
        FakeLink link = new FakeLink();
        LinkSupervisor supervisor = Make(bench.Settings, link);
        for (long now = 0; now < 600_000; now += 100)
        {
            if (supervisor.Tick(now))
            {
                link.State = MqttLinkState.Closed;
            }
        }

        Assert.IsTrue(link.Opens < 14, link.Opens.ToString() + " connections in 10 minutes");
    }

    [TestMethod]
    public void AConnectThatHangsIsGivenUp()
    {
        Bench bench = new Bench();
        FakeLink link = new FakeLink { AfterOpen = MqttLinkState.Connecting };
        LinkSupervisor supervisor = Make(bench.Settings, link);
        for (long now = 0; now < 70_000; now += 100)
        {
            supervisor.Tick(now);
        }

        Assert.AreEqual(2, link.Opens);
    }

    [TestMethod]
    public void ALinkThatTakesNothingIsGivenUp()
    {
        Bench bench = new Bench();
        FakeLink link = new FakeLink { Room = 0 };
        LinkSupervisor supervisor = Make(bench.Settings, link);
        for (long now = 0; now < 40_000; now += 100)
        {
            Assert.IsFalse(supervisor.Tick(now));
        }

        Assert.AreEqual(2, link.Opens);
    }

    [TestMethod]
    public void WhereNobodyAcknowledgesTheLinkIsMadeAnewLaterAndLater()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Append(1);
        bench.Run(59_000);
        Assert.AreEqual(1, bench.Link.Opens);
        bench.Run(5_000);
        Assert.AreEqual(2, bench.Link.Opens, "after 60 s");
        bench.Run(115_000);
        Assert.AreEqual(2, bench.Link.Opens, "120 s have not passed");
        bench.Run(10_000);
        Assert.AreEqual(3, bench.Link.Opens, "after 120 s");
        Assert.AreEqual(2L, bench.Agent.Counters.DeadPeers);
        bench.Acknowledge(1);
        bench.Run(600_000);
        Assert.AreEqual(3, bench.Link.Opens, "nothing outstanding: silence is no fault");
    }

    [TestMethod]
    public void TenThousandReturningDevicesSpreadOverTheirBound()
    {
        int[] perSecond = new int[31];
        Bench bench = new Bench();
        bench.Settings.SpreadMs = 30_000;
        for (int i = 0; i < 10_000; i++)
        {
            bench.Settings.Device = "meter-" + i.ToString();
            FakeLink link = new FakeLink();
            LinkSupervisor supervisor = Make(bench.Settings, link);
            supervisor.Tick(0);
            supervisor.Tick(30_000);
            supervisor.Tick(30_000);
            supervisor.Tick(30_000);
            Assert.AreEqual(LinkState.Online, supervisor.State);

            // The broker dies an hour later, for all at once.
            link.State = MqttLinkState.Closed;
            supervisor.Tick(3_600_000);
            Assert.AreEqual(LinkState.Waiting, supervisor.State);
            long waitMs = supervisor.NextAttemptMs - 3_600_000;
            Assert.IsTrue(waitMs >= 0 && waitMs <= 30_000);
            perSecond[(int)(waitMs / 1000)]++;
        }

        for (int i = 0; i < 30; i++)
        {
            Assert.IsTrue(perSecond[i] > 250 && perSecond[i] < 420,
                perSecond[i].ToString() + " in second " + i.ToString());
        }
    }

    private static LinkSupervisor Make(TelemetrySettings options, FakeLink link) => new LinkSupervisor(
        link, new Introduction(), options, new TelemetryCounters(), "mf/v1/m1/status", new byte[2]);

    private sealed class Introduction : ILinkIntroduction
    {
        private readonly byte[] _payload = new byte[1];

        public bool TryIntroduce(IMqttLink link, bool isFirst) => link.TryPublish("mf/v1/m1/status", _payload, 1, true);
    }
}
