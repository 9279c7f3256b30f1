using System.CommandLine;
using System.Globalization;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>The connection and the errors of the simulated board, shared by <c>accuracy</c> and
/// <c>calibrate</c>.</summary>
public sealed record BenchOptions(
    AccuracyClass Class, double Volts, double BaseAmps, double MaximumAmps, int VoltageErrorPpm, int CurrentErrorPpm,
    int PhaseErrorMicroradians, int PowerErrorMilliwatts = 0, int PulsesPerKwh = 3200,
    int TransformerErrorPpm = 0, int TransformerPhaseMicroradians = 0,
        int NoLoadMilliwatts = BenchOptions.NoLoadDefault)
{
    /// <summary>As the driver's configuration has it.</summary>
    public const int NoLoadDefault = 500;

    private const int NoLoadMilliwattsMax = 5_000;

    // What the driver's commissioned maxima and the twin's registers carry.
    private const double AmpsMax = 70;

    private static readonly Option<string> _class = new("--class")
    {
        Description =
            "accuracy class: 1, 1CT (through transformers), 0.5S, 0.2S (IEC 62053-21, -22) or A to E (GB/T 17215.321)",
        DefaultValueFactory = _ => "1",
    };

    private static readonly Option<double> _volts = new("--volts")
    {
        Description = "nominal voltage",
        DefaultValueFactory = _ => 220
    };
    private static readonly Option<double> _base = new("--ib")
    {
        Description = "base current Ib, or In, in A",
        DefaultValueFactory = _ => 5
    };
    private static readonly Option<double> _maximum = new("--imax")
    {
        Description = "maximum current in A",
        DefaultValueFactory = _ => 60
    };
    private static readonly Option<int> _voltageError =
        new("--voltage-error-ppm") { Description = "error of the board's voltage path" };
    private static readonly Option<int> _currentError =
        new("--current-error-ppm") { Description = "error of the board's current path" };
    private static readonly Option<int> _powerError =
        new("--power-error-mw") { Description = "what the board's power path adds on its own, mW" };
    private static readonly Option<int> _constant = new("--constant")
    {
        Description = "meter constant, imp/kWh",
        DefaultValueFactory = _ => 3200
    };
    private static readonly Option<int> _phaseError =
        new("--phase-error-urad") { Description = "phase error of the board's current path, microradians" };
    private static readonly Option<int> _transformerError =
        new("--transformer-error-ppm")
        {
            Description =
            "what a current transformer adds to the current as it goes to 0; half of it at 1 A, none at high "
                + "currents"
        };
    private static readonly Option<int> _transformerPhase =
        new("--transformer-phase-urad") { Description = "the same of its phase, microradians" };

    private static readonly Option<string> _noLoad = new("--no-load-mw")
    {
        Description =
            "power below which the metering chip counts nothing, mW (345 to 5000); off: it counts whatever flows; "
                + "chip: its own threshold stands, 3157 mW",
        DefaultValueFactory = _ => NoLoadDefault.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The chip as this bench commissions it, before it is calibrated.</summary>
    public Ade7953Settings Chip() => new() { NoLoadMilliwatts = NoLoadMilliwatts };

    public static void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _class, _volts, _base, _maximum, _voltageError, _currentError,
            _phaseError, _powerError, _constant, _transformerError, _transformerPhase, _noLoad })
        {
            command.Options.Add(option);
        }
    }

    public static BenchOptions From(ParseResult parsed)
    {
        string name = parsed.GetValue(_class)!;
        AccuracyClass found =
            AccuracyClass.All.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new InputException(
                $"--class: \"{name}\" is none of {string.Join(", ", AccuracyClass.All.Select(c => c.Name))}");
        BenchOptions options = new(found, parsed.GetValue(_volts), parsed.GetValue(_base), parsed.GetValue(_maximum),
            parsed.GetValue(_voltageError), parsed.GetValue(_currentError), parsed.GetValue(_phaseError),
            parsed.GetValue(_powerError), parsed.GetValue(_constant),
            parsed.GetValue(_transformerError), parsed.GetValue(_transformerPhase),
            NoLoadOf(parsed.GetValue(_noLoad)!));
        Require(options.Volts is >= 50 and <= 240, "--volts: 50 to 240 V are what the simulated board carries");
        Require(options.BaseAmps is >= 0.5 and <= AmpsMax, "--ib: 0.5 to 70 A");
        Require(options.MaximumAmps >= options.BaseAmps && options.MaximumAmps <= AmpsMax, "--imax: from Ib to 70 A");
        Require(Math.Abs((long)options.VoltageErrorPpm) <= 200_000, "--voltage-error-ppm: up to 200000 either way");
        Require(Math.Abs((long)options.CurrentErrorPpm) <= 200_000, "--current-error-ppm: up to 200000 either way");
        Require(Math.Abs((long)options.PhaseErrorMicroradians) <= 100_000,
            "--phase-error-urad: up to 100000 either way");
        Require(Math.Abs((long)options.PowerErrorMilliwatts) <= 20_000, "--power-error-mw: up to 20000 either way");
        Require(Math.Abs((long)options.TransformerErrorPpm) <= 100_000,
            "--transformer-error-ppm: up to 100000 either way");
        Require(Math.Abs((long)options.TransformerPhaseMicroradians) <= 100_000,
            "--transformer-phase-urad: up to 100000 either way");
        Require(options.PulsesPerKwh is >= 100 and <= 100_000, "--constant: 100 to 100000 imp/kWh");
        return options;
    }

    private static int NoLoadOf(string text) => text switch
    {
        "off" => Ade7953Settings.NoLoadOff,
        "chip" => Ade7953Settings.NoLoadOfChip,
        _ => NumberText.TryReadWhole(text, out int milliwatts)
            && milliwatts is >= Ade7953Settings.NoLoadMilliwattsMin and <= NoLoadMilliwattsMax ? milliwatts
            : throw new InputException(
                $"--no-load-mw: '{text}' is not {Ade7953Settings.NoLoadMilliwattsMin} to {NoLoadMilliwattsMax} mW, "
                    + "off or chip"),
    };

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InputException(message);
        }
    }
}
