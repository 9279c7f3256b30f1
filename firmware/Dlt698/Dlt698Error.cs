namespace MeterFirmware.Dlt698;

/// <summary>Results of data access (DAR) that this server gives.</summary>
public static class Dlt698Error
{
    public const int None = 0;
    public const int Refused = 3;

    /// <summary>The object has no such attribute or method.</summary>
    public const int Undefined = 4;

    public const int NoObject = 6;
    public const int Type = 7;
    public const int OutOfRange = 8;

    /// <summary>The value is longer than this meter or the client takes: its data are not available as one
    /// block.</summary>
    public const int TooLong = 9;

    /// <summary>There is no answer in blocks that a next one could be of.</summary>
    public const int NotInBlocks = 11;

    public const int BlockNumber = 14;

    /// <summary>Wrong password, or none was given.</summary>
    public const int Password = 15;

    public const int Zones = 17;
    public const int Periods = 18;
    public const int Rates = 19;

    /// <summary>What only the security chip could allow.</summary>
    public const int Security = 20;

    public const int TimeTag = 32;
}
