using MeterFirmware.Basics;
using MeterFirmware.Carbon;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tests.Benchmarks;

/// <summary>
/// What a flash of a given size keeps, by filling it: 400 days with registers of a hundred thousand kWh in every rate
/// and twelve events of each kind, then counting what can still be read.
/// </summary>
public static class CapacityTable
{
    private const long StartUtcSeconds = 1_767_196_800;

    public static void Run()
    {
        Plan("4 MB", MeterPlan.Of4Megabytes(), 1);
        Plan("4 MB", MeterPlan.Of4Megabytes(), 3);
        Plan("16 MB", MeterPlan.Of16Megabytes(), 3);
        Console.WriteLine();
        Console.WriteLine(
            "| board | flash, KB | rates | phases | profile | days of profile | hourly | daily | settlements | events "
                + "of each | refused | heap, bytes |");
        Console.WriteLine("|---|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|");
        Row("ESP32, 4 MB", 8, 1, 4096, MeterPlan.Of4Megabytes().RecordBlocks, 23,
            [LoadProfile.VoltageCurrent, LoadProfile.Energy], "15 min × 7 channels");
        Row("ESP32-S3, 16 MB", 63, 3, 16_384, MeterPlan.Of16Megabytes().RecordBlocks,
            MeterPlan.Of16Megabytes().ProfileBlocks, [0, 1, 2, 3, 4, 5], "15 min × 29 channels");
    }

    /// <summary>Days of interval records that the plan's journal holds, with the meter's own 20 events a day among
    /// them.</summary>
    private static void Plan(string board, MeterPlan plan, int phases)
    {
        const int EventsPerDay = 20;
        Journal journal = new(new RamBlockStore(plan.JournalBlocks, plan.BlockBytes), plan.Layout(), 512);
        journal.Open(1);
        IntervalRecord record = new() { PhaseCount = phases, OffsetSeconds = 28_800, ImportWattHours = 20_000_000 };
        byte[] bytes = new byte[IntervalRecord.BytesMax];
        int length = 0;
        long rows = 0;
        while (rows == 0 || journal.TryRead(1, new byte[512], out _, out _))
        {
            for (int i = 0; i < 96; i++, rows++)
            {
                record.StartUtcSeconds = StartUtcSeconds + rows * 900;
                record.EndUtcSeconds = record.StartUtcSeconds + 900;
                record.ImportMilliwattHours = 125_000 + rows % 1000 * 250;
                record.ImportWattHours += record.ImportMilliwattHours / 1000;
                record.ReactiveVarHours[0] = record.ImportWattHours / 5;
                record.FrequencyMillihertz = 49_990;
                for (int phase = 0; phase < phases; phase++)
                {
                    record.VoltageMillivolts[phase] = 229_000 + (int)(rows % 3000);
                    record.VoltageMillivoltsMin[phase] = record.VoltageMillivolts[phase] - 1500;
                    record.VoltageMillivoltsMax[phase] = record.VoltageMillivolts[phase] + 1700;
                    record.CurrentMilliamps[phase] = 2_200 + (int)(rows % 1000);
                    record.ActivePowerMilliwatts[phase] = (int)(record.ImportMilliwattHours * 4 / phases)
                        + (int)(rows % 90);
                }

                length = record.Write(bytes, 0);
                journal.TryAppend(RecordKind.Interval, bytes, 0, length, out _);
                if (i < EventsPerDay)
                {
                    journal.TryAppend(RecordKind.Event, bytes, 0, 45, out _);
                }
            }
        }

        Console.WriteLine(
            $"plan {board}, {phases} phase(s): {plan.BlockCount} blocks of {plan.BlockBytes / 1024} KB, records "
                + $"{plan.RecordBlocks}, profile {plan.ProfileBlocks}, "
            + $"journal {plan.JournalBlocks}; interval record {length} bytes: {rows / 96.0:F1} days of outage until "
            + "the first interval gives way");
    }

