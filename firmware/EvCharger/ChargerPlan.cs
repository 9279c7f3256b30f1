using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.EvCharger;

/// <summary>Which blocks of a charger's one flash belong to what. New ones go to the end, so that an update moves
/// nothing.</summary>
public static class ChargerPlan
{
    public const int CheckpointBlocks = 4;
    public const int JournalBlocks = 36;
    public const int SecurityBlocks = 2;
    public const int ListBlocks = 2;
    public const int ProfileBlocks = 2;
    public const int TariffBlocks = 2;
    public const int SettingsBlocks = 2;
    public const int WatchdogBlocks = 2;

    public const int FirstJournalBlock = CheckpointBlocks;
    public const int FirstSecurityBlock = FirstJournalBlock + JournalBlocks;
    public const int FirstListBlock = FirstSecurityBlock + SecurityBlocks;
    public const int FirstProfileBlock = FirstListBlock + ListBlocks;
    public const int FirstTariffBlock = FirstProfileBlock + ProfileBlocks;
    public const int FirstSettingsBlock = FirstTariffBlock + TariffBlocks;
    public const int FirstWatchdogBlock = FirstSettingsBlock + SettingsBlocks;

    /// <summary>All of it.</summary>
    public const int BlockCount = FirstWatchdogBlock + WatchdogBlocks;

    /// <summary>The most valuable records are the bills: they go last, and only other bills push them out. 22 blocks of
    /// 8 KB are some 600. The lanes keep release 0.1.0's numbers.</summary>
    public static JournalLayout Layout()
    {
        JournalLayout layout = new JournalLayout(3);
        layout.Put(RecordKind.Interval, 0);
        layout.Put(RecordKind.Event, 1);
        layout.Put(RecordKind.Session, 2);
        layout.KeepLongest(2);
        layout.Keep(0, 8);
        layout.Keep(1, 4);
        layout.Keep(2, 22);
        return layout;
    }
}
