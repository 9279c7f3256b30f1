using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.History;

/// <summary>A meter with recorder under the Shanghai tariff, whose stores outlive its supply.</summary>
internal sealed class RecorderBench : IMeterSink, IEventSink
{
    /// <summary>2026-01-01T00:00:00+08:00.</summary>
    public const long Midnight = 1_767_196_800;

    public const long Kilowatt = 1_000_000_000;

    private readonly byte[] _state = new byte[16_384];
    private readonly byte[] _interval = new byte[IntervalRecord.BytesMax];
    private readonly IntervalRecord _record = new IntervalRecord();
    private int _intervalBytes;
    private readonly TableBytes _tariff;

    public RecorderBench(long utcSeconds)
        : this(utcSeconds, new MeteringSettings())
    {
    }

    public RecorderBench(long utcSeconds, MeteringSettings metering)
        : this(utcSeconds, metering, TableBytes.Shanghai())
    {
    }

    public RecorderBench(long utcSeconds, MeteringSettings metering, TableBytes tariff)
    {
        _tariff = tariff;
        UtcMs = utcSeconds * 1000;
        Metering = metering;
        Parts.Records = new RamBlockStore(24, 4096);
        Parts.Profile = new RamBlockStore(20, 4096);
        Reading.HasEnergy = true;
        Reading.PhaseCount = metering.PhaseCount;
        for (int phase = 0; phase < metering.PhaseCount; phase++)
        {
            Reading.VoltageMillivolts[phase] = 220_000;
            Reading.CurrentMilliamps[phase] = 1000;
            Reading.ActivePowerMilliwatts[phase] = 220_000;
            Reading.ApparentPowerMillivoltamperes[phase] = 220_000;
        }

        Reading.FrequencyMillihertz = 50_000;
    }

    public HistoryParts Parts { get; } = new HistoryParts();

    public MeteringSettings Metering { get; }

    public Meter Meter { get; private set; }

    public MeterRecorder Recorder { get; private set; }

    public Measurement Reading { get; } = new Measurement();

    public EventRecord Event { get; } = new EventRecord();

    public int EventsLogged { get; private set; }

    public int ClockSteps { get; private set; }

    public long NowMs { get; set; }

    public long UtcMs { get; set; }

    public bool Timed { get; set; } = true;

    /// <summary>Power on; the first reading.</summary>
    public RecorderBench Start(bool load)
    {
        Build(load);
        Step(0, 0);
        return this;
    }

    /// <summary>Power on again, with a freeze plan that was stored.</summary>
    public void StartWithPlan(int month, int day, int hour, int minute, long since)
    {
        Build(true);
        Recorder.Freezer.SetPlan(month, day, hour, minute, since);
        Step(0, 0);
    }

    /// <summary>Power on again, with settlement dates that two places say were changed.</summary>
    public void StartWithDates(long oneSince, long otherSince)
    {
        Build(true);
        Recorder.Freezer.SettlementDatesChanged(oneSince);
        Recorder.Freezer.SettlementDatesChanged(otherSince);
        Step(0, 0);
    }

    /// <summary>Power on again after a cut without warning: the newest interval record is in the log, the state is
    /// older.</summary>
    public void StartRolledForward()
    {
        int bytes = _intervalBytes;
        Meter = new Meter(Metering, _tariff.Load(), this);
        Meter.TryLoad(_state, 0);
        Assert.IsTrue(_record.TryRead(_interval, 0, bytes));
        Assert.IsTrue(Meter.TryRollForward(_record));
        Attach(true);
        Step(0, 0);
    }

    private void Build(bool load)
    {
        Meter = new Meter(Metering, _tariff.Load(), this);
        if (load)
        {
            Meter.TryLoad(_state, 0);
        }

        Attach(load);
    }

    private void Attach(bool load)
    {
        Recorder = new MeterRecorder(Parts, Metering);
        Recorder.Attach(Meter, this);
        if (load)
        {
            Recorder.Load(_state, Meter.SavedBytes, Recorder.SavedBytes, Meter.Registers.RateCount);
        }
    }

    public void Checkpoint()
    {
        Meter.Save(_state, 0);
        Recorder.Save(_state, Meter.SavedBytes);
        Recorder.CheckpointDone();
    }

    /// <summary>Saves, then stays without supply for so long, then starts again.</summary>
    public void Outage(long seconds)
    {
        Checkpoint();
        NowMs = 0;
        UtcMs += seconds * 1000;
        Start(true);
    }

    /// <summary>Time passes; the energy flows on phase 0 (export when negative).</summary>
    public void Step(long milliseconds, long microjoules)
    {
        Reading.ImportMicrojoules[0] = microjoules > 0 ? microjoules : 0;
        Reading.ExportMicrojoules[0] = microjoules < 0 ? -microjoules : 0;
        NowMs += milliseconds;
        UtcMs += milliseconds;
        Meter.Accept(NowMs, Timed, UtcMs, Reading);
        Recorder.Tick(NowMs, Reading);
        if (Recorder.WantsCheckpoint)
        {
            Checkpoint();
        }
    }

    /// <summary>Steps of so many seconds at 1 kW.</summary>
    public void Run(long seconds, int stepSeconds)
    {
        for (long done = 0; done < seconds; done += stepSeconds)
        {
            Step(stepSeconds * 1000L, stepSeconds * Kilowatt);
        }
    }

    public long FreezeCount(int kind) => Recorder.Freezes.Count(kind);

    void IMeterSink.OnInterval(IntervalRecord record) => _intervalBytes = record.Write(_interval, 0);

    void IMeterSink.OnClockStep(long fromUtcMs, long toUtcMs)
    {
        ClockSteps++;
        Recorder.OnClockStep(fromUtcMs, toUtcMs);
    }

    void IMeterSink.OnTableSwitch(int parts)
    {
    }

    void IMeterSink.OnDayEnd(long utcSeconds)
    {
    }

    void IMeterSink.OnGrid(long utcSeconds) => Recorder.OnGrid(utcSeconds);

    void IMeterSink.OnFault(int fault, bool raised, long utcSeconds)
    {
    }

    EventRecord IEventSink.Event { get; } = new EventRecord();

    void IEventSink.Append(EventRecord record) => EventsLogged++;
}
