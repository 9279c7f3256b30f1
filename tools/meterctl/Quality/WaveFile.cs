using System.Globalization;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Quality;

/// <summary>
/// A recorded waveform: CSV with a header, seconds first, then u1 to u3 in V and, optional, i1 to i3 in A; one sample a row
/// at a fixed rate. It is the meter's source of samples: mV and mA a count.
/// </summary>
internal sealed class WaveFile : ISampleSource
{
    private const int BlocksPerSecond = 10;
    private const int SamplesMax = 20_000_000;

    // A step between rows may differ by this share from the mean: times are written with few digits.
    private const double StepTolerance = 0.25;

    private readonly int[][] _voltages;
    private readonly int[][] _currents;
    private readonly int[][] _voltageRows;
    private readonly int[][] _currentRows;
    private int _index;

    private WaveFile(int[][] voltages, int[][] currents, int sampleRateHz)
    {
        _voltages = voltages;
        _currents = currents;
        SampleRateHz = sampleRateHz;
        int block = sampleRateHz / BlocksPerSecond;
        _voltageRows = [.. voltages.Select(_ => new int[block])];
        _currentRows = [.. currents.Select(_ => new int[block])];
    }

    public int PhaseCount => _voltages.Length;

    public int SampleRateHz { get; }

    public int MicrovoltsPerCount => 1000;

    public int MicroampsPerCount => _currents.Length == 0 ? 0 : 1000;

    public bool IsAtEnd => _index + _voltageRows[0].Length > _voltages[0].Length;

    public bool TryTake(SampleBlock block)
    {
        if (IsAtEnd)
        {
            return false;
        }

        int count = _voltageRows[0].Length;
        Copy(_voltages, _voltageRows, count);
        Copy(_currents, _currentRows, count);
        block.Voltages = _voltageRows;
        block.Currents = _currents.Length == 0 ? null : _currentRows;
        block.Count = count;
        block.FirstMs = (long)_index * 1000 / SampleRateHz;
        block.Lost = 0;
        _index += count;
        return true;
    }

    /// <summary>Reads a file; <see cref="InputException"/> names file, line and what was expected.</summary>
    public static WaveFile Load(string path)
    {
        try
        {
            using StreamReader reader = new(path);
            string[] names = [.. (reader.ReadLine() ?? "").Split(',').Select(name => name.Trim().ToLowerInvariant())];
            int voltages = names.Count(name => name.StartsWith('u'));
            string[] expected = ["t", .. Enumerable.Range(1, voltages).Select(i => $"u{i}"), .. Enumerable.Range(1, names.Length - 1 - voltages).Select(i => $"i{i}")];
            if (voltages is < 1 or > 3 || !names.SequenceEqual(expected) || (names.Length != 1 + voltages && names.Length != 1 + 2 * voltages))
            {
                throw new InputException($"{path}: line 1: a header such as t,u1 or t,u1,u2,u3,i1,i2,i3 was expected (s, V, A)");
            }

            List<double> times = [];
            List<int>[] columns = [.. names.Skip(1).Select(_ => new List<int>())];
            for (int line = 2; reader.ReadLine() is { } text; line++)
            {
                if (text.Length > 0)
                {
                    AddRow(path, line, text, times, columns);
                }
            }

            int rate = RateOf(path, times);
            int[][] all = [.. columns.Select(column => column.ToArray())];
            return new WaveFile(all[..voltages], all[voltages..], rate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {e.Message}");
        }
    }

    private static void AddRow(string path, int line, string text, List<double> times, List<int>[] columns)
    {
        string[] cells = text.Split(',');
        if (cells.Length != columns.Length + 1)
        {
            throw new InputException($"{path}: line {line}: {columns.Length + 1} columns were expected, not {cells.Length}");
        }

        for (int column = 0; column < cells.Length; column++)
        {
            if (!double.TryParse(cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !(Math.Abs(value) < 1e6))
            {
                throw new InputException($"{path}: line {line}: column {column + 1}: \"{cells[column].Trim()}\" is no number below a million");
            }

            if (column == 0)
            {
                times.Add(value);
            }
            else
            {
                columns[column - 1].Add((int)Math.Round(value * 1000));
            }
        }

        if (times.Count > 1 && times[^1] <= times[^2])
        {
            throw new InputException($"{path}: line {line}: column 1: times must rise");
        }

        if (times.Count > SamplesMax)
        {
            throw new InputException($"{path}: line {line}: at most {SamplesMax} samples");
        }
    }

    /// <summary>Samples a second, a whole multiple of ten; every step is the mean one.</summary>
    private static int RateOf(string path, List<double> times)
    {
        if (times.Count < 2)
        {
            throw new InputException($"{path}: two rows or more were expected");
        }

        double step = (times[^1] - times[0]) / (times.Count - 1);
        for (int i = 1; i < times.Count; i++)
        {
            if (Math.Abs(times[i] - times[i - 1] - step) > StepTolerance * step)
            {
                throw new InputException($"{path}: line {i + 2}: column 1: a step of {step:G4} s was expected, not {times[i] - times[i - 1]:G4}: samples are missing or doubled");
            }
        }

        int rate = (int)Math.Round(1 / step / BlocksPerSecond) * BlocksPerSecond;
        return Math.Abs(rate * step - 1) < 0.001 && rate is >= 2_420 and <= 1_000_000 ? rate
            : throw new InputException($"{path}: {1 / step:F1} samples a second: a multiple of 10 from 2420 on was expected");
    }

    private void Copy(int[][] from, int[][] to, int count)
    {
        for (int row = 0; row < from.Length; row++)
        {
            Array.Copy(from[row], _index, to[row], 0, count);
        }
    }
}
