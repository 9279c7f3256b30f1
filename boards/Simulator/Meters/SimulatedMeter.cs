using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;

namespace MeterFirmware.Boards.Simulator.Meters;

/// <summary>
/// A whole meter on a PC: the mains and the load in front, the ADE7953's twin, the firmware's own driver, the product.
/// The board has a power-fail input and a store that outlives a loss of supply, like a real one.
/// </summary>
public sealed class SimulatedMeter
{
    /// <summary>R.m.s. of the simulated mains.</summary>
    public const int MainsMillivolts = 230_000;

    /// <summary>Highest load: with a third to spare the firmware's milliwatts of a phase still fit their 31
    /// bits.</summary>
    public const long PowerMilliwattsMax = 1_600_000_000;

    private const int MainsMillihertz = 50_000;

    // Current transformers take the site's power into what the chip is commissioned for, with a quarter to spare.
    private const long ChipMilliwattsMax = 12_800_000;

    /// <summary>What one energy count is in the driver's default scale, in nJ (Ade7953Settings).</summary>
    private const long NanojoulesPerCount = 152_605_285;

    private readonly SimulatedMeterParts _parts;
    private readonly IBlockStore _flash;
    private readonly Ade7953Twin _twin = new();
    private readonly long _transformerRatio;
    private long _ratioRemainder;
    private int[] _begins;
    private int[] _ends;
    private int[] _delays;

    public SimulatedMeter(SimulatedMeterParts parts)
    {
        _parts = parts;
        _flash = parts.Flash ?? new RamBlockStore(parts.Plan.BlockCount, parts.Plan.BlockBytes);
        _transformerRatio = 1 + (parts.PowerMilliwattsMax - 1) / ChipMilliwattsMax;
        Clock = new SimulatedClock(parts.StartUtcSeconds);
        _twin.SetNoise(parts.NoiseMillionths, parts.Seed);
        _twin.CurrentErrorMillionths = parts.CurrentErrorMillionths;
        PowerUp();
    }

    /// <summary>The button under the seal.</summary>
    public SimulatedProgrammingInput Programming { get; } = new();

    public SimulatedClock Clock { get; }

    /// <summary>The firmware that runs now; a new one after every loss of supply.</summary>
    public CompleteMeter Firmware { get; private set; } = null!;

    /// <summary>Its product.</summary>
    public SmartMeterProduct Product => Firmware.Product;

    /// <summary>Its recorder; null without one.</summary>
    public MeterRecorder Recorder => Firmware.Recorder;

    public bool HasSupply { get; private set; }

    /// <summary>Restarts that the firmware asked for.</summary>
    public int Restarts { get; private set; }

    /// <summary>Energy in µJ that flowed while the chip had supply but the firmware had not started to count.</summary>
    public long UncountedMicrojoules { get; private set; }

    /// <summary>Lets time pass with a load, then gives the firmware its tick.</summary>
    /// <param name="milliseconds">Length of the step, above 0.</param>
    /// <param name="microjoules">Energy that flows in it, import positive.</param>
    /// <param name="microvarSeconds">Reactive energy that flows in it, inductive import positive; with a current
    /// transformer of ratio 1 only.</param>
    public void Step(int milliseconds, long microjoules, long microvarSeconds = 0)
    {
        long chipMicrojoules = microjoules;
        if (_transformerRatio != 1)
        {
            long primary = microjoules + _ratioRemainder;
            chipMicrojoules = primary / _transformerRatio;
            _ratioRemainder = primary - chipMicrojoules * _transformerRatio;
        }

        int milliwatts = (int)(chipMicrojoules / milliseconds);
        int magnitude = Math.Abs(milliwatts);
        _twin.SetLoad(MainsMillivolts, (int)((long)magnitude * 1000 / MainsMillivolts), milliwatts,
            (int)(microvarSeconds / milliseconds), MainsMillihertz);
        Clock.Advance(milliseconds);
        _twin.Advance(milliseconds, chipMicrojoules, microvarSeconds);
        (_parts.Samples as SimulatedSamples)?.Advance(Clock.NowMs);
        Firmware.Tick(Clock.NowMs);
        if (_parts.Restarts && Firmware.Core.RestartAsked)
        {
            Restart();
        }
    }

