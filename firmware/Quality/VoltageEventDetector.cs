using MeterFirmware.Hardware;

namespace MeterFirmware.Quality;

/// <summary>
/// Finds dips, swells and interruptions in r.m.s. values: Urms(½) each half-cycle from samples, or a chip's readings
/// with the resolution of the tick. A collapse is a dip and, while all phases are below 10 %, an interruption within
/// it. Finished events wait in a bounded queue. Nothing is allocated after construction.
/// </summary>
public sealed class VoltageEventDetector
{
    private readonly QualitySettings _settings;
    private readonly VoltageEventTracker _dip = new VoltageEventTracker(VoltageEventKind.Dip);
    private readonly VoltageEventTracker _swell = new VoltageEventTracker(VoltageEventKind.Swell);
    private readonly VoltageEventTracker _interruption = new VoltageEventTracker(VoltageEventKind.Interruption);
    // Rows of VoltageEvent's columns: an object for each place would take three times the room.
    private readonly long[] _queue;
    private readonly int _queueLength;
    private readonly int[] _references = new int[Measurement.PhaseCountMax];
    private readonly long[] _slidingMicrovolts = new long[Measurement.PhaseCountMax];
    private int _first;
    private int _count;
    private bool _flag;
    private long _slidingMs;
    private bool _hasValue;
    private long _lastMs;

    /// <param name="queueLength">Events that may wait; the oldest are dropped and counted.</param>
    public VoltageEventDetector(QualitySettings settings, int queueLength)
    {
        _settings = settings;
        _queueLength = queueLength;
        _queue = new long[queueLength * VoltageEvent.ColumnCount];
        for (int p = 0; p < Measurement.PhaseCountMax; p++)
        {
            _references[p] = settings.DeclaredMillivolts;
            _slidingMicrovolts[p] = settings.DeclaredMillivolts * 1000L;
        }
    }

    /// <summary>Events lost because nobody took them.</summary>
    public long DroppedCount { get; private set; }

    /// <summary>An event of any kind is going on.</summary>
    public bool IsActive => _dip.IsActive || _swell.IsActive || _interruption.IsActive;

    /// <summary>Reference of a phase in mV: declared or sliding.</summary>
    public int ReferenceMillivolts(int phase) => _references[phase];

    /// <summary>One r.m.s. value per phase in mV.</summary>
    /// <param name="nowMs">Monotonic, for durations.</param>
    /// <param name="utcMs">Calendar, for the record.</param>
    public void Add(int[] millivolts, int phaseCount, long nowMs, long utcMs)
    {
        Step(_dip, millivolts, phaseCount, nowMs, utcMs);
        Step(_swell, millivolts, phaseCount, nowMs, utcMs);
        Step(_interruption, millivolts, phaseCount, nowMs, utcMs);
        _flag |= IsActive;
        _hasValue = true;
        _lastMs = nowMs;
    }

    /// <summary>True when an event went on since the last call: the aggregation interval that ends now is flagged
    /// (IEC 61000-4-30, 4.7).</summary>
    public bool TakeFlag()
    {
        bool flag = _flag || IsActive;
        _flag = false;
        return flag;
    }

    /// <summary>Moves the sliding reference by a value of so many ms: one step for each 10/12 cycles in it, so that its
    /// time constant of a minute is the same for a chip that is read each second. A flagged value leaves it where it
    /// is.</summary>
    public void UpdateReference(int[] millivolts, int phaseCount, bool isFlagged, long lengthMs)
    {
        if (!_settings.UsesSlidingReference || isFlagged)
        {
            return;
        }

        _slidingMs += lengthMs;
        for (; _slidingMs >= QualityLimits.BasicMs; _slidingMs -= QualityLimits.BasicMs)
        {
            for (int p = 0; p < phaseCount; p++)
            {
                // In µV: whole millivolts would stick up to 15 V away from the true level.
                long difference = millivolts[p] * 1000L - _slidingMicrovolts[p];
                _slidingMicrovolts[p] += difference * QualityLimits.SlidingWeightTenThousandths / 10_000;
                _references[p] = (int)((_slidingMicrovolts[p] + 500) / 1000);
            }
        }
    }

    /// <summary>The oldest event that waits.</summary>
    public bool TryTake(VoltageEvent destination)
    {
        if (_count == 0)
        {
            return false;
        }

        destination.ReadFrom(_queue, _first * VoltageEvent.ColumnCount);
        _first = (_first + 1) % _queueLength;
        _count--;
        return true;
    }

    /// <summary>An event that goes on, each once: for who stops looking, or may lose its supply. When it ends after
    /// all, it comes again by <see cref="TryTake"/>.</summary>
    public bool TryTakeOpen(VoltageEvent destination) =>
        _dip.TryTakeOpen(destination, _lastMs) || _swell.TryTakeOpen(destination, _lastMs)
        || _interruption.TryTakeOpen(destination, _lastMs);

    private void Step(VoltageEventTracker tracker, int[] millivolts, int phaseCount, long nowMs, long utcMs)
    {
        _flag |= tracker.IsActive;
        if (!tracker.Step(millivolts, _references, phaseCount, _settings, nowMs, utcMs, !_hasValue))
        {
            return;
        }

        if (_count == _queueLength)
        {
            _first = (_first + 1) % _queueLength;
            _count--;
            DroppedCount++;
        }

        tracker.Finished.WriteTo(_queue, (_first + _count) % _queueLength * VoltageEvent.ColumnCount);
        _count++;
    }
}
