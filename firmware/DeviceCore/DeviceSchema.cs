using MeterFirmware.Commands;

namespace MeterFirmware.DeviceCore;

/// <summary>
/// The settings that every device has; charger and site controller have no others yet. A meter has the same among its
/// own, with the same names and bounds. The list is made from firmware/Catalogue/settings.json.
/// </summary>
public sealed partial class DeviceSchema : SettingsSchema
{
    public DeviceSchema()
        : base(FieldCount)
    {
    }
}
