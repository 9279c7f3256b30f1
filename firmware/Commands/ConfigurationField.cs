namespace MeterFirmware.Commands;

/// <summary>One setting: where it stands in the document, and what it may be.</summary>
public sealed class ConfigurationField
{
    private ConfigurationField(string section, string name)
    {
        Section = section;
        Name = name;
    }

    /// <summary>The object of the document that holds it.</summary>
    public string Section { get; }

    public string Name { get; }

    public ConfigurationKind Kind { get; private set; }

    /// <summary>Lowest number, or fewest bytes of a text.</summary>
    public long Min { get; private set; }

    /// <summary>Highest number, or most bytes of a text.</summary>
    public long Max { get; private set; }

    /// <summary>What holds when the document does not name it; booleans are 0 and 1.</summary>
    public long DefaultInteger { get; set; }

    public string DefaultText { get; set; } = "";

    /// <summary>Never reported; a document that does not name it keeps what the device has.</summary>
    public bool IsSecret { get; private set; }

    /// <summary>A change holds only after the link was made anew with it.</summary>
    public bool NeedsReconnect { get; private set; }

    public static ConfigurationField Integer(string section, string name, long min, long max, long value) =>
        new ConfigurationField(section, name)
        {
            Kind = ConfigurationKind.Integer,
            Min = min,
            Max = max,
            DefaultInteger = value,
        };

    public static ConfigurationField Boolean(string section, string name, bool value) =>
        new ConfigurationField(section, name)
        {
            Kind = ConfigurationKind.Boolean,
            Max = 1,
            DefaultInteger = value ? 1 : 0,
        };

    /// <summary>A text of printable ASCII.</summary>
    public static ConfigurationField Text(string section, string name, int bytesMin, int bytesMax, string value) =>
        new ConfigurationField(section, name)
        {
            Kind = ConfigurationKind.Text,
            Min = bytesMin,
            Max = bytesMax,
            DefaultText = value,
        };

    /// <summary>A safety limit as it was commissioned: what a document may ask for at most, and what holds without one.</summary>
    public void Commission(long ceiling)
    {
        Max = ceiling;
        DefaultInteger = ceiling;
    }

    public ConfigurationField Secret()
    {
        IsSecret = true;
        return this;
    }

    public ConfigurationField Reconnects()
    {
        NeedsReconnect = true;
        return this;
    }
}
