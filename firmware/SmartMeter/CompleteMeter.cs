using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// The whole meter on one flash, put together in one place for every board, simulated ones included: what is tested on
/// a PC is what a device runs. The constructor reads the flash; then the board calls <see cref="Tick"/>.
/// <code>
///   flash ─ plan ─┬─ journal ──────► product ◄── sensor, clock
///                 ├─ checkpoints ──►    │
///                 ├─ tariff sets ──►    ├── recorder ◄─ records, profile
///                 └─ keys, settings, watchdog, image ─► core: commands, time, health, log
/// </code>
/// </summary>
public sealed class CompleteMeter : IDeviceProduct
{
    private readonly MeteringSettings _metering;
    private readonly LoadLimiter _limiter;

    public CompleteMeter(CompleteMeterParts parts)
    {
        _metering = parts.Metering;
        MeterPlan plan = parts.Plan;
        Invariant.Require(parts.Flash.BlockBytes >= plan.BlockBytes && parts.Flash.BlockCount >= plan.BlockCount,
            "The flash is smaller than its plan.");

        // One buffer for all that is composed or read within one call: states, records, what a command carries.
        byte[] window = new byte[CheckpointStore.WindowBytes];
        int tariffBytes = parts.Limits.TariffStateBytesMax;
        byte[] buffer = new byte[tariffBytes + CheckpointStore.OverheadBytes];

        // Before everything that the settings document has a say in.
        Core = NewCore(parts, buffer, window);
        CheckpointStore checkpoints = new CheckpointStore(CheckpointRegion(parts),
            plan.BlockBytes * plan.CheckpointJoined - CheckpointStore.OverheadBytes, window);
        Records = parts.Records;
        if (Records == null)
        {
            Records = Core.OpenJournal(Region(parts, plan.FirstJournalBlock, plan.JournalBlocks), plan.Layout(),
                Numbers.Greatest(IntervalRecord.BytesMax, EventRecord.BytesMax),
                SmartMeterProduct.NextNumberOf(checkpoints, buffer));
        }

        Recorder = parts.History == null ? null : NewRecorder(parts, buffer, Records);
        Programming = new ProgrammingWindow(parts.Programming, Recorder);
        RefusalNote note = new RefusalNote();
        if (Recorder != null)
        {
            Calibration = new MeterCalibration(Recorder, parts.Sensor, parts.Metering.PhaseCount,
                parts.History.CalibrationErrorMillionthsMax, parts.IsSimulated, Programming, note);
            Calibration.TryLoad();
        }

        SafetyLimit load = parts.Relay == null ? null : new SafetyLimit("watts",
            parts.Metering.PhasePowerMilliwattsMax / 1000 * parts.Metering.PhaseCount, 0);
        Terms = new MeterTerms(Recorder, parts.History, parts.HasPrepayment ? new PrepaymentAccount() : null, load);
        TariffSets sets = NewTariffSets(parts);
        CheckpointStore tariffs =
            new CheckpointStore(Region(parts, plan.FirstTariffBlock, plan.TariffBlocks), tariffBytes, window);
        Tariffs = new TariffStore(tariffs, sets, Terms, buffer);
        Tariffs.TryLoad(parts.Tariff);
        Quality = parts.Quality == null
            ? null : new QualityRecorder(parts.Quality, parts.Metering.PhaseCount, parts.Samples);
        Product = new SmartMeterProduct(new SmartMeterParts
        {
            Clock = Core.Time,
            Sensor = parts.Sensor,
            Records = Records,
            Checkpoints = checkpoints,
            Tariff = parts.Tariff,
            Tariffs = sets,
            Terms = Terms,
            Quality = Quality,
            Relay = parts.Relay,
            Metering = parts.Metering,
            Telemetry = parts.Telemetry,
            Limits = parts.Limits,
            Recorder = Recorder,
            Buffer = buffer,
            Freezes = Recorder == null ? null : new FreezePayload(Recorder.Freezes, Recorder.FreezeRecord),
            ResetCause = parts.ResetCause != 0 ? parts.ResetCause : Core.ResetCause,
        });
        Core.Time.NoteStored(Product.Meter.SavedUtcSeconds);
        _limiter = load == null ? null : new LoadLimiter(Product, parts.Relay, load, parts.Metering.PhaseCount);
        Commands = new MeterCommands(
            Product, parts.Relay != null, Tariffs, Terms, Recorder, Calibration, parts.Tariff, note);
        Product.Use(Core.Connect(Records, Product, Product.Payloads, buffer));
        Core.Attach(this, note);
    }

    public SmartMeterProduct Product { get; }

    /// <summary>Whether metrological parameters may be changed now.</summary>
    public ProgrammingWindow Programming { get; }

    /// <summary>Where records wait for delivery.</summary>
    public IRecordLog Records { get; }

    /// <summary>The journal in the plan; null when the records lie elsewhere.</summary>
    public Journal Journal => Core.Journal;

