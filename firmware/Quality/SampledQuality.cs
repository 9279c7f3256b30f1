using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Quality;

/// <summary>
/// Power quality from raw samples: takes blocks of samples and feeds <see cref="Monitor"/> with Urms(½), 10-s
/// frequencies and windows of 10/12 cycles. The windows are gapless, end at the crossings of the first phase that is
/// live, and begin anew at the 10-min tick (IEC 61000-4-30, 4.5).
/// <code>
/// UTC 10-min tick            |
/// window n       [           .    ]     ends after the tick: belongs to the old 10 min (overlap 1)
/// window n + 1               . [              ]   from the first crossing at or after the tick
/// </code>
/// A window's values come half a cycle after its end, when all phases have shown whether a dip touched it.
/// Nothing is allocated after construction.
/// </summary>
public sealed class SampledQuality
{
    // A step of the caller's clock against the samples that is longer than a cycle of 50 Hz: samples were lost.
    private const long GapUs = 20_000;

    // Microseconds times millihertz over this are samples.
    private const long MillihertzMicroseconds = 1_000_000_000;

    // Values of Urms(½) until a cycle lies wholly in the samples.
    private const int HalfCyclesUntilReady = 3;

    private readonly SamplingSettings _sampling;
    private readonly int _phaseCount;
    private readonly int _channelCount;
    private readonly int _rateMillihertz;
    private readonly int _cycles;
    private readonly int _hysteresis;
    private readonly int _gapSamples;
    private readonly int _halfSamples;
    private readonly int _liveMillivolts;
    private readonly int _voltageShift;
    private readonly int _currentShift;
    private readonly HalfCycleRms[] _halfCycles;
    private readonly int[] _halfCounts = new int[Measurement.PhaseCountMax];
    private readonly int[] _halfMillivolts = new int[Measurement.PhaseCountMax];
    private readonly FrequencyMeter _frequency;
    private readonly SequenceComponents _sequence = new SequenceComponents();
    private readonly short[] _row;
    private SampleWindow _old;
    private SampleWindow _new;
    private SampleWindow _last;
    private int _reference;
    private int _lastSample;
    private bool _isArmed;
    private long _index;
    private long _crossingIndex;
    private long _closedIndex;
    private long _clockUs;
    private long _utcOffsetUs;
    private bool _hasClock;
    private long _tenSecondSlot;
    private long _tenSecondSamples;
    private bool _isTenSecondsFlagged;
    private bool _isResynchronising;
    private bool _isLost;

