using System.Globalization;
using System.Text.Json.Nodes;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Quality;

/// <summary>What the meter's power quality found in a recording, as a table or as JSON.</summary>
internal sealed class QualityReport(WaveFile wave, QualityRecorder quality, IReadOnlyList<WaveEvent> events)
{
    // A direct part is pointed out from this share of the r.m.s. on.
    private const double DirectShareMin = 0.001;

    private readonly SampledQuality _sampled = quality.Harmonics.Quality;

    private int PhaseCount => wave.PhaseCount;

    private bool HasCurrents => wave.MicroampsPerCount != 0;

    private long LostEvents => _sampled.Monitor.Events.DroppedCount;

    /// <summary>Nothing that was judged is outside of its limits.</summary>
    public bool IsInside =>
        Enumerable.Range(0, PhaseCount).All(phase => Harmonics(phase) != false && Voltage(phase) != false)
        && Frequency != false && Unbalance != false;

    private bool? Frequency => _sampled.Monitor.TryJudgeFrequency(out bool isInside) ? isInside : null;

    private bool? Unbalance => _sampled.Monitor.TryJudgeUnbalance(out bool isInside) ? isInside : null;

    public JsonObject ToJson() => new()
    {
        ["sampleRateHz"] = wave.SampleRateMillihertz / 1000.0,
        ["windows"] = _sampled.WindowCount,
        ["lastWindowHasEvent"] = _sampled.IsWindowFlagged,
        ["orderMax"] = _sampled.OrderMax,
        ["cutSamples"] = _sampled.CutCount,
        ["frequencyHz"] = _sampled.Window.FrequencyMillihertz / 1000.0,
        ["frequency"] = CounterToJson(_sampled.Monitor.Frequency, Frequency),
        ["unbalance"] = UnbalanceToJson(),
        ["phases"] = new JsonArray([.. Enumerable.Range(0, PhaseCount).Select(PhaseToJson)]),
        ["events"] = new JsonArray([.. events.Select(EventToJson)]),
        ["lostEvents"] = LostEvents,
    };

    public void Show()
    {
        double lastHertz = _sampled.Window.FrequencyMillihertz / 1000.0;
        double rate = wave.SampleRateMillihertz / 1000.0;
        AnsiConsole.WriteLine(Invariant($"{_sampled.WindowCount} windows at {rate} samples a second, ")
            + Invariant($"last window {lastHertz:F3} Hz{(_sampled.IsWindowFlagged ? ", with an event in it" : "")}"));
        Screen.Write(ToTable());
        foreach (WaveEvent one in events)
        {
            AnsiConsole.WriteLine(one.ToString());
        }

        if (LostEvents > 0)
        {
            AnsiConsole.WriteLine($"{LostEvents} more events ended at once and were lost");
        }

        if (_sampled.CutCount > 0)
        {
            AnsiConsole.WriteLine($"{_sampled.CutCount} samples lay beyond twice the declared amplitude or more"
                + " and were cut: r.m.s. and orders are too low");
        }

        for (int phase = 0; phase < PhaseCount; phase++)
        {
            int number = phase + 1;
            ShowDirect($"u{number}", "V", _sampled.Window.VoltageMillivolts[phase], _sampled.DirectMillivolts(phase));
            ShowDirect($"i{number}", "A", _sampled.Window.CurrentMilliamps[phase], _sampled.DirectMilliamps(phase));
        }

        string harmonics =
            $"GB/T 14549 (orders to {_sampled.Harmonics.LimitedOrderMax}, distortion to {_sampled.OrderMax})";
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            AnsiConsole.WriteLine($"u{phase + 1}: {Verdict(Harmonics(phase), harmonics, "3 s")}");
        }

        ShowFrequency();
        ShowUnbalance();
        ShowVoltages();
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string Verdict(bool? isInside, string standard, string span) => isInside switch
    {
        true => $"within {standard}",
        false => $"outside of {standard}",
        null => $"not judged, no whole {span} without an event",
    };

    private static double? Percent(bool isRead, int hundredths) => isRead ? hundredths / 100.0 : null;

