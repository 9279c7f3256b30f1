using MeterFirmware.Hardware;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Quality;

/// <summary>
/// A recorded waveform: CSV with a header, seconds first, then u1 to u3 in V and, optional, i1 to i3 in A; one sample a
/// row at a fixed rate. It is the meter's source of samples: mV and mA a count.
/// </summary>
internal sealed class WaveFile : ISampleSource
{
    private const string Expected = "t,u1 or t,u1,u2,u3,i1,i2,i3 (s, V, A)";
    private const int BlocksPerSecond = 10;
    private const int SamplesMax = 20_000_000;
    private const int RateMillihertzMin = 2_420_000;
    private const int RateMillihertzMax = 1_000_000_000;

    // A step between rows may differ by this share from the mean: times are written with few digits.
    private const double StepTolerance = 0.25;

    private readonly int[][] _voltages;
    private readonly int[][] _currents;
    private readonly int[][] _voltageRows;
    private readonly int[][] _currentRows;
    private int _index;
    private long _nowMs;

    private WaveFile(int[][] voltages, int[][] currents, WaveTimes times)
    {
        _voltages = voltages;
        _currents = currents;
        SampleRateMillihertz = times.RateMillihertz;
        FirstSeconds = times.FirstSeconds;
        int block = SampleRateMillihertz / 1000 / BlocksPerSecond;
        _voltageRows = [.. voltages.Select(_ => new int[block])];
        _currentRows = [.. currents.Select(_ => new int[block])];
        long peak = currents.SelectMany(row => row).DefaultIfEmpty().Max(value => Math.Abs((long)value));
        CurrentMilliampsMax = 1 + (int)(peak / 2);
    }

    public int PhaseCount => _voltages.Length;

    public int SampleRateMillihertz { get; }

    public int MicrovoltsPerCount => 1000;

    public int MicroampsPerCount => _currents.Length == 0 ? 0 : 1000;

    /// <summary>Half the highest peak: nothing of the recording is cut.</summary>
    public int CurrentMilliampsMax { get; }

    /// <summary>Time of the first sample, as the file has it.</summary>
    public double FirstSeconds { get; }

    /// <summary>Samples of a channel.</summary>
    public int Count => _voltages[0].Length;

    public bool IsAtEnd => _index == Count;

    /// <summary>Samples until this monotonic instant are there.</summary>
    public void Advance(long nowMs) => _nowMs = nowMs;

    public bool TryTake(SampleBlock block)
    {
        // The last block may be shorter: every sample of the file is looked at.
        int count = Math.Min(_voltageRows[0].Length, Count - _index);
        if (count == 0 || (_index + count) * 1_000_000L > _nowMs * SampleRateMillihertz)
        {
            return false;
        }

        Copy(_voltages, _voltageRows, count);
        Copy(_currents, _currentRows, count);
        block.Voltages = _voltageRows;
        block.Currents = _currents.Length == 0 ? null : _currentRows;
        block.Count = count;
        block.FirstMs = _index * 1_000_000L / SampleRateMillihertz;
        block.Lost = 0;
        _index += count;
        return true;
    }

    /// <summary>Reads a file; <see cref="InputException"/> names file, line and what was expected.</summary>
    public static WaveFile Load(string path)
    {
        using CsvReader reader = new(path, Expected);
        List<string> names = [.. reader.Header.Select(name => name.ToLowerInvariant())];
        int voltages = names.Count(name => name.StartsWith('u'));
        int currents = names.Count == 1 + voltages ? 0 : voltages;
        IEnumerable<string> expected = Enumerable.Range(1, voltages).Select(i => $"u{i}").Prepend("t")
            .Concat(Enumerable.Range(1, currents).Select(i => $"i{i}"));
        if (voltages is < 1 or > 3 || !names.SequenceEqual(expected))
        {
            throw reader.Bad($"a header such as {Expected} was expected");
        }

        WaveTimes times = new(path);
        List<int>[] columns = [.. names.Skip(1).Select(_ => new List<int>())];
        while (reader.TryReadRow())
        {
            times.Add(reader);
            for (int column = 1; column < names.Count; column++)
            {
                columns[column - 1].Add((int)Math.Round(reader.Real(column, 1e6) * 1000));
            }

            if (times.Count > SamplesMax)
            {
                throw reader.Bad($"at most {SamplesMax} samples were expected");
            }
        }

        times.Finish(StepTolerance, RateMillihertzMin, RateMillihertzMax);
        int[][] all = [.. columns.Select(column => column.ToArray())];
        return new WaveFile(all[..voltages], all[voltages..], times);
    }

    private void Copy(int[][] from, int[][] to, int count)
    {
        for (int row = 0; row < from.Length; row++)
        {
            Array.Copy(from[row], _index, to[row], 0, count);
        }
    }
}
