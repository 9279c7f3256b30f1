using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// ADE9000 at register level: SPI headers, 16 and 32 bits, gains, offsets, phase, no-load, counters of 45 bits that are
/// updated every EGY_TIME, the configuration lock, the soft reset, and the waveform buffer with its pages.
/// </summary>
public sealed partial class Ade9000Twin : IRegisterBus
{
    /// <summary>From power-up or the soft reset until RSTDONE.</summary>
    public const int PowerUpMs = 40;

    /// <summary>mV and mA at full scale of this twin's divider and transformers.</summary>
    public const int FullScaleMillivolts = 707_800;
    public const int FullScaleMilliamps = 173_300;

    // What the registers show at full scale, and the peak of a sample.
    private const long RmsFullScale = 52_702_092;
    private const long PowerFullScale = 20_694_066;
    private const long FullScaleMilliwatts = (long)FullScaleMillivolts * FullScaleMilliamps / 1_000;

    private readonly TwinNoise _dither = new TwinNoise();

    // 2^13 counts of power at 8 kHz are 1.024 s of one.
    private readonly TwinPhases _phases = new TwinPhases(FullScaleMilliwatts * 1_024, PowerFullScale);
    private long _upMs;
    private uint _ditherBits;

    public Ade9000Twin()
    {
        _phases.Millihertz = 50_000;
        Reset();
    }

    /// <summary>Errors of the board, all phases: millionths; µrad by which the current lags too much.</summary>
    public int VoltageErrorMillionths { get; set; }

    public int CurrentErrorMillionths { get; set; }

    public int PhaseErrorMicroradians { get; set; }

    /// <param name="phase">0 to 2.</param>
    /// <param name="millivolts">RMS voltage, mV.</param>
    /// <param name="milliamps">RMS current, mA, 0 or above.</param>
    /// <param name="milliwatts">Active power, mW, import positive.</param>
    /// <param name="millivars">Reactive power, mvar, inductive import positive.</param>
    public void SetLoad(int phase, int millivolts, int milliamps, int milliwatts, int millivars) =>
        _phases.Set(phase, millivolts, milliamps, milliwatts, millivars);

    /// <summary>Mains frequency in mHz.</summary>
    public void SetFrequency(int millihertz) => _phases.Millihertz = millihertz;

    /// <summary>Lets time pass; the set powers are integrated exactly (mW × ms = µJ).</summary>
    public void Advance(long milliseconds)
    {
        _upMs += milliseconds;
        _ditherBits = _dither.Next();
        if (_registers[RunRegister] != 1)
        {
            return;
        }

        if ((_registers[WaveConfig] & WaveCapture) != 0)
        {
            _captured += milliseconds * SamplesPerMs;
        }

        int energyTime = _registers[EnergyTime] + 1;
        if ((_registers[EnergyConfig] & 1) == 0 || (Faults & TwinFault.CounterHalted) != 0)
        {
            return;
        }

        Invariant.Require(energyTime % SamplesPerMs == 0, "ADE9000 twin: EGY_TIME + 1 is a whole number of ms");
        Invariant.Require(_registers[EnergyConfig] == 1, "ADE9000 twin: only the signed sum by samples is simulated");
        _phases.NoLoadMilliwatts = (int)(_registers[NoLoad] * FullScaleMilliwatts / PowerFullScale / 64);
        for (int phase = 0; phase < TwinPhases.Count; phase++)
        {
            _phases.ErrorMillionths[phase] = GainErrorMillionths(phase);
            _phases.CountedMilliwatts[phase] = (int)ActiveSeen(phase);
            _phases.CountedMillivars[phase] = (int)ReactiveSeen(phase);
        }

        _phases.Advance(milliseconds, energyTime / SamplesPerMs);
    }

    /// <summary>Supply lost and back: registers at their defaults, counters at zero.</summary>
    public void Reset()
    {
        _upMs = 0;
        ResetRegisters();
        _phases.Reset();
        _captured = 0;
    }

    private int Rms(int phase, bool isVoltage)
    {
        long milli = isVoltage ? _phases.Millivolts[phase] : _phases.Milliamps[phase];
        long error = isVoltage ? VoltageErrorMillionths : CurrentErrorMillionths;
        long fullScale = isVoltage ? FullScaleMillivolts : FullScaleMilliamps;
        long codes = Gained(milli * RmsFullScale / fullScale * (1_000_000 + error) / 1_000_000, phase, isVoltage);
        return codes == 0 ? 0 : (int)(codes + (_ditherBits >> (3 * phase) & 7));
    }

    private int Power(int phase, bool isActive)
    {
        long milli = isActive ? ActiveSeen(phase) : ReactiveSeen(phase);
        long codes = milli * PowerFullScale / FullScaleMilliwatts * (1_000_000 + GainErrorMillionths(phase))
            / 1_000_000;
        return (int)codes + (isActive ? _registers[PowerOffset + phase * CalibrationStep] : 0)
            + (int)(_ditherBits >> (9 + 2 * phase) & 3);
    }

    /// <summary>Board, gains of both inputs and the power's own gain together.</summary>
    private int GainErrorMillionths(int phase)
    {
        long voltage = Gained(1_000_000 + VoltageErrorMillionths, phase, true);
        long current = Gained(1_000_000 + CurrentErrorMillionths, phase, false);
        long power = voltage * current / 1_000_000;
        power += power * _registers[PowerGain + phase * CalibrationStep] / Unity;
        return (int)(power - 1_000_000);
    }

    /// <summary>Active power as the chip sees it through the phase error that is left.</summary>
    private long ActiveSeen(int phase)
    {
        double left = LagLeft(phase);
        return left == 0 ? _phases.Milliwatts[phase]
            : (long)(_phases.Milliwatts[phase] * (1 - left * left / 2) - _phases.Millivars[phase] * left);
    }

    private long ReactiveSeen(int phase)
    {
        double left = LagLeft(phase);
        return left == 0 ? _phases.Millivars[phase]
            : (long)(_phases.Millivars[phase] * (1 - left * left / 2) + _phases.Milliwatts[phase] * left);
    }

    /// <summary>Radians: the board's lag less what APHCAL0 takes out.</summary>
    private double LagLeft(int phase)
    {
        double register = _registers[PhaseRegister + phase * CalibrationStep] / (double)Unity;
        return PhaseErrorMicroradians / 1e6 - (register == 0 ? 0 : Corrected(register));
    }

    /// <summary>The angle φ of which sin(φ − ω) + sin ω = register × sin(2ω − φ) holds (data sheet, equation 4), by
    /// Newton's method.</summary>
    private double Corrected(double register)
    {
        const double Turn = 6.283185307179586;
        double omega = _phases.Millihertz / 8_000_000.0;
        double angle = 0;
        for (int i = 0; i < 6; i++)
        {
            double turns = angle / Turn;
            double apart = TwinSine.Of(turns - omega) + TwinSine.Of(omega) - register * TwinSine.Of(2 * omega - turns);
            double slope = TwinSine.Of(turns - omega + 0.25) + register * TwinSine.Of(2 * omega - turns + 0.25);
            angle -= apart / slope;
        }

        return angle;
    }

    private long Gained(long value, int phase, bool isVoltage)
    {
        int gain = _registers[(isVoltage ? VoltageGain : CurrentGain) + phase * CalibrationStep];
        return value + value * gain / Unity;
    }
}
