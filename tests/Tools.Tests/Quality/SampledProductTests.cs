using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Catalogue;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Quality;

/// <summary>Power quality from samples through the whole meter: known waves in, telemetry and records out.</summary>
[TestClass]
public sealed class SampledProductTests
{
    // 2026-01-31T23:50:00+08:00, a 10-min tick; two hours end at 00:00 local, 16:00 UTC.
    private const long StartUtcSeconds = 1_769_874_600;

    private readonly MemoryLink _link = new();
    private readonly MemoryRecordLog _records = new(4_096, IntervalRecord.BytesMax);

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void KnownHarmonicsAreInTheInstantMessageAfterTenMinutes(int phases)
    {
        LongRun.AskedOrSkip(isLong: phases > 1);
        SimulatedSamples samples = new(phases, 3_200) { Hertz = 49.97 };
        samples.SetHarmonic(3, 0.05, 0.30);
        samples.SetHarmonic(5, 0.03, 0.10);
        samples.SetHarmonic(21, 0.01, 0);
        SimulatedMeter meter = Meter(samples);
        Run(meter, 1_300);
        using JsonDocument instant = JsonDocument.Parse(_link.Last("instant"));
        JsonElement[] orders = [.. instant.RootElement.GetProperty("voltageHarmonics").EnumerateArray()];
        Assert.HasCount(phases, orders);
        double distortion = Math.Sqrt(0.05 * 0.05 + 0.03 * 0.03 + 0.01 * 0.01) * 100;
        for (int phase = 0; phase < phases; phase++)
        {
            double[] percent = [.. orders[phase].EnumerateArray().Select(value => value.GetDouble())];
            Assert.HasCount(20, percent);
            for (int order = 2; order <= 21; order++)
            {
                double expected = order switch { 3 => 5, 5 => 3, 21 => 1, _ => 0 };
                double tolerance = phase == 0 ? 0.05 : 0.15;
                Assert.AreEqual(expected, percent[order - 2], tolerance, $"order {order} of phase {phase}");
            }

            double measured = instant.RootElement.GetProperty("voltageDistortion")[phase].GetDouble();
            Assert.AreEqual(distortion, measured, phase == 0 ? 0.05 : 0.15);

            // The windows end at the first phase's crossings: the others' bounds are those of
            // firmware/Quality/README.md. The fundamental's 220 V and the orders' shares, at right angles; half a
            // sample of 640 is 0.04 %.
            double volts = instant.RootElement.GetProperty("voltageTenMinutes")[phase].GetDouble();
            Assert.AreEqual(220 * Math.Sqrt(1 + distortion * distortion / 1e4), volts, phase == 0 ? 0.09 : 0.2);
        }

        Assert.AreEqual(49.97, instant.RootElement.GetProperty("frequencyTenMinutes").GetDouble(), 0.002);
    }

    [TestMethod]
    public void AReadJudgesEachOrderByItsLimitAndShowsTheCurrents()
    {
        SimulatedSamples samples = new(1, 3_200);
        samples.SetHarmonic(3, 0.039, 0.30);
        SimulatedMeter meter = Meter(samples);
        Run(meter, 60);
        JsonElement good = Read(meter, 0);
        Assert.IsTrue(good.GetProperty("inside").GetBoolean());
        Assert.AreEqual(100, good.GetProperty("qualified")[1].GetDouble());
        Assert.AreEqual(30, good.GetProperty("current")[1].GetDouble(), 0.1);
        Assert.AreEqual(3.9, good.GetProperty("voltage")[1].GetDouble(), 0.05);
        Assert.AreEqual(4, good.GetProperty("limit")[1].GetDouble());
        Assert.AreEqual(2, good.GetProperty("limit")[0].GetDouble());

        // An even order above 2 % for a tenth of the time: 95 % is not kept, though the distortion's 5 % is.
        samples.SetHarmonic(4, 0.025, 0);
        Run(meter, 9);
        JsonElement bad = Read(meter, 0);
        Assert.IsFalse(bad.GetProperty("inside").GetBoolean());
        Assert.AreEqual(100 * 20 / 23.0, bad.GetProperty("qualified")[2].GetDouble(), 5.0);
        Assert.AreEqual(0, bad.GetProperty("gaps").GetInt32());
    }

