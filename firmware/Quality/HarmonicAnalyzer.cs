using System;
using MeterFirmware.Basics;

namespace MeterFirmware.Quality;

/// <summary>
/// Harmonics 1 to a highest order, distortion, r.m.s. and direct part of up to a few channels sampled together: a
/// window of about 10 (12) cycles is collected, then one Goertzel filter a call keeps each tick short. The filters run
/// at multiples of the measured frequency and not at DFT bins, so a sampling clock that is not locked to the mains
/// costs no scalloping. Nothing is allocated after construction; samples are short to fit the heap: 640 × 3 take 3.8
/// KB.
/// </summary>
public sealed class HarmonicAnalyzer
{
    private const double Sqrt2 = 1.41421356237309504880;

    private readonly int _channelCount;
    private readonly int _orderMax;
    private readonly bool _usesSubgroups;
    private readonly short[][] _samples;
    private readonly double[][] _amplitudes;
    private readonly double[] _rms;
    private readonly int[] _offsets;
    private readonly double[] _real;
    private readonly double[] _imaginary;
    private int _windowSamples;
    private int _count;
    private double _fundamentalRadians;
    private double _binRadians;
    private int _channel;
    private int _order;
    private double _lastReal;
    private double _lastImaginary;

    /// <param name="capacitySamples">Longest window: sample rate × 10 cycles / 45 Hz, say.</param>
    /// <param name="orderMax">Highest order, 2 to 50.</param>
    /// <param name="usesSubgroups">Adds the two neighbouring 5 Hz bins to each order, as IEC 61000-4-7 asks for
    /// class I; three times the work.</param>
    public HarmonicAnalyzer(int channelCount, int capacitySamples, int orderMax, bool usesSubgroups)
    {
        Invariant.Require(orderMax >= 2 && orderMax <= QualityLimits.HarmonicOrderMax, "highest order out of range");
        _channelCount = channelCount;
        _orderMax = orderMax;
        _usesSubgroups = usesSubgroups;
        _samples = new short[channelCount][];
        _amplitudes = new double[channelCount][];
        _rms = new double[channelCount];
        _offsets = new int[channelCount];
        _real = new double[channelCount];
        _imaginary = new double[channelCount];
        for (int c = 0; c < channelCount; c++)
        {
            _samples[c] = new short[capacitySamples];
            _amplitudes[c] = new double[orderMax + 1];
        }
    }

    /// <summary>True while samples are wanted.</summary>
    public bool IsCollecting => _windowSamples > 0 && _count < _windowSamples;

    /// <summary>True when the results are those of the window that began last.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Begins a window of the whole number of samples nearest to <paramref name="cycles"/> cycles.
    /// False: it does not fit, or the sample rate is below twice the highest order.</summary>
    public bool TryBegin(int sampleRateMillihertz, int millihertz, int cycles)
    {
        if (millihertz <= 0 || (long)millihertz * 2 * _orderMax >= sampleRateMillihertz)
        {
            return false;
        }

        long samples = ((long)cycles * sampleRateMillihertz + millihertz / 2) / millihertz;
        if (samples > _samples[0].Length)
        {
            return false;
        }

        _windowSamples = (int)samples;
        _fundamentalRadians = 2 * Math.PI * millihertz / sampleRateMillihertz;
        _binRadians = _fundamentalRadians / cycles;
        _count = 0;
        _channel = 0;
        _order = 0;
        IsDone = false;
        return true;
    }

    /// <summary>Begins a window whose length the mains decide: <see cref="Close"/> ends it.</summary>
    internal void BeginOpen()
    {
        _windowSamples = _samples[0].Length;
        _count = 0;
        _channel = 0;
        _order = 0;
        IsDone = false;
    }

    /// <summary>Ends an open window at its last samples; the filters run at the frequency that was found in
    /// it.</summary>
    /// <param name="samples">At most those collected; those beyond are left out.</param>
    /// <param name="cycleSamples">Length of a cycle in samples, a fraction too.</param>
    internal void Close(int samples, double cycleSamples, int cycles)
    {
        _windowSamples = samples;
        _count = samples;
        _fundamentalRadians = 2 * Math.PI / cycleSamples;
        _binRadians = _fundamentalRadians / cycles;
    }

    /// <summary>One sample per channel, taken at the same moment. Ignored when no window wants it.</summary>
    public void Add(short[] row)
    {
        if (!IsCollecting)
        {
            return;
        }

        for (int c = 0; c < _channelCount; c++)
        {
            _samples[c][_count] = row[c];
        }

        _count++;
    }

