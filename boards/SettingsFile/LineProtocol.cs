namespace MeterFirmware.Boards.SettingsFile;

/// <summary>What a meter speaks on its serial line, as settings name it.</summary>
public static class LineProtocol
{
    public const string Dlt645 = "dlt645";
    public const string Dlt698 = "dlt698";
    public const string Modbus = "modbus";

    /// <summary>All names, for what a person is told.</summary>
    public const string Names = "dlt645, dlt698 or modbus";

    public static bool IsKnown(string name) => name == Dlt645 || name == Dlt698 || name == Modbus;
}
