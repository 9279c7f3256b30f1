using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The whole charger on one flash, put together in one place for every board, simulated ones included: the core (keys,
/// time, settings, health, log, watchdog), the product, its commands. A board adds pins and its loop.
/// </summary>
public sealed class CompleteCharger : IDeviceProduct
{
    // The core runs once a round: before what measures, and behind what is idle nearly always.
    private const int BeginSlice = 0;
    private const int EndSlice = 8;

    /// <param name="parts">All but the stores, which come from the flash unless they are given.</param>
    /// <param name="flash">The blocks of <see cref="ChargerPlan"/>, of at least 4 KB each.</param>
    /// <param name="storeMayLoseTail">See <see cref="Journal.StoreMayLoseTail"/>.</param>
    public CompleteCharger(EvChargerParts parts, IBlockStore flash, bool storeMayLoseTail)
    {
        Invariant.Require(flash.BlockCount >= ChargerPlan.BlockCount, "the flash has too few blocks for a charger");
        int stateBytesMax = flash.BlockBytes - CheckpointStore.OverheadBytes;
        byte[] window = new byte[CheckpointStore.WindowBytes];
        parts.Telemetry = parts.Telemetry == null ? new TelemetrySettings { Product = "ev-charger" } : parts.Telemetry;

        // Before everything that the settings document has a say in.
        Core = NewCore(parts, flash, storeMayLoseTail, window);
        parts.Clock = Core.Time;
        parts.ResetCause = parts.ResetCause == 0 ? Core.ResetCause : parts.ResetCause;
        parts.Checkpoints ??= Store(flash, 0, ChargerPlan.CheckpointBlocks, window);
        parts.ProfileStore ??= Store(flash, ChargerPlan.FirstProfileBlock, ChargerPlan.ProfileBlocks, window);
        parts.TariffStore ??= Store(flash, ChargerPlan.FirstTariffBlock, ChargerPlan.TariffBlocks, window);
        if (parts.Records == null)
        {
            parts.Records = OpenJournal(parts, flash);
        }

        Product = new EvChargerProduct(parts);
        Invariant.Require(Product.StateBytes <= stateBytesMax,
            "the charger's state does not fit into a block of the flash");
        Core.Time.NoteStored(Product.Meter.SavedUtcSeconds);
        RefusalNote note = new RefusalNote();
        Commands = new ChargerCommands(
            Product, Store(flash, ChargerPlan.FirstListBlock, ChargerPlan.ListBlocks, window), note);
        Commands.TryLoadList();
        Product.Use(Core.Connect(parts.Records, Product.Instants, Product.Payloads, null));
        Core.Attach(this, note);
    }

    public EvChargerProduct Product { get; }

    /// <summary>The journal in the flash; null when the records lie elsewhere.</summary>
    public Journal Journal => Core.Journal;

    /// <summary>Keys, time, settings, health, log and watchdog.</summary>
    public Core Core { get; }

    public ChargerCommands Commands { get; }

    bool IDeviceProduct.HasReading => Product.HasReading;

    int IDeviceProduct.SensorFaults => Product.SensorFaults;

    bool IDeviceProduct.IsStoring => Product.IsStoring;

    long IDeviceProduct.RecordsRefused => Product.RecordsRefused;

    // The outputs fall while a board restarts.
    bool IDeviceProduct.MayRestart => !Product.Controller.IsClosed;

    // A session that waits for a cheaper hour has an open contactor, and would have to be begun anew.
    bool IDeviceProduct.IsIdle => !Product.Sessions.IsActive;

    /// <summary>One turn of the loop, every 10 ms.</summary>
    public void Tick(long nowMs)
    {
        Product.TickSafety(nowMs);
        TickSlice(nowMs);
    }

    /// <summary>The second half of <see cref="Tick"/>, for boards that measure it: the next slice of all that is not
    /// the safety part, the core's share among it.</summary>
    public void TickSlice(long nowMs)
    {
        int slice = Product.NextSlice;
        if (slice == BeginSlice)
        {
            Core.Begin(nowMs);
        }

        Product.TickSlice(nowMs);
        if (slice == EndSlice)
        {
            Core.End(nowMs);
        }
    }

    int ICommandTarget.Execute(int code, int role, FlatJson arguments, ByteTextWriter result) =>
        Commands.Execute(code, role, arguments, result);

    void IDeviceProduct.WriteHealth(ByteTextWriter json)
    {
        Product.Health.Write(json);
        Product.Monitor.Write(json);
        json.Name("emptySessions");
        json.Value(Product.Sessions.EmptyCount);
    }

    int IDeviceProduct.SelfTest() => Product.TryTestMonitor() ? CommandRefusal.None : CommandRefusal.WrongState;

    void IDeviceProduct.PowerFails(long nowMs) => Product.PowerFails(nowMs);

    private static CheckpointStore Store(IBlockStore flash, int first, int count, byte[] window) =>
        new CheckpointStore(new BlockRegion(flash, first, count), flash.BlockBytes - CheckpointStore.OverheadBytes,
            window);

    private static Core NewCore(EvChargerParts parts, IBlockStore flash, bool storeMayLoseTail, byte[] window) =>
        new Core(
        new CoreParts
        {
            Clock = parts.Clock,
            Link = parts.Link,
            Telemetry = parts.Telemetry,
            HasBroker = parts.HasBroker,
            StoreMayLoseTail = storeMayLoseTail,
            Entropy = parts.Entropy,
            SecurityBlocks = new BlockRegion(flash, ChargerPlan.FirstSecurityBlock, ChargerPlan.SecurityBlocks),
            SettingsBlocks = new BlockRegion(flash, ChargerPlan.FirstSettingsBlock, ChargerPlan.SettingsBlocks),
            WatchdogBlocks = new BlockRegion(flash, ChargerPlan.FirstWatchdogBlock, ChargerPlan.WatchdogBlocks),
            Window = window,
        },
        new ChargerDeviceSettings(parts));

    private Journal OpenJournal(EvChargerParts parts, IBlockStore flash) => Core.OpenJournal(
        new BlockRegion(flash, ChargerPlan.FirstJournalBlock, ChargerPlan.JournalBlocks), ChargerPlan.Layout(),
        Numbers.Greatest(IntervalRecord.BytesMax, SessionRecord.BytesMax),
        EvChargerProduct.NextNumberOf(parts.Checkpoints, new byte[flash.BlockBytes]));
}