    /// <param name="sink">3-s, 10-min and 2-h values of <see cref="Monitor"/>; may be null.</param>
    /// <param name="harmonicSink">The same of the orders, <see cref="HarmonicStatistics.ChannelOf"/>; may be
    /// null.</param>
    public SampledQuality(
        QualitySettings settings, SamplingSettings sampling, IQualitySink sink, IQualitySink harmonicSink)
    {
        _sampling = sampling;
        _phaseCount = sampling.PhaseCount;
        _rateMillihertz = sampling.SampleRateMillihertz;
        int nominal = settings.WindowMillihertz;
        long lowest = (long)nominal * (1000 - QualityLimits.FrequencyRangePermille) / 1000;
        OrderMax = settings.HarmonicOrderAt(_rateMillihertz);
        Invariant.Require(_phaseCount >= 1 && _phaseCount <= Measurement.PhaseCountMax, "one to three phases");
        Invariant.Require(OrderMax >= QualityLimits.HarmonicOrderSent, "sample rate or highest order too low");
        Invariant.Require(sampling.MicrovoltsPerCount > 0 && sampling.MicroampsPerCount >= 0, "scale out of range");
        Invariant.Require(
            sampling.MicroampsPerCount == 0 || sampling.CurrentMilliampsMax > 0, "highest current out of range");
        Invariant.Require(settings.KeepsDistributions, "samples need the distributions");
        _cycles = nominal < QualityLimits.BetweenGridsMillihertz
            ? QualityLimits.CyclesPerWindow50 : QualityLimits.CyclesPerWindow60;
        _gapSamples = _rateMillihertz / 20_000;
        _halfSamples = (int)(_rateMillihertz / (2L * nominal));
        _liveMillivolts = (int)((long)settings.DeclaredMillivolts * settings.InterruptionPermille / 1000);

        // √2 in thousandths: the nominal amplitude in counts.
        long amplitude = (long)settings.DeclaredMillivolts * 1414 / sampling.MicrovoltsPerCount;
        _hysteresis = (int)(amplitude / 100);
        _voltageShift = ShiftOf(amplitude);
        _currentShift = sampling.MicroampsPerCount == 0
            ? 0 : ShiftOf((long)sampling.CurrentMilliampsMax * 1414 / sampling.MicroampsPerCount);
        _channelCount = sampling.MicroampsPerCount == 0 ? _phaseCount : _phaseCount * 2;
        _row = new short[_channelCount];
        _halfCycles = new HalfCycleRms[_phaseCount];
        for (int p = 0; p < _phaseCount; p++)
        {
            _halfCycles[p] = new HalfCycleRms(_hysteresis, _halfSamples);
        }

        // 15 % of the amplitude: more than all harmonics within their limits swing around the crossing.
        _frequency = new FrequencyMeter(_rateMillihertz, (int)(amplitude * 15 / 100));
        int window = (int)((long)_rateMillihertz * _cycles / nominal);
        int windowMax = (int)((long)_rateMillihertz * _cycles / lowest);
        int capacity = windowMax + 1; // the length is rounded to the next whole sample
        bool usesSubgroups = sampling.UsesSubgroups;
        _old = new SampleWindow(
            new HarmonicAnalyzer(_channelCount, capacity, OrderMax, usesSubgroups), _cycles, window, windowMax);
        _new = new SampleWindow(
            new HarmonicAnalyzer(_channelCount, capacity, OrderMax, usesSubgroups), _cycles, window, windowMax);
        Monitor = new QualityMonitor(settings, _phaseCount, QualityLimits.BasicsPerShort, false, sink);
        Harmonics = new HarmonicStatistics(settings, _phaseCount, OrderMax, harmonicSink);
        Window = new Measurement { PhaseCount = _phaseCount, FrequencyMillihertz = nominal };
    }

    /// <summary>Events, aggregation and statistics.</summary>
    public QualityMonitor Monitor { get; }

    /// <summary>Orders of voltage against GB/T 14549.</summary>
    public HarmonicStatistics Harmonics { get; }

    /// <summary>Highest order that is analysed: what the rate allows, at most the settings'.</summary>
    public int OrderMax { get; }

    /// <summary>The last window: r.m.s. voltages and currents without their direct parts, frequency.</summary>
    public Measurement Window { get; }

    /// <summary>An event, or an end beside the mains, lay in the last window.</summary>
    public bool IsWindowFlagged { get; private set; }

    /// <summary>Windows delivered.</summary>
    public long WindowCount { get; private set; }

    /// <summary>Times samples were lost; what was open then is dropped.</summary>
    public long GapCount { get; private set; }

    /// <summary>Samples beyond twice the highest amplitude, cut: r.m.s. and orders are too low.</summary>
    public long CutCount { get; private set; }

    /// <summary>Mean of a phase's voltage in the last window, mV: of the mains, or the converter's offset.</summary>
    public int DirectMillivolts(int phase) => Direct(phase, _sampling.MicrovoltsPerCount, _voltageShift);

    /// <summary>The same of a phase's current, mA.</summary>
    public int DirectMilliamps(int phase) => _channelCount == _phaseCount
        ? 0 : Direct(_phaseCount + phase, _sampling.MicroampsPerCount, _currentShift);

    /// <summary>An order, from 1 on, of a phase's voltage in the last window, hundredths of a percent of the
    /// fundamental. Valid until the next block; false: none.</summary>
    public bool TryReadVoltageHarmonic(int phase, int order, out int hundredths)
    {
        hundredths = 0;
        return _last != null && _last.Analyzer.TryReadHarmonic(phase, order, out hundredths);
    }

    /// <summary>Distortion of a phase's voltage in the last window, of orders 2 to <see cref="OrderMax"/>, hundredths
    /// of a percent of the fundamental. False: none.</summary>
    public bool TryReadVoltageDistortion(int phase, out int hundredths)
    {
        hundredths = 0;
        return _last != null && _last.Analyzer.TryReadTotalDistortion(phase, out hundredths);
    }

