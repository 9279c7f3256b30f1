using System.CommandLine;
using System.Globalization;
using System.Text;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Bills;
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
        Option<string?> period = new("--period")
        {
            Description = "2026-03, 2026 or FROM..UNTIL (days; the last is not billed); default the whole load",
        };
        Option<decimal> kva = new("--kva") { Description = "transformers' capacity for a two-part tariff" };
        Option<decimal> agreed = new("--agreed-kw") { Description = "agreed demand for a two-part tariff" };
        Option<decimal> factor = new("--power-factor")
        {
            Description = "the month's power factor where the load has no reactive energy, such as 0.92",
        };
        Option<decimal> used =
            new("--used-kwh") { Description = "consumption of the tier period before the load begins" };
        Option<bool> charging =
            new("--charging") { Description = "the load is that of charging: service and occupancy fee are billed" };
        Option<int> occupied =
            new("--occupied-minutes") { Description = "minutes on the charger after the end of charging" };
        Option<string?> why =
            new("--why") { Description = "list what a line of energy is made of, down to the rows of the load" };
        Option<string> format =
            new("--format") { Description = "text, csv or html", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "csv", "html");
        Option<string?> output = new("--out") { Description = "file for csv, html or JSON; stdout without it" };
        Option<bool> json = new("--json") { Description = "one JSON document on stdout" };
        Command command = new("bill", Help)
        {
            tariff, period, kva, agreed, factor, used, charging, occupied, why, format, output, json,
        };
        load.AddTo(command, takesReactive: true);
        command.SetAction(parsed =>
        {
            List<TariffFile> documents = Documents(parsed.GetValue(tariff)!);
            LoadFile file = LoadFile.Read(load.PathOf(parsed), documents[0].Zone,
                load.SettingsOf(parsed, takesExport: true));
            LoadOptions.Tell(file);
            (NodaTime.LocalDate? from, NodaTime.LocalDate? until) = PeriodText.Parse(parsed.GetValue(period));
            BillRequest request = new()
            {
                Load = parsed.GetValue(load.ExportOption) == "none" ? file with { ExportMicrojoules = null } : file,
                Documents = documents,
                From = from,
                Until = until,
                Kva = Millionths(parsed.GetValue(kva), "--kva", 10_000_000),
                AgreedKilowatts = Millionths(parsed.GetValue(agreed), "--agreed-kw", 10_000_000),
                PowerFactorHundredths = Hundredths(parsed.GetValue(factor)),
                UsedWattHours = Millionths(parsed.GetValue(used), "--used-kwh", 1_000_000_000) / 1000,
                IsCharging = parsed.GetValue(charging),
                OccupiedMinutes = parsed.GetValue(occupied) is (>= 0 and <= 100_000) and int minutes ? minutes
                    : throw new InputException("--occupied-minutes: 0 to 100000 was expected"),
            };
            return Run(request,
                new View(parsed.GetValue(why), parsed.GetValue(format)!, parsed.GetValue(output),
                parsed.GetValue(json)));
        });
        return command;
    }

    /// <summary>Documents in the order of their validity.</summary>
    internal static List<TariffFile> Documents(string[] names) => [.. names.Select(name => TariffFile.Load(name))
        .OrderBy(file => file.Model.Terms.Document?.From ?? NodaTime.LocalDate.MinIsoValue)];

    private static int Run(BillRequest request, View view)
    {
        if (view.Output is not null)
        {
            if (view.Why is not null || (view.Format == "text" && !view.IsJson))
            {
                throw new InputException("--out: --format csv, --format html or --json was expected with it, and no "
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

    internal static long Millionths(decimal value, string option, decimal most) =>
        value >= 0 && value <= most && value * 1_000_000 == decimal.Truncate(value * 1_000_000)
            ? (long)(value * 1_000_000)
            : throw new InputException(string.Create(CultureInfo.InvariantCulture,
                $"{option}: 0 to {most} with at most six places was expected"));

    internal static int Hundredths(decimal value) => value is >= 0 and <= 1
        && value * 100 == decimal.Truncate(value * 100) ? (int)(value * 100)
        : throw new InputException("--power-factor: 0.01 to 1.00 with two places was expected");

    private sealed record View(string? Why, string Format, string? Output, bool IsJson);
}