    [TestMethod]
    public void ADipShorterThanATickIsAnEventWithItsDepthAndLength()
    {
        SimulatedSamples samples = new(1, 3_200) { DipShare = 0.4, DipFrom = 64_000, DipTo = 64_000 + 320 };
        SimulatedMeter meter = Meter(samples);
        Run(meter, 30);
        EventRecord dip = Events(EventCode.VoltageDip).Single();
        Assert.AreEqual(100, dip.Values[0], 21, "ms");
        Assert.AreEqual(88_000, dip.Values[1], 60, "mV left");
    }

    /// <summary>A loose contact: five dips a second, and a tick that comes late with 6 s of blocks.</summary>
    [TestMethod]
    public void NoEventOfTheBlocksThatWaitedIsLost()
    {
        SimulatedSamples samples = new(1, 3_200)
        {
            DipShare = 0.5,
            DipFrom = 3_200,
            DipTo = 3_200 + 96,
            DipEvery = 640,
        };
        SimulatedMeter meter = Meter(samples);
        Run(meter, 1);
        Step(meter, 6_000);
        Run(meter, 1);
        List<EventRecord> dips = Events(EventCode.VoltageDip);
        long[] begins = [.. dips.Select(dip => dip.StartUtcSeconds * 1000 + dip.Values[4])];
        Assert.HasCount(35, dips);
        Assert.AreEqual(200, begins.Zip(begins.Skip(1), (a, b) => b - a).Average(), 1, "ms from one to the next");
        Assert.AreEqual(StartUtcSeconds * 1000 + 1_010, begins[0], 21);
        Assert.AreEqual(0, dips[^1].Values[6]);
        Assert.AreEqual(0, Read(meter, 0).GetProperty("lostEvents").GetInt32());
    }

    /// <summary>A source whose blocks are seconds long gives more at once than wait: the oldest are lost, and the
    /// records that follow say how many.</summary>
    [TestMethod]
    public void EventsThatAreLostAreToldInTheNextRecordAndInARead()
    {
        SimulatedSamples samples = new(1, 3_200, 5_000)
        {
            DipShare = 0.5,
            DipFrom = 3_200,
            DipTo = 3_200 + 96,
            DipEvery = 640,
        };
        SimulatedMeter meter = Meter(samples);
        Run(meter, 5);
        List<EventRecord> dips = Events(EventCode.VoltageDip);
        Assert.HasCount(16, dips);
        Assert.AreEqual(20 - 16, dips[0].Values[6]);
        Assert.AreEqual(20 - 16, Read(meter, 0).GetProperty("lostEvents").GetInt32());
    }

    [TestMethod]
    public void LostSamplesAreCountedMakeNoDipAndNoWindowOverThem()
    {
        SimulatedSamples samples = new(1, 3_200);
        SimulatedMeter meter = Meter(samples);
        Run(meter, 20);

        // 10 ms: too short for the clocks to show.
        samples.Lose(32);
        Run(meter, 20);
        JsonElement read = Read(meter, 0);
        Assert.AreEqual(1, read.GetProperty("gaps").GetInt32());
        Assert.AreEqual(32, read.GetProperty("lostSamples").GetInt32());
        Assert.IsEmpty(Events(EventCode.VoltageDip));
        double highest = read.GetProperty("voltage").EnumerateArray().Max(value => value.GetDouble());
        Assert.AreEqual(0, highest, 0.05, "a jump of phase in a window would be harmonics");
        Assert.IsTrue(read.GetProperty("inside").GetBoolean());

        // A tick that comes after a minute finds what the buffer still holds.
        Step(meter, 60_000);
        Run(meter, 5);
        Assert.AreEqual(2, Read(meter, 0).GetProperty("gaps").GetInt32());
        Assert.AreEqual(32 + 48 * 3_200, Read(meter, 0).GetProperty("lostSamples").GetInt32(), 640);
    }

