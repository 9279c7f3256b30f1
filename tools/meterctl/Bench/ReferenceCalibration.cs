using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MeterFirmware.Calibration;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Tools.MeterCtl.Commands;
using MeterFirmware.Tools.MeterCtl.Lines;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>`meterctl calibrate --meter … --reference …`: gains of a real meter from a second one at the same load, or
/// with --check the error that is left.</summary>
internal sealed class ReferenceCalibration
{
    private const int ReadingsMax = 1_000;

    private readonly Option<string?> _meter = new("--meter")
    {
        Description =
            "the meter to calibrate, on a real line: dlt645,tcp=HOST:PORT,address=… or "
            + "modbus,serial=/dev/ttyUSB0,unit=1,meter=NAME (also baud=, parity=, rtu)",
    };

    private readonly Option<string?> _reference = new("--reference")
    {
        Description = "the reference meter at the same load, named likewise; nothing is simulated then",
    };

    private readonly Option<int> _phase = new("--phase")
    {
        Description = "with --reference: the phase that is compared, 1 to 3",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _readings = new("--readings")
    {
        Description = "with --reference: readings whose mean is taken",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<string?> _present = new("--present")
    {
        Description = "with --reference: the record in force in the meter; default: gains of 1.0",
    };

    private readonly Option<bool> _check = new("--check")
    {
        Description = "with --reference: no record, only whether the error lies within the class's limit",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _meter, _reference, _phase, _readings, _present, _check })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>True: two meters on lines, no bench.</summary>
    /// <param name="ofBench">Options that only a simulated bench uses.</param>
    public bool IsAsked(ParseResult parsed, IReadOnlyList<Option> ofBench)
    {
        bool isAsked = parsed.GetValue(_meter) is not null;
        if (isAsked != (parsed.GetValue(_reference) is not null))
        {
            throw new InputException("--meter and --reference need each other");
        }

        Option[] own = [_phase, _readings, _present, _check];
        Option? useless = (isAsked ? ofBench : own).FirstOrDefault(
            option => parsed.GetResult(option) is { Implicit: false });
        return useless is null ? isAsked : throw new InputException(
            $"{useless.Name}: {(isAsked ? "not" : "only")} with --meter and --reference");
    }

    /// <param name="record">With its texts and days; filled here, and to be written where the exit code is 0.</param>
    public int Run(
        ParseResult parsed, BenchOptions options, CalibrationRecord record, int uncertaintyPpm, bool isJson)
    {
        int phase = parsed.GetValue(_phase) is >= 1 and <= 3 and int one ? one
            : throw new InputException("--phase: 1 to 3 was expected");
        int count = Dlt645LineCommands.Within("--readings", parsed.GetValue(_readings), ReadingsMax);
        Ade7953Settings calibration = Present(parsed.GetValue(_present), options);
        using MeterSource meter = MeterSource.Open("--meter", parsed.GetValue(_meter)!, phase);
        using MeterSource reference = MeterSource.Open("--reference", parsed.GetValue(_reference)!, phase);
        ReferenceComparison found = ReferenceComparison.Read(meter, reference, phase, count);
        double limit = options.Class.LimitPercent(found.Reference.Amps / options.BaseAmps, true)
            ?? throw new AnswerException($"class {options.Class.Name} has no limit at {found.Reference.Amps:F3} A of "
                + $"Ib {options.BaseAmps} A");
        int before = Millionths(found.Errors.Watts);
        bool isCheck = parsed.GetValue(_check);
        int after = isCheck ? before : SetGains(calibration, found);
        Fill(record, calibration, before, after);
        double digit = meter.WattsPerDigit / found.Reference.Watts / Math.Sqrt(12);
        double own = 2 * Math.Sqrt(found.Spread * found.Spread / found.Count + digit * digit) * 1e6;
        record.UncertaintyMillionths = (int)Math.Ceiling(Math.Sqrt((double)uncertaintyPpm * uncertaintyPpm
            + own * own + (double)after * after / 3 * 4));
        bool passes = Math.Abs(after) <= limit * 1e4;
        Tell(found, calibration, record, limit, isCheck, passes, isJson);
        return passes ? Program.Done : Program.AnswerIsNo;
    }

    /// <summary>True: the record is what a meter takes.</summary>
    public bool MakesRecord(ParseResult parsed) => !parsed.GetValue(_check);

    private static Ade7953Settings Present(string? path, BenchOptions options)
    {
        Ade7953Settings calibration = options.Chip();
        if (path is null)
        {
            return calibration;
        }

        CalibrationRecord record = CalibrationFile.Load(path, 0);
        if (record.RowCount != 1)
        {
            throw new InputException($"{path}: a record of one channel without ranges was expected");
        }

        calibration.VoltageGain = record.Get(0, CalibrationRecord.VoltageGain);
        calibration.CurrentGain = record.Get(0, CalibrationRecord.CurrentGain);
        calibration.ActivePowerGain = record.Get(0, CalibrationRecord.PowerGain);
        calibration.ActivePowerOffset = record.Get(0, CalibrationRecord.PowerOffset);
        calibration.PhaseCalibration = record.Get(0, CalibrationRecord.Phase);
        return calibration;
    }

    /// <summary>Takes the errors out of the gains. Returns what the rounding of the power's gain leaves,
    /// millionths.</summary>
    private static int SetGains(Ade7953Settings calibration, ReferenceComparison found)
    {
        double exact = calibration.ActivePowerGain / (1 + found.Errors.Watts);
        calibration.VoltageGain = Gain("voltage", calibration.VoltageGain, found.Errors.Volts);
        calibration.CurrentGain = Gain("current", calibration.CurrentGain, found.Errors.Amps);
        calibration.ActivePowerGain = Gain("power", calibration.ActivePowerGain, found.Errors.Watts);
        return Millionths(calibration.ActivePowerGain / exact - 1);
    }

    private static int Gain(string what, int gain, double error)
    {
        const int Scale = 100_000_000;
        return Ade7953Calibration.TryGain(gain, Scale, (int)Math.Round(Scale * (1 + error)), out int gainNew) ? gainNew
            : throw new AnswerException($"{what}: no gain takes {error:P2} out of 0x{gain:X6}");
    }

    private static void Fill(CalibrationRecord record, Ade7953Settings calibration, int before, int after)
    {
        record.IsSimulated = false;
        record.RowCount = 1;
        record.Set(0, CalibrationRecord.VoltageGain, calibration.VoltageGain);
        record.Set(0, CalibrationRecord.CurrentGain, calibration.CurrentGain);
        record.Set(0, CalibrationRecord.PowerGain, calibration.ActivePowerGain);
        record.Set(0, CalibrationRecord.PowerOffset, calibration.ActivePowerOffset);
        record.Set(0, CalibrationRecord.Phase, calibration.PhaseCalibration);
        record.Set(0, CalibrationRecord.ErrorBefore, before);
        record.Set(0, CalibrationRecord.ErrorAfter, after);
    }

    private static void Tell(ReferenceComparison found, Ade7953Settings calibration, CalibrationRecord record,
        double limit, bool isCheck, bool passes, bool isJson)
    {
        if (isJson)
        {
            Console.Out.WriteLine(new JsonObject
            {
                ["readings"] = found.Count,
                ["reference"] = Three(found.Reference.Volts, found.Reference.Amps, found.Reference.Watts),
                ["errorsMillionths"] = Three(Millionths(found.Errors.Volts), Millionths(found.Errors.Amps),
                    Millionths(found.Errors.Watts)),
                ["spreadMillionths"] = Millionths(found.Spread),
                ["limitMillionths"] = (int)Math.Round(limit * 1e4),
                ["registers"] = new JsonObject
                {
                    ["voltageGain"] = calibration.VoltageGain,
                    ["currentGain"] = calibration.CurrentGain,
                    ["activePowerGain"] = calibration.ActivePowerGain,
                },
                ["expandedUncertaintyPpm"] = record.UncertaintyMillionths,
                ["simulated"] = false,
                ["pass"] = passes,
            }.ToJsonString());
            return;
        }

        Table table = new Table().Border(TableBorder.Rounded).Title($"{found.Count} readings").AddColumn("")
            .AddColumn(new TableColumn("reference").RightAligned())
            .AddColumn(new TableColumn("error, %").RightAligned()).AddColumn(new TableColumn("gain").RightAligned());
        Row("voltage, V", found.Reference.Volts, found.Errors.Volts, calibration.VoltageGain);
        Row("current, A", found.Reference.Amps, found.Errors.Amps, calibration.CurrentGain);
        Row("power, W", found.Reference.Watts, found.Errors.Watts, calibration.ActivePowerGain);
        Screen.Write(table);
        if (!isCheck)
        {
            // Plain, so that no line break of the terminal's width gets into what is copied.
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"settings.json: \"voltageGain\":{calibration.VoltageGain},\"currentGain\":{calibration.CurrentGain},"
                + $"\"powerGain\":{calibration.ActivePowerGain}"));
        }

        string verdict = isCheck ? (passes ? "within" : "outside of") : "to be checked against";
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"{verdict} the class's limit of {limit:0.0#} %");
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"expanded uncertainty (k = 2) {record.UncertaintyMillionths / 1e4:F3} %");

        void Row(string name, double reference, double error, int gain) => table.AddRow(name,
            AccuracyCommand.Text(reference, "0.000"), AccuracyCommand.Signed(error * 100),
            string.Create(CultureInfo.InvariantCulture, $"0x{gain:X6}"));
    }

    private static JsonObject Three(double volts, double amps, double watts) =>
        new() { ["volts"] = volts, ["amps"] = amps, ["watts"] = watts };

    private static int Millionths(double ratio) => (int)Math.Round(ratio * 1e6);
}
