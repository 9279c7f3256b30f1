using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Drivers.PolyphaseChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ade7880;

/// <summary>
/// Three-phase metering chip ADE7880 behind <see cref="IPowerSensor"/>, on I²C or SPI. Its counters are not cleared by
/// reading (LCYCMODE bit 6 is 0, and serves as the mark).
/// </summary>
public sealed class Ade7880PowerSensor : PolyphasePowerSensor
{
    /// <summary>A count of a counter: the threshold 3 × 2²⁷ of the DSP's power, which is 2⁴ of the register's, at
    /// 1.024 MHz: 24.576 s of a count of the power's register (data sheet, equation 26).</summary>
    private const long CountMilliseconds = 24_576;
    private const int Threshold = 3;

    /// <summary>Reset value 78; zero-crossing choice kept, read with reset off.</summary>
    private const int LineCycleMode = 0x38;
    private const int LineCycleModeAfterReset = 0x78;
    private const int ComputationMode = 0x01FF;
    private const int SixtyHertz = 0x4000;

    /// <summary>CONFIG: bit 7 is the soft reset, bit 1 is always 1.</summary>
    private const int SoftReset = 0x0082;
    private const int ResetDone = 1 << 15;

    // Bits 31:26 of STATUS1 are always 0, bit 21 is always 1.
    private const int StatusFixedMask = unchecked((int)0xFC20_0000);
    private const int StatusFixed = 1 << 21;
    private const int LockI2c = 0x02;
    private const int Key = 0xAD;
    private const int ProtectOn = 0x80;

    /// <summary>24 bits, extended to 28, in 32.</summary>
    private const int MemoryMask = 0x0FFF_FFFF;
    private const int MemoryCount = 4 * PhaseCount + 1;
    private const int PipelineWrites = 2;
    private const int PeriodMillihertz = 256_000_000;

    private readonly Ade7880Settings _settings;
    private readonly Ade7880Port _port;

    /// <summary>Touches nothing; the first reading starts the chip.</summary>
    public Ade7880PowerSensor(IRegisterBus bus, Ade7880Settings settings)
        : this(new Ade7880Port(bus, settings.IsSpi), settings)
    {
    }

    private Ade7880PowerSensor(Ade7880Port port, Ade7880Settings settings)
        : base(
            port, settings, TableOf(settings), settings.FullScaleMilliwatts * CountMilliseconds,
            Ade7880Settings.PowerFullScale)
    {
        _port = port;
        _settings = settings;
        Harmonics = new Ade7880Harmonics(port);
    }

    /// <summary>The harmonic engine, one phase after the other.</summary>
    public Ade7880Harmonics Harmonics { get; }

    protected override int PowerUpMs => 50;

    protected override int ResetMs => 50;

    protected override int CounterUpdateMs => 1;

    protected override int PeriodAddress => Ade7880Register.PeriodA;

    protected override int MarkAddress => Ade7880Register.LineCycleMode;

    protected override int MarkValue => LineCycleMode;

    protected override int MarkAfterReset => LineCycleModeAfterReset;

    protected override int MarkMask => 0xFF;

    protected override int AddressOf(int quantity, int phase)
    {
        switch (quantity)
        {
            case PolyphaseQuantity.Voltage:
                return Ade7880Register.VoltageA + phase * Ade7880Register.MemoryStep;
            case PolyphaseQuantity.Current:
                return Ade7880Register.CurrentA + phase * Ade7880Register.MemoryStep;
            case PolyphaseQuantity.Power:
                return Ade7880Register.PowerA + phase;
            case PolyphaseQuantity.Reactive:
                return Ade7880Register.ReactivePowerA + phase;
            case PolyphaseQuantity.Energy:
                return Ade7880Register.EnergyA + phase;
            default:
                return Ade7880Register.ReactiveEnergyA + phase;
        }
    }

    protected override bool TryReset() =>
        TryChooseBus() && _port.TryWrite(Ade7880Register.Configuration, SoftReset);

