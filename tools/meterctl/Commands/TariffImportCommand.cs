using System.CommandLine;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Input;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl tariff import-acn` and `import-urdb`: other formats into tariff files.</summary>
internal static class TariffImportCommand
{
    private delegate TariffModel? Importer(
        byte[] utf8, string timezone, string currency, List<TariffProblem> problems, List<TariffProblem> warnings);

    public static Command Acn() => Create("import-acn", "ACN-Sim's format", AcnImporter.Import,
        "meterctl tariff import-acn sce_tou_ev_4_march_2019.json --out sce-tou-ev-4.json");

    public static Command Urdb() => Create("import-urdb", "OpenEI's Utility Rate Database (JSON)", UrdbImporter.Import,
        "meterctl tariff import-urdb rate.json --timezone America/Denver --out rate-file.json");

    private static Command Create(string name, string format, Importer import, string example)
    {
        Argument<string> file = new("FILE") { Description = $"A tariff of {format}." };
        Option<string?> output = new("--out") { Description = "Where the tariff file goes; stdout without it." };
        Option<string> timezone = new("--timezone")
        {
            Description = "Zone of the schedule's hours; the format names none.",
            DefaultValueFactory = _ => "America/Los_Angeles",
        };
        Option<string> currency = new("--currency")
        {
            Description = "ISO 4217 code.",
            DefaultValueFactory = _ => "USD",
        };
        Option<bool> json = TariffCommand.JsonOption();
        Command command = new(name, $"Turns a tariff of {format} into a tariff file.\n\nExample: {example}")
        {
            file, output, timezone, currency, json,
        };
        command.SetAction(parsed => Run(
            import, parsed.GetRequiredValue(file), parsed.GetValue(output), parsed.GetRequiredValue(timezone),
            parsed.GetRequiredValue(currency), parsed.GetValue(json)));
        return command;
    }

    private static int Run(
        Importer import, string file, string? output, string timezone, string currency, bool json)
    {
        List<TariffProblem> problems = [];
        List<TariffProblem> warnings = [];
        TariffModel? model = import(JsonReader.ReadFile(file), timezone, currency, problems, warnings);
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
            TariffCommand.WriteJson(new { file = output, name = model!.Name, rates = model.Rates, warnings });
        }
        else
        {
            AnsiConsole.MarkupLineInterpolated($"[green]{model!.Name}[/]: {model.Rates.Count} rates → {output}");
        }

        return Program.Done;
    }
}
