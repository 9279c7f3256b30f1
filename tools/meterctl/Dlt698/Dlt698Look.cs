namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>How the bytes of a leaf are shown.</summary>
public enum Dlt698Look
{
    Hex,
    Unsigned,
    Signed,
    Bits,
    Text,
    Float,

    /// <summary>Year, month, day, weekday, hour, minute, second, ms.</summary>
    DateTime,

    /// <summary>Year, month, day, hour, minute, second.</summary>
    DateTimeSeconds,
    Date,
    Time,
    Oad,
    Omd,

    /// <summary>Unit and number.</summary>
    Interval,

    /// <summary>Power of ten and unit.</summary>
    ScalerUnit,
    Dar,
    Nothing,
}