    [TestMethod]
    public void TwoHoursBecomeARecordOfTheWorstOrder()
    {
        SimulatedSamples samples = new(1, 2_500);
        samples.SetHarmonic(3, 0.03, 0);
        samples.SetHarmonic(6, 0.019, 0);
        SimulatedMeter meter = Meter(samples);
        Run(meter, 640);
        List<EventRecord> records = Events(EventCode.HarmonicsTwoHours);
        Assert.IsTrue(records.Count >= 1);
        EventRecord whole = records.Last();
        Assert.AreEqual(600, whole.Values[6], 2, "the first ten minutes end two hours of the clock");
        Assert.AreEqual(0, whole.Phase);
        Assert.AreEqual(Math.Sqrt(3 * 3 + 1.9 * 1.9) * 100, whole.Values[0], 5);
        long[] values = [whole.Values[1], whole.Values[3], whole.Values[4], whole.Values[5]];
        CollectionAssert.AreEqual(new long[] { 6, 200, 10_000, 0 }, values, "1.9 of 2 % is nearer than 3 of 4 %");
        Assert.AreEqual(190, whole.Values[2], 5);
        Assert.IsTrue(Events(EventCode.QualityTwoHours).Count >= records.Count);
    }

    [TestMethod]
    public void SamplesAllocateNothingInATick()
    {
        SimulatedSamples samples = new(1, 2_500);
        SimulatedMeter meter = Meter(samples, new DisconnectedLink());
        Run(meter, 700);
        Allocation.AssertNone(() => Run(meter, 700));
        Assert.IsTrue(meter.Product.Quality.Harmonics.HasTenMinutes);
    }

    [TestMethod]
    public void AMeterWithoutSamplesRefusesToReadHarmonicsAndOneOfOtherPhasesIsNotBuilt()
    {
        SimulatedMeter meter = Meter(null);
        Run(meter, 3);
        Assert.IsNull(meter.Product.Quality.Harmonics);
        Assert.ThrowsExactly<Exception>(() => Meter(new SimulatedSamples(2, 3_200), null, 1));
    }

    private SimulatedMeter Meter(ISampleSource samples, IMqttLink link = null, int phases = 0) => new(new()
    {
        Tariff = TariffFile.Load("shanghai-household").Table,
        StartUtcSeconds = StartUtcSeconds,
        Metering = new MeteringSettings { PhaseCount = phases > 0 ? phases : samples?.PhaseCount ?? 1 },
        Quality = new QualitySettings(),
        Samples = samples,
        Records = _records,
        Link = link ?? _link,
        Telemetry = new TelemetrySettings { Device = "q1", SpreadMs = 0 },
    });

    private static void Run(SimulatedMeter meter, int seconds)
    {
        for (int second = 0; second < seconds; second++)
        {
            Step(meter, 1_000);
        }
    }

    private static void Step(SimulatedMeter meter, int milliseconds) =>
        meter.Step(milliseconds, 1_000_000L * milliseconds);

    private List<EventRecord> Events(int code)
    {
        List<EventRecord> found = [];
        byte[] payload = new byte[IntervalRecord.BytesMax];
        for (long number = 1; number < _records.NextNumber; number++)
        {
            EventRecord record = new();
            if (_records.TryRead(number, payload, out int count, out int kind) && kind == RecordKind.Event
                && record.TryRead(payload, 0, count) && record.Code == code)
            {
                found.Add(record);
            }
        }

        return found;
    }

    private static JsonElement Read(SimulatedMeter meter, int phase)
    {
        ByteTextWriter json = new(2_048);
        json.BeginObject();
        meter.Product.Quality.Harmonics.WritePhase(phase, json);
        json.EndObject();
        Assert.IsFalse(json.Overflowed);
        return JsonDocument.Parse(json.Bytes.AsMemory(0, json.Length)).RootElement.Clone();
    }
}
