namespace MeterFirmware.Quality;

/// <summary>A window of 10/12 cycles while it is collected and until its values are delivered.</summary>
internal sealed class SampleWindow
{
    private readonly int _cycles;
    private readonly int _nominalSamples;
    private readonly int _samplesMax;
    private double _beginZero;
    private bool _isSynchronised;
    private int _cyclesSeen;
    private int _count;

    public SampleWindow(HarmonicAnalyzer analyzer, int cycles, int nominalSamples, int samplesMax)
    {
        Analyzer = analyzer;
        _cycles = cycles;
        _nominalSamples = nominalSamples;
        _samplesMax = samplesMax;
    }

    public HarmonicAnalyzer Analyzer { get; }

    public bool IsCollecting { get; private set; }

    public bool IsClosed { get; private set; }

    public bool IsFlagged { get; set; }

    public long BeginUtcMs { get; private set; }

    /// <summary>Length in samples; a fraction too when the mains gave it.</summary>
    public double LengthSamples { get; private set; }

    /// <summary>Of a closed window; true: whole cycles between two crossings, so that a frequency and harmonics are
    /// there.</summary>
    public bool IsSynchronised => _isSynchronised;

    /// <param name="zero">Sample number of the crossing, a fraction too.</param>
    public void Begin(double zero, bool isCrossing, long beginUtcMs, bool isFlagged)
    {
        _beginZero = zero;
        _isSynchronised = isCrossing;
        _cyclesSeen = 0;
        _count = 0;
        BeginUtcMs = beginUtcMs;
        IsFlagged = isFlagged;
        IsCollecting = true;
        IsClosed = false;
        Analyzer.BeginOpen();
    }

    /// <summary>Drops what was collected.</summary>
    public void Abandon()
    {
        IsCollecting = false;
        IsClosed = false;
    }

    public void Delivered() => IsClosed = false;

    /// <summary>Its end will not be a whole number of cycles after its begin.</summary>
    public void Desynchronise() => _isSynchronised &= IsClosed;

    public void Add(short[] row)
    {
        Analyzer.Add(row);
        _count++;
    }

    /// <summary>Looks whether the window ends before this sample; then it is closed. Without crossings
    /// (interruption) the nominal length rules.</summary>
    public bool TryClose(short[] row, double zero, bool isCrossing, bool isDead)
    {
        _cyclesSeen += isCrossing ? 1 : 0;
        _isSynchronised &= !isDead;
        bool isWhole = _isSynchronised && isCrossing && _cyclesSeen == _cycles;
        bool isLong = !_isSynchronised && _count >= _nominalSamples && (isCrossing || isDead);
        if (!isWhole && !isLong && _count < _samplesMax)
        {
            return false;
        }

        _isSynchronised = isWhole;
        LengthSamples = isWhole ? zero - _beginZero : _count;
        int samples = (int)(LengthSamples + 0.5);
        if (samples > _count)
        {
            // The crossing lies nearer to this sample than to the one before: it belongs to both windows.
            Analyzer.Add(row);
            _count++;
        }

        Close(samples > _count ? _count : samples);
        return true;
    }

    /// <summary>Ends it as it is, beside the mains.</summary>
    public void Force()
    {
        _isSynchronised = false;
        LengthSamples = _count;
        Close(_count);
    }

    private void Close(int samples)
    {
        double cycleSamples = _isSynchronised ? LengthSamples / _cycles : (double)_nominalSamples / _cycles;
        Analyzer.Close(samples, cycleSamples, _cycles);
        IsCollecting = false;
        IsClosed = true;
    }
}
