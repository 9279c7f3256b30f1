using System;
using MeterFirmware.Charging;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Charging;

/// <summary>Nothing is allocated after construction: on the device every object would bring the collector nearer.</summary>
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
