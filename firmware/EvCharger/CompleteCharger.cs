using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The charger as a board runs it: the product on a flash that it divides itself, with journal, checkpoints, keys, local
/// list and signed commands. A board adds pins and its loop.
/// </summary>
public sealed class CompleteCharger
{
    /// <summary>Blocks of the flash: checkpoints, journal, keys, local list, profiles, tariff; new ones at the end, so that an update
    /// moves nothing.</summary>
    public const int CheckpointBlocks = 4;
    public const int JournalBlocks = 36;
    public const int SecurityBlocks = 2;
    public const int ListBlocks = 2;
    public const int ProfileBlocks = 2;
    public const int TariffBlocks = 2;
    public const int BlockCount =
        CheckpointBlocks + JournalBlocks + SecurityBlocks + ListBlocks + ProfileBlocks + TariffBlocks;

    private const int FirstSecurityBlock = CheckpointBlocks + JournalBlocks;
    private const int FirstProfileBlock = FirstSecurityBlock + SecurityBlocks + ListBlocks;

    /// <param name="parts">All but Records and the stores, which come from the flash.</param>
    /// <param name="flash"><see cref="BlockCount"/> blocks of at least 4 KB.</param>
    /// <param name="storeMayLoseTail">See <see cref="Journal.StoreMayLoseTail"/>.</param>
    public CompleteCharger(EvChargerParts parts, IBlockStore flash, bool storeMayLoseTail)
    {
        Invariant.Require(flash.BlockCount >= BlockCount, "the flash has too few blocks for a charger");
        JournalLayout layout = new JournalLayout(3);
        layout.Put(RecordKind.Interval, 0);
        layout.Put(RecordKind.Event, 1);
        layout.Put(RecordKind.Session, 2);

        // Bills go last, and only other bills push them out: 22 blocks are some 600. The lanes keep release 0.1.0's numbers.
        layout.KeepLongest(2);
        layout.Keep(0, 8);
        layout.Keep(1, 4);
        layout.Keep(2, 22);
        int recordBytesMax = IntervalRecord.BytesMax > SessionRecord.BytesMax ? IntervalRecord.BytesMax : SessionRecord.BytesMax;
        Journal = new Journal(new BlockRegion(flash, CheckpointBlocks, JournalBlocks), layout, recordBytesMax)
        {
            StoreMayLoseTail = storeMayLoseTail,
        };
        int stateBytesMax = flash.BlockBytes - CheckpointStore.OverheadBytes;
        parts.Checkpoints = new CheckpointStore(new BlockRegion(flash, 0, CheckpointBlocks), stateBytesMax);
        long floor = EvChargerProduct.NextNumberOf(parts.Checkpoints, new byte[flash.BlockBytes]);
        Journal.Open(floor, parts.Entropy == null ? null : JournalIdentity.Make(parts.Entropy));
        parts.Records = Journal;
        parts.ProfileStore = new CheckpointStore(new BlockRegion(flash, FirstProfileBlock, ProfileBlocks), stateBytesMax);
        parts.TariffStore = new CheckpointStore(new BlockRegion(flash, FirstProfileBlock + ProfileBlocks, TariffBlocks), stateBytesMax);
        Product = new EvChargerProduct(parts);
        Invariant.Require(Product.StateBytes <= stateBytesMax, "the charger's state does not fit into a block of the flash");
        Security = new DeviceSecurity(new CheckpointStore(
            new BlockRegion(flash, FirstSecurityBlock, SecurityBlocks), DeviceSecurity.StateBytes))
        {
            StoreMayLoseTail = storeMayLoseTail,
        };
        Security.TryOpen();
        Commands = new ChargerCommands(Product, parts.Clock, new CheckpointStore(
            new BlockRegion(flash, FirstSecurityBlock + SecurityBlocks, ListBlocks), stateBytesMax));
        Commands.TryRestoreList();
        if (Product.Telemetry != null)
        {
            Product.Telemetry.Commands = new CommandReceiver(parts.Telemetry.Device, Security, Commands);
            Product.Telemetry.AcknowledgementKey = Security;
        }
    }

    public EvChargerProduct Product { get; }

    public Journal Journal { get; }

    /// <summary>The keys; a board that holds a secret commissions them when they are not.</summary>
    public DeviceSecurity Security { get; }

    public ChargerCommands Commands { get; }

    /// <summary>One turn of the loop, every 10 ms.</summary>
    public void Tick(long nowMs)
    {
        if (Security.StartUtcSeconds == 0 && Product.TryReadUtc(out long utcSeconds))
        {
            Security.NoteTime(utcSeconds);
        }

        Product.Tick(nowMs);
    }

    /// <summary>Opens, and saves all with the supply's last milliseconds, or before a restart.</summary>
    public void PowerFails(long nowMs)
    {
        Product.PowerFails(nowMs);
        Journal.Flush();
    }
}
