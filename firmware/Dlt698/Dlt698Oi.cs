namespace MeterFirmware.Dlt698;

/// <summary>Objects that select rows of a record.</summary>
public static class Dlt698Oi
{
    public const int EventBegin = 0x201E;
    public const int EventEnd = 0x2020;
    public const int FreezeTime = 0x2021;
    public const int EventNumber = 0x2022;
    public const int FreezeNumber = 0x2023;
}
