using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// ADE7880 at register level, on I²C or SPI: 8, 16 and 32 bits, data memory written through a pipeline of two stages and
/// protected, gains and offsets, counters, the harmonic engine with its settling time, the soft reset.
/// </summary>
public sealed partial class Ade7880Twin : IRegisterBus
{
    /// <summary>From power-up or the soft reset until RSTDONE.</summary>
    public const int PowerUpMs = 40;

    /// <summary>mV and mA at full scale of this twin's divider and transformers.</summary>
    public const int FullScaleMillivolts = 353_900;
    public const int FullScaleMilliamps = 86_650;

    // What the registers show at full scale.
    private const long RmsFullScale = 3_766_572;
    private const long PowerFullScale = 1_691_230;
    private const long FullScaleMilliwatts = (long)FullScaleMillivolts * FullScaleMilliamps / 1_000;
    private const int EngineSettleMs = 750;

    private readonly TwinNoise _dither = new TwinNoise();

    // 24.576 s of a count of power.
    private readonly TwinPhases _phases = new TwinPhases(FullScaleMilliwatts * 24_576, PowerFullScale);
    private readonly int[] _ratios = new int[TwinPhases.Count * 2 * OrderCount];
    private long _upMs;
    private long _engineMs;
    private uint _ditherBits;

    /// <param name="isSpi">Speaks SPI, once three writes chose it; else I²C.</param>
    public Ade7880Twin(bool isSpi)
    {
        _isSpi = isSpi;
        _phases.Millihertz = 50_000;
        Reset();
    }

    /// <summary>Errors of the board in millionths, all phases.</summary>
    public int VoltageErrorMillionths { get; set; }

    public int CurrentErrorMillionths { get; set; }

    /// <param name="phase">0 to 2.</param>
    /// <param name="millivolts">RMS voltage, mV.</param>
    /// <param name="milliamps">RMS current, mA, 0 or above.</param>
    /// <param name="milliwatts">Active power, mW, import positive.</param>
    /// <param name="millivars">Reactive power of the fundamental, mvar, inductive import positive.</param>
    public void SetLoad(int phase, int millivolts, int milliamps, int milliwatts, int millivars) =>
        _phases.Set(phase, millivolts, milliamps, milliwatts, millivars);

    /// <summary>Mains frequency in mHz.</summary>
    public void SetFrequency(int millihertz) => _phases.Millihertz = millihertz;

    /// <summary>A harmonic of a phase as a share of its fundamental, in millionths; order 2 to 63.</summary>
    public void SetHarmonic(int phase, int order, int ofVoltage, int ofCurrent)
    {
        _ratios[(phase * OrderCount + order) * 2] = ofVoltage;
        _ratios[(phase * OrderCount + order) * 2 + 1] = ofCurrent;
    }

    /// <summary>Lets time pass; the set powers are integrated exactly (mW × ms = µJ).</summary>
    public void Advance(long milliseconds)
    {
        _upMs += milliseconds;
        _engineMs += milliseconds;
        _ditherBits = _dither.Next();
        if (_words[RunRegister] != 1 || (Faults & TwinFault.CounterHalted) != 0)
        {
            return;
        }

        Invariant.Require(
            _words[EnergyThreshold] == 3 && _words[EnergyThreshold + 1] == 3,
            "ADE7880 twin: only the thresholds after a reset are simulated");
        for (int phase = 0; phase < TwinPhases.Count; phase++)
        {
            _phases.ErrorMillionths[phase] = PowerErrorMillionths(phase);
            _phases.CountedMilliwatts[phase] = _phases.Milliwatts[phase];
            _phases.CountedMillivars[phase] = _phases.Millivars[phase];
        }

        _phases.Advance(milliseconds, 1);
    }

    /// <summary>Supply lost and back: registers at their defaults, counters at zero.</summary>
    public void Reset()
    {
        _upMs = 0;
        _isChosen = !_isSpi;
        ResetRegisters();
    }

    private int Rms(int phase, bool isVoltage)
    {
        long milli = isVoltage ? _phases.Millivolts[phase] : _phases.Milliamps[phase];
        long error = isVoltage ? VoltageErrorMillionths : CurrentErrorMillionths;
        long fullScale = isVoltage ? FullScaleMillivolts : FullScaleMilliamps;
        long codes = Gained(milli * RmsFullScale / fullScale * (1_000_000 + error) / 1_000_000, phase, isVoltage);
        return codes == 0 ? 0 : (int)(codes + (_ditherBits >> (2 * phase) & 1));
    }

    private int Power(int phase, bool isActive)
    {
        long milli = isActive ? _phases.Milliwatts[phase] : _phases.Millivars[phase];
        long codes = milli * PowerFullScale / FullScaleMilliwatts * (1_000_000 + PowerErrorMillionths(phase))
            / 1_000_000;
        return (int)codes + (isActive ? Memory(PowerOffset + 2 * phase) : 0);
    }

    /// <summary>Board, gains of both inputs and the power's own gain together.</summary>
    private int PowerErrorMillionths(int phase)
    {
        long voltage = Gained(1_000_000 + VoltageErrorMillionths, phase, true);
        long current = Gained(1_000_000 + CurrentErrorMillionths, phase, false);
        long power = voltage * current / 1_000_000;
        power += power * Memory(PowerGain + 2 * phase) / Unity;
        return (int)(power - 1_000_000);
    }

    private long Gained(long value, int phase, bool isVoltage) =>
        value + value * Memory((isVoltage ? VoltageGain : CurrentGain) + 2 * phase) / Unity;

    /// <summary>The harmonic engine's answer of the phase that it was turned to; nonsense until it has settled.
    /// </summary>
    private int Distortion(int order, bool isVoltage)
    {
        if (_engineMs < EngineSettleMs)
        {
            return 1 << 20;
        }

        int phase = (_words[HarmonicConfiguration] >> 1) & 3;
        Invariant.Require(
            phase < TwinPhases.Count && _words[HarmonicConfiguration] == (0x08 | (phase << 1) | (phase << 8)),
            "ADE7880 twin: the engine follows a phase by its own crossings");
        double square = 0;
        for (int i = 2; i < OrderCount; i++)
        {
            double share = _ratios[(phase * OrderCount + i) * 2 + (isVoltage ? 0 : 1)] / 1e6;
            square += order == 1 || order == i ? share * share : 0;
        }

        return (int)(Root(square) * (1 << 21) + 0.5);
    }

    /// <summary>By Newton's method, for the device's sake.</summary>
    private static double Root(double square)
    {
        double root = 1;
        for (int i = 0; i < 40 && square > 0; i++)
        {
            root = (root + square / root) / 2;
        }

        return square > 0 ? root : 0;
    }
}
