using System;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.Firmware.Tests.Charging;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Charging;

/// <summary>Nothing is allocated after construction: on the device every object would bring the collector
/// nearer.</summary>
[TestClass]
public class ChargingAllocationTests
{
    [TestMethod]
    public void TwoDaysOfPlanningSharingAndComposingAllocateNothing()
    {
        Connectors connectors = new(64);
        PriceHorizon prices = new(288);
        ArrivalProfile arrivals = new(288);
        ChargePlanner planner = new(connectors, prices, arrivals);
        LimitTree tree = new(4);
        tree.SetLimit(0, 300_000, 300_000);
        Allocator allocator = new(connectors, tree) { UnbalanceMilliampsMax = 60_000 };
        SharingController sharing = new(connectors, allocator);
        ProfileComposer composer = new(4, 230_000);
        CompositeSchedule schedule = new(16);
        Assert.IsTrue(composer.TryPlace(1, ProfilePurpose.StationMax, 0, out ChargingProfile profile));
        profile.Kind = ProfileKind.Daily;
        profile.IsUsed = true;
        Assert.IsTrue(profile.TryAddPeriod(0, 16_000, 3));
        byte[] saved = new byte[ProfileCodec.BytesMax(composer)];
        planner.SetCapacity(300_000, [300_000, 300_000, 300_000], 1, 32_000);
        planner.UnbalanceMilliampsMax = 60_000;
        void Day(int from, int to)
        {
            for (int s = from; s < to; s++)
            {
                arrivals.SetDay(s / 288, false);
                arrivals.Add(s % 288, 100_000, 40);
                prices.Set(s + 287, s % 100 * 10_000);
                connectors.PhaseMask[s % 64] = (byte)(s % 7 + 1);
                connectors.PlugIn(s % 64, 32_000, 700_000, s + 60);
                planner.Begin(s, s % 288, false, false);
                while (!planner.Step(20))
                {
                }

                allocator.AllocateInOrder(planner.Order, planner.OrderCount, planner.CompanionEnd);
                sharing.Tick(s * 1000L, null, 0, 0);
                sharing.Tick(s * 1000L + 500, planner.Order, planner.OrderCount, planner.CompanionEnd);
                composer.TryCompose(s * 300L, 86_400, schedule);
                ProfileCodec.Save(composer, saved);
            }
        }

        Day(0, 10);
        int slot = 10;
        Allocation.AssertNone(() => Day(slot, slot += 576));
    }

    [TestMethod]
    public void LeaderAndMemberAllocateNothing()
    {
        Loop bus = new();
        Connectors connectors = new(1);
        LimitTree tree = new(1);
        tree.SetLimit(0, 32_000, 32_000);
        SiteLeader leader = new(bus.Leader, connectors, tree, new Allocator(connectors, tree), 0, [6_000]);
        SiteMember member = new(bus.Member, 0, 5, 6_000) { WantedMilliamps = 32_000 };
        void Run(long from, long to)
        {
            for (long now = from; now < to; now += 100)
            {
                leader.Tick(now);
                member.MeasuredMilliamps = member.LimitMilliamps;
                member.Tick(now);
            }
        }

        Run(0, 60_000);
        Assert.AreEqual(32_000, member.LimitMilliamps);
        long now = 60_000;
        Allocation.AssertNone(() => Run(now, now += 540_000));
    }

