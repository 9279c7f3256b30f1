using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// Power quality in the product: every finished dip, swell and interruption, and every two hours of each phase, becomes
/// an event record; the last ten minutes go into the instant message. Ten-minute values are not recorded one by one:
/// they would be as much data as the interval records, which hold mean and extremes of the voltage already.
/// </summary>
public sealed class QualityRecorder : IQualitySink
{
    private readonly VoltageEvent _voltageEvent = new VoltageEvent();
    private readonly int[] _tenMinuteMillivolts = new int[Measurement.PhaseCountMax];

    // Total distortions over ten minutes, and over two hours behind them; null without samples.
    private readonly int[] _distortions;
    private IEventSink _sink;
    private EventRecord _record;
    private IMeterRecorder _memory;
    private Meter _meter;

    /// <param name="settings">Declared values and limits.</param>
    /// <param name="phaseCount">1 to 3.</param>
    /// <param name="samples">Where samples come from; null: from the readings.</param>
    public QualityRecorder(QualitySettings settings, int phaseCount, ISampleSource samples)
    {
        PhaseCount = phaseCount;
        if (samples != null)
        {
            Invariant.Require(samples.PhaseCount == phaseCount, "samples of as many phases as the meter has");
            Harmonics = new HarmonicRecorder(settings, samples, this);
            _distortions = new int[2 * phaseCount];
            Monitor = Harmonics.Quality.Monitor;
            return;
        }

        // A chip that is read once a second: three readings make the 150/180-cycle interval.
        Monitor = new QualityMonitor(settings, phaseCount, 3, true, this);
    }

    public QualityMonitor Monitor { get; }

    /// <summary>What comes of samples; null for a board without them.</summary>
    public HarmonicRecorder Harmonics { get; }

    public int PhaseCount { get; }

    /// <summary>True once ten minutes were finished.</summary>
    public bool HasTenMinutes { get; private set; }

    /// <summary>Mean frequency of the last whole ten minutes, mHz.</summary>
    public int TenMinuteMillihertz { get; private set; }

    /// <summary>Once, before the first tick.</summary>
    /// <param name="meter">Tells the calendar.</param>
    /// <param name="sink">Takes the records.</param>
    /// <param name="memory">Keeps the last events of each kind; null: none.</param>
    public void Attach(Meter meter, IEventSink sink, IMeterRecorder memory)
    {
        _meter = meter;
        _sink = sink;
        _record = sink.Event;
        _memory = memory;
    }

    /// <summary>Takes the samples that wait, or else the tick's good reading. Without a valid calendar nothing is
    /// aggregated: the intervals are the clock's (IEC 61000-4-30, 4.6).</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="reading">Null: the tick had none.</param>
    public void Tick(long nowMs, Measurement reading)
    {
        if (Harmonics != null)
        {
            Harmonics.Tick(nowMs, _meter.UtcMs, _meter.IsTimed);
        }

        if (!_meter.IsTimed)
        {
            return;
        }

        if (Harmonics == null && reading != null)
        {
            Monitor.Add(reading, nowMs, _meter.UtcMs);
        }

        TakeEvents();
    }

    /// <summary>Records the events that go on, once each: the supply may fail now, or the samples end. What ends after
    /// all is recorded again, with the same begin.</summary>
    public void RecordOpenEvents()
    {
        while (_meter.IsTimed && Monitor.Events.TryTakeOpen(_voltageEvent))
        {
            RecordEvent();
        }
    }

    /// <summary>No more samples come, as at the end of a recording: what is whole counts, what goes on is
    /// recorded.</summary>
    public void Finish()
    {
        if (Harmonics != null)
        {
            Harmonics.Quality.Finish();
        }

        RecordOpenEvents();
    }

    /// <summary>Writes the last whole ten minutes into an instant message; nothing before there were ten.</summary>
    public void WriteMembers(ByteTextWriter json)
    {
        if (!HasTenMinutes)
        {
            return;
        }

        json.Name("frequencyTenMinutes");
        json.ValueScaled(TenMinuteMillihertz, 3);
        json.Name("voltageTenMinutes");
        json.BeginArray();
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            json.ValueScaled(_tenMinuteMillivolts[phase], 3);
        }

