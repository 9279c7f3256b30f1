using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SiteController;

/// <summary>
/// The whole site controller on one flash, put together in one place for every board, simulated ones included: the core
/// (keys, time, settings, health, log, watchdog), the product, its records, its limit and its commands. A board adds
/// the bus, the links and its loop.
/// </summary>
public sealed class CompleteSite : IDeviceProduct
{
    /// <summary>All but the product runs once in this time, one part a tick.</summary>
    public const int RoundMs = 100;

    private const int StageCount = 4;

    private readonly CompleteSiteParts _parts;
    private readonly SiteState _state;
    private readonly SiteInstant _instant;
    private readonly SiteDroop _droop;
    private int _stage = StageCount;
    private long _nextRoundMs = long.MinValue;
    private long _lastMs;
    private long _nextCheckpointMs;
    private bool _isStarted;

    public CompleteSite(CompleteSiteParts parts)
    {
        Invariant.Require(
            parts.Flash.BlockCount >= SiteFlashPlan.BlockCount, "the flash has too few blocks for a site");
        _parts = parts;
        SiteSettings settings = parts.Settings;

        // One buffer for all that is composed or read within one call: states, records, what a command carries.
        byte[] window = new byte[CheckpointStore.WindowBytes];
        byte[] buffer = new byte[BufferBytes(parts)];
        Buffer = buffer;

        // Before everything that the settings document has a say in.
        Core = NewCore(parts, buffer, window);
        CheckpointStore states = new CheckpointStore(
            Region(parts, SiteFlashPlan.FirstStateBlock, SiteFlashPlan.StateBlocks), SiteState.BytesMax, window);
        long numberFloor = SiteState.NextNumberOf(states, buffer);
        Core.OpenJournal(Region(parts, SiteFlashPlan.FirstJournalBlock, SiteFlashPlan.JournalBlocks),
            SiteFlashPlan.Layout(), Numbers.Greatest(SiteRecord.BytesOf(settings.MemberCount), EventRecord.BytesMax),
            numberFloor);
        Product = new SiteProduct(settings, parts.Bus, parts.Seal, Core.Time, parts.Tariff, parts.Meter,
            new CheckpointStore(
                Region(parts, 0, SiteFlashPlan.MemoryBlocks), SiteMemory.BytesOf(settings.MemberCount), window),
            buffer);
        Limit = new SiteLimit(settings.LimitMilliamps[0]);
        _droop = settings.DroopPercent == 0 ? null : new SiteDroop(Limit, settings);
        Dispatch = new SiteDispatch(this, settings);
        _state = new SiteState(states, Product.Energy, Limit, Dispatch, buffer);
        _state.Load();
        Core.Time.NoteStored(_state.SavedUtcSeconds);
        Recorder = new SiteRecorder(Product, settings, Limit, Journal, buffer, parts.IntervalMinutes);
        Recorder.RollForward(numberFloor);
        _instant = new SiteInstant(Product, settings, Limit);
        Core.Connect(Journal, _instant,
            new IRecordPayload[] { new SitePayload(Recorder.Record), new EventPayload(Recorder.Event) }, buffer);
        Commands = new SiteCommands(this, Limit);
        Core.Attach(this, Note);
    }

    /// <summary>Room for what is composed or read within one call.</summary>
    internal byte[] Buffer { get; }

    /// <summary>What a refused command was expected to hold.</summary>
    internal RefusalNote Note { get; } = new RefusalNote();

    public SiteProduct Product { get; }

    /// <summary>Keys, time, settings, health, log and watchdog.</summary>
    public Core Core { get; }

    public Journal Journal => Core.Journal;

    /// <summary>Null without a link.</summary>
    public TelemetryAgent Telemetry => Core.Telemetry;

    /// <summary>The limit of the mains, and who set it.</summary>
    public SiteLimit Limit { get; }

    /// <summary>Orders from above.</summary>
    public SiteDispatch Dispatch { get; }

    public SiteRecorder Recorder { get; }

    public SiteCommands Commands { get; }

    /// <summary>Monotonic ms of the last tick.</summary>
    public long NowMs => _lastMs;

    bool IDeviceProduct.HasReading => !Product.HasMeter || Product.IsMeterHeard;

    int IDeviceProduct.SensorFaults => Product.SensorFaults;

    bool IDeviceProduct.IsStoring => _state.IsStoring;

    long IDeviceProduct.RecordsRefused => Recorder.Refused;

    bool IDeviceProduct.MayRestart => true;

    bool IDeviceProduct.IsIdle => true;

    /// <summary>One turn of the loop, every 10 ms.</summary>
    public void Tick(long nowMs)
    {
        bool isCoarse = nowMs - _lastMs >= RoundMs;
        _lastMs = nowMs;
        if (nowMs >= _nextRoundMs)
        {
            _nextRoundMs = nowMs + RoundMs;
            _stage = 0;
            Core.Begin(nowMs);
            FindLimit();
        }

        Product.Tick(nowMs);
        for (bool goesOn = _stage < StageCount; goesOn; goesOn = isCoarse && _stage < StageCount)
        {
            TickStage(nowMs, _stage++);
        }
    }

