using System;
using MeterFirmware.Quality;

namespace MeterFirmware.Firmware.Tests.Quality;

/// <summary>Synthesised mains that a board samples: 220 V a phase, harmonics, and a piece of another
/// amplitude.</summary>
public sealed class WaveSource
{
    public const int NominalMillihertz = 3_200_000;
    public const int BlockSamples = 160;
    public const int NominalMillivolts = 220_000;

    private readonly int[][] _voltages = new int[3][];
    private readonly int[][] _currents = new int[3][];
    private readonly double[] _amplitudes = { 1, 1, 1 };
    private readonly double[] _harmonics = new double[51];
    private readonly long _beginMs;
    private long _index;

    public WaveSource(long beginMs)
    {
        _beginMs = beginMs;
        for (int p = 0; p < 3; p++)
        {
            _voltages[p] = new int[BlockSamples];
            _currents[p] = new int[BlockSamples];
        }
    }

    public double Hertz { get; set; } = 50;

    /// <summary>Samples a second, as they are.</summary>
    public double SampleRate { get; set; } = NominalMillihertz / 1000;

    /// <summary>Direct part in counts.</summary>
    public int DirectCounts { get; set; }

    /// <summary>Counts for the amplitude of 220 V: 311 127 are millivolts.</summary>
    public double Counts { get; set; } = 220_000 * 1.41421356237309505;

    /// <summary>Amplitude of the currents in counts; their 3rd order is 20 %.</summary>
    public double CurrentCounts { get; set; }

    /// <summary>Share of the amplitude left in the piece.</summary>
    public double PieceShare { get; set; } = 1;

    public int PiecePhases { get; set; } = 7;

    /// <summary>Sample numbers where the piece begins and ends.</summary>
    public long PieceBegin { get; set; } = long.MaxValue;

    public long PieceEnd { get; set; } = long.MaxValue;

    public long Index => _index;

    /// <summary>Samples that the board lost.</summary>
    public void Skip(int samples) => _index += samples;

    public void SetAmplitude(int phase, double share) => _amplitudes[phase] = share;

    /// <summary>Share of the fundamental.</summary>
    public void SetHarmonic(int order, double share) => _harmonics[order] = share;

    /// <summary>Gives whole blocks of 160 samples, 50 ms at 3.2 kHz.</summary>
    public void Run(SampledQuality quality, int phaseCount, int milliseconds)
    {
        int blocks = (int)(milliseconds * SampleRate / 1000 / BlockSamples);
        for (int block = 0; block < blocks; block++)
        {
            long ms = (long)(_index * 1000 / SampleRate);
            for (int i = 0; i < BlockSamples; i++)
            {
                for (int p = 0; p < phaseCount; p++)
                {
                    _voltages[p][i] = Voltage(p, _index);
                    if (CurrentCounts > 0)
                    {
                        double t = Radians(p, _index);
                        _currents[p][i] = Round(CurrentCounts * (Math.Sin(t) + 0.2 * Math.Sin(3 * t)));
                    }
                }

                _index++;
            }

            quality.Add(_voltages, CurrentCounts > 0 ? _currents : null, BlockSamples, ms, _beginMs + ms);
        }
    }

    private static int Round(double value) => (int)(value < 0 ? value - 0.5 : value + 0.5);

    private double Radians(int phase, long index) =>
        2 * Math.PI * (Hertz * index / SampleRate - phase / 3.0);

    private int Voltage(int phase, long index)
    {
        double t = Radians(phase, index);
        double wave = Math.Sin(t);
        for (int order = 2; order < _harmonics.Length; order++)
        {
            if (_harmonics[order] > 0)
            {
                wave += _harmonics[order] * Math.Sin(order * t + order);
            }
        }

        bool isPiece = index >= PieceBegin && index < PieceEnd && (PiecePhases & (1 << phase)) != 0;
        return Round(Counts * _amplitudes[phase] * (isPiece ? PieceShare : 1) * wave) + DirectCounts;
    }
}
