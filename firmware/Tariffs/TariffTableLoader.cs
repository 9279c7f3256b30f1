using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>Checks and decodes a compiled table, section by section in file order (README.md, "The compact
/// table").</summary>
internal static class TariffTableLoader
{
    /// <summary>"MFTT", low byte first.</summary>
    public const int Magic = 0x5454_464D;

    public const int Version = 1;

    /// <summary>Magic, version, length.</summary>
    public const int HeaderBytes = 7;

    private const int CrcBytes = 4;

    /// <summary>Offsets reach from −12:00 to +14:00 on Earth, in quarter hours.</summary>
    private const int OffsetQuartersMin = -48;
    private const int OffsetQuartersMax = 56;

    public static bool TryLoad(byte[] bytes, int length, out TariffTable table, out string error)
    {
        table = null;
        error = EnvelopeError(bytes, length);
        if (error != null)
        {
            return false;
        }

        TariffTable loaded = new TariffTable();
        loaded.Bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            loaded.Bytes[i] = bytes[i];
        }

        loaded.Crc = (uint)LittleEndian.ReadInt32(bytes, length - CrcBytes);
        TableReader reader = new TableReader(loaded.Bytes, HeaderBytes, length - CrcBytes);
        loaded.Name = reader.Text(TariffLimits.NameBytesMax, "name");
        loaded.Currency = reader.Text(TariffLimits.NameBytesMax, "currency");
        ReadZone(reader, loaded);
        ReadRates(reader, loaded);
        ReadDays(reader, loaded);
        ReadSeasons(reader, loaded);
        ReadHolidays(reader, loaded);
        ReadPrices(reader, loaded);
        ReadTiers(reader, loaded);
        if (!reader.Failed && reader.Remaining != 0)
        {
            reader.Fail(reader.Remaining.ToString() + " bytes too many");
        }

        error = reader.Failed ? "tariff table: " + reader.Error : null;
        if (error != null)
        {
            return false;
        }

        table = loaded;
        return true;
    }

    private static string EnvelopeError(byte[] bytes, int length)
    {
        if (bytes == null || length < HeaderBytes + CrcBytes || length > bytes.Length
            || length > TariffLimits.TableBytesMax)
        {
            return "tariff table: wrong length " + length.ToString();
        }

        if (LittleEndian.ReadInt32(bytes, 0) != Magic)
        {
            return "tariff table: wrong magic";
        }

        if (bytes[4] != Version)
        {
            return "tariff table: version " + bytes[4].ToString() + ", expected " + Version.ToString();
        }

        if (LittleEndian.ReadUInt16(bytes, 5) != length)
        {
            return "tariff table: its length field does not match";
        }

        uint crc = (uint)LittleEndian.ReadInt32(bytes, length - CrcBytes);
        return crc == Crc32.Of(bytes, 0, length - CrcBytes) ? null : "tariff table: wrong CRC";
    }

    private static void ReadZone(TableReader reader, TariffTable table)
    {
        int first = (sbyte)reader.Byte();
        reader.RequireRange(first, OffsetQuartersMin, OffsetQuartersMax, "zone offset");
        int fromDay = reader.UInt16();
        int untilDay = reader.UInt16();
        reader.RequireRange(untilDay, fromDay, 0xFFFF, "zone end");
        int count = reader.Byte();
        reader.RequireRange(count, 0, TariffLimits.TransitionCountMax, "transition count");
        int at = reader.Block(5 * count);
        long previous = (long)fromDay * CivilTime.SecondsPerDay - 1;
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            long utc = (uint)LittleEndian.ReadInt32(table.Bytes, at + 5 * i);
            reader.RequireRange(utc, previous + 1, (long)untilDay * CivilTime.SecondsPerDay, "zone transition");
            reader.RequireRange((sbyte)table.Bytes[at + 5 * i + 4], OffsetQuartersMin, OffsetQuartersMax,
                "zone offset");
            previous = utc;
        }

        table.Zone.Set(table.Bytes, at, count, first, (long)fromDay * CivilTime.SecondsPerDay,
            (long)untilDay * CivilTime.SecondsPerDay);
    }

    private static void ReadRates(TableReader reader, TariffTable table)
    {
        int count = reader.Byte();
        reader.RequireRange(count, 1, TariffLimits.RateCountMax, "rate count");
        table.RateNames = new string[reader.Failed ? 0 : count];
        for (int i = 0; i < table.RateNames.Length && !reader.Failed; i++)
        {
            table.RateNames[i] = reader.Text(TariffLimits.RateNameBytesMax, "rate name");
            for (int j = 0; j < i; j++)
            {
                if (table.RateNames[j] == table.RateNames[i])
                {
                    reader.Fail("two rates have one name");
                }
            }
        }
    }

    private static void ReadDays(TableReader reader, TariffTable table)
    {
        int count = reader.Byte();
        reader.RequireRange(count, 1, TariffLimits.DayTableCountMax, "day table count");
        table.DayTables = new int[reader.Failed ? 0 : count];
        for (int day = 0; day < table.DayTables.Length && !reader.Failed; day++)
        {
            table.DayTables[day] = reader.Position;
            int periods = reader.Byte();
            reader.RequireRange(periods, 1, TariffLimits.PeriodCountMax, "period count");
            int previous = -1;
            for (int period = 0; period < periods && !reader.Failed; period++)
            {
                int start = reader.Byte();
                reader.RequireRange(start, period == 0 ? 0 : previous + 1, period == 0 ? 0 : 95, "period start");
                reader.RequireRange(reader.Byte(), 0, table.RateCount - 1, "rate of a period");
                previous = start;
            }
        }
    }

    private static void ReadSeasons(TableReader reader, TariffTable table)
    {
        table.SeasonCount = reader.Byte();
        reader.RequireRange(table.SeasonCount, 1, TariffLimits.SeasonCountMax, "season count");
        table.SeasonsAt = reader.Position;
        int previous = 0;
        for (int i = 0; i < table.SeasonCount && !reader.Failed; i++)
        {
            int month = reader.Byte();
            int day = reader.Byte();
            reader.RequireRange(month, 1, 12, "season month");
            reader.RequireRange(day, 1, reader.Failed ? 0 : CivilTime.DaysInMonth(2001, month), "season day");
            reader.RequireRange(month * 32 + day, previous + 1, 13 * 32, "season order");
            reader.RequireRange(reader.Byte(), 0, table.DayTableCount - 1, "weekday table");
            reader.RequireRange(reader.Byte(), 0, table.DayTableCount - 1, "weekend table");
            previous = month * 32 + day;
        }
    }

    private static void ReadHolidays(TableReader reader, TariffTable table)
    {
        table.HolidayCount = reader.Byte();
        reader.RequireRange(table.HolidayCount, 0, TariffLimits.HolidayCountMax, "holiday count");
        table.HolidaysAt = reader.Position;
        int previous = -1;
        for (int i = 0; i < table.HolidayCount && !reader.Failed; i++)
        {
            int day = reader.UInt16();
            reader.RequireRange(day, previous + 1, 0xFFFF, "holiday order");
            reader.RequireRange(reader.Byte(), 0, table.DayTableCount - 1, "holiday table");
            previous = day;
        }
    }

    private static void ReadPrices(TableReader reader, TariffTable table)
    {
        table.ImportPrices = ReadPriceRow(reader, table.RateCount);
        int hasExport = reader.Byte();
        reader.RequireRange(hasExport, 0, 1, "export flag");
        if (hasExport == 1)
        {
            table.ExportPrices = ReadPriceRow(reader, table.RateCount);
        }

        table.ServiceFee = ReadPrice(reader);
        table.CarbonMicrogramsPerKwh = ReadPrice(reader);
    }

    private static long[] ReadPriceRow(TableReader reader, int count)
    {
        long[] row = new long[count];
        for (int i = 0; i < count; i++)
        {
            row[i] = ReadPrice(reader);
        }

        return row;
    }

    private static long ReadPrice(TableReader reader)
    {
        long price = reader.Unsigned();
        reader.RequireRange(price, 0, TariffLimits.PriceMax, "price");
        return price;
    }

    private static void ReadTiers(TableReader reader, TariffTable table)
    {
        int period = reader.Byte();
        reader.RequireRange(period, 0, 2, "tier period");
        int count = reader.Byte();
        reader.RequireRange(count, 1, period == 0 ? 1 : TariffLimits.TierCountMax, "tier count");
        table.TierPeriod = (TierPeriod)period;
        table.TierFromWh = new long[reader.Failed ? 0 : count];
        table.TierAdds = new long[table.TierFromWh.Length * table.RateCount];
        for (int tier = 0; tier < table.TierFromWh.Length && !reader.Failed; tier++)
        {
            long from = reader.Unsigned();
            reader.RequireRange(from, tier == 0 ? 0 : table.TierFromWh[tier - 1] + 1,
                tier == 0 ? 0 : TariffLimits.TierFromWattHoursMax, "tier start");
            table.TierFromWh[tier] = from;
            for (int rate = 0; rate < table.RateCount && !reader.Failed; rate++)
            {
                long add = reader.Signed();
                reader.RequireRange(table.ImportPrices[rate] + add, 0, TariffLimits.PriceMax, "price in a tier");
                table.TierAdds[tier * table.RateCount + rate] = add;
            }
        }
    }
}
