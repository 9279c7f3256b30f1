using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Quality;

/// <summary>The times of a recording: one a row, evenly spaced, perhaps written with few digits. They give its
/// rate.</summary>
internal sealed class WaveTimes(string path)
{
    // Seconds: below this a time's steps are lost in the number itself.
    private const decimal SecondsMax = 1e10m;

    private readonly List<double> _seconds = [];
    private readonly List<int> _lines = [];
    private decimal _first;
    private decimal _last;
    private int _digits;

    public int Count => _seconds.Count;

    public double FirstSeconds => (double)_first;

    public int RateMillihertz { get; private set; }

    public void Add(CsvReader reader)
    {
        decimal time = reader.Number(0, -SecondsMax, SecondsMax);
        if (Count > 0 && time <= _last)
        {
            throw reader.Bad(0, "times must rise");
        }

        _first = Count == 0 ? time : _first;
        _last = time;
        _digits = Math.Max(_digits, time.Scale);
        _seconds.Add((double)(time - _first));
        _lines.Add(reader.Line);
    }

    /// <summary>Every step is the mean one, and the rate within its bounds.</summary>
    public void Finish(double stepTolerance, int millihertzMin, int millihertzMax)
    {
        if (Count < 2)
        {
            throw new InputException($"{path}: two rows or more were expected");
        }

        double mean = _seconds[^1] / (Count - 1);
        for (int i = 1; i < Count; i++)
        {
            double step = _seconds[i] - _seconds[i - 1];
            if (Math.Abs(step - mean) > stepTolerance * mean)
            {
                throw new InputException($"{path}:{_lines[i]}: column 1 (t): "
                    + FormattableString.Invariant($"a step of {mean:G4} s was expected, not {step:G4}: ")
                    + "samples are missing or doubled, or the times have too few digits");
            }
        }

        double rate = 1000 / StepByLine();
        if (rate < millihertzMin || rate > millihertzMax)
        {
            throw new InputException(path + FormattableString.Invariant($": {rate / 1000:F1} samples a second: ")
                + $"{millihertzMin / 1000} to {millihertzMax / 1000} were expected");
        }

        // A whole number of samples a second that the times' digits allow is meant.
        double whole = Math.Round(rate / 1000);
        bool isWhole = Math.Abs((Count - 1) / whole - _seconds[^1]) <= Math.Pow(10, -_digits);
        RateMillihertz = isWhole ? (int)whole * 1000 : (int)Math.Round(rate);
    }

    /// <summary>The step of the straight line nearest to all times: rounding at the first and the last matters
    /// less.</summary>
    private double StepByLine()
    {
        double middle = (Count - 1) / 2.0;
        double mean = _seconds.Average();
        double products = 0;
        double squares = 0;
        for (int i = 0; i < Count; i++)
        {
            products += (i - middle) * (_seconds[i] - mean);
            squares += (i - middle) * (i - middle);
        }

        return products / squares;
    }
}
