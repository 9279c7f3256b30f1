using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Quality;

/// <summary>
/// Power quality of one connection: events, aggregation and statistics. Fed with a chip's readings each tick
/// (<see cref="Add"/>), or with samples by <see cref="SampledQuality"/>.
/// Nothing is allocated after construction.
/// </summary>
public sealed class QualityMonitor : IQualitySink
{
    // Channels of the aggregation.
    public const int ChannelVoltage = 0;
    public const int ChannelFrequency = 3;
    public const int ChannelNegativeSequence = 4;
    public const int ChannelZeroSequence = 5;
    public const int ChannelDistortion = 6;
    public const int ChannelCount = 9;

    // 0 to 20 % in steps of 0.05 %.
    private const int PercentileBinHundredths = 5;
    private const int PercentileBins = 400;

    private readonly QualitySettings _settings;
    private readonly IQualitySink _sink;
    private readonly QualityAggregator _aggregator;
    private readonly int[] _values = new int[ChannelCount];
    private readonly QualificationCounter[] _voltages = new QualificationCounter[Measurement.PhaseCountMax];
    private readonly Percentile[] _distortions = new Percentile[Measurement.PhaseCountMax];
    private readonly int _phaseCount;
    private readonly bool _eventsFromReadings;
    private long _lastMs;
    private bool _hasLast;
    private long _frequencySlot;
    private long _frequencySum;
    private long _frequencyMs;
    private bool _isFrequencyFlagged;
    private bool _hasSequence;
    private bool _hasDistortion;

    /// <param name="basicsPerShort">15 when window values come each 10/12 cycles, 3 for a chip read each
    /// second.</param>
    /// <param name="eventsFromReadings">True: the readings given to <see cref="Add"/> also look for events.</param>
    /// <param name="sink">Gets every finished interval after the statistics; may be null.</param>
    public QualityMonitor(
        QualitySettings settings, int phaseCount, int basicsPerShort, bool eventsFromReadings, IQualitySink sink)
    {
        _settings = settings;
        _phaseCount = phaseCount;
        _eventsFromReadings = eventsFromReadings;
        _sink = sink;
        Events = new VoltageEventDetector(settings, 16);

        // A chip read each second gives voltage and frequency only: half the time of a tick.
        bool[] isRms = new bool[settings.KeepsDistributions ? ChannelCount : ChannelFrequency + 1];
        for (int c = 0; c < isRms.Length; c++)
        {
            // IEC 61000-4-30, 4.5: all but frequency aggregate as root of the mean square.
            isRms[c] = c != ChannelFrequency;
        }

        _aggregator = new QualityAggregator(isRms, basicsPerShort, this);
        int lower = (int)((long)settings.DeclaredMillivolts * settings.VoltageLowerPermille / 1000);
        int upper = (int)((long)settings.DeclaredMillivolts * settings.VoltageUpperPermille / 1000);
        for (int p = 0; p < Measurement.PhaseCountMax; p++)
        {
            _voltages[p] = new QualificationCounter(lower, upper);
            _distortions[p] = NewDistribution(settings);
        }

        Frequency = new QualificationCounter(0, 0);
        if (settings.NominalMillihertz > 0)
        {
            SetGrid(settings.NominalMillihertz);
        }

        NegativeSequence = NewDistribution(settings);
    }

    public VoltageEventDetector Events { get; }

    /// <summary>The grid's nominal frequency, mHz; 0: neither set nor found yet.</summary>
    public int GridMillihertz { get; private set; }

    /// <summary>10-s frequencies against GB/T 15945, mHz.</summary>
    public QualificationCounter Frequency { get; }

    /// <summary>3-s negative sequence values for GB/T 15543, hundredths of a percent; null without
    /// distributions.</summary>
    public Percentile NegativeSequence { get; }

    /// <summary>10-min voltages of a phase against GB/T 12325, mV.</summary>
    public QualificationCounter Voltage(int phase) => _voltages[phase];