    /// <summary>UTC seconds. False: the time is not known.</summary>
    public bool TryReadUtc(out long utcSeconds) => Core.Time.TryReadUtc(out utcSeconds, out int _);

    /// <summary>Finds the limit that is in force and puts it where the site is shared out.</summary>
    public void FindLimit()
    {
        if (_droop != null && Product.IsMeterHeard)
        {
            _droop.Tick(_lastMs, Product.Reading.FrequencyMillihertz, Product.ImportMilliamps(_lastMs));
        }

        bool isTimed = TryReadUtc(out long utcSeconds);
        utcSeconds = isTimed ? utcSeconds : _state.SavedUtcSeconds;
        Dispatch.Tick(_lastMs, isTimed, utcSeconds);
        Limit.Tick(_lastMs, isTimed, utcSeconds);
        SiteSettings settings = _parts.Settings;
        Product.Site.Limits.SetLimit(0, Limit.Milliamps, settings.SumMilliamps[0]);
    }

    /// <summary>What changed is saved in the next round.</summary>
    internal void SaveSoon() => _nextCheckpointMs = _lastMs;

    /// <summary>Saves register, limits and schedule now. False: the store refused.</summary>
    public bool TrySave()
    {
        _nextCheckpointMs = _lastMs + _parts.CheckpointMs;

        // Without the time it is at least as late as before.
        return _state.TrySave(
            Journal.NextNumber, TryReadUtc(out long utcSeconds) ? utcSeconds : _state.SavedUtcSeconds);
    }

    int ICommandTarget.Execute(int code, int role, FlatJson arguments, ByteTextWriter result) =>
        Commands.Execute(code, role, arguments, result);

    void IDeviceProduct.WriteHealth(ByteTextWriter json)
    {
        _instant.WriteExtra(json);
    }

    int IDeviceProduct.SelfTest() => CommandRefusal.None;

    void IDeviceProduct.PowerFails(long nowMs)
    {
        _lastMs = nowMs;
        TrySave();
    }

    private void TickStage(long nowMs, int stage)
    {
        bool isTimed = TryReadUtc(out long utcSeconds);
        _instant.NowMs = nowMs;
        switch (stage)
        {
            case 0:
                if (!_isStarted)
                {
                    _isStarted = true;
                    _nextCheckpointMs = nowMs + _parts.CheckpointMs;
                    int cause = _parts.ResetCause != 0 ? _parts.ResetCause : Core.ResetCause;
                    Recorder.Start(nowMs, isTimed, utcSeconds, _state.SavedUtcSeconds, cause);
                }

                Recorder.Tick(nowMs, isTimed, utcSeconds);
                break;
            case 1:
                TickTelemetry(nowMs, isTimed ? utcSeconds : 0);
                break;
            case 2:
                if (Recorder.HasEnded || nowMs >= _nextCheckpointMs)
                {
                    Recorder.HasEnded = false;
                    TrySave();
                }

                break;
            default:
                Core.End(nowMs);
                break;
        }
    }

    private void TickTelemetry(long nowMs, long utcSeconds)
    {
        if (Telemetry == null)
        {
            return;
        }

        Telemetry.Tick(nowMs, utcSeconds);
        if (Telemetry.TryTakeAlarm(out long upTo, out long sentMax))
        {
            Recorder.NoteUnsent(upTo, sentMax);
        }
    }

    private static int BufferBytes(CompleteSiteParts parts)
    {
        int members = parts.Settings.MemberCount;
        int memory = SiteMemory.BytesOf(members) + CheckpointStore.OverheadBytes;
        int state = SiteState.BytesMax + CheckpointStore.OverheadBytes;
        int record = SiteRecord.BytesOf(members);
        return Numbers.Greatest(Numbers.Greatest(memory, state), Numbers.Greatest(record, parts.Telemetry.BufferBytes));
    }

    private static BlockRegion Region(CompleteSiteParts parts, int first, int count) =>
        new BlockRegion(parts.Flash, first, count);

    private static Core NewCore(CompleteSiteParts parts, byte[] buffer, byte[] window) => new Core(
        new CoreParts
        {
            Clock = parts.Clock,
            Link = parts.Link,
            Telemetry = parts.Telemetry,
            HasBroker = parts.HasBroker,
            StoreMayLoseTail = parts.StoreMayLoseTail,
            Entropy = parts.Entropy,
            SecurityBlocks = Region(parts, SiteFlashPlan.FirstSecurityBlock, SiteFlashPlan.SecurityBlocks),
            SettingsBlocks = Region(parts, SiteFlashPlan.FirstSettingsBlock, SiteFlashPlan.SettingsBlocks),
            WatchdogBlocks = Region(parts, SiteFlashPlan.FirstWatchdogBlock, SiteFlashPlan.WatchdogBlocks),
            Buffer = buffer,
            Window = window,
        },
        new SiteDeviceSettings(parts));
}