    /// <summary>The same of a phase's current. False: no current, or none sampled.</summary>
    public bool TryReadCurrentDistortion(int phase, out int hundredths)
    {
        hundredths = 0;
        return _last != null && _channelCount > _phaseCount
            && _last.Analyzer.TryReadTotalDistortion(_phaseCount + phase, out hundredths);
    }

    /// <summary>An order of a phase's current. False: no current, or none sampled.</summary>
    public bool TryReadCurrentHarmonic(int phase, int order, out int hundredths)
    {
        hundredths = 0;
        return _last != null && _channelCount > _phaseCount
            && _last.Analyzer.TryReadHarmonic(_phaseCount + phase, order, out hundredths);
    }

    /// <summary>Samples between the last block and the next were lost: what is open is dropped, a gap.</summary>
    public void NoteLoss() => _isLost = true;

    /// <summary>A block of samples in counts, centred on zero to 1 % of the amplitude, channels taken at one
    /// moment.</summary>
    /// <param name="voltages">A row a phase.</param>
    /// <param name="currents">A row a phase; not read when no currents are sampled.</param>
    /// <param name="count">Samples in each row, less than 10 s.</param>
    /// <param name="nowMs">Monotonic time of the first sample. The samples' own clock rules and follows this one
    /// slowly; one that is more than 20 ms away means lost samples.</param>
    /// <param name="utcMs">Calendar time of the first sample.</param>
    public void Add(int[][] voltages, int[][] currents, int count, long nowMs, long utcMs)
    {
        Invariant.Require(
            count * 1_000_000L < (long)_rateMillihertz * QualityLimits.FrequencyIntervalMs, "block too long");
        Follow(nowMs, utcMs);
        int tick = FindTick(count);
        for (int i = 0; i < count; i++)
        {
            if (i == tick)
            {
                TakeTick(FloorTenSeconds(i));
            }

            AddHalfCycles(voltages, i);
            int sample = voltages[_reference][i];
            _frequency.Add(sample);
            for (int c = 0; c < _channelCount; c++)
            {
                _row[c] = c < _phaseCount
                    ? Narrow(voltages[c][i], _voltageShift) : Narrow(currents[c - _phaseCount][i], _currentShift);
            }

            AddToWindows(sample, i);
            _index++;
        }

        _tenSecondSamples += tick < 0 ? count : count - tick;
        _clockUs += count * MillihertzMicroseconds / _rateMillihertz;
    }

    /// <summary>The samples end here: the window and the 10 s that are whole count.</summary>
    public void Finish()
    {
        if (_old.IsClosed)
        {
            Deliver(_old);
        }

        TakeTenSeconds(true);
        _tenSecondSamples = 0;
    }

    private static int ShiftOf(long amplitude)
    {
        // Twice the nominal amplitude fits 16 bits: GB/T 30137's highest swell is 180 %.
        int shift = 0;
        while ((amplitude * 2) >> shift > short.MaxValue)
        {
            shift++;
        }

        return shift;
    }

    private short Narrow(int sample, int shift)
    {
        int value = shift == 0 ? sample : (sample + (1 << (shift - 1))) >> shift;
        if (value > short.MaxValue || value < short.MinValue)
        {
            CutCount++;
            return value > 0 ? short.MaxValue : short.MinValue;
        }

        return (short)value;
    }

    private int Direct(int channel, int microsPerCount, int shift)
    {
        if (_last == null)
        {
            return 0;
        }

        long micros = (long)_last.Analyzer.OffsetOf(channel) * (1 << shift) * microsPerCount;
        return (int)((micros < 0 ? micros - 500 : micros + 500) / 1000);
    }

    private long TimeUs(int i) => _clockUs + i * MillihertzMicroseconds / _rateMillihertz;

    private long UtcUs(int i) => TimeUs(i) + _utcOffsetUs;

    private long FloorTenSeconds(int i) =>
        CivilTime.FloorDivide(UtcUs(i), QualityLimits.FrequencyIntervalMs * 1000L);

