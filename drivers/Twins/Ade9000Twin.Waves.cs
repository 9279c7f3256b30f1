using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// The waveform buffer: 2048 words, a sample of all channels in eight of them, filled round and round at 8 kHz. It holds
/// what the running time filled, computed when it is read. The first sample of a page comes without its sign
/// extension, as the chip's.
/// </summary>
public sealed partial class Ade9000Twin
{
    private const int OrderMax = 50;
    private const int WaveConfig = 0x4A0;
    private const int WaveStatus = 0x4A3;
    private const int WaveBuffer = 0x800;
    private const int WaveCapture = 0x0010;
    private const int SamplesPerMs = 8;
    private const int SampleWords = 8;
    private const int PageSamples = 16;
    private const int BufferSamples = 256;
    private const int ChannelCount = 6;
    private const int Extension = 0x0FFF_FFFF;
    private const double PeakCounts = 74_532_013;

    private readonly double[] _orders = new double[OrderMax + 1];
    private long _captured;

    /// <summary>What is left of the voltages from one sample after the capture's begin to another.</summary>
    public double DipShare { get; set; } = 1;

    public long DipFrom { get; set; } = long.MaxValue;

    public long DipTo { get; set; } = long.MaxValue;

    /// <summary>Samples since the capture began.</summary>
    public long Captured => _captured;

    private int LastPage => _captured < PageSamples ? 0 : (int)((_captured / PageSamples - 1) % PageSamples);

    /// <summary>A harmonic of the voltages as a share of the fundamental, order 2 to 50, in phase with it at its
    /// crossing.</summary>
    public void SetHarmonic(int order, double share) => _orders[order] = share;

    /// <summary>A voltage sample as the chip computes it.</summary>
    public double VoltageSample(int phase, long sample)
    {
        double turns = _phases.Millihertz / 8_000_000.0 * sample - phase / 3.0;
        double wave = TwinSine.Of(turns);
        for (int order = 2; order <= OrderMax; order++)
        {
            wave += _orders[order] == 0 ? 0 : _orders[order] * TwinSine.Of(order * turns);
        }

        double share = sample >= DipFrom && sample < DipTo ? DipShare : 1;
        return share * wave * PeakCounts * _phases.Millivolts[phase] / FullScaleMillivolts;
    }

    private double CurrentSample(int phase, long sample)
    {
        double turns = _phases.Millihertz / 8_000_000.0 * sample - phase / 3.0;
        double apparent = (double)_phases.Millivolts[phase] * _phases.Milliamps[phase] / 1_000;
        double cosine = apparent == 0 ? 1 : _phases.Milliwatts[phase] / apparent;
        double sine = apparent == 0 ? 0 : _phases.Millivars[phase] / apparent;
        double wave = cosine * TwinSine.Of(turns) - sine * TwinSine.Of(turns + 0.25);
        return wave * PeakCounts * _phases.Milliamps[phase] / FullScaleMilliamps;
    }

    private void ReadWave(int word, byte[] read, int readCount)
    {
        Invariant.Require(
            (_registers[WaveConfig] & 0x13FF) == 0x03F0,
            "ADE9000 twin: only all channels without the neutral, at 8 kHz, round and round, are simulated");
        Invariant.Require(
            word % SampleWords == 0 && readCount % (4 * ChannelCount) == 0,
            "ADE9000 twin: a burst begins with a sample and ends with one");
        int first = word / SampleWords;
        for (int at = 0; at < readCount; at += 4)
        {
            int slot = (first + at / (4 * ChannelCount)) % BufferSamples;
            int channel = at / 4 % ChannelCount;
            int value = SlotValue(slot, channel);
            Put(read, at, slot % PageSamples == 0 ? value & Extension : value, 4);
        }
    }

    /// <summary>The newest sample that was put into a slot; 0 while none was.</summary>
    private int SlotValue(int slot, int channel)
    {
        long sample = _captured - 1 - (_captured - 1 - slot) % BufferSamples;
        if (_captured <= slot)
        {
            return 0;
        }

        int phase = channel / 2;
        double value = channel % 2 == 0 ? CurrentSample(phase, sample) : VoltageSample(phase, sample);
        return (int)(value < 0 ? value - 0.5 : value + 0.5);
    }
}
