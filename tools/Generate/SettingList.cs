namespace MeterFirmware.Tools.Generate;

/// <summary>The list of settings of some products, as the firmware has it.</summary>
/// <param name="Name">What the schema is called after.</param>
/// <param name="Type">The class.</param>
/// <param name="Space">Its namespace.</param>
/// <param name="PlaceOf">Where a setting is stored; null: the list has it not.</param>
internal sealed record SettingList(string Name, string Type, string Space, Func<SettingEntry, int?> PlaceOf)
{
    public static SettingList Meter { get; } = new("Smart meter", Places.MeterSettingsList, Places.SettingsSpace, s =>
        s.MeterPlace);

    public static SettingList Device { get; } = new("Charger and site", "DeviceSchema", "MeterFirmware.DeviceCore",
        s => s.DevicePlace);

    /// <summary>As the document has it: sections in the order of their first place, within one by place.</summary>
    public SettingEntry[] InOrder(IEnumerable<SettingEntry> settings) =>
        [.. settings.Where(s => PlaceOf(s) != null).OrderBy(PlaceOf).GroupBy(s => s.Section).SelectMany(section =>
            section)];
}
