using MeterFirmware.Basics;

namespace MeterFirmware.ChargerSafety;

/// <summary>
/// Whether the board's loop comes round every 10 ms, by the times at which it does. What a tick costs on a board nobody
/// knows before it ran there: until the safety part was seen to hold its rate nothing is offered, and when it no longer
/// does the offer ends in order.
/// <code>
///   start --a good second--> holds --two bad seconds--> slow --ten good seconds--> holds
/// </code>
/// </summary>
public sealed class LoopMonitor
{
    /// <summary>Length of a window.</summary>
    public const int WindowMs = 1_000;

    /// <summary>A window is good while its ticks are at most so far apart on average, µs: a fifth above the rate.
    /// </summary>
    public const int MeanMicrosecondsMax = 12_000;

    /// <summary>A tick is late so long after the one before, and a good window has at most so many: a flash write or
    /// another native call each.</summary>
    public const int LateMs = 20;
    public const int LateCountMax = 5;

    /// <summary>What the safety part may take by itself, µs: half the rate, and the other half is the slices', the
    /// links' and the collector's.</summary>
    public const int SafetyMicrosecondsMax = 5_000;

    private const int BadWindowsMax = 2;
    private const int GoodWindowsMin = 10;

    private long _lastMs;
    private long _windowMs;
    private int _ticks;
    private int _late;
    private int _longestMs;
    private int _goodWindows;
    private int _badWindows;
    private bool _hasTicked;
    private bool _isKnown;

    /// <summary>The safety part holds its rate: something may be offered.</summary>
    public bool Holds { get; private set; }

    /// <summary>It was seen not to: false before anything is known.</summary>
    public bool IsSlow => _isKnown && !Holds;

    /// <summary>Mean time between two ticks in the last window, µs; 0 before the first.</summary>
    public int MeanMicroseconds { get; private set; }

    /// <summary>The longest time between two ticks since the last <see cref="TakeLongest"/>, ms.</summary>
    public int LongestMs => _longestMs;

    /// <summary>Late ticks since start.</summary>
    public long LateCount { get; private set; }

    /// <summary>What the safety part takes by itself, measured at start, µs; 0: not measured.</summary>
    public int SafetyMicroseconds { get; private set; }

    /// <summary>The safety part was run so often at start, without pauses and with all its outputs at rest.</summary>
    public void NoteStart(int ticks, long elapsedMs)
    {
        Invariant.Require(ticks > 0 && elapsedMs >= 0, "at least one tick was measured");
        SafetyMicroseconds = (int)(elapsedMs * 1_000 / ticks);
        _hasTicked = false;
        _longestMs = 0;
        _goodWindows = 0;
        _badWindows = 0;
        _isKnown = false;
        Holds = false;
    }

    /// <summary>A tick begins.</summary>
    /// <param name="nowMs">Monotonic ms.</param>
    public void Note(long nowMs)
    {
        if (!_hasTicked)
        {
            _hasTicked = true;
            _lastMs = nowMs;
            Begin(nowMs);
            return;
        }

        int sinceMs = (int)(nowMs - _lastMs);
        _lastMs = nowMs;
        _ticks++;
        if (sinceMs > LateMs)
        {
            _late++;
            LateCount++;
        }

        if (sinceMs > _longestMs)
        {
            _longestMs = sinceMs;
        }

        if (nowMs - _windowMs >= WindowMs)
        {
            End(nowMs);
        }
    }

    /// <summary>The longest time between two ticks since the last call, for a report now and then.</summary>
    public int TakeLongest()
    {
        int longest = _longestMs;
        _longestMs = 0;
        return longest;
    }

    /// <summary>Writes the figures as a member of an open JSON object.</summary>
    public void Write(ByteTextWriter json)
    {
        json.Name("loop");
        json.BeginObject();
        json.Name("holds");
        json.Value(Holds);
        json.Name("meanMicroseconds");
        json.Value(MeanMicroseconds);
        json.Name("longestMs");
        json.Value(_longestMs);
        json.Name("late");
        json.Value(LateCount);
        json.Name("safetyMicroseconds");
        json.Value(SafetyMicroseconds);
        json.EndObject();
    }

    private void Begin(long nowMs)
    {
        _windowMs = nowMs;
        _ticks = 0;
        _late = 0;
    }

    private void End(long nowMs)
    {
        MeanMicroseconds = (int)((nowMs - _windowMs) * 1_000 / _ticks);
        bool isGood = MeanMicroseconds <= MeanMicrosecondsMax && _late <= LateCountMax
            && SafetyMicroseconds <= SafetyMicrosecondsMax;
        _goodWindows = !isGood ? 0 : _goodWindows < GoodWindowsMin ? _goodWindows + 1 : GoodWindowsMin;
        _badWindows = isGood ? 0 : _badWindows < BadWindowsMax ? _badWindows + 1 : BadWindowsMax;
        if (!Holds && _goodWindows >= (_isKnown ? GoodWindowsMin : 1))
        {
            Holds = true;
            _isKnown = true;
        }
        else if (_badWindows >= BadWindowsMax)
        {
            // Also where it never held: then one good second is no proof any more.
            Holds = false;
            _isKnown = true;
        }

        Begin(nowMs);
    }
}