    [TestMethod]
    public void AWholeSiteWithAMeterAtItsMainsAllocatesNothing()
    {
        string text = "line COM2\nkey none\nphases 3\nlimit 640000\nunbalance 60000\nmeter mains reserve 40000";
        for (int i = 0; i < 64; i++)
        {
            text += $"\nmember {i} safe 6000 phases 123";
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.IsTrue(SiteSettings.TryParse(bytes, bytes.Length, out SiteSettings settings, out string error), error);
        Loop bus = new();
        SiteMeter meter = new();
        CompleteSite site = new(new CompleteSiteParts
        {
            Settings = settings,
            Bus = bus.Leader,
            Seal = SiteSeal.Plain(1),
            Clock = new SimulatedClock(1_790_820_000),
            Meter = meter,
            Link = new DisconnectedLink(),
            Flash = new RamBlockStore(SiteFlashPlan.BlockCount, 8_192),
        });
        SiteMember member = new(bus.Member, 0, 5, 6_000) { WantedMilliamps = 32_000 };
        void Run(long from, long to)
        {
            for (long now = from; now < to; now += 100)
            {
                // Above the limit for a time, with members that the mains do not show.
                meter.BuildingMilliamps = now % 300_000 < 150_000 ? 660_000 : 0;
                site.Tick(now);
                member.MeasuredMilliamps = member.LimitMilliamps;
                member.Tick(now);
            }
        }

        Run(0, 60_000);
        long now = 60_000;

        // Two intervals end, and events, records and states are written.
        Allocation.AssertNone(() => Run(now, now += 2_000_000));
        Assert.AreNotEqual(0, site.Product.Events.Count);
        Assert.IsGreaterThan(4L, site.Journal.NextNumber);
    }

    [TestMethod]
    public void SealedFramesOnALineAllocateNothing()
    {
        byte[] key = new byte[SiteSeal.KeyBytes];
        Wire toLeader = new();
        Wire toMember = new();
        SerialSiteBus leaderBus =
            SerialSiteBus.ForLeader(new Line(toLeader, toMember), 1, SiteSeal.ForLeader(key, 9, 2, 1));
        SerialSiteBus memberBus =
            SerialSiteBus.ForMember(new Line(toMember, toLeader), 0, SiteSeal.ForMember(key, 5, 4));
        Connectors connectors = new(1);
        LimitTree tree = new(1);
        tree.SetLimit(0, 32_000, 32_000);
        SiteLeader leader = new(leaderBus, connectors, tree, new Allocator(connectors, tree), 0,
            [6_000])
        { Seal = SiteSeal.ForLeader(key, 9, 2, 1) };
        SiteMember member = new(memberBus, 0, 5, 6_000, 4) { WantedMilliamps = 32_000 };
        void Run(long from, long to)
        {
            for (long now = from; now < to; now += 10)
            {
                leader.Tick(now);
                leaderBus.Tick(now);
                member.MeasuredMilliamps = member.LimitMilliamps;
                member.Tick(now);
                memberBus.Tick(now);
            }
        }

        Run(0, 60_000);
        Assert.AreEqual(32_000, member.LimitMilliamps);
        long now = 60_000;
        Allocation.AssertNone(() => Run(now, now += 120_000));
    }

    private sealed class Wire
    {
        public byte[] Bytes { get; } = new byte[1_024];

        public int Count { get; set; }
    }

    private sealed class Line(Wire incoming, Wire outgoing) : ISerialLine
    {
        public BusFault LastFault => BusFault.None;

        public bool TryConfigure(int baud, int parity) => true;

        public bool TryRead(byte[] buffer, int offset, int count, out int received)
        {
            received = Math.Min(count, incoming.Count);
            Array.Copy(incoming.Bytes, 0, buffer, offset, received);
            incoming.Count -= received;
            Array.Copy(incoming.Bytes, received, incoming.Bytes, 0, incoming.Count);
            return true;
        }

        public bool TryWrite(byte[] buffer, int offset, int count)
        {
            Array.Copy(buffer, offset, outgoing.Bytes, outgoing.Count, count);
            outgoing.Count += count;
            return true;
        }
    }

    private sealed class Loop
    {
        public Loop()
        {
            Leader = new End();
            Member = new End();
            Leader.Other = Member;
            Member.Other = Leader;
        }

        public End Leader { get; }

        public End Member { get; }
    }

    [TestMethod]
    public void ADaysPricesByCommandTakeNoRoomOfTheirOwn()
    {
        const string Text = "line COM2\nkey none\nphases 1\nvolts 230\nlimit 64000\nmember 0 safe 6000 phases 1";
        byte[] text = Encoding.UTF8.GetBytes(Text);
        Assert.IsTrue(SiteSettings.TryParse(text, text.Length, out SiteSettings settings, out string error), error);
        CompleteSite site = new(new CompleteSiteParts
        {
            Settings = settings,
            Bus = new SiteAir(2, 1).PortAt(1),
            Seal = SiteSeal.Plain(900),
            Clock = new SiteClock(),
            Tariff = TariffFile.Load("shanghai-household").Table,
            Telemetry = new TelemetrySettings { Product = "site-controller" },
            Flash = new RamBlockStore(SiteFlashPlan.BlockCount, 8_192, onDemand: true),
        });
        byte[] list = Encoding.ASCII.GetBytes(
            $$"""{"day":20514,"minutes":60,"data":"{{Convert.ToBase64String(new byte[24 * 4])}}"}""");
        FlatJson arguments = new(8, 4);
        ByteTextWriter result = new(256);
        Allocation.AssertNone(() =>
        {
            Assert.IsTrue(arguments.TryRead(list, 0, list.Length));
            Assert.AreEqual(CommandRefusal.None,
                site.Commands.Execute(CommandCode.Prices, CommandRole.Utility, arguments, result));
        });
    }

    private sealed class End : ISiteBus
    {
        private readonly byte[] _waiting = new byte[SiteFrame.Length * 16];
        private int _count;

        public End Other { get; set; }

        public void Tick(long nowMs)
        {
        }

        public bool TrySend(byte[] frame, int length)
        {
            Array.Copy(frame, 0, Other._waiting, Other._count * SiteFrame.Length, length);
            Other._count++;
            return true;
        }

        public bool TryReceive(byte[] frame, out int length)
        {
            length = SiteFrame.Length;
            if (_count == 0)
            {
                return false;
            }

            Array.Copy(_waiting, 0, frame, 0, length);
            _count--;
            Array.Copy(_waiting, length, _waiting, 0, _count * length);
            return true;
        }
    }
}
