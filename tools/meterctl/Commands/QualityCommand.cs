using System.CommandLine;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Quality;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>meterctl quality: a recorded waveform through the meter's power quality.</summary>
public static class QualityCommand
{
    // A 10-min tick in the tariff's zone, so that windows and intervals begin with the recording.
    private const long StartUtcSeconds = 1_767_225_600;
    private const int StepMs = 1_000;
    private const int RateMillihertzMinAt60 = 2_900_000;

    public static Command Create()
    {
        Argument<string> file = new("file")
        {
            Description =
            "CSV: t,u1[,u2,u3][,i1,i2,i3] in s, V, A at a fixed rate of 2420 samples a second or more"
        };
        Option<double> declared = new("--declared")
        {
            Description = "declared phase voltage, V",
            DefaultValueFactory = _ => 220
        };
        Option<int> hertz = new("--hertz")
        {
            Description = "nominal frequency, 50 or 60",
            DefaultValueFactory = _ => 50
        };
        Option<bool> json = new("--json") { Description = "one JSON document on stdout" };
        Command command = new("quality", """
            Give a recorded waveform to the meter's firmware as samples: r.m.s. and direct part, frequency, distortion and harmonics
            of each phase (to order 50 where the rate allows), each order to 25 and the distortion against GB/T 14549 (95 % of the
            3-s values), frequency against GB/T 15945 (values of 10 s), unbalance of three phases against GB/T 15543, voltage
            against GB/T 12325 (values of 10 min); dips, swells and interruptions, those too that go on at the end. Exit code 1:
            something is not within its limit. What the recording is too short for is measured and not judged.

            Example: meterctl quality waveform.csv
            """)
        {
            file, declared, hertz, json,
        };
        command.SetAction(parsed =>
        {
            double volts = parsed.GetValue(declared) is >= 50 and <= 1000 and double some ? some
                : throw new InputException("--declared: 50 to 1000 V was expected");
            int nominal = parsed.GetValue(hertz) is (50 or 60) and int one ? one
                : throw new InputException("--hertz: 50 or 60 was expected");
            return Run(WaveFile.Load(parsed.GetValue(file)!), (int)(volts * 1000), nominal * 1000,
                parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(WaveFile wave, int millivolts, int millihertz, bool isJson)
    {
        if (millihertz == 60_000 && wave.SampleRateMillihertz < RateMillihertzMinAt60)
        {
            throw new InputException("--hertz: 60 Hz needs 2900 samples a second or more");
        }

        MemoryRecordLog records = new(4_096, IntervalRecord.BytesMax);
        SimulatedMeter meter = new(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = StartUtcSeconds,
            Metering = new MeteringSettings { PhaseCount = wave.PhaseCount },
            Quality = new QualitySettings(wave.PhaseCount)
            {
                DeclaredMillivolts = millivolts,
                NominalMillihertz = millihertz
            },
            Samples = wave,
            Records = records,
        });
        List<WaveEvent> events = [];
        long number = 1;
        while (!wave.IsAtEnd)
        {
            wave.Advance(meter.Clock.NowMs + StepMs);
            meter.Step(StepMs, 0);
            number = TakeEvents(records, number, wave, events);
        }

        QualityRecorder quality = meter.Product.Quality;
        quality.Finish();
        TakeEvents(records, number, wave, events);
        if (quality.Harmonics.Quality.WindowCount == 0)
        {
            throw new InputException(
                $"the recording holds no whole window of {(millihertz < 55_000 ? 10 : 12)} cycles: half a second or "
                    + "more was expected");
        }

        QualityReport report = new(wave, quality, [.. events.OrderBy(one => one.BeginSeconds)]);
        if (isJson)
        {
            Console.Out.WriteLine(report.ToJson().ToJsonString());
        }
        else
        {
            report.Show();
        }

        return report.IsInside ? Program.Done : Program.AnswerIsNo;
    }

    /// <summary>Reads the records from a number on, before the log has to drop any; the next number.</summary>
    private static long TakeEvents(MemoryRecordLog records, long number, WaveFile wave, List<WaveEvent> events)
    {
        if (records.OldestNumber > number)
        {
            throw new InvalidOperationException("The record log dropped events.");
        }

        byte[] payload = new byte[IntervalRecord.BytesMax];
        EventRecord record = new();
        for (; number < records.NextNumber; number++)
        {
            if (records.TryRead(number, payload, out int count, out int kind) && kind == RecordKind.Event
                && record.TryRead(payload, 0, count) && WaveEvent.IsOne(record))
            {
                events.Add(WaveEvent.Of(record, StartUtcSeconds, wave.FirstSeconds));
            }
        }

        return number;
    }
}
