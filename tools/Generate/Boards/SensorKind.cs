namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>A metering chip that boards may carry.</summary>
/// <param name="Chip">As settings.json calls it.</param>
/// <param name="Room">Its folder in boards/Sensors.</param>
/// <param name="Buses">"I2C", "SPI", "COM", or <see cref="Pulses"/>.</param>
/// <param name="Phases">That one chip measures: on SPI each chip has its select.</param>
/// <param name="Arguments">Of the maker, behind the bus.</param>
public sealed record SensorKind(string Chip, string Room, string[] Buses, int Phases, string Arguments = "")
{
    /// <summary>No bus: pulse outputs and a select pin. Its "selects" are CF and CF1, inputs, and SEL, an output.
    /// </summary>
    public const string Pulses = "PULSES";

    private const string ModbusRoom = "ModbusMeter";

    public bool IsOn(string bus) => bus == Pulses ? Buses.Contains(Pulses)
        : bus.Length == 4 && char.IsAsciiDigit(bus[^1]) && Buses.Contains(bus[..3]);

    /// <summary>The expression that makes its maker.</summary>
    /// <param name="hasDirection">The serial line's RTS switches an RS-485 transceiver.</param>
    public string MakerOn(BoardSensor sensor, bool hasDirection) => Room == ModbusRoom
        ? $"new {Room}Maker(\n            new SerialPortLine(\"{sensor.Bus}\", {(hasDirection ? "true" : "false")}), "
            + $"\"{sensor.Bus}\", BoardFiles.ReadText)"
        : $"new {Room}Maker({PlaceOf(sensor)}{Arguments})";

    private string PlaceOf(BoardSensor sensor)
    {
        if (sensor.Bus == Pulses)
        {
            string[] pins = [.. sensor.Selects.Select(Texts.Member)];
            return $"\n            new GpioPulses({pins[0]}), new GpioPulses({pins[1]}), new GpioSelect({pins[2]})";
        }

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
