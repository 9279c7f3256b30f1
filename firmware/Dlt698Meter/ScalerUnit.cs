using MeterFirmware.Dlt698;

namespace MeterFirmware.Dlt698Meter;

/// <summary>
/// What a whole number of an object means: a power of ten and the number of a unit (DL/T 698.45-2017, 7.3, "physical
/// units"). Here are the numbers that two independent programs have alike: icprog/dlt698.45 (StdDataType.h) and another
/// concentrator's DL698_DataDef.h. They differ from 48 on, and only one of them has "no unit": what needs such a unit
/// has no attribute for it.</summary>
internal static class ScalerUnit
{
    /// <summary>The attribute that tells it of attribute 2, and of attribute 4.</summary>
    public const int OfValue = 3;
    public const int OfFine = 5;

    public const int Celsius = 9;
    public const int Watt = 27;
    public const int Kilowatt = 28;
    public const int VoltAmpere = 29;
    public const int Var = 31;
    public const int KilowattHour = 33;
    public const int KilovarHour = 35;
    public const int Ampere = 36;
    public const int Volt = 38;
    public const int Hertz = 47;

    public static int Write(Dlt698Writer writer, int index, int scaler, int unit)
    {
        if (index > 0)
        {
            return Dlt698Error.OutOfRange;
        }

        writer.Byte(Dlt698Tag.ScaleUnit);
        writer.Byte(scaler & 0xFF);
        writer.Byte(unit);
        return Dlt698Error.None;
    }
}
