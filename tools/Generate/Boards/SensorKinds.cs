namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>Every metering chip that has a maker in boards/Sensors. A new chip is a row here.</summary>
public static class SensorKinds
{
    private static readonly SensorKind[] _all =
    [
        new("ade7880", "Ade7880", ["I2C", "SPI"], 3),
        new("ade7953", "Ade7953", ["I2C", "SPI"], 1),
        new("ade9000", "Ade9000", ["SPI"], 3),
        new("atm90e32", "Atm90e32", ["SPI"], 3),
        new("bl0942", "Bl0942", ["COM", "SPI"], 1),
        new("cse7766", "Cse7766", ["COM"], 1, ", false"),
        new("bl0937", "Hlw8012", [SensorKind.Pulses], 1, ", true"),
        new("hlw8012", "Hlw8012", [SensorKind.Pulses], 1, ", false"),
        new("hlw8032", "Cse7766", ["COM"], 1, ", true"),
        new("ina219", "Ina219", ["I2C"], 1),
        new("ina226", "Ina226", ["I2C"], 1),
        new("modbus", "ModbusMeter", ["COM"], 3),
        new("ina219-binding", "Ina219Binding", ["I2C"], 1),
    ];

    // Release 0.1.0 took these for every product, and looked at them on a meter only.
    private static readonly string[] _namesOfOldRelease = ["ade7953", "ina219", "ina219-binding"];

    /// <summary>Chips and their buses, for a message.</summary>
    public static string All =>
        string.Join(", ", _all.Select(kind => $"{kind.Chip} on {string.Join(" or ", kind.Buses)}"));

    /// <summary>Null: nobody knows that chip.</summary>
    public static SensorKind? Find(string chip) => _all.FirstOrDefault(kind => kind.Chip == chip);

    /// <summary>Names that settings.json of such a board may hold since its first release, for a chip that it lacks.
    /// </summary>
    public static IEnumerable<string> NamesIgnoredBy(BoardData board) => board.Product == "meter" ? []
        : _namesOfOldRelease.Where(name => board.Sensors.All(sensor => sensor.Chip != name));
}