    /// <summary>Null for a meter without one.</summary>
    public MeterRecorder Recorder { get; }

    /// <summary>Null for a meter without a recorder.</summary>
    public MeterCalibration Calibration { get; }

    /// <summary>The load profile: the recorder's ring, or where the plan has none the interval records of the journal,
    /// for which a reader is made when it is asked for.</summary>
    public ILoadProfile OpenProfile() => Recorder != null && Recorder.Profile != null
        ? (ILoadProfile)Recorder.Profile
        : new JournalProfile(Records, _metering.IntervalMinutes, Recorder == null ? null : Recorder.Events);

    /// <summary>Keys, time, settings, health, log and watchdog.</summary>
    public Core Core { get; }

    /// <summary>What the utility sets besides tariffs.</summary>
    public MeterTerms Terms { get; }

    /// <summary>Keeps what is set: tables, day-ahead lists, terms.</summary>
    public TariffStore Tariffs { get; }

    /// <summary>Null for a meter without one.</summary>
    public QualityRecorder Quality { get; }

    public MeterCommands Commands { get; }

    bool IDeviceProduct.HasReading => Product.HasReading;

    int IDeviceProduct.SensorFaults => Product.SensorFaults;

    bool IDeviceProduct.IsStoring => Product.IsStoring;

    long IDeviceProduct.RecordsRefused => Product.RecordsRefused;

    bool IDeviceProduct.MayRestart => true;

    bool IDeviceProduct.IsIdle => true;

    /// <summary>One turn of the loop.</summary>
    /// <param name="nowMs">Monotonic milliseconds, never smaller than before.</param>
    public void Tick(long nowMs)
    {
        Core.Begin(nowMs);
        Product.Tick(nowMs);
        Programming.Tick(nowMs);
        if (_limiter != null)
        {
            _limiter.Tick(nowMs);
        }

        Core.End(nowMs);
    }

    int ICommandTarget.Execute(int code, int role, FlatJson arguments, ByteTextWriter result) =>
        Commands.Execute(code, role, arguments, result);

    void IDeviceProduct.WriteHealth(ByteTextWriter json)
    {
    }

    int IDeviceProduct.SelfTest() => CommandRefusal.None;

    void IDeviceProduct.PowerFails(long nowMs) => Product.PowerFails(nowMs);

    private static TariffSets NewTariffSets(CompleteMeterParts parts)
    {
        bool isByDay = parts.Limits.DayAheadDays != 0;
        return new TariffSets(parts.Tariff, parts.Metering.RateCountMax, parts.Metering.TierCountMax,
            isByDay ? new DayAheadPrices(parts.Limits.DayAheadDays, parts.Limits.HasDayAheadExport) : null);
    }

    private static Core NewCore(CompleteMeterParts parts, byte[] buffer, byte[] window)
    {
        MeterPlan plan = parts.Plan;
        return new Core(
            new CoreParts
            {
                Clock = parts.Clock,
                Link = parts.Link,
                Telemetry = parts.Telemetry,
                HasBroker = parts.HasBroker,
                StoreMayLoseTail = parts.StoreMayLoseTail,
                Entropy = parts.Entropy,
                SecurityBlocks = Region(parts, plan.FirstSecurityBlock, plan.SecurityBlocks),
                SettingsBlocks = Region(parts, plan.FirstSettingsBlock, plan.SettingsBlocks),
                WatchdogBlocks = Region(parts, plan.FirstWatchdogBlock, plan.WatchdogBlocks),
                ImageBlocks = plan.ImageBlocks == 0 ? null : Region(parts, plan.FirstImageBlock, plan.ImageBlocks),
                Buffer = buffer,
                Window = window,
            },
            new SettingsInForce(parts));
    }

    private static BlockRegion Region(CompleteMeterParts parts, int first, int count) =>
        new BlockRegion(parts.Flash, first, count);

    private static IBlockStore CheckpointRegion(CompleteMeterParts parts)
    {
        BlockRegion region = Region(parts, 0, parts.Plan.CheckpointBlocks);
        return parts.Plan.CheckpointJoined == 1
            ? (IBlockStore)region : new JoinedBlocks(region, parts.Plan.CheckpointJoined);
    }

    private static MeterRecorder NewRecorder(CompleteMeterParts parts, byte[] buffer, IRecordLog records)
    {
        MeterPlan plan = parts.Plan;
        HistoryParts history = parts.History;
        if (history.Records == null)
        {
            history.Records = Region(parts, plan.FirstRecordBlock, plan.RecordBlocks);
        }

        if (history.Profile == null && plan.ProfileBlocks > 0)
        {
            history.Profile = Region(parts, plan.FirstProfileBlock, plan.ProfileBlocks);
        }

        history.Buffer = buffer;
        history.Outbox = records;
        return new MeterRecorder(history, parts.Metering);
    }
}
