using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Tariffs;
using NodaTime;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl tariff`: design/cli.md, "Tariff file".</summary>
public static class TariffCommand
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create() => new("tariff", "Checks, shows, compares, compiles and imports tariff files.")
    {
        Validate(),
        TariffShowCommand.Create(),
        TariffCompareCommand.Create(),
        Compile(),
        ImportAcn(),
        Examples(),
    };

    private static Argument<string> FileArgument() =>
        new("FILE") { Description = "A tariff file, or the name of an example that ships (meterctl tariff examples)." };

    private static Option<bool> JsonOption() => new("--json") { Description = "One JSON document on stdout." };

    private static Command Validate()
    {
        Argument<string> file = FileArgument();
        Option<bool> json = JsonOption();
        Command command = new("validate",
            "Reports every error of a tariff file with its path; exit code 2 when there is one.\n\n" +
            "Example: meterctl tariff validate shanghai-household")
        {
            file, json,
        };
        command.SetAction(parsed => RunValidate(parsed.GetRequiredValue(file), parsed.GetValue(json)));
        return command;
    }

    private static int RunValidate(string file, bool json)
    {
        List<TariffProblem> problems = [];
        TariffFile? tariff = TariffFile.TryParse(TariffFile.Read(file), file, problems);
        List<TariffProblem> warnings = tariff?.Warnings ?? [];
        if (json)
        {
            WriteJson(new
            {
                file,
                valid = tariff != null,
                errors = problems,
                warnings,
                name = tariff?.Model.Name,
                rates = tariff?.Model.Rates,
                tableBytes = tariff?.Bytes.Length,
            });
        }
        else if (tariff != null)
        {
            TariffView.Show(tariff);
        }

        problems.ForEach(problem => Console.Error.WriteLine(problem.Describe(file)));
        warnings.ForEach(warning => Console.Error.WriteLine("warning: " + warning.Describe(file)));
        return tariff != null ? Program.Done : Program.BadInput;
    }

    private static Command Compile()
    {
        Argument<string> file = FileArgument();
        Option<string> output = new("--out") { Description = "Where the table goes.", Required = true };
        Option<int> from = Year("--from-year", "First year of tabled zone offsets.", TariffFile.FirstYear);
        Option<int> until = Year("--until-year", "The tabled zone offsets end where this year begins.",
            TariffFile.UntilYear);
        Option<bool> json = JsonOption();
        Command command = new("compile",
            "Makes the compact table that devices load.\n\n" +
            "Example: meterctl tariff compile shanghai-household --out shanghai.mft")
        {
            file, output, from, until, json,
        };
        command.SetAction(parsed =>
        {
            (int first, int last) = (parsed.GetValue(from), parsed.GetValue(until));
            if (first < 1972 || last > 2100 || last - first < 10)
            {
                throw new InputException($"--from-year {first} --until-year {last}: expected at least ten years "
                    + $"within 1972 to 2100");
            }

            string target = parsed.GetRequiredValue(output);
            TariffFile tariff = TariffFile.Load(parsed.GetRequiredValue(file), first, last);
            string crc = tariff.Table.Crc.ToString("X8");
            OutputFile.Write("--out", target, tariff.Bytes);
            tariff.Warnings.ForEach(warning =>
                Console.Error.WriteLine("warning: " + warning.Describe(tariff.FileName)));
            string zoneUntil = Instant.FromUnixTimeSeconds(tariff.Table.ZoneUntilUtc).ToString("uuuu-MM-dd", null);
            if (parsed.GetValue(json))
            {
                WriteJson(new { file = target, name = tariff.Model.Name, bytes = tariff.Bytes.Length, crc, zoneUntil });
            }
            else
            {
                string what = $"{tariff.Bytes.Length} bytes, CRC {crc}, zone offsets until {zoneUntil} → {target}";
                AnsiConsole.MarkupLineInterpolated($"[green]{tariff.Model.Name}[/]: {what}");
            }

            return Program.Done;
        });
        return command;
    }

    private static Command ImportAcn()
    {
        Argument<string> file = new("FILE") { Description = "A tariff in ACN-Sim's format." };
        Option<string?> output = new("--out") { Description = "Where the tariff file goes; stdout without it." };
        Option<string> timezone = new("--timezone")
        {
            Description = "Zone of the schedule's hours; ACN-Sim's format names none.",
            DefaultValueFactory = _ => "America/Los_Angeles",
        };
        Option<string> currency = new("--currency") { Description = "ISO 4217 code.", DefaultValueFactory = _ =>
            "USD" };
        Option<bool> json = JsonOption();
        Command command = new("import-acn",
            "Turns a tariff of ACN-Sim's format into a tariff file.\n\n" +
            "Example: meterctl tariff import-acn sce_tou_ev_4_march_2019.json --out sce-tou-ev-4.json")
        {
            file, output, timezone, currency, json,
        };
        command.SetAction(parsed => RunImport(
            parsed.GetRequiredValue(file), parsed.GetValue(output), parsed.GetRequiredValue(timezone),
            parsed.GetRequiredValue(currency), parsed.GetValue(json)));
        return command;
    }

    private static int RunImport(string file, string? output, string timezone, string currency, bool json)
    {
        List<TariffProblem> problems = [];
        List<TariffProblem> warnings = [];
        TariffModel? model = AcnImporter.Import(JsonReader.ReadFile(file), timezone, currency, problems, warnings);
        string text = model is null ? "" : TariffWriter.Write(model);
        if (model != null)
        {
            // The result goes through the same checks as any tariff file, the zone and the currency included.
            TariffFile.TryParse(System.Text.Encoding.UTF8.GetBytes(text), file, problems);
        }

        problems.ForEach(problem => Console.Error.WriteLine(problem.Describe(file)));
        if (problems.Count > 0)
        {
            return Program.BadInput;
        }

        warnings.ForEach(warning => Console.Error.WriteLine("warning: " + warning.Describe(file)));
        if (output is null)
        {
            Console.Out.Write(text);
            return Program.Done;
        }

        OutputFile.Write("--out", output, System.Text.Encoding.UTF8.GetBytes(text));
        if (json)
        {
            WriteJson(new { file = output, name = model!.Name, rates = model.Rates, warnings });
        }
        else
        {
            AnsiConsole.MarkupLineInterpolated($"[green]{model!.Name}[/]: {model.Rates.Count} rates → {output}");
        }

        return Program.Done;
    }

    private static Command Examples()
    {
        Option<bool> json = JsonOption();
        Option<string?> show = new("--show") { Description = "Prints one of them." };
        Command command = new("examples",
            "Lists the tariffs that ship with meterctl.\n\nExample: meterctl tariff examples --show shanghai-household")
        {
            show, json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(show) is string name)
            {
                byte[] text = TariffExamples.Find(name) ?? throw new InputException(
                    $"no example {name}; expected one of {string.Join(", ", TariffExamples.Names)}");
                Console.Out.Write(System.Text.Encoding.UTF8.GetString(text));
            }
            else if (parsed.GetValue(json))
            {
                WriteJson(TariffExamples.Names);
            }
            else
            {
                TariffView.List(TariffExamples.Names);
            }

            return Program.Done;
        });
        return command;
    }

    private static Option<int> Year(string name, string description, int value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static void WriteJson(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, _json));
}
