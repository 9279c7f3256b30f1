namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>Clock chips of drivers/ClockChips, by the names that board.json calls them.</summary>
public static class ClockKinds
{
    private static readonly Dictionary<string, (string Type, int Address)> _all = new()
    {
        ["ds3231"] = ("Ds3231Clock", 0x68),
        ["pcf8563"] = ("Pcf8563Clock", 0x51),
        ["rx8025sa"] = ("Rx8025SaClock", 0x32),
        ["rx8025t"] = ("Rx8025Clock", 0x32),
    };

    public static string All => string.Join(", ", _all.Keys);

    /// <summary>The expression that makes it on a bus; null: nobody knows that chip.</summary>
    public static string? Find(string chip, char bus = '1') =>
        _all.TryGetValue(chip, out (string Type, int Address) kind)
            ? $"new {kind.Type}(new I2cRegisterBus({bus}, 0x{kind.Address:X2}))" : null;
}
