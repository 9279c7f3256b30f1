using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.MeterCtl.Quality;
using MeterFirmware.Tools.MeterCtl.Tariffs;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>meterctl quality: a recorded waveform through the meter's power quality.</summary>
public static class QualityCommand
{
    // A 10-min tick in the tariff's zone, so that windows and intervals begin with the recording.
    private const long StartUtcSeconds = 1_767_225_600;

    public static Command Create()
    {
        Argument<string> file = new("file") { Description = "CSV: t,u1[,u2,u3][,i1,i2,i3] in s, V, A at a fixed rate of 2420 samples a second or more" };
        Option<double> declared = new("--declared") { Description = "declared phase voltage, V", DefaultValueFactory = _ => 220 };
        Option<int> hertz = new("--hertz") { Description = "nominal frequency, 50 or 60", DefaultValueFactory = _ => 50 };
        Option<bool> json = new("--json") { Description = "one JSON document on stdout" };
        Command command = new("quality", """
            Give a recorded waveform to the meter's firmware as samples: r.m.s., frequency, distortion and harmonics 2 to 21 of each
            phase, each order against its limit of GB/T 14549 (95 % of the 3-s values), dips, swells and interruptions. Exit code 1:
            an order or the distortion is not within its limit. A recording of less than 3 s is measured and not judged.

            Example: meterctl quality waveform.csv
            """)
        {
            file, declared, hertz, json,
        };
        command.SetAction(parsed =>
        {
            double volts = parsed.GetValue(declared) is >= 50 and <= 1000 and double some ? some : throw new InputException("--declared: 50 to 1000 V was expected");
            int nominal = parsed.GetValue(hertz) is (50 or 60) and int one ? one : throw new InputException("--hertz: 50 or 60 was expected");
            return Run(WaveFile.Load(parsed.GetValue(file)!), (int)(volts * 1000), nominal * 1000, parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(WaveFile wave, int millivolts, int millihertz, bool isJson)
    {
        if (millihertz == 60_000 && wave.SampleRateHz < 2_900)
        {
            throw new InputException("--hertz: 60 Hz needs 2900 samples a second or more");
        }

        MemoryRecordLog records = new(4_096, IntervalRecord.BytesMax);
        SimulatedMeter meter = new(new SimulatedMeterOptions
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = StartUtcSeconds,
            Metering = new MeterConfiguration { PhaseCount = wave.PhaseCount },
            Quality = new QualitySettings(wave.PhaseCount) { DeclaredMillivolts = millivolts, NominalMillihertz = millihertz },
            Samples = wave,
            Records = records,
        });
        while (!wave.IsAtEnd)
        {
            meter.Step(1_000, 0);
        }

        QualityRecorder quality = meter.Product.Quality;
        IReadOnlyList<EventRecord> events = EventsOf(records);
        bool isInside = true;
        for (int phase = 0; phase < wave.PhaseCount; phase++)
        {
            isInside &= !quality.Harmonics.TryJudge(phase, out bool isPhaseInside) || isPhaseInside;
        }

        if (quality.Harmonics.Quality.WindowCount == 0)
        {
            throw new InputException($"the recording holds no whole window of {(millihertz < 55_000 ? 10 : 12)} cycles: half a second or more was expected");
        }

        if (isJson)
        {
            Console.Out.WriteLine(ToJson(wave, quality, events).ToJsonString());
        }
        else
        {
            Show(wave, quality, events);
        }

        return isInside ? Program.Done : Program.AnswerIsNo;
    }

    private static List<EventRecord> EventsOf(MemoryRecordLog records)
    {
        List<EventRecord> found = [];
        byte[] payload = new byte[IntervalRecord.BytesMax];
        for (long number = 1; number < records.NextNumber; number++)
        {
            EventRecord record = new();
            if (records.TryRead(number, payload, out int count, out int kind) && kind == RecordKind.Event && record.TryRead(payload, 0, count)
                && record.Code is EventCode.VoltageDip or EventCode.VoltageSwell or EventCode.VoltageInterruption)
            {
                found.Add(record);
            }
        }

        return found;
    }

    private static double? Percent(bool isRead, int hundredths) => isRead ? hundredths / 100.0 : null;

    private static string NameOf(int code) =>
        code == EventCode.VoltageDip ? "dip" : code == EventCode.VoltageSwell ? "swell" : "interruption";

    private static JsonObject ToJson(WaveFile wave, QualityRecorder quality, IReadOnlyList<EventRecord> events)
    {
        SampledQuality sampled = quality.Harmonics.Quality;
        return new JsonObject
        {
            ["sampleRateHz"] = wave.SampleRateHz,
            ["windows"] = sampled.WindowCount,
            ["frequencyHz"] = sampled.Window.FrequencyMillihertz / 1000.0,
            ["phases"] = new JsonArray([.. Enumerable.Range(0, wave.PhaseCount).Select(phase => (JsonNode)new JsonObject
            {
                ["volts"] = sampled.Window.VoltageMillivolts[phase] / 1000.0,
                ["amps"] = wave.MicroampsPerCount == 0 ? null : sampled.Window.CurrentMilliamps[phase] / 1000.0,
                ["distortionPercent"] = Distortion(sampled, phase, false),
                ["inside"] = quality.Harmonics.TryJudge(phase, out bool isInside) ? isInside : null,
                ["orders"] = new JsonArray([.. Enumerable.Range(2, HarmonicStatistics.OrderCount).Select(order => (JsonNode)new JsonObject
                {
                    ["order"] = order,
                    ["voltagePercent"] = Percent(sampled.TryReadVoltageHarmonic(phase, order, out int ofVoltage), ofVoltage),
                    ["currentPercent"] = Percent(sampled.TryReadCurrentHarmonic(phase, order, out int ofCurrent), ofCurrent),
                    ["limitPercent"] = quality.Harmonics.LimitHundredths(order) / 100.0,
                    ["qualifiedPercent"] = Percent(sampled.Harmonics.TryReadRate(phase, order, out int rate), rate),
                })]),
            })]),
            ["events"] = new JsonArray([.. events.Select(one => (JsonNode)new JsonObject
            {
                ["kind"] = NameOf(one.Code),
                ["durationMs"] = one.Values[0],
                ["volts"] = one.Values[1] / 1000.0,
                ["phases"] = new JsonArray([.. Enumerable.Range(0, 3).Where(phase => (one.Values[3] >> phase & 1) != 0).Select(phase => (JsonNode)phase)]),
            })]),
        };
    }

    /// <summary>Root of the squares of orders 2 to 21 of the last window, percent; null: no fundamental.</summary>
    private static double? Distortion(SampledQuality sampled, int phase, bool isCurrent)
    {
        double squares = 0;
        for (int order = 2; order <= QualityLimits.HarmonicOrderMax; order++)
        {
            bool isRead = isCurrent ? sampled.TryReadCurrentHarmonic(phase, order, out int hundredths) : sampled.TryReadVoltageHarmonic(phase, order, out hundredths);
            if (!isRead)
            {
                return null;
            }

            squares += (double)hundredths * hundredths;
        }

        return Math.Round(Math.Sqrt(squares)) / 100;
    }

    private static void Show(WaveFile wave, QualityRecorder quality, IReadOnlyList<EventRecord> events)
    {
        SampledQuality sampled = quality.Harmonics.Quality;
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sampled.WindowCount} windows at {wave.SampleRateHz} samples a second, last window {sampled.Window.FrequencyMillihertz / 1000.0:F3} Hz"));
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("order").AddColumn(new TableColumn("limit, %").RightAligned());
        for (int phase = 0; phase < wave.PhaseCount; phase++)
        {
            table.AddColumn(new TableColumn($"u{phase + 1}, %").RightAligned()).AddColumn(new TableColumn("inside, %").RightAligned());
            if (wave.MicroampsPerCount != 0)
            {
                table.AddColumn(new TableColumn($"i{phase + 1}, %").RightAligned());
            }
        }

        AddRow(table, wave, "r.m.s., V, A", "", phase => sampled.Window.VoltageMillivolts[phase] / 1000.0,
            _ => null, phase => sampled.Window.CurrentMilliamps[phase] / 1000.0);
        AddRow(table, wave, "distortion", Text(QualityLimits.TotalDistortionHundredths / 100.0), phase => Distortion(sampled, phase, false),
            _ => null, phase => Distortion(sampled, phase, true));
        for (int order = 2; order <= QualityLimits.HarmonicOrderMax; order++)
        {
            AddRow(table, wave, order.ToString(CultureInfo.InvariantCulture), Text(quality.Harmonics.LimitHundredths(order) / 100.0),
                phase => Percent(sampled.TryReadVoltageHarmonic(phase, order, out int value), value),
                phase => Percent(sampled.Harmonics.TryReadRate(phase, order, out int rate), rate),
                phase => Percent(sampled.TryReadCurrentHarmonic(phase, order, out int value), value));
        }

        Screen.Write(table);
        foreach (EventRecord one in events)
        {
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{NameOf(one.Code)} of {one.Values[0]} ms, {one.Values[1] / 1000.0:F1} V"));
        }

        for (int phase = 0; phase < wave.PhaseCount; phase++)
        {
            AnsiConsole.WriteLine($"u{phase + 1}: " + (!quality.Harmonics.TryJudge(phase, out bool isInside) ? "not judged, no whole 3 s without an event"
                : isInside ? "within GB/T 14549" : "outside of GB/T 14549"));
        }
    }

    private static void AddRow(Table table, WaveFile wave, string name, string limit, Func<int, double?> voltage, Func<int, double?> share, Func<int, double?> current)
    {
        List<string> cells = [name, limit];
        for (int phase = 0; phase < wave.PhaseCount; phase++)
        {
            cells.Add(Text(voltage(phase)));
            cells.Add(Text(share(phase)));
            if (wave.MicroampsPerCount != 0)
            {
                cells.Add(Text(current(phase)));
            }
        }

        table.AddRow([.. cells]);
    }

    private static string Text(double? value) => value?.ToString("F2", CultureInfo.InvariantCulture) ?? "";
}
