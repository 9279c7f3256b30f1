namespace MeterFirmware.Storage.Records;

/// <summary>What is to be known of a record before it is believed; bits that may stand together.</summary>
public static class RecordFlags
{
    /// <summary>The interval is shorter than configured: start-up, power loss, clock step.</summary>
    public const int Incomplete = 1;

    /// <summary>Sent later than live. Set on the way out, never stored.</summary>
    public const int Historical = 2;

    /// <summary>The calendar was not valid: start and end count seconds since the meter started.</summary>
    public const int Untimed = 4;

    /// <summary>The clock was set within the interval.</summary>
    public const int ClockStep = 8;

    /// <summary>The sensor had a fault within the interval, energy may be missing.</summary>
    public const int SensorFault = 16;

    /// <summary>The meter was without supply within the interval.</summary>
    public const int PowerLoss = 32;

    /// <summary>A session whose saved state was damaged: registers and times as far as they can be, no rates, no
    /// cost.</summary>
    public const int CostUnknown = 64;

    /// <summary>Energy in it has the price of a day's list, not the tariff's.</summary>
    public const int ListedPrice = 128;

    /// <summary>Energy in it has the day table of an announced day.</summary>
    public const int AnnouncedDay = 256;
}
