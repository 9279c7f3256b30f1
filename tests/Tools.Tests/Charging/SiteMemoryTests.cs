using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Firmware.Tests.Charging;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Product = MeterFirmware.SiteController.SiteController;

namespace MeterFirmware.Tools.Tests.Charging;

/// <summary>What a leader has learnt outlives its supply; the supply fails during every write.</summary>
[TestClass]
public class SiteMemoryTests
{
    private const int TickMs = 1_000;
    private const int Blocks = 4;
    private const int BlockBytes = 4_096;
    private static readonly long _start = new DateTimeOffset(2026, 3, 2, 6, 0, 0, TimeSpan.FromHours(8))
        .ToUnixTimeSeconds();

    private readonly FaultyBlockStore _flash = new(Blocks, BlockBytes);
    private readonly SiteAir _air = new(4, 1);
    private readonly SteppedClock _clock = new();
    private readonly SiteMember[] _members = new SiteMember[3];
    private SiteProduct _site = null!;
    private long _nightSeconds;

    [TestInitialize]
    public void Build()
    {
        _clock.Utc = _start;
        for (int i = 0; i < _members.Length; i++)
        {
            _members[i] = new SiteMember(_air.PortAt(i), i, 11 + i, 6_000);
        }

        _site = Start(_flash, "");
    }

    [TestMethod]
    public void AfterASupplyThatFailsAtAnyByteOfAnyWriteAllUpToTheLastSavingIsKnown()
    {
        FaultyBlockStore branch = _flash.Snapshot();
        byte[] saved = Learnt(_site);
        int writes = 0;
        int restored = 0;
        _flash.BeforeWrite = (block, buffer, offset, count) =>
        {
            byte[] inFlight = Learnt(_site);
            foreach (int bytes in Cuts(count, ++writes))
            {
                branch.CopyFrom(_flash);
                branch.CutAtWrite = 1;
                branch.CutAfterBytes = bytes;
                Assert.IsFalse(buffer == null
                    ? branch.TryErase(block) : branch.TryAppend(block, buffer, offset, count));
                branch.RestorePower();
                SiteProduct again = Start(branch, "");
                bool isWhole = buffer != null && bytes == count;
                CollectionAssert.AreEqual(isWhole
                    ? inFlight : saved, Learnt(again), $"write {writes}, cut after {bytes} bytes");
                restored += again.Memory.WasRestored ? 1 : 0;
            }

            saved = buffer == null ? saved : inFlight;
        };
        for (int day = 0; day < 2; day++)
        {
            Day();
        }

        Assert.IsGreaterThan(12, _site.Memory.Saved);
        Assert.IsGreaterThan(1_000, restored);
        Assert.AreEqual(0, _site.Memory.Refused);
        Assert.IsGreaterThan(10_000, _site.Consumption.WattHours);
        Console.WriteLine(
            $"{_site.Memory.Saved} savings in 2 days, {writes} writes, {_flash.BytesWritten} bytes, erases "
                + $"{string.Join(" ", Enumerable.Range(0, Blocks).Select(_flash.ErasesOf))}, {restored} restarts with "
                + "the memory restored");
    }

    [TestMethod]
    public void ARestartedLeaderExpectsOfSilentDriversWhatIsUsualThere()
    {
        Day();
        Day();
        Hours(2);
        _site = Start(_flash, "");
        Assert.IsTrue(_site.Memory.WasRestored);
        Hours(0.1);
        PlugIn(0);
        Hours(0.1);
        int stay = _site.Site.Connectors.DepartureSlot[0] - (int)(_clock.Utc / Product.SlotSeconds);
        Assert.IsTrue(stay is > 6 and <= 26, $"about two hours as ever, not {stay} slots");
        Assert.AreEqual(1, _site.Site.Lessons);
    }

    [TestMethod]
    public void VehiclesThatStandThereWhenALeaderStartsAreNotLearntAsArrivals()
    {
        // Each start of a leader taught it all vehicles once more, at the hour of the start.
        PlugIn(0);
        PlugIn(1);
        Hours(1);
        Assert.AreEqual(0, _site.Site.Lessons);
        _members[0].WantedMilliamps = 0;
        Hours(0.2);
        Assert.AreEqual(0, _site.Site.Lessons, "how long it had stood is not known");
        PlugIn(0);
        Hours(0.2);
        Assert.AreEqual(1, _site.Site.Lessons);
    }

    [TestMethod]
    public void AReadingOfTheSettingsCountsOnceAndOnlyInItsTierPeriod()
    {
        _site = Start(_flash, "\nused 3000 on 2026-03-01");
        Day();
        long counted = _site.Consumption.WattHours;
        Assert.IsGreaterThan(3_010_000, counted);
        Assert.IsGreaterThan(0, _site.Memory.Saved);
        _site = Start(_flash, "\nused 3000 on 2026-03-01");
        Hours(0.1);
        Assert.AreEqual(counted, _site.Consumption.WattHours, 200, "not taken a second time");
        _site = Start(_flash, "\nused 5000 on 2026-03-03");
        Hours(0.1);
        Assert.AreEqual(5_000_000, _site.Consumption.WattHours, 200);
        Assert.AreEqual(2, _site.Site.Tier, "above 4800 kWh of the year");
        _site = Start(new FaultyBlockStore(Blocks, BlockBytes), "\nused 5000 on 2025-12-31");
        Hours(0.1);
        Assert.AreEqual(0, _site.Consumption.WattHours, 200, "of the year before");
        Assert.AreEqual(0, _site.Site.Tier);
    }

