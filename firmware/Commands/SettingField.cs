namespace MeterFirmware.Commands;

/// <summary>One setting: where it stands in the document, and what it may be. A schema has one of these, which holds
/// what was asked for last.</summary>
public sealed class SettingField
{
    internal SettingField()
    {
    }

    /// <summary>The object of the document that holds it.</summary>
    public string Section { get; internal set; }

    public string Name { get; internal set; }

    public SettingKind Kind { get; internal set; }

    /// <summary>Lowest number, or fewest bytes of a text.</summary>
    public int Min { get; internal set; }

    /// <summary>Highest number, or most bytes of a text.</summary>
    public int Max { get; internal set; }

    /// <summary>What holds when the document does not name it; booleans are 0 and 1.</summary>
    public int DefaultInteger { get; internal set; }

    public string DefaultText { get; internal set; }

    /// <summary>Never reported; a document that does not name it keeps what the device has.</summary>
    public bool IsSecret { get; internal set; }

    /// <summary>A change holds only after the link was made anew with it.</summary>
    public bool NeedsReconnect { get; internal set; }

    /// <summary>Only the utility's documents change it.</summary>
    public bool IsUtilityOnly { get; internal set; }

    public SettingField Secret()
    {
        IsSecret = true;
        return this;
    }

    public SettingField ByUtilityOnly()
    {
        IsUtilityOnly = true;
        return this;
    }

    public SettingField Reconnects()
    {
        NeedsReconnect = true;
        return this;
    }
}