    /// <summary>One filter's worth of work on a full window. True: all results are there.</summary>
    public bool Tick()
    {
        if (_windowSamples == 0 || IsCollecting || IsDone)
        {
            return IsDone;
        }

        if (_order == 0)
        {
            RemoveOffset(_channel);
            _order = 1;
            return false;
        }

        Compute(_channel, _order);
        _order++;
        if (_order > _orderMax)
        {
            _order = 0;
            _channel++;
            IsDone = _channel == _channelCount;
        }

        return IsDone;
    }

    /// <summary>True r.m.s. over the window, in sample units, without the direct part.</summary>
    public double RmsOf(int channel) => _rms[channel];

    /// <summary>Mean over the window in sample units: a direct part of the mains, or the converter's offset.</summary>
    public int OffsetOf(int channel) => _offsets[channel];

    /// <summary>All phasors' parts, for <see cref="SequenceComponents"/>.</summary>
    public double[] RealParts => _real;

    public double[] ImaginaryParts => _imaginary;

    /// <summary>An order over the fundamental in hundredths of a percent. False without a fundamental.</summary>
    public bool TryReadHarmonic(int channel, int order, out int hundredths)
    {
        Invariant.Require(order >= 1 && order <= _orderMax, "harmonic order out of range");
        return TryRatio(_amplitudes[channel][order], _amplitudes[channel][1], out hundredths);
    }

    /// <summary>Root of the squares of all orders from 2 on over the fundamental, in hundredths of a percent
    /// (IEC 61000-4-7, 3.3; with subgroups THDS).</summary>
    public bool TryReadTotalDistortion(int channel, out int hundredths)
    {
        double squares = 0;
        for (int order = 2; order <= _orderMax; order++)
        {
            squares += _amplitudes[channel][order] * _amplitudes[channel][order];
        }

        return TryRatio(Math.Sqrt(squares), _amplitudes[channel][1], out hundredths);
    }

    private static bool TryRatio(double part, double whole, out int hundredths)
    {
        hundredths = 0;

        // Below one sample unit there is no fundamental, only noise.
        if (whole < 1 || part > whole * 100)
        {
            return false;
        }

        hundredths = (int)(part / whole * 10_000 + 0.5);
        return true;
    }

    private void RemoveOffset(int channel)
    {
        short[] samples = _samples[channel];
        long sum = 0;
        for (int i = 0; i < _windowSamples; i++)
        {
            sum += samples[i];
        }

        int offset = (int)CivilTime.FloorDivide(sum + _windowSamples / 2, _windowSamples);
        _offsets[channel] = offset;
        long squares = 0;
        for (int i = 0; i < _windowSamples; i++)
        {
            int value = samples[i] - offset;
            value = value > short.MaxValue ? short.MaxValue : value < short.MinValue ? short.MinValue : value;
            samples[i] = (short)value;
            squares += value * value;
        }

        _rms[channel] = Math.Sqrt((double)squares / _windowSamples);
    }

    private void Compute(int channel, int order)
    {
        double radians = order * _fundamentalRadians;
        Filter(_samples[channel], radians);
        double square = _lastReal * _lastReal + _lastImaginary * _lastImaginary;
        if (order == 1)
        {
            _real[channel] = _lastReal;
            _imaginary[channel] = _lastImaginary;
        }

        if (_usesSubgroups)
        {
            Filter(_samples[channel], radians - _binRadians);
            square += _lastReal * _lastReal + _lastImaginary * _lastImaginary;
            Filter(_samples[channel], radians + _binRadians);
            square += _lastReal * _lastReal + _lastImaginary * _lastImaginary;
        }

        _amplitudes[channel][order] = Math.Sqrt(square);
    }

    /// <summary>Goertzel at any frequency: the r.m.s. phasor, its angle relative to the window's last sample.</summary>
    private void Filter(short[] samples, double radians)
    {
        double cosine = Math.Cos(radians);
        double coefficient = 2 * cosine;
        double s1 = 0;
        double s2 = 0;
        int count = _windowSamples;
        for (int i = 0; i < count; i++)
        {
            double s = samples[i] + coefficient * s1 - s2;
            s2 = s1;
            s1 = s;
        }

        double scale = Sqrt2 / count;
        _lastReal = (s1 - s2 * cosine) * scale;
        _lastImaginary = s2 * Math.Sin(radians) * scale;
    }
}
