using MeterFirmware.Charging;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>A site without a key ("key none"): whoever reaches the bus can disturb it, but no frame breaks it for
/// good.</summary>
[TestClass]
public class SitePlainTests
{
    private const int Members = 4;

    [TestMethod]
    [DataRow(SiteFrame.TermMax)]
    [DataRow(4_000)]
    public void AForgedTermIsOverAfterASilence(int term)
    {
        // One grant each with term 7FFFFFFF, two seconds of attack: no plan until every member was restarted.
        SiteAir air = new SiteAir(Members + 2, 1);
        SiteMember[] members = NewMembers(air);
        SiteLeader leader = NewLeader(air, 64_000, int.MaxValue);
        Run(air, members, leader, 60);
        AllHave(members, 16_000);
        SiteFrame forged =
            new SiteFrame { Type = SiteFrame.Grant, Milliamps = 6_000, ValidMs = 60_000, Sequence = 30_000 };
        for (int second = 0; second < 10; second++)
        {
            for (int echo = 60; echo < 70; echo++)
            {
                forged.Member = second % Members;
                forged.Serial = 100 + forged.Member;
                forged.Term = term;
                forged.Echo = echo;
                forged.Encode();
                air.PortAt(Members + 1).TrySend(forged.Bytes, SiteFrame.Length);
            }

            Run(air, members, leader, 1);
        }

        Run(air, members, leader, 90);
        AllHave(members, 16_000);
    }

    [TestMethod]
    [DataRow(SiteFrame.Status)]
    [DataRow(SiteFrame.Beacon)]
    [DataRow(SiteFrame.Grant)]
    public void ALeaderComesBackFromTheLastTerm(int type)
    {
        SiteAir air = new SiteAir(Members + 2, 2);
        SiteMember[] members = NewMembers(air);
        SiteLeader leader = NewLeader(air, 64_000, int.MaxValue);
        SiteFrame forged = new SiteFrame { Type = type, Member = 1, Serial = 101, DepartureSeconds = -1 };
        for (int step = 1; step <= 40; step++)
        {
            Run(air, members, leader, 2);
            forged.Term = step < 30 ? leader.Term + SiteFrame.TermStepMax : SiteFrame.TermMax;
            forged.Sequence = 40_000 + step;
            forged.Encode();
            air.PortAt(Members + 1).TrySend(forged.Bytes, SiteFrame.Length);
        }

        Run(air, members, leader, 120);
        Assert.IsTrue(leader.IsLeading);
        AllHave(members, 16_000);
    }

    [TestMethod]
    public void CurrentsThatNoChargerHasAreNoFrame()
    {
        SiteFrame frame =
            new SiteFrame { Type = SiteFrame.Status, DepartureSeconds = -1, WantedMilliamps = int.MaxValue };
        frame.DrawnMilliamps[1] = int.MaxValue;
        frame.WantedWattHours = int.MaxValue;
        frame.Encode();
        Assert.IsTrue(frame.TryDecode(SiteFrame.Length), "what is too much is cut by who says it");
        Assert.AreEqual(SiteFrame.MilliampsMax, frame.Milliamps);
        Assert.AreEqual(SiteFrame.WattHoursMax, frame.WantedWattHours);

        // 65 535 units of 4 mA.
        byte[] bytes = frame.Bytes;
        for (int at = 28; at <= 36; at += 2)
        {
            byte low = bytes[at];
            byte high = bytes[at + 1];
            bytes[at] = 0xFF;
            bytes[at + 1] = 0xFF;
            Reseal(bytes);
            Assert.IsFalse(frame.TryDecode(SiteFrame.Length), "byte " + at);
            bytes[at] = low;
            bytes[at + 1] = high;
        }

        frame.Type = SiteFrame.Grant;
        frame.Milliamps = 32_000;
        frame.Encode();
        MeterFirmware.Basics.LittleEndian.WriteInt32(bytes, 28, SiteFrame.MilliampsMax + 1);
        Reseal(bytes);
        Assert.IsFalse(frame.TryDecode(SiteFrame.Length));
    }

    [TestMethod]
    public void StrangersWithTheMostCurrentsNeverMakeRoom()
    {
        // Two of them made the sums of a site with a limit of all phases together overflow: 192 A on 40.
        SiteAir air = new SiteAir(Members + 2, 3);
        SiteMember[] members = NewMembers(air);
        SiteLeader leader = NewLeader(air, 40_000, 300_000);
        Run(air, members, leader, 60);
        SiteFrame forged = new SiteFrame { Type = SiteFrame.Status, DepartureSeconds = -1, WantedMilliamps = 32_000 };
        for (int second = 0; second < 120; second++)
        {
            for (int member = 0; member < Members; member++)
            {
                forged.Member = member;
                forged.Serial = 777 + member;
                forged.Sequence = second;
                forged.DrawnMilliamps[0] = int.MaxValue;
                forged.Encode();
                air.PortAt(Members + 1).TrySend(forged.Bytes, SiteFrame.Length);
            }

            Run(air, members, leader, 1);
            Assert.IsTrue(SumOf(members) <= 40_000, "limits in force " + SumOf(members));
        }
    }

    [TestMethod]
    public void ReservedSumsDoNotOverflow()
    {
        LimitTree tree = new LimitTree(1);
        tree.SetLimit(0, 40_000, 300_000);
        tree.AddReserved(0, 7, int.MaxValue);
        tree.AddReserved(0, 7, int.MaxValue);
        tree.SetOtherLoad(0, 1, int.MaxValue);
        tree.Reset();
        Assert.AreEqual(0, tree.Headroom(0, 1));
        Assert.AreEqual(0, tree.SumLeftOf(0));
    }

    private static void Reseal(byte[] bytes) => MeterFirmware.Basics.LittleEndian.WriteInt32(
        bytes, 60, (int)MeterFirmware.Basics.Crc32.Of(bytes, 0, 60));

    private static SiteMember[] NewMembers(SiteAir air)
    {
        SiteMember[] members = new SiteMember[Members];
        for (int i = 0; i < Members; i++)
        {
            members[i] = new SiteMember(air.PortAt(i), i, 100 + i, 6_000);
        }

        return members;
    }

    private static SiteLeader NewLeader(SiteAir air, int limit, int sum)
    {
        Connectors connectors = new Connectors(Members);
        LimitTree tree = new LimitTree(1);
        tree.SetLimit(0, limit, sum);
        int[] safe = new int[] { 6_000, 6_000, 6_000, 6_000 };
        return new SiteLeader(air.PortAt(Members), connectors, tree, new Allocator(connectors, tree), 0, safe);
    }

    private static void Run(SiteAir air, SiteMember[] members, SiteLeader leader, int seconds)
    {
        for (int tick = 0; tick < seconds * 10; tick++)
        {
            air.NowMs += 100;
            leader.Tick(air.NowMs);
            for (int i = 0; i < Members; i++)
            {
                members[i].MeasuredMilliamps = members[i].LimitMilliamps;
                members[i].WantedMilliamps = 32_000;
                members[i].Tick(air.NowMs + 1_000_000 * i);
            }
        }
    }

    private static int SumOf(SiteMember[] members)
    {
        int sum = 0;
        for (int i = 0; i < Members; i++)
        {
            sum += members[i].LimitMilliamps;
        }

        return sum;
    }

    private static void AllHave(SiteMember[] members, int milliamps)
    {
        for (int i = 0; i < Members; i++)
        {
            Assert.AreEqual(milliamps, members[i].LimitMilliamps, "member " + i);
        }
    }
}
