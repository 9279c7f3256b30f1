namespace MeterFirmware.Tools.Generate;

/// <summary>settings.json: in the order of places.</summary>
public sealed record SettingsFile(SettingEntry[] Settings);
