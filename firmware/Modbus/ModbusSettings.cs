namespace MeterFirmware.Modbus;

/// <summary>A server's place on its line.</summary>
public sealed class ModbusSettings
{
    public ModbusFraming Framing { get; set; } = ModbusFraming.Rtu;

    /// <summary>1 to 247.</summary>
    public int Unit { get; set; } = 1;

    public int Baud { get; set; } = ModbusProtocol.DefaultBaud;

    /// <summary>0 none, 1 odd, 2 even. The standard says even; most meters are shipped with none.</summary>
    public int Parity { get; set; }

    /// <summary>A frame that is not whole is given up after a pause this long. The standard's 1.5 characters are less
    /// than what converters and their drivers add.</summary>
    public int PauseMs { get; set; } = 50;
}