    private static string Text(double? value) => value?.ToString("F2", CultureInfo.InvariantCulture) ?? "";

    private static void ShowDirect(string name, string unit, int rmsThousandths, int directThousandths)
    {
        if (Math.Abs(directThousandths) > DirectShareMin * rmsThousandths)
        {
            double direct = directThousandths / 1000.0;
            double both = Math.Sqrt((double)rmsThousandths * rmsThousandths + direct * direct * 1e6) / 1000;
            AnsiConsole.WriteLine(Invariant($"{name}: r.m.s. is without the direct part of {direct:F2} {unit};")
                + Invariant($" with it {both:F2} {unit}"));
        }
    }

    private static JsonObject EventToJson(WaveEvent one) => new()
    {
        ["kind"] = one.Kind,
        ["beginSeconds"] = Math.Round(one.BeginSeconds, 3),
        ["durationMs"] = one.DurationMs,
        ["volts"] = one.Volts,
        ["phases"] = new JsonArray([.. one.Phases.Select(phase => (JsonNode)phase)]),
        ["fromStart"] = one.BeganBefore,
        ["goesOn"] = one.GoesOn,
    };

    /// <summary>Of values in thousandths.</summary>
    private static JsonObject CounterToJson(QualificationCounter counter, bool? isInside) => new()
    {
        ["values"] = counter.Total,
        ["lowest"] = counter.Total == 0 ? null : counter.Minimum / 1000.0,
        ["highest"] = counter.Total == 0 ? null : counter.Maximum / 1000.0,
        ["qualifiedPercent"] = Percent(counter.TryReadRate(out int rate), rate),
        ["inside"] = isInside,
    };

    private bool? Harmonics(int phase) => quality.Harmonics.TryJudge(phase, out bool isInside) ? isInside : null;

    private bool? Voltage(int phase) => _sampled.Monitor.TryJudgeVoltage(phase, out bool isInside) ? isInside : null;

    private double? VoltageDistortion(int phase) =>
        Percent(_sampled.TryReadVoltageDistortion(phase, out int hundredths), hundredths);

    private double? CurrentDistortion(int phase) =>
        Percent(_sampled.TryReadCurrentDistortion(phase, out int hundredths), hundredths);

    private double? Limit(int order) =>
        order <= _sampled.Harmonics.LimitedOrderMax ? quality.Harmonics.LimitHundredths(order) / 100.0 : null;

    private JsonNode PhaseToJson(int phase) => new JsonObject
    {
        ["volts"] = _sampled.Window.VoltageMillivolts[phase] / 1000.0,
        ["directVolts"] = _sampled.DirectMillivolts(phase) / 1000.0,
        ["amps"] = HasCurrents ? _sampled.Window.CurrentMilliamps[phase] / 1000.0 : null,
        ["directAmps"] = HasCurrents ? _sampled.DirectMilliamps(phase) / 1000.0 : null,
        ["distortionPercent"] = VoltageDistortion(phase),
        ["inside"] = Harmonics(phase),
        ["voltage"] = CounterToJson(_sampled.Monitor.Voltage(phase), Voltage(phase)),
        ["orders"] = new JsonArray(
            [.. Enumerable.Range(2, _sampled.OrderMax - 1).Select(order => OrderToJson(phase, order))]),
    };

    private JsonNode OrderToJson(int phase, int order) => new JsonObject
    {
        ["order"] = order,
        ["voltagePercent"] = Percent(_sampled.TryReadVoltageHarmonic(phase, order, out int voltage), voltage),
        ["currentPercent"] = Percent(_sampled.TryReadCurrentHarmonic(phase, order, out int current), current),
        ["limitPercent"] = Limit(order),
        ["qualifiedPercent"] = Percent(_sampled.Harmonics.TryReadRate(phase, order, out int rate), rate),
    };

    private JsonObject? UnbalanceToJson()
    {
        bool isRead = TryReadUnbalance(out int hundredths, out int highest);
        return PhaseCount < 3 ? null : new JsonObject
        {
            ["values"] = _sampled.Monitor.NegativeSequence.Total,
            ["percent95"] = Percent(isRead, hundredths),
            ["highestPercent"] = Percent(isRead, highest),
            ["inside"] = Unbalance,
        };
    }

