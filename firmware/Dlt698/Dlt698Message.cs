namespace MeterFirmware.Dlt698;

/// <summary>Services (tags of a message) and their choices.</summary>
internal static class Dlt698Message
{
    public const int Connect = 0x02;
    public const int Release = 0x03;
    public const int Get = 0x05;
    public const int Set = 0x06;
    public const int Action = 0x07;
    public const int Report = 0x08;
    public const int Security = 0x10;
    public const int Error = 0x6E;
    public const int AnswerBit = 0x80;
    public const int ErrorAnswer = 0xEE;

    public const int Normal = 1;
    public const int List = 2;

    /// <summary>Of GET.</summary>
    public const int Record = 3;
    public const int RecordList = 4;
    public const int Next = 5;

    /// <summary>Of SET and ACTION.</summary>
    public const int ThenGet = 3;

    /// <summary>A confirmation of a report and an error are not answered.</summary>
    public static bool HasAnswer(int tag) => tag != Report && tag != Error;
}
