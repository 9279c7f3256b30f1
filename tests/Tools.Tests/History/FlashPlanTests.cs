using System;
using System.Linq;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>What each flash plan promises, by filling it through the whole product: without a head-end, with registers of
/// 99 999 kWh in every rate and quadrant and every event more often than it is kept, until everything overwrites itself.</summary>
[TestClass]
public sealed class FlashPlanTests
{
    private const long StartUtcSeconds = 1_767_225_600 - 8 * 3600; // 2026-01-01T00:00:00+08:00

    // A turn of the grid at a time: the meter splits nothing, and all that is recorded hangs on the grid.
    private const int StepMs = 900_000;
    private const int Days = 410;

    public TestContext TestContext { get; set; }

    [TestMethod]
    public void A4MegabyteBoardKeepsTwentyDaysOfProfileSixtyTwoDaysTwelveMonthsAndTheEventsIn160Kilobytes()
    {
        MeterPlan plan = MeterPlan.Of4Megabytes();
        AssertRecords(Fill(plan, rates: 8, phases: 1).Meter);
        (CompleteMeter meter, int occupied) = Fill(plan, rates: 8, phases: 1, isWorst: false);
        AssertRecords(meter);
        Assert.IsNull(meter.Recorder.Profile);
        int energies = ProfileRows(meter.OpenProfile(), LoadProfile.Energy);
        int means = ProfileRows(meter.OpenProfile(), LoadProfile.VoltageCurrent);
        TestContext.WriteLine($"{energies / 96.0:F1} days of profile, {occupied / 1024.0:F1} KB at most");
        Assert.IsTrue(Math.Min(energies, means) >= 20 * 96, $"{energies} and {means} rows");
        Assert.IsTrue(energies < Days * 96, "it overwrites itself");

        // Voltage and current, import and export, three of the quadrants' or better: seven channels.
        Assert.IsTrue(Channels(meter.OpenProfile()) >= 7);
        Assert.IsTrue(occupied <= 160 * 1024, $"{occupied} bytes");

        // The plan's own blocks: freezes and event memory, and the intervals; the outbox of events is not among them.
        int intervalBlocks = plan.JournalBlocks - plan.EventBlocks - 2;
        Assert.IsTrue((plan.RecordBlocks + plan.ProfileBlocks + intervalBlocks) * plan.BlockBytes <= 160 * 1024);
        Assert.IsTrue(plan.BlockCount - plan.WatchdogBlocks <= 51, "the file system has the other 13 of 64 blocks");
    }

    [TestMethod]
    public void A16MegabyteBoardKeepsSixtyDaysSixtyThreeRatesAnd254HoursIn2500Kilobytes()
    {
        MeterPlan plan = MeterPlan.Of16Megabytes();
        (CompleteMeter meter, int occupied) = Fill(plan, rates: 63, phases: 3);
        AssertRecords(meter);
        for (int profileClass = 0; profileClass < LoadProfile.ClassCount; profileClass++)
        {
            int rows = ProfileRows(meter.Recorder.Profile, profileClass);
            Assert.IsTrue(rows >= 60 * 96 && rows < Days * 96, $"class {profileClass}: {rows} rows");
        }

        int outage = ProfileRows(new JournalProfile(meter.Records, 15), LoadProfile.Energy);
        TestContext.WriteLine($"{ProfileRows(meter.Recorder.Profile, LoadProfile.Energy) / 96.0:F1} days of profile, "
            + $"{outage / 96.0:F1} days of outage, {occupied / 1024.0:F1} KB at most");
        Assert.IsTrue(outage >= 60 * 96 && outage < Days * 96, $"{outage} intervals");
        Assert.IsTrue(meter.Recorder.Freezes.TryRead(FreezeKind.Daily, 62));
        Assert.AreEqual(63, meter.Recorder.Freezes.RateCount);
        Assert.IsTrue(meter.Recorder.Freezes.WattHours(EnergyKind.ReactiveQuadrant1 + 3, 62) >= 99_999_000);
        Assert.IsTrue(occupied <= plan.BlockCount * plan.BlockBytes
            && plan.BlockCount * plan.BlockBytes <= 2560 * 1024);
    }