    /// <summary>The 95 % value, read to the edge of its bin but not above the highest.</summary>
    private bool TryReadUnbalance(out int hundredths, out int highest)
    {
        Percentile negative = _sampled.Monitor.NegativeSequence;
        highest = negative.Maximum;
        bool isRead = negative.TryRead(QualityLimits.ProbabilityPermille, out hundredths);
        hundredths = Math.Min(hundredths, highest);
        return isRead;
    }

    private Table ToTable()
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("order").AddColumn(Right("limit, %"));
        for (int phase = 1; phase <= PhaseCount; phase++)
        {
            table.AddColumn(Right($"u{phase}, %")).AddColumn(Right("inside, %"));
            if (HasCurrents)
            {
                table.AddColumn(Right($"i{phase}, %"));
            }
        }

        AddRow(table, "r.m.s., V, A", null, phase => _sampled.Window.VoltageMillivolts[phase] / 1000.0,
            _ => null, phase => _sampled.Window.CurrentMilliamps[phase] / 1000.0);
        AddRow(table, "direct part", null, phase => _sampled.DirectMillivolts(phase) / 1000.0,
            _ => null, phase => _sampled.DirectMilliamps(phase) / 1000.0);
        AddRow(table, $"distortion 2–{_sampled.OrderMax}", QualityLimits.TotalDistortionHundredths / 100.0,
            VoltageDistortion, _ => null, CurrentDistortion);
        for (int order = 2; order <= _sampled.OrderMax; order++)
        {
            AddRow(table, order.ToString(CultureInfo.InvariantCulture), Limit(order),
                phase => Percent(_sampled.TryReadVoltageHarmonic(phase, order, out int value), value),
                phase => Percent(_sampled.Harmonics.TryReadRate(phase, order, out int rate), rate),
                phase => Percent(_sampled.TryReadCurrentHarmonic(phase, order, out int value), value));
        }

        return table;
    }

    private static TableColumn Right(string name) => new TableColumn(name).RightAligned();

    private void AddRow(Table table, string name, double? limit,
        Func<int, double?> voltage, Func<int, double?> share, Func<int, double?> current)
    {
        List<string> cells = [name, Text(limit)];
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            cells.Add(Text(voltage(phase)));
            cells.Add(Text(share(phase)));
            if (HasCurrents)
            {
                cells.Add(Text(current(phase)));
            }
        }

        table.AddRow([.. cells]);
    }

    private void ShowFrequency()
    {
        QualificationCounter counter = _sampled.Monitor.Frequency;
        string range = counter.Total == 0 ? "" : Invariant($"{counter.Minimum / 1000.0:F3} to ")
            + Invariant($"{counter.Maximum / 1000.0:F3} Hz in {counter.Total} values of 10 s, ");
        AnsiConsole.WriteLine($"frequency: {range}{Verdict(Frequency, "GB/T 15945", "10 s")}");
    }

    private void ShowUnbalance()
    {
        if (PhaseCount < 3)
        {
            return;
        }

        string range = TryReadUnbalance(out int hundredths, out int highest)
            ? Invariant($"95 % of the values at most {hundredths / 100.0:F2} %, highest {highest / 100.0:F2} %, ") : "";
        AnsiConsole.WriteLine($"unbalance: {range}{Verdict(Unbalance, "GB/T 15543", "3 s")}");
    }

    private void ShowVoltages()
    {
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            QualificationCounter counter = _sampled.Monitor.Voltage(phase);
            string range = counter.Total == 0 ? "" : Invariant($"{counter.Minimum / 1000.0:F2} to ")
                + Invariant($"{counter.Maximum / 1000.0:F2} V in {counter.Total} values of 10 min, ");
            AnsiConsole.WriteLine($"voltage u{phase + 1}: {range}{Verdict(Voltage(phase), "GB/T 12325", "10 min")}");
        }
    }
}
