namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>A metering chip that boards may carry.</summary>
/// <param name="Chip">As settings.json calls it.</param>
/// <param name="Room">Its folder in boards/Sensors.</param>
/// <param name="Buses">"I2C", "SPI", "COM".</param>
/// <param name="Phases">That one chip measures: on SPI each chip has its select.</param>
/// <param name="Arguments">Of the maker, behind the bus.</param>
public sealed record SensorKind(string Chip, string Room, string[] Buses, int Phases, string Arguments = "")
{
    public bool IsOn(string bus) => bus.Length == 4 && char.IsAsciiDigit(bus[^1]) && Buses.Contains(bus[..3]);

    /// <summary>The expression that makes its maker.</summary>
    public string MakerOn(BoardSensor sensor) => $"new {Room}Maker({PlaceOf(sensor)}{Arguments})";

    private string PlaceOf(BoardSensor sensor)
    {
        char number = sensor.Bus[^1];
        if (Room == "Ina219Binding")
        {
            return number.ToString();
        }

        string maker = Room + "Maker";
        string[] buses = [.. sensor.Selects.Select(select =>
            $"\n            new SpiRegisterBus({number}, {Texts.Member(select)}, {maker}.SpiHertz, {maker}.SpiMode)")];
        return sensor.Bus[..3] switch
        {
            "SPI" => $"new IRegisterBus[]\n        {{{string.Join(",", buses)},\n        }}",
            "I2C" => $"new I2cRegisterBus({number}, {maker}.Address)",
            _ => $"new SerialPortLine(\"{sensor.Bus}\", false)",
        };
    }
}
