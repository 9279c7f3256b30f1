using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Input;
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
        TariffImportCommand.Acn(),
        TariffImportCommand.Urdb(),
        Examples(),
    };

    private static Argument<string> FileArgument() =>
        new("FILE") { Description = "A tariff file, or the name of an example that ships (meterctl tariff examples)." };

    internal static Option<bool> JsonOption() => new("--json") { Description = "One JSON document on stdout." };

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

    internal static void WriteJson(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, _json));
}
