using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Calibration;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Bench;
using MeterFirmware.Tools.MeterCtl.Input;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>meterctl calibrate: reference values in, gains and residual errors out, with the record that the meter keeps.</summary>
public static class CalibrateCommand
{
    private const int UncertaintyPpmMax = 20_000;

    public static Command Create()
    {
        Option<double?> volts = new("--reference-volts")
        {
            Description =
            "what the reference reads at Ib and PF 1; default: the simulated source's value"
        };
        Option<double?> amps = new("--reference-amps") { Description = "the same for current" };
        Option<double?> watts = new("--reference-watts") { Description = "the same for active power" };
        Option<string> person = new("--operator") { Description = "who calibrates", Required = true };
        Option<string> instrument =
            new("--instrument") { Description = "reference instrument: make, type, serial number", Required = true };
        Option<string> certificate = new("--certificate")
        {
            Description = "number of the reference's certificate",
            Required = true
        };
        Option<string> date = new("--date") { Description = "day of the calibration, yyyy-MM-dd", Required = true };
        Option<string> due = new("--due") { Description = "day on which it ends, yyyy-MM-dd", Required = true };
        Option<int> uncertainty = new("--uncertainty-ppm")
        {
            Description =
            "expanded uncertainty of the reference's energy, k = 2",
            DefaultValueFactory = _ => 500
        };
        Option<string?> ranges = new("--ranges")
        {
            Description =
            "2 to 4 ranges of current by their beginnings in mA, such as 0,1000,10000: gain and phase in each, offset "
                + "without current"
        };
        Option<string?> output =
            new("--out")
            {
                Description =
                "write the record: JSON for `meterctl command calibration FILE`, or, with a name that ends in .bin, "
                    + "what a board takes as calibration.bin"
            };
        Option<int> channel = new("--channel")
        {
            Description =
            "the meter's channel, 0 to 2; from 1 on --out adds it to the JSON file of the channels before"
        };
        Option<bool> json = new("--json") { Description = "one JSON document on stdout" };
        Command command = new("calibrate", """
            Calibrate a meter on a simulated bench: gains from the reference's values at Ib, power offset at the lowest current,
            phase at PF 0.5 inductive; with --ranges, offset without current and what is left in each range of current.
            Prints errors before and after, and the calibration record, marked as simulated: a real meter refuses it.
            Exit code 1 when a point is still outside of its limit.
            With --meter and --reference nothing is simulated: gains of a real meter at PF 1 from a second one at the
            same load, each read over DL/T 645 or Modbus; then again with --check.

            Example: meterctl calibrate --current-error-ppm 8000 --phase-error-urad 3000 --operator "Li Wei" --instrument "Zera MT310 50012345" --certificate CNAS-2026-0417 --date 2026-03-01 --due 2031-03-01
            A current transformer: meterctl calibrate --class 0.5S --transformer-error-ppm -9000 --transformer-phase-urad 6000 --ranges 0,400,2000,10000 --operator "Li Wei" --instrument "Zera MT310 50012345" --certificate CNAS-2026-0417 --date 2026-03-01 --due 2031-03-01
            A second meter, before --operator and the others: meterctl calibrate
            --meter dlt645,serial=/dev/ttyUSB0,address=000012345678 --reference modbus,serial=/dev/ttyUSB1,meter=sdm120
            """)
        {
            volts, amps, watts, person, instrument, certificate, date, due, uncertainty, ranges, output, channel, json,
        };
        BenchOptions.AddTo(command);
        ReferenceCalibration lines = new();
        lines.AddTo(command);
        command.SetAction(parsed =>
        {
            bool isReal = lines.IsAsked(parsed, [volts, amps, watts, ranges]);
            BenchOptions options = BenchOptions.From(parsed);
            CalibrationRecord record = new()
            {
                // Two meters on lines say otherwise below.
                IsSimulated = true,
                Operator = Name("--operator", parsed.GetValue(person)!),
                Instrument = Name("--instrument", parsed.GetValue(instrument)!),
                Certificate = Name("--certificate", parsed.GetValue(certificate)!),
                UtcSeconds = Day("--date", parsed.GetValue(date)!),
                DueUtcSeconds = Day("--due", parsed.GetValue(due)!),
            };
            if (record.DueUtcSeconds <= record.UtcSeconds)
            {
                throw new InputException("--due: lies before --date");
            }

            int uncertaintyPpm = parsed.GetValue(uncertainty);
            if (uncertaintyPpm is < 1 or > UncertaintyPpmMax)
            {
                throw new InputException(
                    $"--uncertainty-ppm: 1 to {UncertaintyPpmMax}, no reference is without uncertainty or worse than "
                        + "2 %");
            }

            CurrentRangeTable? table = parsed.GetValue(ranges) is string text ? RangeCalibration.Parse(text) : null;
            (double Volts, double Amps, double Watts) reference = (
                parsed.GetValue(volts) ?? options.Volts, parsed.GetValue(amps) ?? options.BaseAmps,
                parsed.GetValue(watts) ?? options.Volts * options.BaseAmps);
            int number = parsed.GetValue(channel) is >= 0 and <= 2 and int some ? some
                : throw new InputException("--channel: 0 to 2 was expected");
            string? path = parsed.GetValue(output);
            if (path is not null)
            {
                OutputFile.Check("--out", path);
            }

            CalibrationRecord? others = number > 0 ? Before(path, number, record) : null;
            int exitCode = isReal ? lines.Run(parsed, options, record, uncertaintyPpm, parsed.GetValue(json))
                : Run(options, reference, table, uncertaintyPpm, record, parsed.GetValue(json));
            if (path is null || (isReal && !lines.MakesRecord(parsed)))
            {
                return exitCode;
            }

            if (exitCode != Program.Done)
            {
                Console.Error.WriteLine($"meterctl: {path} is not written: a point is outside of its limit");
                return exitCode;
            }

            CalibrationFile.Write(path, others is null ? record : Joined(others, record, number));
            return exitCode;
        });
        return command;
    }