    private void Follow(long nowMs, long utcMs)
    {
        long difference = nowMs * 1000 - _clockUs;
        if (!_hasClock || _isLost || difference > GapUs || difference < -GapUs)
        {
            _isLost = false;
            GapCount += _hasClock ? 1 : 0;
            _clockUs = nowMs * 1000;
            _old.Abandon();
            _new.Abandon();
            _isArmed = false;
            _crossingIndex = _index;
            _isTenSecondsFlagged |= _hasClock;
            for (int p = 0; p < _phaseCount; p++)
            {
                _halfCounts[p] = 0;
            }
        }
        else
        {
            // A sixteenth: the crystal's error is followed, the jitter of the call is not.
            _clockUs += difference / 16;
        }

        // Likewise, so that two clocks cut to whole ms do not pass a tick twice; a step is a step.
        long step = (utcMs - nowMs) * 1000 - _utcOffsetUs;
        _utcOffsetUs += !_hasClock || step > GapUs || step < -GapUs ? step : step / 16;
        if (!_hasClock)
        {
            _hasClock = true;
            _tenSecondSlot = FloorTenSeconds(0);
        }
    }

    /// <summary>The sample at or after the next 10-s tick; −1: none in this block.</summary>
    private int FindTick(int count)
    {
        if (FloorTenSeconds(0) != _tenSecondSlot)
        {
            return 0;
        }

        long toTick = (_tenSecondSlot + 1) * QualityLimits.FrequencyIntervalMs * 1000 - UtcUs(0);
        long samples = (toTick * _rateMillihertz + MillihertzMicroseconds - 1) / MillihertzMicroseconds;
        _tenSecondSamples += samples < count ? samples : 0;
        return samples < count ? (int)samples : -1;
    }

    private void TakeTick(long slot)
    {
        TakeTenSeconds(slot == _tenSecondSlot + 1);
        const long SlotsPerTenMinutes = QualityLimits.TenMinutesMs / QualityLimits.FrequencyIntervalMs;
        _isResynchronising |= CivilTime.FloorDivide(slot, SlotsPerTenMinutes)
            != CivilTime.FloorDivide(_tenSecondSlot, SlotsPerTenMinutes);
        _tenSecondSlot = slot;
        _tenSecondSamples = 0;
        _isTenSecondsFlagged = Monitor.Events.IsActive;
    }

    /// <summary>Ends the 10 s that run; a piece of them or one with an event in it is no value.</summary>
    private void TakeTenSeconds(bool isInTime)
    {
        const long Least = (long)QualityLimits.FrequencyIntervalMs * QualityLimits.CoverPermilleMin / 1000;
        bool isWhole = isInTime && _tenSecondSamples * 1_000_000 >= _rateMillihertz * Least;
        if (_frequency.TryTake(out int millihertz) && isWhole && !_isTenSecondsFlagged)
        {
            Monitor.AddTenSeconds(millihertz);
        }
    }

    private void AddHalfCycles(int[][] voltages, int i)
    {
        bool isNew = false;
        bool isReady = true;
        for (int p = 0; p < _phaseCount; p++)
        {
            if (_halfCycles[p].Add(voltages[p][i]))
            {
                isNew = true;
                _halfCounts[p]++;
                _halfMillivolts[p] = (int)(_halfCycles[p].Value * _sampling.MicrovoltsPerCount / 1000 + 0.5);
            }

            isReady &= _halfCounts[p] >= HalfCyclesUntilReady;
        }

        if (isNew && isReady)
        {
            VoltageEventDetector events = Monitor.Events;
            bool isActive = events.IsActive;
            events.Add(_halfMillivolts, _phaseCount, TimeUs(i) / 1000, UtcUs(i) / 1000);
            isActive |= events.IsActive;
            _isTenSecondsFlagged |= isActive;
            _old.IsFlagged |= isActive;
            _new.IsFlagged |= isActive;
        }
    }

