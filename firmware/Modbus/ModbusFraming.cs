namespace MeterFirmware.Modbus;

/// <summary>How a Modbus message lies on the line.</summary>
public enum ModbusFraming
{
    /// <summary>Serial line: unit, message, CRC; a silence parts the frames.</summary>
    Rtu = 0,

    /// <summary>TCP: a header with transaction and length; no CRC.</summary>
    Tcp = 1,
}