    /// <summary>The channels before, by the same people with the same reference on the same day.</summary>
    private static CalibrationRecord Before(string? path, int channel, CalibrationRecord record)
    {
        if (path is null || path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase))
        {
            throw new InputException("--channel: from 1 on --out names the JSON file of the channels before");
        }

        CalibrationRecord before = CalibrationFile.Load(path, 0);
        bool isSame =
            before.Operator.SequenceEqual(record.Operator) && before.Instrument.SequenceEqual(record.Instrument)
            && before.Certificate.SequenceEqual(record.Certificate) && before.UtcSeconds == record.UtcSeconds
            && before.DueUtcSeconds == record.DueUtcSeconds && before.FindChannel(channel - 1, out _) >= 0
            && before.FindChannel(channel, out _) < 0;
        return isSame ? before : throw new InputException(
            $"{path}: channel {channel} follows channel {channel - 1} of the same operator, instrument, certificate, date and due date");
    }

    private static CalibrationRecord Joined(CalibrationRecord record, CalibrationRecord own, int channel)
    {
        if (record.RowCount + own.RowCount > CalibrationRecord.RowCountMax)
        {
            throw new InputException(
                $"--ranges: a record has up to {CalibrationRecord.RowCountMax} rows, all channels together");
        }

        for (int row = 0; row < own.RowCount; row++)
        {
            for (int column = 0; column < CalibrationRecord.ColumnCount; column++)
            {
                record.Set(record.RowCount + row, column,
                    column == CalibrationRecord.Channel ? channel : own.Get(row, column));
            }
        }

        record.RowCount += own.RowCount;
        record.UncertaintyMillionths = Math.Max(record.UncertaintyMillionths, own.UncertaintyMillionths);
        return record;
    }

    private static int Run(BenchOptions options, (double Volts, double Amps, double Watts) reference,
        CurrentRangeTable? table, int uncertaintyPpm, CalibrationRecord record, bool isJson)
    {
        MeterBench bench = new(options, TariffFile.Load("shanghai-household").Table);
        IReadOnlyList<BenchPoint> before = bench.Run(options.Class, options.Chip());
        Ade7953Settings calibration = BoardCalibration.Run(bench, options, reference, table is not null);
        IReadOnlyDictionary<double, int>? rangeOf =
            table is null ? null : RangeCalibration.Run(bench, options, reference.Watts, calibration, table);
        calibration.Ranges = table;
        IReadOnlyList<BenchPoint> after = bench.Run(options.Class, calibration);
        record.RowCount = table?.Count ?? 1;
        for (int row = 0; row < record.RowCount; row++)
        {
            Fill(record, row, calibration, Worst(before, rangeOf, row), Worst(after, rangeOf, row));
        }

        double worstBefore = Worst(before, null, 0);
        double worstAfter = Worst(after, null, 0);

        // The reference's part and the residual error's (a rectangle: divide by root three, times k = 2).
        double residual = Math.Abs(worstAfter) * 1e4 / Math.Sqrt(3) * 2;
        record.UncertaintyMillionths =
            (int)Math.Ceiling(Math.Sqrt((double)uncertaintyPpm * uncertaintyPpm + residual * residual));
        bool passes = after.All(p => p.Passes);
        if (isJson)
        {
            Console.Out.WriteLine(ToJson(before, after, calibration, record, passes).ToJsonString());
            return passes ? Program.Done : Program.AnswerIsNo;
        }

        Screen.Write(PointTable(options, before, after));
        AnsiConsole.MarkupInterpolated(
            $"voltage gain 0x{calibration.VoltageGain:X6}, current gain 0x{calibration.CurrentGain:X6}, ");
        AnsiConsole.MarkupInterpolated($"power gain 0x{calibration.ActivePowerGain:X6}, ");
        AnsiConsole.MarkupLineInterpolated(
            $"power offset {calibration.ActivePowerOffset}, phase {calibration.PhaseCalibration} steps");
        if (table is not null)
        {
            Screen.Write(RangeRows(record));
        }

        // Plain, so that no line break of the terminal's width gets into what is copied.
        Console.Out.WriteLine($"settings.json: {Settings(calibration)}");
        string operatorName = Encoding.UTF8.GetString(record.Operator);
        string instrument = Encoding.UTF8.GetString(record.Instrument);
        string certificate = Encoding.UTF8.GetString(record.Certificate);
        string due = CalibrationFile.Date(record.DueUtcSeconds);
        AnsiConsole.MarkupLineInterpolated(
            $"calibrated {CalibrationFile.Date(record.UtcSeconds)} by {operatorName}, due {due}");
        AnsiConsole.MarkupLineInterpolated(
            $"against {instrument}, certificate {certificate}, U = {uncertaintyPpm / 10_000.0:F4} % (k = 2)");
        string errorBefore = AccuracyCommand.Signed(worstBefore);
        AnsiConsole.MarkupLineInterpolated(
            $"largest error before {errorBefore} %, after {AccuracyCommand.Signed(worstAfter)} %");
        AnsiConsole.MarkupLineInterpolated(
            $"expanded uncertainty (k = 2) {record.UncertaintyMillionths / 10_000.0:F3} %");
        AnsiConsole.MarkupLine("the bench is simulated, and the record says so: a real meter refuses it");
        return passes ? Program.Done : Program.AnswerIsNo;
    }

    private static Table PointTable(
        BenchOptions options, IReadOnlyList<BenchPoint> before, IReadOnlyList<BenchPoint> after)
    {
        Table points = new Table().Border(TableBorder.Rounded).Title($"class {options.Class.Name}")
            .AddColumn(new TableColumn("I, A").RightAligned()).AddColumn("PF")
            .AddColumn(new TableColumn("before, %").RightAligned())
            .AddColumn(new TableColumn("after, %").RightAligned())
            .AddColumn(new TableColumn("limit, %").RightAligned());
        foreach ((BenchPoint was, BenchPoint now) in before.Zip(after))
        {
            points.AddRow(AccuracyCommand.Text(now.Amps, "0.###"), now.PowerFactor,
                AccuracyCommand.Signed(was.ErrorPercent),
                $"{(now.Passes ? "[green]" : "[red]")}{AccuracyCommand.Signed(now.ErrorPercent)}[/]",
                $"±{AccuracyCommand.Text(now.LimitPercent, "0.0#")}");
        }

        return points;
    }

    /// <summary>The error that is farthest from 0, of all points or of one range's.</summary>
    private static double Worst(IReadOnlyList<BenchPoint> points, IReadOnlyDictionary<double, int>? rangeOf,
        int range) =>
        points.Where(p => rangeOf is null || rangeOf[p.Amps] == range)
            .MaxBy(p => Math.Abs(p.ErrorPercent))!.ErrorPercent;

    private static void Fill(CalibrationRecord record, int row, Ade7953Settings calibration, double worstBefore,
        double worstAfter)
    {
        record.Set(row, CalibrationRecord.VoltageGain, calibration.VoltageGain);
        record.Set(row, CalibrationRecord.CurrentGain, calibration.CurrentGain);
        record.Set(row, CalibrationRecord.PowerGain, calibration.ActivePowerGain);
        record.Set(row, CalibrationRecord.PowerOffset, calibration.ActivePowerOffset);
        record.Set(row, CalibrationRecord.Phase, calibration.PhaseCalibration);
        record.Set(row, CalibrationRecord.ErrorBefore, (int)Math.Round(worstBefore * 1e4));
        record.Set(row, CalibrationRecord.ErrorAfter, (int)Math.Round(worstAfter * 1e4));
        if (calibration.Ranges is CurrentRangeTable table)
        {
            record.Set(row, CalibrationRecord.FromMilliamps, table.FromMilliamps[row]);
            record.Set(row, CalibrationRecord.RangeGain, table.GainMillionths[row]);
            record.Set(row, CalibrationRecord.RangeOffset, table.OffsetMilliwatts[row]);
            record.Set(row, CalibrationRecord.RangePhase, table.PhaseMicroradians[row]);
        }
    }

    private static Table RangeRows(CalibrationRecord record)
    {
        Table table = new Table().Border(TableBorder.Rounded).Title("ranges of current");
        foreach (string column in new[] { "from, mA", "gain, ppm", "offset, mW", "phase, µrad", "before, %",
            "after, %" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        for (int row = 0; row < record.RowCount; row++)
        {
            table.AddRow(Whole(row, CalibrationRecord.FromMilliamps), Whole(row, CalibrationRecord.RangeGain),
                Whole(row, CalibrationRecord.RangeOffset), Whole(row, CalibrationRecord.RangePhase),
                AccuracyCommand.Signed(record.Get(row, CalibrationRecord.ErrorBefore) / 1e4),
                AccuracyCommand.Signed(record.Get(row, CalibrationRecord.ErrorAfter) / 1e4));
        }

        return table;

        string Whole(int row, int column) => record.Get(row, column).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The members of a board's settings.json that the calibration sets.</summary>
    private static string Settings(Ade7953Settings calibration) => string.Create(CultureInfo.InvariantCulture,
        $"\"voltageGain\":{calibration.VoltageGain},\"currentGain\":{calibration.CurrentGain},\"powerGain\":{calibration.ActivePowerGain},\"powerOffset\":{calibration.ActivePowerOffset},\"phaseCalibration\":{calibration.PhaseCalibration}")
        + (calibration.NoLoadMilliwatts < 0 ? "" : $",\"noLoadMilliwatts\":{calibration.NoLoadMilliwatts}")
        + (calibration.Ranges is null ? "" : $",\"currentRanges\":\"{RangeCalibration.Text(calibration.Ranges)}\"");

    private static JsonObject ToJson(
        IReadOnlyList<BenchPoint> before, IReadOnlyList<BenchPoint> after, Ade7953Settings calibration,
        CalibrationRecord record, bool passes)
    {
        byte[] bytes = new byte[CalibrationRecord.PayloadBytesMax];
        int length = record.Write(bytes, 0);
        return new JsonObject
        {
            ["registers"] = new JsonObject
            {
                ["voltageGain"] = calibration.VoltageGain,
                ["currentGain"] = calibration.CurrentGain,
                ["activePowerGain"] = calibration.ActivePowerGain,
                ["activePowerOffset"] = calibration.ActivePowerOffset,
                ["phaseSteps"] = calibration.PhaseCalibration,
            },
            ["ranges"] = new JsonArray([.. Enumerable.Range(0, record.RowCount).Select(row => (JsonNode)new JsonObject
            {
                ["fromMilliamps"] = record.Get(row, CalibrationRecord.FromMilliamps),
                ["gainMillionths"] = record.Get(row, CalibrationRecord.RangeGain),
                ["offsetMilliwatts"] = record.Get(row, CalibrationRecord.RangeOffset),
                ["phaseMicroradians"] = record.Get(row, CalibrationRecord.RangePhase),
                ["errorBeforeMillionths"] = record.Get(row, CalibrationRecord.ErrorBefore),
                ["errorAfterMillionths"] = record.Get(row, CalibrationRecord.ErrorAfter),
            })]),
            ["currentRanges"] = calibration.Ranges is null ? "" : RangeCalibration.Text(calibration.Ranges),
            ["before"] = AccuracyCommand.ToJson(before),
            ["after"] = AccuracyCommand.ToJson(after),
            ["expandedUncertaintyPpm"] = record.UncertaintyMillionths,
            ["simulated"] = record.IsSimulated,
            ["record"] = Convert.ToHexStringLower(bytes, 0, length),
            ["pass"] = passes,
        };
    }

    private static byte[] Name(string option, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length is > 0 and <= CalibrationRecord.TextBytesMax
            ? bytes
            : throw new InputException(
                $"{option}: 1 to {CalibrationRecord.TextBytesMax} bytes of UTF-8, not {bytes.Length}");
    }

    private static long Day(string option, string text)
    {
        try
        {
            return CalibrationFile.Day(text);
        }
        catch (InputException e)
        {
            throw new InputException($"{option}: {e.Message}");
        }
    }
}
