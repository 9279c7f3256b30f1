namespace MeterFirmware.Commands;

/// <summary>The product that obeys settings.</summary>
public interface ISettingsTarget
{
    /// <summary>Rules between fields, before anything changes. Returns the field that is wrong, or −1.</summary>
    int FindConflict(SettingsValues values);

    /// <summary>Makes the values hold, all of them. Must not fail.</summary>
    /// <param name="values">Read now; filled anew later.</param>
    /// <param name="reconnect">True when the link must be made anew.</param>
    void Apply(SettingsValues values, bool reconnect);
}
