using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Quality;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// Power quality from samples in the product: takes the source's blocks, keeps the last ten minutes of every order,
/// counts what was lost, and judges each order by GB/T 14549. Made only for a board with a source of samples.
/// </summary>
public sealed class HarmonicRecorder : IQualitySink
{
    /// <summary>Blocks taken in one tick at most: what waits longer is the source's to keep or to report as
    /// lost.</summary>
    private const int BlocksPerTickMax = 64;

    // Orders 2 to 21 of a phase: what messages carry, as the protocol fixes it.
    private const int SentCount = QualityLimits.HarmonicOrderSent - 1;

    private readonly QualitySettings _settings;
    private readonly ISampleSource _source;
    private readonly SampledQuality _quality;
    private readonly SampleBlock _block = new SampleBlock();
    private readonly QualityRecorder _owner;
    private readonly int[] _tenMinutes;

    /// <param name="settings">Keeps distributions.</param>
    /// <param name="source">As many phases as the meter.</param>
    /// <param name="owner">Gets the intervals of voltage, frequency and distortion, and the two hours of the
    /// orders.</param>
    public HarmonicRecorder(QualitySettings settings, ISampleSource source, QualityRecorder owner)
    {
        _settings = settings;
        _source = source;
        _owner = owner;
        _tenMinutes = new int[source.PhaseCount * SentCount];
        _quality = new SampledQuality(settings, new SamplingSettings
        {
            PhaseCount = source.PhaseCount,
            SampleRateMillihertz = source.SampleRateMillihertz,
            MicrovoltsPerCount = source.MicrovoltsPerCount,
            MicroampsPerCount = source.MicroampsPerCount,
            CurrentMilliampsMax = source.CurrentMilliampsMax,
        }, owner, this);
    }

    public SampledQuality Quality => _quality;

    /// <summary>True once ten minutes of orders were finished.</summary>
    public bool HasTenMinutes { get; private set; }

    /// <summary>Samples that the source lost.</summary>
    public long LostSamples { get; private set; }

    /// <summary>Limit of an order, 2 to 25, hundredths of a percent of the fundamental.</summary>
    public int LimitHundredths(int order) =>
        order % 2 == 0 ? _settings.EvenHarmonicHundredths : _settings.OddHarmonicHundredths;

    /// <summary>Takes what waits.</summary>
    /// <param name="nowMs">Monotonic time of the tick.</param>
    /// <param name="utcMs">Calendar time of the tick.</param>
    /// <param name="isTimed">False: the calendar is not valid, so nothing can be aggregated and the blocks are
    /// dropped.</param>
    public void Tick(long nowMs, long utcMs, bool isTimed)
    {
        for (int blocks = 0; blocks < BlocksPerTickMax && _source.TryTake(_block); blocks++)
        {
            if (_block.Lost > 0 || !isTimed)
            {
                LostSamples += _block.Lost + (isTimed ? 0 : _block.Count);
                _quality.NoteLoss();
            }

            if (isTimed)
            {
                long firstUtcMs = utcMs - nowMs + _block.FirstMs;
                _quality.Add(_block.Voltages, _block.Currents, _block.Count, _block.FirstMs, firstUtcMs);
                _owner.TakeEvents();
            }
        }
    }

    /// <summary>Orders 2 to 21 of each phase's voltage over the last whole ten minutes, percent of the
    /// fundamental.</summary>
    public void WriteTenMinutes(ByteTextWriter json)
    {
        if (!HasTenMinutes)
        {
            return;
        }

        json.Name("voltageHarmonics");
        json.BeginArray();
        for (int phase = 0; phase < _source.PhaseCount; phase++)
        {
            json.BeginArray();
            for (int i = 0; i < SentCount; i++)
            {
                json.ValueScaled(_tenMinutes[phase * SentCount + i], 2);
            }

            json.EndArray();
        }

        json.EndArray();
    }

