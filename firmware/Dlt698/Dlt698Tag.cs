namespace MeterFirmware.Dlt698;

/// <summary>Types of data (DL/T 698.45-2017, 7.3).</summary>
public static class Dlt698Tag
{
    public const int Null = 0;
    public const int Array = 1;
    public const int Structure = 2;
    public const int Bool = 3;
    public const int Bits = 4;
    public const int Int32 = 5;
    public const int UInt32 = 6;
    public const int Octets = 9;
    public const int Text = 10;
    public const int Utf8 = 12;
    public const int Int8 = 15;
    public const int Int16 = 16;
    public const int UInt8 = 17;
    public const int UInt16 = 18;
    public const int Int64 = 20;
    public const int UInt64 = 21;
    public const int Enum = 22;
    public const int Float32 = 23;
    public const int Float64 = 24;
    public const int DateTime = 25;
    public const int Date = 26;
    public const int Time = 27;
    public const int DateTimeSeconds = 28;
    public const int Oi = 80;
    public const int Oad = 81;
    public const int Omd = 83;
    public const int Interval = 84;
    public const int Address = 85;
    public const int Mac = 86;
    public const int Random = 87;
    public const int ScaleUnit = 89;
}
