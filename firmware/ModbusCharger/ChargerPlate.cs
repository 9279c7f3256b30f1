namespace MeterFirmware.ModbusCharger;

/// <summary>Texts of SunSpec's model 1.</summary>
public sealed class ChargerPlate
{
    public string Maker { get; set; } = "";

    public string Model { get; set; } = "";

    public string Version { get; set; } = "";

    public string Serial { get; set; } = "";

    /// <summary>Address on the line, 1 to 247.</summary>
    public int Unit { get; set; } = 1;
}
