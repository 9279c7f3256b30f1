using MeterFirmware.Basics;
using MeterFirmware.Drivers.PolyphaseChips;

namespace MeterFirmware.Drivers.Ade7880;

/// <summary>
/// Distortion and three orders of each phase's voltage and current, from the chip's harmonic engine. It follows one
/// phase at a time: <see cref="Poll"/> reads it when it has settled, and turns it to the next.
/// </summary>
public sealed class Ade7880Harmonics
{
    /// <summary>The engine settles in 750 ms (HSTIME, reset value), with a margin.</summary>
    public const int SettleMs = 1000;
    public const int OrderCount = 3;

    // Of eight quantities of the fundamental or of an order, the distortions of voltage and current.
    private const int VoltageDistortionAt = 6;
    private const int CurrentDistortionAt = 7;

    /// <summary>Reset value of HCONFIG; its bits 2:1 are the phase, 9:8 the phase whose crossings it follows.</summary>
    private const int Configuration = 0x0008;
    private const int PhaseCount = PolyphasePowerSensor.PhaseCount;
    private const int PerPhase = 2 * (OrderCount + 1);

    /// <summary>Three bits before the point, 21 behind it.</summary>
    private const long One = 1 << 21;

    private readonly Ade7880Port _port;
    private readonly int[] _ratios = new int[PhaseCount * PerPhase];
    private readonly int[] _fresh = new int[PerPhase];
    private readonly bool[] _isKnown = new bool[PhaseCount];
    private bool _isRunning;
    private bool _isTurned;
    private int _phase;
    private long _turnedAtMs;

    internal Ade7880Harmonics(Ade7880Port port)
    {
        _port = port;
    }

    /// <summary>Reads a phase that has settled and turns to the next. False: nothing new, or the bus failed.</summary>
    public bool Poll(long nowMs)
    {
        if (!_isRunning)
        {
            return false;
        }

        if (!_isTurned)
        {
            Turn(nowMs);
            return false;
        }

        if (nowMs - _turnedAtMs < SettleMs || !TryReadPhase())
        {
            return false;
        }

        _isKnown[_phase] = true;
        for (int i = 0; i < PerPhase; i++)
        {
            _ratios[_phase * PerPhase + i] = _fresh[i];
        }

        _phase = _phase + 1 == PhaseCount ? 0 : _phase + 1;
        Turn(nowMs);
        return true;
    }

    /// <summary>Distortion in hundredths of a percent of the fundamental. False: none was read since the start.
    /// </summary>
    public bool TryReadDistortion(int phase, out int voltage, out int current) => TryGet(phase, 0, out voltage,
        out current);

    /// <summary>One of the three orders of the settings, likewise.</summary>
    /// <param name="phase">0 to 2.</param>
    /// <param name="index">0 to 2: which of <see cref="Ade7880Settings.Orders"/>.</param>
    public bool TryReadHarmonic(int phase, int index, out int voltage, out int current) =>
        TryGet(phase, 1 + index, out voltage, out current);

    internal void Restart()
    {
        _isRunning = true;
        _isTurned = false;
    }

    /// <summary>The chip is gone: what it said no longer holds.</summary>
    internal void Stop()
    {
        _isRunning = false;
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            _isKnown[phase] = false;
        }
    }

    private void Turn(long nowMs)
    {
        _turnedAtMs = nowMs;
        _isTurned = _port.TryWrite(
            Ade7880Register.HarmonicConfiguration, Configuration | (_phase << 1) | (_phase << 8));
    }

    private bool TryReadPhase()
    {
        for (int i = 0; i <= OrderCount; i++)
        {
            int address = Ade7880Register.Fundamental + i * Ade7880Register.HarmonicStep;
            if (!_port.TryRead(address + VoltageDistortionAt, out _fresh[2 * i])
                || !_port.TryRead(address + CurrentDistortionAt, out _fresh[2 * i + 1]))
            {
                return false;
            }
        }

        for (int i = 0; i < PerPhase; i++)
        {
            if (_fresh[i] < 0 || _fresh[i] >= 4 * One)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryGet(int phase, int index, out int voltage, out int current)
    {
        voltage = Hundredths(_ratios[phase * PerPhase + 2 * index]);
        current = Hundredths(_ratios[phase * PerPhase + 2 * index + 1]);
        return _isKnown[phase];
    }

    private static int Hundredths(int ratio) => (int)Scaling.DivideRounded(ratio * 10_000L, One);
}
