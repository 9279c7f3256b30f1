using System;
using System.Collections.Generic;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Charging;
using MeterFirmware.EvCharger;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Charging;

/// <summary>Two whole chargers led by a whole site controller.</summary>
[TestClass]
public class SiteWithChargersTests
{
    private const int StepMs = 100;
    private static readonly long _start = new DateTimeOffset(2026, 3, 2, 23, 30, 0, TimeSpan.FromHours(8))
        .ToUnixTimeSeconds();

    private readonly SimulatedCharger[] _chargers = new SimulatedCharger[2];
    private readonly PlannedCharging[] _plans = new PlannedCharging[2];
    private SiteProduct _site = null!;
    private bool _leads = true;
    private long _nowMs;

    [TestMethod]
    public void TheLeaderPlansWithWhatTheDriverToldAndTheDriverReadsItsPlan()
    {
        Build();
        Run(30);
        Assert.IsTrue(_plans[0].TrySetTarget(5_000, _start + 25_800));
        Assert.IsTrue(_plans[1].TrySetTarget(5_000, _start + 25_800));
        Run(60);
        Assert.AreEqual("waiting for 00:00, price 0.7500; ready 06:40 at the latest", Told(0));
        Assert.AreEqual(0, _chargers[0].Product.Controller.State.OfferMilliamps);
        Assert.IsTrue(_plans[0].IsLed);
        _plans[1].Boost(true);
        Run(30);
        StringAssert.StartsWith(Told(1), "boost, ");
        Assert.AreEqual(ConnectorStatus.Charging, _chargers[1].Product.Status);
        Assert.AreEqual("waiting for 00:00, price 0.7500; ready 06:40 at the latest", Told(0));
        Run(600);
        int delivered = _site.Site.Leader.Wishes.DeliveredWattHours[1];
        Assert.AreEqual(_chargers[1].Vehicle.DrawnWattHours, delivered, 50, "the leader knows what has been delivered");
        Assert.AreEqual(5_000, delivered + _site.Site.Leader.Wishes.WattHours[1], 5, "and the target");
    }

    [TestMethod]
    public void WithoutTheLeaderTheChargersOwnPlanHoldsBelowTheSafeCurrent()
    {
        Build();
        Run(30);
        Assert.IsTrue(_plans[0].TrySetTarget(5_000, _start + 25_800));
        Run(60);
        _leads = false;

        // A contactor that has just closed stays on 6 A for the least on-time, 5 min.
        Run(330);
        Assert.IsFalse(_plans[0].IsLed);
        Assert.AreEqual(0, _chargers[0].Product.Controller.State.OfferMilliamps, "it waits for midnight by itself");
        Run(31 * 60);
        Assert.AreEqual(6_000, _chargers[0].Product.Controller.State.OfferMilliamps);
        _leads = true;
        Run(60);
        Assert.IsTrue(_chargers[0].Product.Controller.State.OfferMilliamps > 6_000, "led again");
    }

    private void Build()
    {
        TariffTable tariff = PlannedChargerTests.Tariff();
        Hub hub = new();
        byte[] text = Encoding.UTF8.GetBytes(
            "line COM2\nkey none\nphases 3\nlimit 40000\nmember 0 safe 6000 phases 123\nmember 1 safe 6000 phases 123");
        Assert.IsTrue(SiteSettings.TryParse(text, text.Length, out SiteSettings settings, out string error), error);
        _site = new SiteProduct(settings, hub.Port(), SiteSeal.Plain(900), new LocalClock(this), tariff, null, null);
        for (int i = 0; i < 2; i++)
        {
            _plans[i] = PlannedCharging.Create(tariff, "evc-" + i, 3, 230, 300, 0);
            _chargers[i] = new SimulatedCharger(new SimulatedChargerParts
            {
                Tariff = tariff,
                StartUtcSeconds = _start,
                Plan = _plans[i],
                Site = new SiteMember(hub.Port(), i, 100 + i, 6_000),
            })
            {
                Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 40_000 }),
            };
            _chargers[i].Vehicle.PlugIn();
        }
    }

    private void Run(int seconds)
    {
        for (int i = 0; i < seconds * 1000 / StepMs; i++)
        {
            _nowMs += StepMs;
            for (int tick = 0; tick < 5 && _leads; tick++)
            {
                _site.Tick(_nowMs - StepMs + 20 * (tick + 1));
            }

            foreach (SimulatedCharger charger in _chargers)
            {
                charger.Run(StepMs);
            }
        }
    }

    private string Told(int charger)
    {
        ByteTextWriter text = new(PlanText.BytesMax);
        SitePlace site = _chargers[charger].Product.Limits.Site;
        Assert.IsTrue(site.IsPlanned);
        site.Write(text, _start + _nowMs / 1000, 8 * 3600);
        Assert.IsFalse(text.Overflowed);
        return Encoding.UTF8.GetString(text.Bytes, 0, text.Length);
    }

    private sealed class LocalClock(SiteWithChargersTests test) : Hardware.IClock
    {
        public bool TryReadUtc(out long utcSeconds, out int milliseconds)
        {
            utcSeconds = _start + test._nowMs / 1000;
            milliseconds = 0;
            return true;
        }

        public void SetUtc(long utcSeconds, int milliseconds) => throw new NotSupportedException();
    }

    /// <summary>Everybody hears every frame at once.</summary>
    private sealed class Hub
    {
        private readonly List<Queue<byte[]>> _queues = [];

        public ISiteBus Port()
        {
            _queues.Add(new Queue<byte[]>());
            return new End(this, _queues[^1]);
        }

        private sealed class End(Hub hub, Queue<byte[]> mine) : ISiteBus
        {
            public void Tick(long nowMs)
            {
            }

            public bool TrySend(byte[] frame, int length)
            {
                foreach (Queue<byte[]> queue in hub._queues)
                {
                    if (queue != mine)
                    {
                        queue.Enqueue(frame[..length]);
                    }
                }

                return true;
            }

            public bool TryReceive(byte[] frame, out int length)
            {
                length = SiteFrame.Length;
                if (mine.Count == 0)
                {
                    return false;
                }

                mine.Dequeue().CopyTo(frame, 0);
                return true;
            }
        }
    }
}
