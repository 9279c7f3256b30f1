using MeterFirmware.Basics;

namespace MeterFirmware.Metering;

/// <summary>
/// Maximum demand of one direction, in block or sliding windows (DL/T 614: a period of 5, 10, 15, 30 or 60 min that
/// slips every 1, 2, 3 or 5 min; block = the slip equals the period). The window is a ring of sub-blocks of one slip
/// each that lie on the clock. A window counts only when every sub-block in it was whole: after power-up, clear, clock
/// step and change of direction the count starts anew. A rate's maximum also needs the rate to have been in force
/// during the whole window; the total's window runs on through a change of rate.
/// </summary>
public sealed class DemandMeter
{
    private long[] _subBlocks;
    private int _periodSeconds;
    private readonly long[] _maximumMilliwatts;
    private readonly long[] _maximumUtcSeconds;
    private int _next;
    private long _current;
    private bool _currentIsWhole;
    private int _wholeInARow;
    private int _wholeInRate;

    /// <param name="rateCount">1 to 63.</param>
    /// <param name="periodMinutes">See <see cref="IsWindow"/>.</param>
    /// <param name="slipMinutes">See <see cref="IsWindow"/>.</param>
    public DemandMeter(int rateCount, int periodMinutes, int slipMinutes)
    {
        Invariant.Require(TrySetWindow(periodMinutes, slipMinutes), "A demand period is a whole multiple of its slip.");
        _maximumMilliwatts = new long[rateCount + 1];
        _maximumUtcSeconds = new long[rateCount + 1];
    }

    /// <summary>Length of a sub-block: its ends lie on whole multiples of it in local time.</summary>
    public int SlipSeconds { get; private set; }

    /// <summary>Length of a window.</summary>
    public int PeriodSeconds => _periodSeconds;

    /// <summary>Demand of the last whole window in mW; 0 before there was one.</summary>
    public long LastMilliwatts { get; private set; }

    /// <summary>Highest demand of the total in mW since the last clear.</summary>
    public long MaximumMilliwatts => _maximumMilliwatts[0];

    /// <summary>End of the window with the highest demand, UTC; 0 when there was none or no calendar.</summary>
    public long MaximumUtcSeconds => _maximumUtcSeconds[0];

    public int SavedBytes => SavedBytesOf(_maximumMilliwatts.Length - 1);

    /// <summary>True when a maximum has risen since the last <see cref="Save"/>: a loss of supply must not take
    /// it.</summary>
    public bool HasRisen { get; private set; }

    /// <summary>Bytes that a meter of so many rates saves.</summary>
    public static int SavedBytesOf(int rates) => (rates + 1) * 16;

    /// <summary>Whether there is such a window: a period of 5, 10, 15, 30 or 60 min, a slip of 1, 2, 3 or 5 min or the
    /// period itself for block demand, and the period is a whole multiple of the slip (DL/T 614;
    /// facts/metering-rules.md).</summary>
    public static bool IsWindow(int periodMinutes, int slipMinutes)
    {
        bool isPeriod = periodMinutes == 5 || periodMinutes == 10 || periodMinutes == 15 || periodMinutes == 30
            || periodMinutes == 60;
        bool isSlip = slipMinutes == 1 || slipMinutes == 2 || slipMinutes == 3 || slipMinutes == 5
            || slipMinutes == periodMinutes;
        return isPeriod && isSlip && periodMinutes % slipMinutes == 0;
    }

    /// <summary>Another window from now on; the maxima stay. The one call that allocates. False: no such
    /// window.</summary>
    internal bool TrySetWindow(int periodMinutes, int slipMinutes)
    {
        if (!IsWindow(periodMinutes, slipMinutes))
        {
            return false;
        }

        _subBlocks = new long[periodMinutes / slipMinutes];
        _next = 0;
        _periodSeconds = periodMinutes * CivilTime.SecondsPerMinute;
        SlipSeconds = slipMinutes * CivilTime.SecondsPerMinute;
        return true;
    }

    public long RateMaximumMilliwatts(int rate) => _maximumMilliwatts[rate + 1];

    public long RateMaximumUtcSeconds(int rate) => _maximumUtcSeconds[rate + 1];

    /// <summary>Adds energy (µJ, 0 or above) that lies inside the present sub-block.</summary>
    public void Add(long microjoules) => _current += microjoules;

    /// <summary>Begins the measurement anew; the present sub-block is whole only when it starts on its
    /// boundary.</summary>
    public void Restart(bool onBoundary)
    {
        _current = 0;
        _currentIsWhole = onBoundary;
        _wholeInARow = 0;
        _wholeInRate = 0;
    }

    /// <summary>The rate changed: rates' windows start anew, the total's goes on.</summary>
    public void RestartRate(bool onBoundary) => _wholeInRate = onBoundary ? 0 : -1;

    /// <summary>Ends the sub-block at its boundary.</summary>
    /// <param name="rate">The rate that was in force.</param>
    /// <param name="utcSeconds">The boundary; 0 without a calendar.</param>
    public void EndSubBlock(int rate, long utcSeconds)
    {
        if (_currentIsWhole)
        {
            _wholeInARow++;
            _wholeInRate++;
        }
        else
        {
            // Also a rate that began in the cut sub-block has the next one whole.
            _wholeInRate = 0;
        }

        _subBlocks[_next] = _current;
        _next = _next + 1 == _subBlocks.Length ? 0 : _next + 1;
        _current = 0;
        _currentIsWhole = true;
        if (_wholeInARow < _subBlocks.Length)
        {
            return;
        }

        long microjoules = 0;
        for (int i = 0; i < _subBlocks.Length; i++)
        {
            microjoules += _subBlocks[i];
        }

        // µJ ÷ s = µW; demand in mW, rounded.
        LastMilliwatts = Scaling.DivideRounded(microjoules, _periodSeconds * 1000L);
        Raise(0, LastMilliwatts, utcSeconds);
        if (_wholeInRate >= _subBlocks.Length)
        {
            Raise(rate + 1, LastMilliwatts, utcSeconds);
        }
    }

    /// <summary>Clears the maxima (by settlement or command) and starts the period anew.</summary>
    public void Clear(bool onBoundary)
    {
        for (int i = 0; i < _maximumMilliwatts.Length; i++)
        {
            _maximumMilliwatts[i] = 0;
            _maximumUtcSeconds[i] = 0;
        }

        LastMilliwatts = 0;
        Restart(onBoundary);
    }

    public int Save(byte[] bytes, int offset)
    {
        HasRisen = false;
        for (int i = 0; i < _maximumMilliwatts.Length; i++)
        {
            LittleEndian.WriteInt64(bytes, offset, _maximumMilliwatts[i]);
            LittleEndian.WriteInt64(bytes, offset + 8, _maximumUtcSeconds[i]);
            offset += 16;
        }

        return offset;
    }

    /// <summary>Reads what a meter of so many rates saved; those that fit are taken.</summary>
    public int Load(byte[] bytes, int offset, int rates)
    {
        for (int i = 0; i <= rates; i++, offset += 16)
        {
            if (i < _maximumMilliwatts.Length)
            {
                _maximumMilliwatts[i] = LittleEndian.ReadInt64(bytes, offset);
                _maximumUtcSeconds[i] = LittleEndian.ReadInt64(bytes, offset + 8);
            }
        }

        return offset;
    }

    private void Raise(int slot, long milliwatts, long utcSeconds)
    {
        if (milliwatts > _maximumMilliwatts[slot])
        {
            _maximumMilliwatts[slot] = milliwatts;
            _maximumUtcSeconds[slot] = utcSeconds;
            HasRisen = true;
        }
    }
}