    /// <summary>The firmware restarts by its own will; the chip keeps its supply and counts on.</summary>
    private void Restart()
    {
        Firmware.Core.BeforeRestart(Clock.NowMs);
        Restarts++;
        PowerUp();
    }

    /// <summary>The supply fails: the power-fail input saves the registers, then everything volatile is gone.</summary>
    public void PowerDown()
    {
        Firmware.Core.PowerFails(Clock.NowMs);
        HasSupply = false;
    }

    /// <summary>Time without supply.</summary>
    public void StayDark(long milliseconds) => Clock.Advance(milliseconds);

    /// <summary>The supply is back: the chip starts from its defaults, the firmware from its saved registers. Until the
    /// chip is configured and baselined nothing can be counted; that energy is
    /// <see cref="UncountedMicrojoules"/>.</summary>
    /// <param name="microjoulesPerMs">The load meanwhile.</param>
    /// <returns>How long it took in ms.</returns>
    public int Restore(long microjoulesPerMs)
    {
        _twin.Reset();
        PowerUp();
        int elapsed = 0;
        while (!Product.HasReading)
        {
            Step(10, microjoulesPerMs * 10);
            UncountedMicrojoules += microjoulesPerMs * 10;
            elapsed += 10;
            if (elapsed > 10_000)
            {
                throw new InvalidOperationException("The simulated chip does not come up.");
            }
        }

        return elapsed;
    }

    private void PowerUp()
    {
        HasSupply = true;
        // What the load file says is counted, however little: a register equals the file's energy.
        Ade7953Settings chip = new() { NoLoadMilliwatts = Ade7953Settings.NoLoadOff };
        if (_transformerRatio > 1)
        {
            int ratio = (int)_transformerRatio;
            chip.CurrentNumerator *= ratio;
            chip.PowerNumerator *= ratio;
            chip.EnergyNumerator = NanojoulesPerCount * ratio;
            chip.EnergyDenominator = 1000;
            chip.CurrentMilliampsMax *= ratio;
            chip.PowerMilliwattsMax = (int)Math.Min(int.MaxValue - 1, (long)chip.PowerMilliwattsMax * ratio);
            chip.StuckPowerMilliwatts *= ratio;
        }

        // A board makes its thresholds anew at every start; a document in force puts its own into them.
        if (_parts.History != null)
        {
            EventThresholds fresh = new();
            _begins ??= (int[])_parts.History.Thresholds.Begin.Clone();
            _ends ??= (int[])_parts.History.Thresholds.End.Clone();
            _delays ??= (int[])_parts.History.Thresholds.DelayMs.Clone();
            _begins.CopyTo(fresh.Begin, 0);
            _ends.CopyTo(fresh.End, 0);
            _delays.CopyTo(fresh.DelayMs, 0);
            fresh.LossMilliampsMin = _parts.History.Thresholds.LossMilliampsMin;
            fresh.LoadMilliampsMin = _parts.History.Thresholds.LoadMilliampsMin;
            fresh.PresentMillivoltsMin = _parts.History.Thresholds.PresentMillivoltsMin;
            _parts.History.Thresholds = fresh;
        }

        Firmware = new CompleteMeter(new CompleteMeterParts
        {
            IsSimulated = _parts.TakesSimulatedCalibration,
            Clock = Clock,
            Sensor = new Ade7953PowerSensor(_twin, chip),
            Programming = Programming,
            Link = _parts.Link,
            Entropy = _parts.Entropy,
            Flash = _flash,
            Plan = _parts.Plan,
            Tariff = _parts.Tariff,
            Metering = _parts.Metering,
            Telemetry = _parts.Telemetry,
            Limits = _parts.Limits,
            History = _parts.History,
            Quality = _parts.Quality,
            Samples = _parts.Samples,
            Relay = _parts.Relay,
            Records = _parts.Records,
            LinkSettings = _parts.LinkSettings,
            HasBroker = _parts.Link is not DisconnectedLink,
        });

        if (_parts.Secret != null && !Firmware.Core.Security.IsCommissioned
            && !Firmware.Core.Security.TryCommission(_parts.Secret))
        {
            throw new InvalidOperationException("The simulated meter's flash does not take its secret.");
        }

        // A recorded load may be older than the firmware.
        Firmware.Core.Time.EarliestUtcSeconds = 0;
    }
}
