using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// Which blocks of a board's one flash belong to what: the one place where the parts are fitted together. README.md
/// states what each plan keeps, computed by tests/Benchmarks (capacity).
/// </summary>
public sealed class MeterPlan
{
    /// <summary>Bytes of a block.</summary>
    public int BlockBytes = 4096;

    /// <summary>Registers, two or more: the newest whole state never lies in the block that is being erased.</summary>
    public int CheckpointBlocks = 2;

    /// <summary>Neighbouring blocks that hold one state together, where many rates and tiers make it longer than a
    /// block.</summary>
    public int CheckpointJoined = 1;

    /// <summary>Keys and the numbers of the commands taken, two or more.</summary>
    public int SecurityBlocks = 2;

    /// <summary>Both table sets and the day-ahead lists, two or more.</summary>
    public int TariffBlocks = 2;

    /// <summary>The settings document, two or more.</summary>
    public int SettingsBlocks = 2;

    /// <summary>Why the watchdog restarted, two or more.</summary>
    public int WatchdogBlocks = 2;

    /// <summary>A firmware image that is received in pieces, and a block for its header; 0: images are
    /// refused.</summary>
    public int ImageBlocks;

    /// <summary>Freezes, event memory, calibration; 0: a meter without a recorder.</summary>
    public int RecordBlocks;

    /// <summary>A load profile of its own; 0: the profile is read from the journal's interval records.</summary>
    public int ProfileBlocks;

    /// <summary>Interval records and events until they are delivered, and as long after as there is room; 0:
    /// none.</summary>
    public int JournalBlocks;

    /// <summary>Blocks that stay with events when interval records press.</summary>
    public int EventBlocks = 2;

    /// <summary>All of it.</summary>
    public int BlockCount => FirstJournalBlock + JournalBlocks;

    internal int FirstSecurityBlock => CheckpointBlocks;

    internal int FirstTariffBlock => FirstSecurityBlock + SecurityBlocks;

    internal int FirstSettingsBlock => FirstTariffBlock + TariffBlocks;

    internal int FirstWatchdogBlock => FirstSettingsBlock + SettingsBlocks;

    internal int FirstImageBlock => FirstWatchdogBlock + WatchdogBlocks;

    internal int FirstRecordBlock => FirstImageBlock + ImageBlocks;

    internal int FirstProfileBlock => FirstRecordBlock + RecordBlocks;

    internal int FirstJournalBlock => FirstProfileBlock + ProfileBlocks;

    /// <summary>
    /// A 4 MB ESP32 with 256 KB of littlefs, 64 blocks: 13 are the file system's (superblock 2, two metadata pairs of
    /// the folder 4, copy on write and relocation 3) and the settings' files' (4); the meter has 51. The watchdog's two
    /// come on top: its files stay below 512 bytes, which littlefs keeps inside the folder's metadata, until some 18
    /// restarts.
    /// </summary>
    public static MeterPlan Of4Megabytes() => new MeterPlan { RecordBlocks = 16, JournalBlocks = 27 };

    /// <summary>A 16 MB board with 3 MB of littlefs: 2.5 MB for the meter, 160 blocks of 16 KB, a firmware image among
    /// them.</summary>
    public static MeterPlan Of16Megabytes() => new MeterPlan
    {
        BlockBytes = 16_384,

        // 63 rates of 4 tiers take 18 KB.
        CheckpointBlocks = 4,
        CheckpointJoined = 2,
        RecordBlocks = 42,
        ProfileBlocks = 47,
        ImageBlocks = 25,
        JournalBlocks = 34,
        EventBlocks = 3,
    };

    /// <summary>The journal's lanes: interval records and freezes first, events behind them.</summary>
    public JournalLayout Layout()
    {
        JournalLayout layout = new JournalLayout(2);
        layout.Put(RecordKind.Interval, 0);
        layout.Put(RecordKind.Freeze, 0);
        layout.Put(RecordKind.Event, 1);

        // All but the events' share and the two that the journal keeps free.
        layout.Keep(0, JournalBlocks - EventBlocks - 2);
        layout.Keep(1, EventBlocks);
        return layout;
    }
}