    protected override int ReadAwake()
    {
        if (!_port.TryRead(Ade7880Register.Status1, out int status))
        {
            return Missing;
        }

        if (status == 0)
        {
            return NotYet;
        }

        return (status & StatusFixedMask) != StatusFixed ? Stranger : (status & ResetDone) != 0 ? Awake : NotYet;
    }

    protected override bool TryConfigure(ChipTable table)
    {
        bool isWritten = _port.TryWrite(Ade7880Register.BusLock, _settings.IsSpi ? 0 : LockI2c)
            && table.TryWrite(_port, 0, MemoryCount);
        for (int i = 0; i < PipelineWrites && isWritten; i++)
        {
            // The memory is written through a pipeline of two stages.
            isWritten = table.TryWrite(_port, MemoryCount - 1, MemoryCount);
        }

        return isWritten && table.TryWrite(_port, MemoryCount, table.Count);
    }

    protected override bool TryFinish(long nowMs)
    {
        Harmonics.Restart();
        return _port.TryWrite(Ade7880Register.ProtectionKey, Key)
            && _port.TryWrite(Ade7880Register.Protection, ProtectOn);
    }

    // Restarted, it listens to I²C, and SPI reads ones: once chosen it shows the mark of a reset.
    protected override void OnStrangeMark() => TryChooseBus();

    protected override void OnRestart() => Harmonics.Stop();

    protected override int Scaled(int quantity, int register)
    {
        switch (quantity)
        {
            case PolyphaseQuantity.Voltage:
                return ChipScale.Scaled(register, _settings.VoltageFullScaleMillivolts, Ade7880Settings.RmsFullScale);
            case PolyphaseQuantity.Current:
                return ChipScale.Scaled(register, _settings.CurrentFullScaleMilliamps, Ade7880Settings.RmsFullScale);
            default:
                return ChipScale.Scaled(register, _settings.FullScaleMilliwatts, Ade7880Settings.PowerFullScale);
        }
    }

    protected override int Millihertz(int period) => period == 0 ? 0 : (PeriodMillihertz + period / 2) / period;

    /// <summary>A chip that has not been locked to a bus takes SPI when it is selected three times.</summary>
    private bool TryChooseBus()
    {
        const int Selections = 3;
        for (int i = 0; i < Selections && _settings.IsSpi; i++)
        {
            if (!_port.TryWrite(Ade7880Register.Nowhere, 0))
            {
                return false;
            }
        }

        return true;
    }

    private static ChipTable TableOf(Ade7880Settings settings)
    {
        const int Others = 8;
        ChipTable table = new ChipTable(MemoryCount + Others + 2 * PhaseCount);
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            int step = phase * Ade7880Register.MemoryStep;
            table.Add(Ade7880Register.CurrentGainA + step, settings.CurrentGain[phase] & MemoryMask);
            table.Add(Ade7880Register.VoltageGainA + step, settings.VoltageGain[phase] & MemoryMask);
            table.Add(Ade7880Register.PowerGainA + step, settings.PowerGain[phase] & MemoryMask);
            table.Add(Ade7880Register.PowerOffsetA + step, settings.PowerOffset[phase] & MemoryMask);
        }

        // The last of the memory's.
        table.Add(Ade7880Register.VoltageLevel, settings.VoltageLevel);
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            table.Add(Ade7880Register.PhaseA + phase, settings.PhaseAngle[phase]);
            table.Add(Ade7880Register.HarmonicX + phase, settings.Orders[phase]);
        }

        int amplifier = settings.CurrentAmplifier;
        table.Add(Ade7880Register.Amplifier, amplifier);
        table.Add(Ade7880Register.ComputationMode, ComputationMode | (settings.Is60Hertz ? SixtyHertz : 0));
        table.Add(Ade7880Register.NoLoad, settings.NoLoadRegister);
        table.Add(Ade7880Register.ReactiveNoLoad, settings.NoLoadRegister);
        table.Add(Ade7880Register.EnergyThreshold, Threshold);
        table.Add(Ade7880Register.ReactiveEnergyThreshold, Threshold);
        table.Add(Ade7880Register.Run, 1);

        // Last: a chip that holds the mark holds everything.
        table.Add(Ade7880Register.LineCycleMode, LineCycleMode);
        return table;
    }
}
