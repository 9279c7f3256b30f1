using System.CommandLine;
using System.Text;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Bills;
using MeterFirmware.Tools.MeterCtl.Bills.Pdf;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl bill`: a load and tariff documents into a bill, line by line.</summary>
public static class BillCommand
{
    private const string Help = """
        Makes a bill from a load and a tariff, exactly: energy by rate and tier, capacity or demand, power factor,
        export, surcharges, standing and minimum charge, taxes. Months are cut as a meter settles them.

        Examples:
          meterctl bill --load household.csv --tariff ontario-household --period 2011-12
          meterctl bill --load factory.csv --tariff jiangsu-industry --kva 630 --power-factor 0.93 --format html
          meterctl bill --load household.csv --tariff ontario-household --period 2011-12 --why on-peak
        """;

    public static Command Create()
    {
        LoadOptions load = new();
        Option<string[]> tariff = new("--tariff")
        {
            Description = "tariff document or shipped example; several that follow each other may be given",
            Required = true,
        };
        BillOptions options = new();
        Option<bool> charging =
            new("--charging") { Description = "the load is that of charging: service and occupancy fee are billed" };
        Option<int> occupied =
            new("--occupied-minutes") { Description = "minutes on the charger after the end of charging" };
        Option<int> reserved =
            new("--reserved-minutes") { Description = "minutes for which the charger was kept before charging" };
        Option<string?> why =
            new("--why") { Description = "list what a line of energy is made of, down to the rows of the load" };
        Option<string> format =
            new("--format") { Description = "text, csv, html or pdf", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "csv", "html", "pdf");
        Option<string?> output = new("--out") { Description = "file for csv, html, pdf or JSON; stdout without it, but for pdf" };
        Option<bool> json = new("--json") { Description = "one JSON document on stdout" };
        Command command = new("bill", Help)
        {
            tariff, charging, occupied, reserved, why, format, output, json,
        };
        load.AddTo(command, takesReactive: true);
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            List<TariffFile> documents = Documents(parsed.GetValue(tariff)!);
            LoadFile file = LoadFile.Read(load.PathOf(parsed), documents[0].Zone,
                load.SettingsOf(parsed, takesExport: true));
            LoadOptions.Tell(file);
            BillRequest request = options.Fill(parsed, new BillRequest
            {
                Load = parsed.GetValue(load.ExportOption) == "none" ? file with { ExportMicrojoules = null } : file,
                Documents = documents,
                IsCharging = parsed.GetValue(charging),
                OccupiedMinutes = Minutes(parsed, occupied),
                ReservedMinutes = Minutes(parsed, reserved),
            }, isComparison: false);
            return Run(request,
                new View(parsed.GetValue(why), parsed.GetValue(format)!, parsed.GetValue(output),
                parsed.GetValue(json)));
        });
        return command;
    }

    private static int Minutes(ParseResult parsed, Option<int> option) =>
        parsed.GetValue(option) is (>= 0 and <= 100_000) and int minutes ? minutes
            : throw new InputException($"{option.Name}: 0 to 100000 was expected");

    /// <summary>Documents in the order of their validity.</summary>
    internal static List<TariffFile> Documents(string[] names) => [.. names.Select(name => TariffFile.Load(name))
        .OrderBy(file => file.Model.Terms.Document?.From ?? NodaTime.LocalDate.MinIsoValue)];

    private static int Run(BillRequest request, View view)
    {
        if (view.Output is not null)
        {
            if (view.Why is not null || (view.Format == "text" && !view.IsJson))
            {
                throw new InputException("--out: --format csv, html or pdf, or --json was expected with it, and no "
                    + "--why");
            }

            OutputFile.Check("--out", view.Output);
        }

        if (view.Why is string line)
        {
            BillWhy.Write(request, line, view.IsJson);
            return Program.Done;
        }

        BillDocument bill = BillEngine.Make(request);
        if (view.Format == "pdf" && !view.IsJson)
        {
            return Pdf(bill, request, view.Output
                ?? throw new InputException("--format pdf: --out names the file"));
        }

        string? text = view.IsJson ? BillJson.Write(bill)
            : view.Format == "csv" ? BillCsv.Write(bill)
            : view.Format == "html" ? BillHtml.Write(bill, request.Documents) : null;
        if (text is null)
        {
            BillTable.Write(bill);
        }
        else if (view.Output is not null)
        {
            OutputFile.Write("--out", view.Output, Encoding.UTF8.GetBytes(text));
            Console.Error.WriteLine($"wrote {view.Output}");
        }
        else
        {
            Console.Out.WriteLine(text.TrimEnd());
        }

        return Program.Done;
    }

    private static int Pdf(BillDocument bill, BillRequest request, string path)
    {
        OutputFile.Write("--out", path, BillPdf.Write(bill, request.Documents, out string missing));
        Console.Error.WriteLine($"wrote {path}");
        if (missing.Length > 0)
        {
            Console.Error.WriteLine($"no font of this machine has {missing}: boxes stand for them");
        }

        return Program.Done;
    }

    private sealed record View(string? Why, string Format, string? Output, bool IsJson);
}
