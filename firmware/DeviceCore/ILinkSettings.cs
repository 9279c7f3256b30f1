using MeterFirmware.Commands;

namespace MeterFirmware.DeviceCore;

/// <summary>A board's link to the broker, as far as the settings document names it. Certificates stay the
/// board's.</summary>
public interface ILinkSettings
{
    /// <summary>Puts what the board was commissioned with into the settings' defaults.</summary>
    void WriteDefaults(SettingsSchema schema);

    /// <summary>Holds from the next connection on.</summary>
    void Use(SettingsValues values);
}
