using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MeterFirmware.Boards.Simulator.Scenarios;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary><c>meterctl scenario run FILE</c>: the charger's own safety loop over a file of inputs, its events printed.</summary>
public static class ScenarioCommand
{
    public static Command Create()
    {
        Argument<string> file = new("FILE")
        {
            Description =
            "The scenario, a JSON file (tests/Scenarios holds a library)."
        };
        Option<bool> json = new("--json") { Description = "One JSON document on stdout." };
        Command run = new("run", """
            Run one scenario and print what the charger did.

            Example: meterctl scenario run tests/Scenarios/iec61851/08.1-vehicle-opens-s2.json --json
            """)
        {
            file,
            json,
        };
        run.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.GetValue(json)));
        return new Command("scenario",
            "The charger's safety and sequence behaviour, in simulated milliseconds.") { run };
    }

    private static int Run(string path, bool isJson)
    {
        ChargerScenario scenario;
        try
        {
            scenario = ChargerScenarioFile.Read(path);
        }
        catch (FormatException e)
        {
            throw new InputException(e.Message);
        }

        IReadOnlyList<ChargerScenarioEvent> events = new ChargerScenarioRunner(scenario).Run();
        if (isJson)
        {
            Console.Out.WriteLine(ToJson(events));
        }
        else
        {
            Print(events);
        }

        bool holds = true;
        foreach (ChargerExpectation expectation in scenario.Expectations)
        {
            if (!expectation.Holds(events))
            {
                holds = false;
                Console.Error.WriteLine($"{path}: did not hold: {expectation.Text}");
            }
        }

        return holds ? Program.Done : Program.AnswerIsNo;
    }

    /// <summary>The contract's document: design/cli.md, "scenario".</summary>
    public static string ToJson(IReadOnlyList<ChargerScenarioEvent> events)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("events");
            foreach (ChargerScenarioEvent item in events)
            {
                writer.WriteStartObject();
                writer.WriteNumber("atMs", item.AtMs);
                if (item.DutyHundredths is int duty)
                {
                    writer.WritePropertyName("dutyPercent");
                    writer.WriteRawValue(Percent(duty));
                }
                else
                {
                    (string name, string value) = NameAndValue(item);
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static (string Name, string Value) NameAndValue(ChargerScenarioEvent item) =>
        item.Contactor is not null ? ("contactor", item.Contactor)
        : item.State is not null ? ("state", item.State)
        : item.Fault is not null ? ("fault", item.Fault)
        : ("cleared", item.Cleared);

    private static string Percent(int hundredths) => (hundredths / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    private static void Print(IReadOnlyList<ChargerScenarioEvent> events)
    {
        Table table = new Table().RoundedBorder().AddColumns("time", "state", "duty", "contactor", "faults");
        foreach (ChargerScenarioEvent item in events)
        {
            string fault = item.Fault is not null ? $"[red]{item.Fault}[/]"
                : item.Cleared is not null ? $"[green]{item.Cleared} cleared[/]" : "";
            string duty = item.DutyHundredths is int hundredths ? $"{Percent(hundredths)} %" : "";
            string contactor = item.Contactor == "closed" ? "[yellow]closed[/]" : item.Contactor ?? "";
            table.AddRow($"{item.AtMs / 1000m:0.000} s", item.State ?? "", duty, contactor, fault);
        }

        Screen.Write(table);
    }
}
