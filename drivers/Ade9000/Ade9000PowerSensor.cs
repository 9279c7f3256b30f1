using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Drivers.PolyphaseChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ade9000;

/// <summary>
/// Three-phase metering chip ADE9000 behind <see cref="IPowerSensor"/>, on SPI mode 0. Its counters are never reset by
/// a read: the data sheet's errata say that the chip miscounts then. With
/// <see cref="Ade9000Settings.TakesSamples"/> it is a source of samples too.
/// </summary>
public sealed class Ade9000PowerSensor : PolyphasePowerSensor
{
    /// <summary>800 samples of 8 kHz.</summary>
    private const int EnergyTime = 799;
    private const int EnergyUpdateMs = (EnergyTime + 1) / 8;
    private const int EnergyTimeAfterReset = 0x00FF;

    /// <summary>A count of a counter's upper word: 2¹³ counts of power for 125 µs, 1.024 s of a count.</summary>
    private const long CountMilliseconds = 1_024;

    private const int SoftReset = 0x0001;
    private const int ResetDone = 1 << 16;
    private const int IsAde9000 = 1 << 20;
    private const int AllOnes = -1;
    private const int UnlockKey = 0x4AD1;
    private const int LockKey = 0x3C64;
    private const int SixtyHertz = 0x0100;
    private const int EnergyOn = 0x0001;

    /// <summary>Samples of the DSP at 8 kHz, fixed rate, filling for ever, capture on; all channels but the neutral.
    /// </summary>
    private const int WaveOn = 0x03F0;

    // 8000 samples a second, times 2^16 (data sheet, equation 12), in mHz.
    private const long PeriodMillihertz = 8_000L * 65_536 * 1_000;

    private readonly Ade9000Settings _settings;
    private readonly Ade9000Port _port;

    /// <summary>Touches nothing; the first reading starts the chip.</summary>
    public Ade9000PowerSensor(IRegisterBus bus, Ade9000Settings settings)
        : this(new Ade9000Port(bus), settings)
    {
    }

    private Ade9000PowerSensor(Ade9000Port port, Ade9000Settings settings)
        : base(
            port, settings, TableOf(settings), settings.FullScaleMilliwatts * CountMilliseconds,
            Ade9000Settings.PowerFullScale)
    {
        _port = port;
        _settings = settings;
        Samples = settings.TakesSamples ? new Ade9000SampleSource(port, settings) : null;
    }

    /// <summary>The waveform buffer; null without <see cref="Ade9000Settings.TakesSamples"/>.</summary>
    public Ade9000SampleSource Samples { get; }

    protected override int PowerUpMs => 50;

    protected override int ResetMs => 50;

    protected override int CounterUpdateMs => EnergyUpdateMs;

    protected override int PeriodAddress => Ade9000Register.PeriodA;

    protected override int MarkAddress => Ade9000Register.EnergyTime;

    protected override int MarkValue => EnergyTime;

    protected override int MarkAfterReset => EnergyTimeAfterReset;

    protected override int MarkMask => 0xFFFF;

    protected override int AddressOf(int quantity, int phase)
    {
        switch (quantity)
        {
            case PolyphaseQuantity.Voltage:
                return Ade9000Register.VoltageA + phase * Ade9000Register.ReadingStep;
            case PolyphaseQuantity.Current:
                return Ade9000Register.CurrentA + phase * Ade9000Register.ReadingStep;
            case PolyphaseQuantity.Power:
                return Ade9000Register.PowerA + phase * Ade9000Register.ReadingStep;
            case PolyphaseQuantity.Reactive:
                return Ade9000Register.ReactivePowerA + phase * Ade9000Register.ReadingStep;
            case PolyphaseQuantity.Energy:
                return Ade9000Register.EnergyA + phase * Ade9000Register.EnergyStep;
            default:
                return Ade9000Register.ReactiveEnergyA + phase * Ade9000Register.EnergyStep;
        }
    }

    // A chip that was configured before the board restarted is locked still.
    protected override bool TryReset() => _port.TryWrite(Ade9000Register.WriteLock, UnlockKey)
        && _port.TryWrite(Ade9000Register.Config1, SoftReset);

    protected override void OnRestart()
    {
        if (Samples != null)
        {
            Samples.Stop();
        }
    }

    protected override int ReadAwake()
    {
        if (!_port.TryRead(Ade9000Register.Status1, out int status)
            || !_port.TryRead(Ade9000Register.PartId, out int part))
        {
            return Missing;
        }

        if (status != AllOnes && (status & ResetDone) == 0)
        {
            return NotYet;
        }

        return part != AllOnes && (part & IsAde9000) != 0 ? Awake : Stranger;
    }

    protected override bool TryConfigure(ChipTable table) => table.TryWrite(_port, 0, table.Count);

    protected override bool TryFinish(long nowMs)
    {
        if (!_port.TryWrite(Ade9000Register.WriteLock, LockKey))
        {
            return false;
        }

        if (Samples != null)
        {
            Samples.Start(nowMs);
        }

        return true;
    }

    protected override int Scaled(int quantity, int register)
    {
        switch (quantity)
        {
            case PolyphaseQuantity.Voltage:
                return ChipScale.Scaled(register, _settings.VoltageFullScaleMillivolts, Ade9000Settings.RmsFullScale);
            case PolyphaseQuantity.Current:
                return ChipScale.Scaled(register, _settings.CurrentFullScaleMilliamps, Ade9000Settings.RmsFullScale);
            default:
                return ChipScale.Scaled(register, _settings.FullScaleMilliwatts, Ade9000Settings.PowerFullScale);
        }
    }

    protected override int Millihertz(int period) =>
        period <= 0 ? 0 : (int)((PeriodMillihertz + period / 2) / (period + 1L));

    private static ChipTable TableOf(Ade9000Settings settings)
    {
        const int Fixed = 8;
        const int PerPhase = 5;
        ChipTable table = new ChipTable(Fixed + PerPhase * PhaseCount);
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            int step = phase * Ade9000Register.CalibrationStep;
            table.Add(Ade9000Register.CurrentGainA + step, settings.CurrentGain[phase]);
            table.Add(Ade9000Register.PhaseA + step, settings.PhaseAngle[phase]);
            table.Add(Ade9000Register.VoltageGainA + step, settings.VoltageGain[phase]);
            table.Add(Ade9000Register.PowerGainA + step, settings.PowerGain[phase]);
            table.Add(Ade9000Register.PowerOffsetA + step, settings.PowerOffset[phase]);
        }

        int amplifier = settings.CurrentAmplifier;
        table.Add(Ade9000Register.NoLoad, settings.NoLoadLevel);
        table.Add(Ade9000Register.ReactiveNoLoad, settings.NoLoadLevel);
        table.Add(Ade9000Register.AccumulationMode, settings.Is60Hertz ? SixtyHertz : 0);
        table.Add(Ade9000Register.Amplifier, amplifier | (amplifier << 2) | (amplifier << 4));
        table.Add(Ade9000Register.EnergyConfig, EnergyOn);
        table.Add(Ade9000Register.Run, 1);

        // Behind Run: the buffer is filled by the running DSP only.
        table.Add(Ade9000Register.WaveConfig, settings.TakesSamples ? WaveOn : 0);

        // Last: a chip that holds the mark holds everything.
        table.Add(Ade9000Register.EnergyTime, EnergyTime);
        return table;
    }
}
