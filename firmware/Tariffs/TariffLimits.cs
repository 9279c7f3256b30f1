namespace MeterFirmware.Tariffs;

/// <summary>What a tariff may hold, on the device and in the compiler alike.</summary>
public static class TariffLimits
{
    /// <summary>Rates, DL/T 645-2007: 63 (facts/metering-rules.md, "tables").</summary>
    public const int RateCountMax = 63;

    /// <summary>Day tables: one a month and kind of day fits.</summary>
    public const int DayTableCountMax = 32;

    /// <summary>Periods of a day table: one each half hour.</summary>
    public const int PeriodCountMax = 48;

    /// <summary>Day tables, DL/T 645-2007 and tables of version 1: 8.</summary>
    public const int StandardDayTableCountMax = 8;

    /// <summary>Periods of a day table, DL/T 645-2007 and tables of version 1: 14.</summary>
    public const int StandardPeriodCountMax = 14;

    /// <summary>The grid on which periods of version 1 begin, minutes.</summary>
    public const int StandardGridMinutes = 15;

    /// <summary>Seasons ("time zones" of DL/T 645-2007) of a year: 14.</summary>
    public const int SeasonCountMax = 14;

    /// <summary>Parts of the year with prices or tier thresholds of their own.</summary>
    public const int PriceSeasonCountMax = 14;

    /// <summary>Kinds of days that are announced by command.</summary>
    public const int AnnouncedCountMax = 4;

    /// <summary>Bytes in the name of such a kind.</summary>
    public const int AnnouncedNameBytesMax = 16;

    /// <summary>Largest fee a minute, and its cap, millionths of the currency.</summary>
    public const long FeeMax = 1_000_000_000;

    /// <summary>Minutes of a fee that cost nothing: a week.</summary>
    public const int FreeMinutesMax = 10_080;

    /// <summary>Spans of public holidays; DL/T 645-2007 has 254 days.</summary>
    public const int HolidayCountMax = 254;

    /// <summary>Steps of a tier ladder, the first from 0 kWh included.</summary>
    public const int TierCountMax = 8;

    /// <summary>Bytes of UTF-8 in a rate's name.</summary>
    public const int RateNameBytesMax = 64;

    /// <summary>Bytes of UTF-8 in the tariff's name and in its currency.</summary>
    public const int NameBytesMax = 96;

    /// <summary>Dearest price, and the largest amount a tier takes off or puts on: 10^6 currency per kWh, in
    /// millionths.</summary>
    public const long PriceMax = 1_000_000_000_000;

    /// <summary>The last step may begin at 10^9 kWh, in watt-hours.</summary>
    public const long TierFromWattHoursMax = 1_000_000_000_000;

    /// <summary>Zone-offset transitions: 64 years of two each.</summary>
    public const int TransitionCountMax = 128;

    /// <summary>Bytes of a compiled table; one MQTT message carries it. Real tariffs need some hundred.</summary>
    public const int TableBytesMax = 12_288;
}
