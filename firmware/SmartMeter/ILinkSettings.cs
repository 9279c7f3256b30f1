using MeterFirmware.Commands;

namespace MeterFirmware.SmartMeter;

/// <summary>A board's link to the broker, as far as the configuration document names it. Certificates stay the board's.</summary>
public interface ILinkSettings
{
    /// <summary>Puts what the board was commissioned with into the settings' defaults.</summary>
    void WriteDefaults(ConfigurationSchema schema);

    /// <summary>Holds from the next connection on.</summary>
    void Use(ConfigurationValues values);
}
