namespace MeterFirmware.Commands;

/// <summary>What a setting's value is.</summary>
public enum SettingKind
{
    Integer = 0,
    Boolean = 1,
    Text = 2,
}