    private void AddToWindows(int sample, int i)
    {
        bool isDead = _index - _crossingIndex > _gapSamples;
        bool isCrossing = _isArmed && sample >= 0;
        double zero = _index;
        if (isCrossing)
        {
            // Where the straight line between the two samples crosses zero.
            zero -= (double)sample / (sample - _lastSample);
            _crossingIndex = _index;
        }

        _isArmed = sample < -_hysteresis || (_isArmed && !isCrossing);
        _lastSample = sample;
        if (_old.IsCollecting && _old.TryClose(_row, zero, isCrossing, isDead))
        {
            _closedIndex = _index;
        }

        bool isClosed = _new.IsCollecting && _new.TryClose(_row, zero, isCrossing, isDead);
        bool canBegin = isCrossing || isDead;
        if (isClosed || (canBegin && (_isResynchronising || !_new.IsCollecting)))
        {
            Turn(zero, isCrossing && !isDead, i);
            _closedIndex = isClosed ? _index : _closedIndex;
        }

        if (_old.IsCollecting)
        {
            _old.Add(_row);
        }

        if (_new.IsCollecting)
        {
            _new.Add(_row);
        }

        if (_old.IsClosed && _index - _closedIndex > _halfSamples)
        {
            Deliver(_old);
        }
    }

    /// <summary>The running window becomes the old one, closed or (at the 10-min tick) still running.</summary>
    private void Turn(double zero, bool isCrossing, int i)
    {
        if (_old.IsCollecting)
        {
            _old.Force();
        }

        if (_old.IsClosed)
        {
            Deliver(_old);
        }

        SampleWindow window = _old;
        _old = _new;
        _new = window;
        _isResynchronising = false;

        // The time of this sample, not of the crossing before it: a window that begins at the tick belongs to it.
        _new.Begin(zero, isCrossing, UtcUs(i) / 1000, Monitor.Events.IsActive);
    }

    private void Deliver(SampleWindow window)
    {
        HarmonicAnalyzer analyzer = window.Analyzer;
        while (!analyzer.Tick())
        {
        }

        window.Delivered();
        _last = window;
        double voltsScale = (double)_sampling.MicrovoltsPerCount * (1 << _voltageShift) / 1000;
        double ampsScale = (double)_sampling.MicroampsPerCount * (1 << _currentShift) / 1000;
        int live = -1;
        for (int p = _phaseCount - 1; p >= 0; p--)
        {
            Window.VoltageMillivolts[p] = (int)(analyzer.RmsOf(p) * voltsScale + 0.5);
            Window.CurrentMilliamps[p] = _channelCount > _phaseCount
                ? (int)(analyzer.RmsOf(_phaseCount + p) * ampsScale + 0.5) : 0;
            live = Window.VoltageMillivolts[p] >= _liveMillivolts ? p : live;
            SetHarmonics(analyzer, p);
        }

        if (window.IsSynchronised)
        {
            Window.FrequencyMillihertz = (int)(_cycles * (double)_rateMillihertz / window.LengthSamples + 0.5);
        }

        if (_phaseCount == Measurement.PhaseCountMax
            && _sequence.TryCompute(analyzer.RealParts, analyzer.ImaginaryParts))
        {
            Monitor.SetSequence(_sequence.NegativeHundredths, _sequence.ZeroHundredths);
        }

        // A window beside the mains (interruption, frequency out of range) has no harmonics and no frequency.
        IsWindowFlagged = window.IsFlagged || !window.IsSynchronised;
        long lengthMs = (long)(window.LengthSamples * 1_000_000 / _rateMillihertz + 0.5);
        Monitor.AddWindow(Window, window.BeginUtcMs, lengthMs, IsWindowFlagged);
        Harmonics.Add(window.BeginUtcMs, lengthMs, IsWindowFlagged);
        WindowCount++;
        if (live >= 0 && live != _reference)
        {
            _reference = live;
            _isArmed = false;
            _isTenSecondsFlagged = true;

            // Begun at another phase's crossing: no whole number of cycles to a crossing of this one.
            _new.Desynchronise();
            _old.Desynchronise();
        }
    }

    private void SetHarmonics(HarmonicAnalyzer analyzer, int phase)
    {
        analyzer.TryReadTotalDistortion(phase, out int distortion);
        Monitor.SetDistortion(phase, distortion);
        for (int order = 2; order <= OrderMax; order++)
        {
            analyzer.TryReadHarmonic(phase, order, out int hundredths);
            Harmonics.Set(phase, order, hundredths);
        }
    }
}
