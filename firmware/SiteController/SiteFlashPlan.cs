using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.SiteController;

/// <summary>Which blocks of a site controller's one flash belong to what. What was learnt lies first, as in release
/// 0.1.0; new
/// ones go to the end, so that an update moves nothing.</summary>
public static class SiteFlashPlan
{
    public const int MemoryBlocks = 4;
    public const int StateBlocks = 2;
    public const int SecurityBlocks = 2;
    public const int SettingsBlocks = 2;
    public const int WatchdogBlocks = 2;
    public const int JournalBlocks = 12;

    public const int FirstStateBlock = MemoryBlocks;
    public const int FirstSecurityBlock = FirstStateBlock + StateBlocks;
    public const int FirstSettingsBlock = FirstSecurityBlock + SecurityBlocks;
    public const int FirstWatchdogBlock = FirstSettingsBlock + SettingsBlocks;
    public const int FirstJournalBlock = FirstWatchdogBlock + WatchdogBlocks;

    /// <summary>All of it.</summary>
    public const int BlockCount = FirstJournalBlock + JournalBlocks;

    private const int EventBlocks = 2;

    /// <summary>The most valuable records are the intervals with their energy: they go last.</summary>
    public static JournalLayout Layout()
    {
        JournalLayout layout = new JournalLayout(2);
        layout.Put(RecordKind.Site, 0);
        layout.Put(RecordKind.Event, 1);
        layout.Keep(0, JournalBlocks - EventBlocks - 2);
        layout.Keep(1, EventBlocks);
        return layout;
    }
}