    /// <summary>3-s total distortions of a phase for GB/T 14549, hundredths of a percent; null without distributions.
    /// </summary>
    public Percentile Distortion(int phase) => _distortions[phase];

    /// <summary>Deviation of a voltage from the declared one in hundredths of a percent, signed (GB/T 12325,
    /// 4.1).</summary>
    public int DeviationHundredths(int millivolts) =>
        (int)(((long)millivolts - _settings.DeclaredMillivolts) * 10_000 / _settings.DeclaredMillivolts);

    /// <summary>Unbalance of the last window, in hundredths of a percent.</summary>
    public void SetSequence(int negativeHundredths, int zeroHundredths)
    {
        Invariant.Require(_settings.KeepsDistributions, "unbalance needs its distribution");
        _values[ChannelNegativeSequence] = negativeHundredths;
        _values[ChannelZeroSequence] = zeroHundredths;
        _hasSequence = true;
    }

    /// <summary>Total distortion of a phase in the last window, from samples or from a chip that gives it.</summary>
    public void SetDistortion(int phase, int hundredths)
    {
        Invariant.Require(_settings.KeepsDistributions, "distortion needs its distribution");
        _values[ChannelDistortion + phase] = hundredths;
        _hasDistortion = true;
    }

    /// <summary>Whether negative sequence kept GB/T 15543: the 95 % value and the highest. False: no value
    /// yet.</summary>
    public bool TryJudgeUnbalance(out bool isInside)
    {
        int value = 0;
        bool hasValue = NegativeSequence != null
            && NegativeSequence.TryRead(QualityLimits.ProbabilityPermille, out value);
        isInside = hasValue && value <= QualityLimits.NegativeSequenceHundredths
            && NegativeSequence.Maximum <= QualityLimits.NegativeSequenceShortTermHundredths;
        return hasValue;
    }

    /// <summary>Whether a phase's total distortion kept GB/T 14549: the 95 % value. False: no value yet.</summary>
    public bool TryJudgeDistortion(int phase, out bool isInside)
    {
        int value = 0;
        bool hasValue = _distortions[phase] != null
            && _distortions[phase].TryRead(QualityLimits.ProbabilityPermille, out value);
        isInside = hasValue && value <= _settings.TotalDistortionHundredths;
        return hasValue;
    }

    /// <summary>Whether the frequency kept GB/T 15945: every value of 10 s. False: no value yet.</summary>
    public bool TryJudgeFrequency(out bool isInside) => TryJudgeAll(Frequency, out isInside);

    /// <summary>Whether a phase's voltage kept GB/T 12325: every value of 10 min. False: no value yet.</summary>
    public bool TryJudgeVoltage(int phase, out bool isInside) => TryJudgeAll(_voltages[phase], out isInside);

    /// <summary>One reading: the r.m.s. values since the one before.</summary>
    public void Add(Measurement measurement, long nowMs, long utcMs)
    {
        int[] voltages = measurement.VoltageMillivolts;
        if (_eventsFromReadings)
        {
            Events.Add(voltages, _phaseCount, nowMs, utcMs);
        }

        bool isFlagged = Events.TakeFlag();
        long lengthMs = nowMs - _lastMs;
        if (_hasLast && lengthMs <= QualityLimits.ReadingMsMax)
        {
            // The reading is of the time since the last one.
            AddFrequency(measurement.FrequencyMillihertz, utcMs - lengthMs, lengthMs, isFlagged);
            AddWindow(measurement, utcMs - lengthMs, lengthMs, isFlagged);
        }

        _lastMs = nowMs;
        _hasLast = true;
    }