    [TestMethod]
    public void OfASiteWithAnotherNumberOfMembersAllButTheirStaysIsTaken()
    {
        Day();
        SiteProduct more = Start(_flash, "\nmember 3 safe 6000 phases 1");
        Assert.IsTrue(more.Memory.WasRestored);
        Assert.AreEqual(_site.Consumption.WattHours, more.Consumption.WattHours, 20_000);
        Assert.IsGreaterThan(10_000, more.Consumption.WattHours);
    }

    /// <summary>A tag of a later firmware is passed over; of a state that is cut nothing is taken.</summary>
    [TestMethod]
    public void ASectionMoreCostsNothingAndACutStateTeachesNothing()
    {
        Day();
        byte[] known = Learnt(Start(_flash, ""));
        byte[] state = new byte[2_048];
        Assert.IsTrue(new CheckpointStore(_flash, SiteMemory.BytesOf(4)).TryReadNewest(state, out int length, out _));
        Assert.AreEqual(3, state[0]);
        byte[] more = [.. state[..length], 77, 2, 0, 1, 2];
        SiteProduct later = Start(Holding(more, more.Length), "");
        Assert.IsTrue(later.Memory.WasRestored);
        CollectionAssert.AreEqual(known, Learnt(later));
        byte[] nothing = Learnt(Start(new FaultyBlockStore(Blocks, BlockBytes), ""));
        int restored = 0;
        for (int cut = 1; cut < length; cut++)
        {
            SiteProduct site = Start(Holding(state, cut), "");
            restored += site.Memory.WasRestored ? 1 : 0;
            if (!site.Memory.WasRestored)
            {
                CollectionAssert.AreEqual(nothing, Learnt(site), $"cut at {cut}");
            }
        }

        Assert.AreEqual(1, restored, "without its last section it is a shorter state, not a cut one");
    }

    private static FaultyBlockStore Holding(byte[] state, int length)
    {
        FaultyBlockStore flash = new(Blocks, BlockBytes);
        byte[] room = new byte[length + CheckpointStore.OverheadBytes];
        Array.Copy(state, room, length);
        Assert.IsTrue(new CheckpointStore(flash, BlockBytes - CheckpointStore.OverheadBytes).TryWrite(room, length));
        return flash;
    }

    [TestMethod]
    public void NothingIsAllocatedWhileItIsSaved()
    {
        Day();
        SiteProduct site = Start(new FaultyBlockStore(Blocks, 65_536), "");
        long now = _air.NowMs;
        site.Memory.Tick(now);
        Allocation.AssertNone(() =>
        {
            site.Consumption.Add(4_000_000_000);
            now += SiteMemory.SaveMs;
            site.Memory.Tick(now);
        });
        Assert.IsGreaterThan(0, site.Memory.Saved);
    }

    private static IEnumerable<int> Cuts(int count, int write) =>
        write == 5 ? Enumerable.Range(0, count + 1) : count == 0 ? [0, 1] : [0, 1, count / 2, count - 1, count];

    private static byte[] Learnt(SiteProduct site)
    {
        int learnt = Product.LearntBytesOf(site.Site.Connectors.Count);
        byte[] bytes =
            new byte[learnt + SiteConsumption.StateBytes + PlaceHabits.StateBytesOf(site.Site.Connectors.Count)];
        site.Site.SaveLearnt(bytes, 0);
        site.Consumption.Save(bytes, learnt);
        site.Site.Habits.Save(bytes, learnt + SiteConsumption.StateBytes);
        return bytes;
    }

    private SiteProduct Start(FaultyBlockStore flash, string more)
    {
        byte[] text =
            Encoding.UTF8.GetBytes(
                "line COM2\nkey none\nphases 1\nvolts 230\nlimit 64000\nmember 0 safe 6000 phases 1\n"
            + "member 1 safe 6000 phases 1\nmember 2 safe 6000 phases 1" + more);
        Assert.IsTrue(SiteSettings.TryParse(text, text.Length, out SiteSettings settings, out string error), error);
        return new SiteProduct(settings, _air.PortAt(3), SiteSeal.Plain(900), _clock,
            TariffFile.Load("shanghai-household").Table, null,
            new CheckpointStore(flash, SiteMemory.BytesOf(4)));
    }

    private void PlugIn(int member)
    {
        _members[member].WantedMilliamps = 32_000;
        _members[member].WantedWattHours = 0;
        _members[member].DepartureSeconds = -1;
    }

    // From 06:00 to 06:00: each vehicle comes twice for two hours.
    private void Day()
    {
        for (int visit = 0; visit < 2; visit++)
        {
            Hours(2);
            for (int i = 0; i < _members.Length; i++)
            {
                PlugIn(i);
                Hours(0.1);
            }

            Hours(1.9);
            foreach (SiteMember member in _members)
            {
                member.WantedMilliamps = 0;
                Hours(0.1);
            }
        }

        // Nobody is there at night.
        _nightSeconds += 12 * 3_600;
        Hours(3);
    }

    private void Hours(double hours)
    {
        for (int tick = 0; tick < hours * 3_600_000 / TickMs; tick++)
        {
            _air.NowMs += TickMs;
            _clock.Utc = _start + _nightSeconds + _air.NowMs / 1_000;
            _site.Tick(_air.NowMs);
            foreach (SiteMember member in _members)
            {
                member.MeasuredMilliamps = Math.Min(member.LimitMilliamps, member.WantedMilliamps);
                member.Tick(_air.NowMs);
            }
        }
    }

    private sealed class SteppedClock : IClock
    {
        public long Utc { get; set; }

        public bool TryReadUtc(out long utcSeconds, out int milliseconds)
        {
            utcSeconds = Utc;
            milliseconds = 0;
            return true;
        }

        public void SetUtc(long utcSeconds, int milliseconds) => Utc = utcSeconds;
    }
}