        json.EndArray();
        if (Harmonics != null)
        {
            json.Name("voltageDistortion");
            json.BeginArray();
            for (int phase = 0; phase < PhaseCount; phase++)
            {
                json.ValueScaled(_distortions[phase], 2);
            }

            json.EndArray();
            Harmonics.WriteTenMinutes(json);
        }
    }

    /// <summary>Records the events that have ended; with samples after every block, so that the queue holds those of a
    /// block and not of all that waited.</summary>
    internal void TakeEvents()
    {
        while (Monitor.Events.TryTake(_voltageEvent))
        {
            RecordEvent();
        }
    }

    /// <summary>Two hours of a phase's orders: an event record, behind the one of its voltage.</summary>
    internal void AppendHarmonics(
        int phase, int order, int hundredths, int qualifiedHundredths, QualityInterval interval)
    {
        _record.Code = EventCode.HarmonicsTwoHours;
        _record.Phase = phase;
        _record.Values[0] = _distortions[PhaseCount + phase];
        _record.Values[1] = order;
        _record.Values[2] = hundredths;
        _record.Values[3] = Harmonics.LimitHundredths(order);
        _record.Values[4] = qualifiedHundredths;
        _record.Values[5] = interval.IsFlagged ? 1 : 0;
        _record.Values[6] = interval.CoveredMs / 1000;
        Append(CivilTime.FloorDivide(interval.BeginUtcMs, 1000), CivilTime.FloorDivide(_meter.UtcMs, 1000), 7);
    }

    void IQualitySink.OnShort(QualityInterval interval)
    {
    }

    void IQualitySink.OnTenMinutes(QualityInterval interval)
    {
        HasTenMinutes = true;
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            _tenMinuteMillivolts[phase] = interval.ValueOf(QualityMonitor.ChannelVoltage + phase);
            if (_distortions != null)
            {
                _distortions[phase] = interval.ValueOf(QualityMonitor.ChannelDistortion + phase);
            }
        }

        TenMinuteMillihertz = interval.ValueOf(QualityMonitor.ChannelFrequency);
    }

    void IQualitySink.OnTwoHours(QualityInterval interval)
    {
        long begin = CivilTime.FloorDivide(interval.BeginUtcMs, 1000);
        long end = CivilTime.FloorDivide(_meter.UtcMs, 1000);
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            int channel = QualityMonitor.ChannelVoltage + phase;
            _record.Code = EventCode.QualityTwoHours;
            _record.Phase = phase;
            _record.Values[0] = interval.ValueOf(channel);
            _record.Values[1] = interval.MinimumOf(channel);
            _record.Values[2] = interval.MaximumOf(channel);
            _record.Values[3] = interval.ValueOf(QualityMonitor.ChannelFrequency);
            _record.Values[4] = interval.MinimumOf(QualityMonitor.ChannelFrequency);
            _record.Values[5] = interval.MaximumOf(QualityMonitor.ChannelFrequency);
            _record.Values[6] = interval.IsFlagged ? 1 : 0;
            _record.Values[7] = interval.CoveredMs / 1000;
            Append(begin, end, 8);
            if (_distortions != null)
            {
                _distortions[PhaseCount + phase] = interval.ValueOf(QualityMonitor.ChannelDistortion + phase);
            }
        }
    }

    private void RecordEvent()
    {
        long begin = CivilTime.FloorDivide(_voltageEvent.BeginUtcMs, 1000);
        _record.Code = _voltageEvent.Kind == VoltageEventKind.Dip ? EventCode.VoltageDip
            : _voltageEvent.Kind == VoltageEventKind.Swell ? EventCode.VoltageSwell : EventCode.VoltageInterruption;
        _record.Phase = EventRecord.NoPhase;
        _record.Values[0] = _voltageEvent.DurationMs;
        _record.Values[1] = _voltageEvent.ExtremeMillivolts;
        _record.Values[2] = _voltageEvent.ReferenceMillivolts;
        _record.Values[3] = _voltageEvent.PhaseMask;
        _record.Values[4] = _voltageEvent.BeginUtcMs - begin * 1000;
        _record.Values[5] = (_voltageEvent.BeganBefore ? EventCode.VoltageBeganBefore : 0)
            | (_voltageEvent.IsOpen ? EventCode.VoltageGoesOn : 0);
        _record.Values[6] = Monitor.Events.DroppedCount;
        Append(begin, CivilTime.FloorDivide(_voltageEvent.BeginUtcMs + _voltageEvent.DurationMs, 1000), 7);
        if (_memory == null)
        {
            return;
        }

        if (_voltageEvent.WasReportedOpen)
        {
            _memory.OnEventEnd(_record);
        }
        else
        {
            _memory.OnEvent(_record);
        }
    }

    private void Append(long begin, long end, int values)
    {
        _record.StartUtcSeconds = begin;
        _record.EndUtcSeconds = end < begin ? begin : end;
        _record.Flags = 0;
        _record.OffsetSeconds = _meter.OffsetSeconds;
        _record.ValueCount = values;
        _sink.Append(_record);
    }
}
