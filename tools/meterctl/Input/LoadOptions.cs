using System.CommandLine;
using MeterFirmware.Tools.Billing.Loads;

namespace MeterFirmware.Tools.MeterCtl.Input;

/// <summary>The options of every command that reads a load: the file, and what it does not say itself.</summary>
internal sealed class LoadOptions
{
    private const int SkipMax = 100_000;

    private readonly Option<string> _load = new("--load")
    {
        Description = "the load: CSV, XLSX, NEM12, Green Button XML or Octopus JSON; what a file does not say, the options below do",
        Required = true,
    };

    private readonly Option<string?> _time =
        new("--time") { Description = "column of the times, by name or number; DATE+CLOCK names two" };
    private readonly Option<string?> _energy = new("--energy") { Description = "column of the imported energy" };
    private readonly Option<string?> _export =
        new("--export") { Description = "column of the exported energy; none: it is left out" };
    private readonly Option<string?> _unit =
        Among("--unit", "unit of the energy; reading: a register's readings in kWh", LoadSettings.Units);
    private readonly Option<string?> _stamp = Among("--stamp",
        "what a row's time is of its interval; without a header that says it: end", "end", "start");
    private readonly Option<string?> _decimal = Among("--decimal", "the decimal sign", "point", "comma");
    private readonly Option<string?> _order = Among("--date-order", "what 03/04/2026 is", "month-first", "day-first");
    private readonly Option<string?> _encoding = Among("--encoding", "the file's encoding", TextFile.Encodings);
    private readonly Option<string?> _clock = Among("--clock",
        "local: the clocks change; standard: they never do; always-96: as many rows every day", LoadSettings.Clocks);
    private readonly Option<int> _skip =
        new("--skip-bad") { Description = "leave out up to so many wrong rows and count their intervals 0" };
    private readonly Option<string?> _reactive =
        new("--reactive") { Description = "column of the reactive energy, kvarh" };
    private readonly Option<string?> _generation =
        new("--generation") { Description = "column of the energy generated behind the meter (buy-all tariffs)" };

    public void AddTo(Command command, bool takesReactive = false)
    {
        command.Options.Add(_load);
        foreach (Option option in new Option[] { _time, _energy, _export, _unit, _stamp, _decimal, _order, _encoding,
            _clock, _skip })
        {
            command.Options.Add(option);
        }

        if (takesReactive)
        {
            command.Options.Add(_reactive);
            command.Options.Add(_generation);
        }
    }

    /// <summary>For a command that bills exported energy: whether it shall leave it out.</summary>
    public Option<string?> ExportOption => _export;

    public string PathOf(ParseResult parsed) => parsed.GetValue(_load)!;

    /// <param name="takesExport">Whether the command bills exported and reactive energy.</param>
    public LoadSettings SettingsOf(ParseResult parsed, bool takesExport = false) => new()
    {
        Time = parsed.GetValue(_time),
        Energy = parsed.GetValue(_energy),
        Export = takesExport || parsed.GetValue(_export) is null or "none" ? parsed.GetValue(_export)
            : throw new InputException("--export: this command meters import only; none leaves the column out"),
        Reactive = takesExport ? parsed.GetValue(_reactive) : null,
        Generation = takesExport ? parsed.GetValue(_generation) : null,
        Unit = parsed.GetValue(_unit),
        Stamp = parsed.GetValue(_stamp),
        DecimalSign = parsed.GetValue(_decimal),
        DateOrder = parsed.GetValue(_order),
        Encoding = parsed.GetValue(_encoding),
        Clock = parsed.GetValue(_clock),
        SkipBad = parsed.GetValue(_skip) is (>= 0 and <= SkipMax) and int count ? count
            : throw new InputException($"--skip-bad: 0 to {SkipMax} was expected"),
        TakesExport = takesExport,
        TakesReactive = takesExport,
    };

    /// <summary>How the file was read, and what was left out, on stderr.</summary>
    public static void Tell(LoadFile load)
    {
        if (load.Skipped.Count > 0)
        {
            Console.Error.WriteLine($"{load.Path}: {load.Skipped.Count} left out:");
            foreach (SkippedRow row in load.Skipped)
            {
                Console.Error.WriteLine($"  {row.Reason}");
            }
        }

        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine($"{load.Path}: {load.Description}");
        }
    }

    private static Option<string?> Among(string name, string description, params string[] values)
    {
        Option<string?> option = new(name) { Description = $"{description}: {string.Join('|', values)}" };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