    private static void Row(
        string board, int rates, int phases, int blockBytes, int recordBlocks, int profileBlocks, int[] classes,
            string profileText)
    {
        MeteringSettings metering = new() { RateCountMax = rates, PhaseCount = phases };
        Bench bench = new(metering, new HistoryParts
        {
            Records = new RamBlockStore(recordBlocks, blockBytes),
            Profile = new RamBlockStore(profileBlocks, blockBytes),
            Factors = new EmissionFactors(),
        });
        foreach (int profileClass in classes)
        {
            bench.Recorder!.Profile.TrySetInterval(profileClass, 15);
        }

        for (int kind = 0; kind < EnergyKind.Count; kind++)
        {
            for (int rate = 0; rate < rates; rate++)
            {
                bench.Meter.Registers.AddTotal(kind, rate, 99_999_999L * Scaling.MicrojoulesPerWattHour);
            }
        }

        EventRecord record = new() { ValueCount = 5 };
        for (int step = 0; step < 400 * 96; step++)
        {
            bench.Step(900_000);
            if (step % 3200 == 0)
            {
                AddEvents(bench, record);
            }
        }

        MeterRecorder recorder = bench.Recorder!;
        long heap = HeapEstimate.BytesOf(recorder, t => t == typeof(Measurement) || t == typeof(EventRecord)
            || t.Namespace is "MeterFirmware.History" or "MeterFirmware.Carbon" or "MeterFirmware.Calibration"
                or "MeterFirmware.Basics");
        Console.WriteLine(
            $"| {board} | {(recordBlocks + profileBlocks) * blockBytes / 1024} | {rates} | {phases} | {profileText} | "
                + $"{ProfileDays(recorder.Profile, classes[0]):F1} "
            + $"| {Readable(recorder, FreezeKind.Hourly)} | {Readable(recorder, FreezeKind.Daily)} | "
            + $"{Readable(recorder, FreezeKind.Settlement)} | {EventsOfEach(recorder)} | {recorder.Refused} | "
            + $"{heap:N0} |");
    }

    private static void AddEvents(Bench bench, EventRecord record)
    {
        for (int slot = 0; slot < EventSlots.Count; slot++)
        {
            record.Code = EventSlots.CodeOf(slot);
            record.Phase = EventSlots.PhaseOf(slot);
            record.StartUtcSeconds = bench.Meter.UtcMs / 1000 - 3600;
            record.EndUtcSeconds = bench.Meter.UtcMs / 1000;
            for (int i = 0; i < record.ValueCount; i++)
            {
                record.Values[i] = 99_999_999;
            }

            bench.Recorder!.Events.TryAdd(record);
        }
    }

    private static double ProfileDays(LoadProfile profile, int profileClass)
    {
        long[] values = new long[LoadProfile.ValueCountMax];
        profile.Seek(profileClass, 0, long.MaxValue);
        int rows = 0;
        while (profile.TryReadNext(values, out _, out _))
        {
            rows++;
        }

        return rows / 96.0;
    }

    private static int Readable(MeterRecorder recorder, int kind) =>
        Enumerable.Range(1, 300).Count(last => recorder.Freezes.TryRead(kind, last));

    private static int EventsOfEach(MeterRecorder recorder)
    {
        EventRecord record = new();
        return Enumerable.Range(0, EventSlots.Count).Min(slot => Enumerable.Range(1, 20)
            .Count(last => recorder.Events.TryRead(EventSlots.CodeOf(slot), EventSlots.PhaseOf(slot), last, record)));
    }

    private sealed class Bench : IMeterSink, IEventSink
    {
        private readonly Measurement _reading = new() { HasEnergy = true, FrequencyMillihertz = 50_000 };
        private long _nowMs;

        public Bench(MeteringSettings metering, HistoryParts? parts)
        {
            Meter = new Meter(metering, TariffFile.Load("shanghai-household").Table, this);
            if (parts is not null)
            {
                Recorder = new MeterRecorder(parts, metering);
                Recorder.Attach(Meter, this);
            }

            _reading.PhaseCount = metering.PhaseCount;
            for (int phase = 0; phase < metering.PhaseCount; phase++)
            {
                _reading.VoltageMillivolts[phase] = 229_000 + phase;
                _reading.CurrentMilliamps[phase] = 43_000 + phase;
                _reading.ActivePowerMilliwatts[phase] = 9_847_000;
                _reading.ReactivePowerMillivars[phase] = 1_230_000;
                _reading.ApparentPowerMillivoltamperes[phase] = 9_920_000;
            }
        }

        public Meter Meter { get; }

        public MeterRecorder? Recorder { get; }

        public void Step(int milliseconds)
        {
            _nowMs += milliseconds;
            for (int phase = 0; phase < _reading.PhaseCount; phase++)
            {
                _reading.ImportMicrojoules[phase] = 9_847_000L * milliseconds;
                _reading.ReactiveMicrovarSeconds[phase] = 1_230_000L * milliseconds;
            }

            Meter.Accept(_nowMs, true, StartUtcSeconds * 1000 + _nowMs, _reading);
            Recorder?.Tick(_nowMs, _reading);
        }

        public void OnInterval(IntervalRecord record)
        {
        }

        public void OnClockStep(long fromUtcMs, long toUtcMs)
        {
        }

        public void OnTableSwitch(int parts)
        {
        }

        public void OnDayEnd(long utcSeconds)
        {
        }

        public void OnGrid(long utcSeconds) => Recorder?.OnGrid(utcSeconds);

        public void OnFault(int fault, bool raised, long utcSeconds)
        {
        }

        public EventRecord Event { get; } = new EventRecord();

        public void Append(EventRecord record)
        {
        }
    }
}