    /// <summary>One phase: the last window's orders to 21, the distortion with its last order, and how each order of
    /// the voltage stands against its limit.</summary>
    public void WritePhase(int phase, ByteTextWriter json)
    {
        json.Name("windows");
        json.Value(_quality.WindowCount);
        json.Name("gaps");
        json.Value(_quality.GapCount);
        json.Name("lostSamples");
        json.Value(LostSamples);
        json.Name("cutSamples");
        json.Value(_quality.CutCount);
        json.Name("lostEvents");
        json.Value(_quality.Monitor.Events.DroppedCount);
        json.Name("orderMax");
        json.Value(_quality.OrderMax);
        json.Name("direct");
        json.ValueScaled(_quality.DirectMillivolts(phase), 3);
        if (_quality.TryReadVoltageDistortion(phase, out int distortion))
        {
            json.Name("distortion");
            json.ValueScaled(distortion, 2);
        }

        WriteWindow("voltage", false, phase, json);
        WriteWindow("current", true, phase, json);
        json.Name("limit");
        json.BeginArray();
        for (int order = 2; order <= QualityLimits.HarmonicOrderSent; order++)
        {
            json.ValueScaled(LimitHundredths(order), 2);
        }

        json.EndArray();
        json.Name("qualified");
        json.BeginArray();
        for (int order = 2; order <= QualityLimits.HarmonicOrderSent; order++)
        {
            if (_quality.Harmonics.TryReadRate(phase, order, out int hundredths))
            {
                json.ValueScaled(hundredths, 2);
            }
            else
            {
                json.Null();
            }
        }

        json.EndArray();
        if (TryJudge(phase, out bool isInside))
        {
            json.Name("inside");
            json.Value(isInside);
        }
    }

    /// <summary>Whether all orders of a phase's voltage to 25 and its distortion, of all orders analysed, keep GB/T
    /// 14549. False: no value yet.</summary>
    public bool TryJudge(int phase, out bool isInside)
    {
        bool isJudged = _quality.Monitor.TryJudgeDistortion(phase, out isInside);
        for (int order = 2; order <= _quality.Harmonics.LimitedOrderMax && isJudged; order++)
        {
            isJudged = _quality.Harmonics.TryJudge(phase, order, out bool isOrderInside);
            isInside &= isOrderInside;
        }

        return isJudged;
    }

    void IQualitySink.OnShort(QualityInterval interval)
    {
    }

    void IQualitySink.OnTenMinutes(QualityInterval interval)
    {
        HasTenMinutes = true;
        for (int phase = 0; phase < _source.PhaseCount; phase++)
        {
            for (int i = 0; i < SentCount; i++)
            {
                _tenMinutes[phase * SentCount + i] = interval.ValueOf(_quality.Harmonics.ChannelOf(phase, i + 2));
            }
        }
    }

    void IQualitySink.OnTwoHours(QualityInterval interval)
    {
        for (int phase = 0; phase < _source.PhaseCount; phase++)
        {
            int worst = 2;
            for (int order = 3; order <= _quality.Harmonics.LimitedOrderMax; order++)
            {
                // Nearer to its limit, or farther beyond it.
                bool isWorse = ValueOf(interval, phase, order) * LimitHundredths(worst)
                    > ValueOf(interval, phase, worst) * LimitHundredths(order);
                worst = isWorse ? order : worst;
            }

            _quality.Harmonics.TryReadRate(phase, worst, out int rate);
            _owner.AppendHarmonics(phase, worst, (int)ValueOf(interval, phase, worst), rate, interval);
        }
    }

    private long ValueOf(QualityInterval interval, int phase, int order) =>
        interval.ValueOf(_quality.Harmonics.ChannelOf(phase, order));

    private void WriteWindow(string name, bool isCurrent, int phase, ByteTextWriter json)
    {
        int before = json.Length;
        json.Name(name);
        json.BeginArray();
        bool isRead = _quality.WindowCount > 0;
        for (int order = 2; order <= QualityLimits.HarmonicOrderSent && isRead; order++)
        {
            isRead = isCurrent ? _quality.TryReadCurrentHarmonic(phase, order, out int hundredths)
                : _quality.TryReadVoltageHarmonic(phase, order, out hundredths);
            json.ValueScaled(hundredths, 2);
        }

        json.EndArray();
        if (!isRead)
        {
            json.CutTo(before);
        }
    }
}