    /// <summary>The values of a window of 10/12 cycles, in the order of their begins; windows may overlap at the
    /// 10-min tick. Frequency is aggregated but not judged: <see cref="AddTenSeconds"/> does that.</summary>
    internal void AddWindow(Measurement measurement, long beginUtcMs, long lengthMs, bool isFlagged)
    {
        int[] voltages = measurement.VoltageMillivolts;
        for (int p = 0; p < _phaseCount; p++)
        {
            _values[ChannelVoltage + p] = voltages[p];
        }

        _values[ChannelFrequency] = measurement.FrequencyMillihertz;
        Events.UpdateReference(voltages, _phaseCount, isFlagged, lengthMs);
        _aggregator.Add(_values, beginUtcMs, lengthMs, isFlagged);
    }

    /// <summary>A frequency measured over 10 s from samples; the caller leaves out flagged ones and pieces.</summary>
    internal void AddTenSeconds(int millihertz)
    {
        if (GridMillihertz == 0)
        {
            SetGrid(millihertz > QualityLimits.BetweenGridsMillihertz
                ? QualityLimits.Millihertz60 : QualityLimits.Millihertz50);
        }

        Frequency.Add(millihertz);
    }

    private void SetGrid(int millihertz)
    {
        GridMillihertz = millihertz;
        Frequency.SetLimits(
            millihertz - _settings.FrequencyDeviationMillihertz, millihertz + _settings.FrequencyDeviationMillihertz);
    }

    private static bool TryJudgeAll(QualificationCounter counter, out bool isInside)
    {
        isInside = counter.Total > 0 && counter.Above + counter.Below == 0;
        return counter.Total > 0;
    }

    private static Percentile NewDistribution(QualitySettings settings) =>
        settings.KeepsDistributions ? new Percentile(PercentileBinHundredths, PercentileBins) : null;

    void IQualitySink.OnShort(QualityInterval interval)
    {
        if (!interval.IsFlagged)
        {
            if (_hasSequence)
            {
                NegativeSequence.Add(interval.ValueOf(ChannelNegativeSequence));
            }

            for (int p = 0; p < _phaseCount && _hasDistortion; p++)
            {
                _distortions[p].Add(interval.ValueOf(ChannelDistortion + p));
            }
        }

        _sink?.OnShort(interval);
    }

    void IQualitySink.OnTenMinutes(QualityInterval interval)
    {
        // IEC 61000-4-30, 4.7: what a dip, swell or interruption touched says nothing about the steady state, and a
        // piece (power-up, a sensor that was silent, a clock step) says nothing about ten minutes.
        if (!interval.IsFlagged && IsCovered(interval.CoveredMs, QualityLimits.TenMinutesMs))
        {
            for (int p = 0; p < _phaseCount; p++)
            {
                _voltages[p].Add(interval.ValueOf(ChannelVoltage + p));
            }
        }

        _sink?.OnTenMinutes(interval);
    }

    void IQualitySink.OnTwoHours(QualityInterval interval) => _sink?.OnTwoHours(interval);

    private static bool IsCovered(long coveredMs, long wholeMs) =>
        coveredMs * 1000 >= wholeMs * QualityLimits.CoverPermilleMin;

    private void AddFrequency(int millihertz, long beginUtcMs, long lengthMs, bool isFlagged)
    {
        long slot = CivilTime.FloorDivide(beginUtcMs, QualityLimits.FrequencyIntervalMs);
        if (slot != _frequencySlot)
        {
            if (!_isFrequencyFlagged && IsCovered(_frequencyMs, QualityLimits.FrequencyIntervalMs))
            {
                AddTenSeconds((int)((_frequencySum + _frequencyMs / 2) / _frequencyMs));
            }

            _frequencySlot = slot;
            _frequencySum = 0;
            _frequencyMs = 0;
            _isFrequencyFlagged = false;
        }

        _isFrequencyFlagged |= isFlagged;

        // A chip that sees no voltage gives 0 or noise for the frequency.
        if (millihertz > 0)
        {
            _frequencySum += millihertz * lengthMs;
            _frequencyMs += lengthMs;
        }
    }
}