    private static void AssertRecords(CompleteMeter meter)
    {
        Assert.AreEqual(0, meter.Recorder.Refused, "records refused");
        Assert.AreEqual(0L, meter.Product.RecordsRefused, "records refused");
        Assert.IsTrue(meter.Product.IsStoring);
        Assert.AreEqual(254, Readable(meter, FreezeKind.Hourly));
        Assert.AreEqual(62, Readable(meter, FreezeKind.Daily));
        Assert.AreEqual(12, Readable(meter, FreezeKind.Settlement));
        Assert.AreEqual(3, Readable(meter, FreezeKind.Instant));
        EventRecord record = new();
        for (int slot = 0; slot < EventSlots.Count; slot++)
        {
            int kept = Enumerable.Range(1, 12).Count(last =>
                meter.Recorder.Events.TryRead(EventSlots.CodeOf(slot), EventSlots.PhaseOf(slot), last, record));
            Assert.AreEqual(10, kept, $"events of code {EventSlots.CodeOf(slot)}, phase {EventSlots.PhaseOf(slot)}");
        }
    }

    /// <summary>The meter after 410 days, and the most bytes that stood in the blocks of records, profile and journal.</summary>
    private static (CompleteMeter Meter, int Occupied) Fill(MeterPlan plan, int rates, int phases, bool isWorst = true)
    {
        SimulatedClock clock = new(StartUtcSeconds);
        RamBlockStore flash = new(plan.BlockCount, plan.BlockBytes);
        CompleteMeter meter = new(new CompleteMeterParts
        {
            Clock = clock,
            Sensor = new SteadySensor(phases, StepMs),
            Link = new DisconnectedLink(),
            HasBroker = false,
            Flash = flash,
            Plan = plan,
            Tariff = Tariff(rates),
            Metering = new MeteringSettings { RateCountMax = rates, PhaseCount = phases },
            History = new HistoryParts { Factors = new EmissionFactors() },
            Quality = new MeterFirmware.Quality.QualitySettings(),
            Relay = new SimulatedRelay(),
        });
        meter.Tick(clock.NowMs);
        for (int kind = 0; kind < EnergyKind.Count; kind++)
        {
            for (int rate = 0; rate < rates; rate++)
            {
                // In each rate and quadrant, or as a household has it after twenty years: 100 MWh in all, nothing exported.
                long wattHours = isWorst ? 99_999_999L : kind is EnergyKind.Import ? 99_999_999L / rates
                    : kind is EnergyKind.ReactiveQuadrant1 or EnergyKind.ReactiveQuadrant1 + 3 ? 9_999_999L / rates : 0;
                meter.Product.Meter.Registers.AddTotal(kind, rate, wattHours * Scaling.MicrojoulesPerWattHour);
            }
        }

        for (int profileClass = 0; profileClass < LoadProfile.ClassCount && plan.ProfileBlocks > 0; profileClass++)
        {
            Assert.IsTrue(meter.Recorder.Profile.TrySetInterval(profileClass, 15));
        }

        int occupied = 0;
        for (int day = 0; day < Days; day++)
        {
            for (int step = 0; step < 96; step++)
            {
                clock.Advance(StepMs);
                meter.Tick(clock.NowMs);
            }

            if (day % 25 == 0)
            {
                AddEvents(meter);
                Assert.IsTrue(meter.Recorder.Freezer.TryFreezeNow(FreezeKind.Instant, 0));
            }

            occupied = Math.Max(occupied, Occupied(flash, plan));
        }

        return (meter, occupied);
    }

    /// <summary>One of every code and phase, with the longest values that it carries; five also into the outbox.</summary>
    private static void AddEvents(CompleteMeter meter)
    {
        EventRecord record = new() { ValueCount = 5 };
        for (int slot = 0; slot < EventSlots.Count; slot++)
        {
            record.Code = EventSlots.CodeOf(slot);
            record.Phase = EventSlots.PhaseOf(slot);
            record.EndUtcSeconds = meter.Product.Meter.UtcMs / 1000;
            record.StartUtcSeconds = record.EndUtcSeconds - 3600;
            for (int i = 0; i < record.ValueCount; i++)
            {
                record.Values[i] = 99_999_999;
            }

            Assert.IsTrue(meter.Recorder.Events.TryAdd(record));
        }

        for (int i = 0; i < 5; i++)
        {
            meter.Product.Note(EventCode.CalibrationChanged, i);
        }
    }

