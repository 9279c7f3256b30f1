using System;
using MeterFirmware.Hardware;
using MeterFirmware.Quality;

namespace MeterFirmware.Boards.Simulator.Meters;

/// <summary>
/// A converter on simulated mains: sines with harmonics, a dip, lost samples, in blocks of a tenth of a second. It
/// keeps
/// <see cref="CapacityMs"/>; what was not taken until then is lost, as in a real buffer. Nothing is allocated in a
/// take.
/// </summary>
public sealed class SimulatedSamples : ISampleSource
{
    public const int CapacityMs = 12_000;
    private const int OrderMax = QualityLimits.HarmonicOrderMax;
    private const double AmplitudeOfVolt = 1.41421356237309505 * 1000;

    private readonly int[][] _voltages;
    private readonly int[][] _currents;
    private readonly double[] _voltageOrders = new double[OrderMax + 1];
    private readonly double[] _currentOrders = new double[OrderMax + 1];
    private readonly int _blockSamples;
    private readonly int _sampleRateHz;
    private long _index;
    private long _endMs;
    private int _pendingLoss;

    /// <param name="phaseCount">1 to 3.</param>
    /// <param name="sampleRateHz">A multiple of ten.</param>
    /// <param name="blockMs">Length of a block, below 10 s.</param>
    public SimulatedSamples(int phaseCount, int sampleRateHz, int blockMs = 100)
    {
        PhaseCount = phaseCount;
        _sampleRateHz = sampleRateHz;
        _blockSamples = (int)((long)sampleRateHz * blockMs / 1000);
        _voltages = new int[phaseCount][];
        _currents = new int[phaseCount][];
        for (int phase = 0; phase < phaseCount; phase++)
        {
            _voltages[phase] = new int[_blockSamples];
            _currents[phase] = new int[_blockSamples];
        }
    }

    public int PhaseCount { get; }

    public int SampleRateMillihertz => _sampleRateHz * 1000;

    /// <summary>Samples are mV.</summary>
    public int MicrovoltsPerCount => 1000;

    /// <summary>Samples are mA.</summary>
    public int MicroampsPerCount => 1000;

    public int CurrentMilliampsMax => 60_000;

    public double Volts { get; set; } = 220;

    public double Amps { get; set; } = 5;

    public double Hertz { get; set; } = 50;

    /// <summary>The dip: what is left of the voltage from one sample number to another.</summary>
    public double DipShare { get; set; } = 1;

    public long DipFrom { get; set; } = long.MaxValue;

    public long DipTo { get; set; } = long.MaxValue;

    /// <summary>Samples after which the dip comes again; 0: once.</summary>
    public long DipEvery { get; set; }

    /// <summary>Share of the fundamental, order 2 to 50, all phases.</summary>
    public void SetHarmonic(int order, double ofVoltage, double ofCurrent)
    {
        _voltageOrders[order] = ofVoltage;
        _currentOrders[order] = ofCurrent;
    }

    /// <summary>The converter misses so many samples now.</summary>
    public void Lose(int samples)
    {
        _index += samples;
        _pendingLoss += samples;
    }

    /// <summary>Samples until this monotonic instant are there.</summary>
    public void Advance(long nowMs)
    {
        _endMs = nowMs;
        long kept = (long)CapacityMs * _sampleRateHz / 1000 / _blockSamples * _blockSamples;
        long oldest = (nowMs * _sampleRateHz / 1000 - kept) / _blockSamples * _blockSamples;
        if (oldest > _index)
        {
            _pendingLoss += (int)(oldest - _index);
            _index = oldest;
        }
    }

    public bool TryTake(SampleBlock block)
    {
        if ((_index + _blockSamples) * 1000 > _endMs * _sampleRateHz)
        {
            return false;
        }

        block.Voltages = _voltages;
        block.Currents = _currents;
        block.Count = _blockSamples;
        block.FirstMs = _index * 1000 / _sampleRateHz;
        block.Lost = _pendingLoss;
        _pendingLoss = 0;
        for (int i = 0; i < _blockSamples; i++, _index++)
        {
            long at = DipEvery > 0 && _index >= DipFrom ? DipFrom + (_index - DipFrom) % DipEvery : _index;
            double share = at >= DipFrom && at < DipTo ? DipShare : 1;
            for (int phase = 0; phase < PhaseCount; phase++)
            {
                double angle = 2 * Math.PI * (Hertz * _index / _sampleRateHz - phase / 3.0);
                _voltages[phase][i] = (int)Math.Round(share * Volts * AmplitudeOfVolt * Wave(angle, _voltageOrders));
                _currents[phase][i] = (int)Math.Round(Amps * AmplitudeOfVolt * Wave(angle, _currentOrders));
            }
        }

        return true;
    }

    private static double Wave(double angle, double[] orders)
    {
        double wave = Math.Sin(angle);
        for (int order = 2; order <= OrderMax; order++)
        {
            wave += orders[order] == 0 ? 0 : orders[order] * Math.Sin(order * angle + order);
        }

        return wave;
    }
}