    private static int Occupied(RamBlockStore flash, MeterPlan plan)
    {
        int bytes = 0;
        int first = plan.BlockCount - plan.JournalBlocks - plan.ProfileBlocks - plan.RecordBlocks;
        for (int block = first; block < plan.BlockCount; block++)
        {
            bytes += flash.LengthOf(block);
        }

        return bytes;
    }

    private static int Readable(CompleteMeter meter, int kind) =>
        Enumerable.Range(1, 300).Count(last => meter.Recorder.Freezes.TryRead(kind, last));

    private static int ProfileRows(ILoadProfile profile, int profileClass)
    {
        int rows = 0;
        long before = 0;
        profile.Seek(0, long.MaxValue);
        while (profile.TryNext(1 << profileClass, out long utcSeconds, out _))
        {
            Assert.IsTrue(before == 0 || utcSeconds == before + 900, "no row is missing");
            before = utcSeconds;
            rows++;
        }

        return rows;
    }

    /// <summary>Values that each row of the profile carries, all classes together.</summary>
    private static int Channels(ILoadProfile profile)
    {
        profile.Seek(0, long.MaxValue);
        Assert.IsTrue(profile.TryNext((1 << LoadProfile.ClassCount) - 1, out _, out _));
        return Enumerable.Range(0, LoadProfile.ClassCount)
            .Sum(profileClass => Enumerable.Range(0, 12).Count(index => profile.TryValue(profileClass, index, out _)));
    }

    /// <summary>A tariff of as many rates, an hour each.</summary>
    private static MeterFirmware.Tariffs.TariffTable Tariff(int rates)
    {
        string names = string.Join(", ", Enumerable.Range(0, rates).Select(rate => $"\"r{rate}\""));
        string prices = string.Join(", ", Enumerable.Range(0, rates).Select(rate => $"\"r{rate}\": \"0.5\""));
        StringBuilder days = new();
        for (int day = 0; day < (rates + 7) / 8; day++)
        {
            days.Append(day > 0 ? ", " : "").Append($"\"d{day}\": [")
                .Append(string.Join(", ",
                    Enumerable.Range(0, 8).Select(i => $"[\"{3 * i:00}:00\", \"r{(8 * day + i) % rates}\"]")))
                    .Append(']');
        }

        string seasons = string.Join(", ", Enumerable.Range(0, (rates + 7) / 8)
            .Select(day => $$"""{"from": "{{day + 1:00}}-01", "weekday": "d{{day}}", "weekend": "d{{day}}"}"""));
        return TariffSource.Parse($$"""
            {"name": "Fill", "timezone": "+08:00", "currency": "CNY", "rates": [{{names}}], "days": { {{days}} },
            "seasons": [{{seasons}}], "prices": { {{prices}} } }
            """).Table;
    }

    /// <summary>A sensor of one to three phases with a load that never rests, exact over a step.</summary>
    private sealed class SteadySensor(int phases, int stepMs) : IPowerSensor
    {
        private int _reading;

        public int Faults => 0;

        public bool CountsEnergy => true;

        public bool TryRead(long nowMs, Measurement measurement)
        {
            measurement.PhaseCount = phases;
            measurement.HasEnergy = true;
            measurement.FrequencyMillihertz = 49_990;
            for (int phase = 0; phase < phases; phase++)
            {
                int milliwatts = 2_345_678 + _reading++ % 1000 * 1234;
                measurement.VoltageMillivolts[phase] = 229_000 + _reading % 3000;
                measurement.CurrentMilliamps[phase] = milliwatts / 230;
                measurement.ActivePowerMilliwatts[phase] = milliwatts;
                measurement.ReactivePowerMillivars[phase] = milliwatts / 5;
                measurement.ApparentPowerMillivoltamperes[phase] = milliwatts + milliwatts / 50;
                measurement.PowerFactorTenThousandths[phase] = 9806;
                measurement.ImportMicrojoules[phase] = nowMs == 0 ? 0 : (long)milliwatts * stepMs;
                measurement.ReactiveMicrovarSeconds[phase] = nowMs == 0 ? 0 : milliwatts / 5L * stepMs;
            }

            return true;
        }
    }
}
