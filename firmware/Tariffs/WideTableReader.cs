using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>What a compiled table of version 2 holds behind its seasons and holidays (README.md, "The compact
/// table").</summary>
internal static class WideTableReader
{
    /// <summary>1 January as month × 32 + day.</summary>
    public const short FirstOfYear = 33;

    private const int ExportNone = 0;
    private const int ExportByRate = 1;
    private const int ExportOwnPeriods = 2;

    public static void Read(TableReader reader, TariffTable table)
    {
        ReadAnnounced(reader, table);
        ReadImportPrices(reader, table);
        ReadExport(reader, table);
        ReadServiceFees(reader, table);
        table.CarbonMicrogramsPerKwh = reader.Unsigned();
        reader.RequireRange(table.CarbonMicrogramsPerKwh, 0, TariffLimits.PriceMax, "carbon");
        table.OccupancyFee = ReadFee(reader, "occupancy fee");
        table.ReservationFee = ReadFee(reader, "reservation fee");
        ReadTiers(reader, table);
    }

    private static void ReadAnnounced(TableReader reader, TariffTable table)
    {
        int count = reader.Byte();
        reader.RequireRange(count, 0, TariffLimits.AnnouncedCountMax, "announced days");
        count = reader.Failed ? 0 : count;
        table.AnnouncedNames = new string[count];
        table.AnnouncedTables = new byte[count];
        for (int kind = 0; kind < count && !reader.Failed; kind++)
        {
            table.AnnouncedNames[kind] = reader.Text(TariffLimits.AnnouncedNameBytesMax, "name of an announced day");
            table.AnnouncedTables[kind] = (byte)reader.Byte();
            reader.RequireRange(table.AnnouncedTables[kind], 0, table.Schedule.DayTableCount - 1,
                "table of an announced day");
            RequireAscii(reader, table.AnnouncedNames[kind]);
            for (int other = 0; other < kind; other++)
            {
                if (table.AnnouncedNames[other] == table.AnnouncedNames[kind])
                {
                    reader.Fail("two kinds of announced days have one name");
                }
            }
        }
    }

    // Commands and saved days hold a byte a letter.
    private static void RequireAscii(TableReader reader, string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            reader.RequireRange(name[i], '!', '~', "letter of an announced day's name");
        }
    }

    private static short[] ReadStarts(TableReader reader, string name)
    {
        int count = reader.Byte();
        reader.RequireRange(count, 1, TariffLimits.PriceSeasonCountMax, name + " count");
        short[] starts = new short[reader.Failed ? 1 : count];
        int previous = 0;
        for (int i = 0; i < starts.Length && !reader.Failed; i++)
        {
            previous = ScheduleLoader.ReadDate(reader, previous, name);
            starts[i] = (short)previous;
        }

        return starts;
    }

    private static void ReadImportPrices(TableReader reader, TariffTable table)
    {
        table.PriceStarts = ReadStarts(reader, "price season");
        table.ImportPrices = new long[table.PriceStarts.Length * table.RateCount];
        for (int i = 0; i < table.ImportPrices.Length && !reader.Failed; i++)
        {
            table.ImportPrices[i] = ReadPrice(reader);
            table.HasNegativePrice |= table.ImportPrices[i] < 0;
        }
    }

    private static long ReadPrice(TableReader reader)
    {
        long price = reader.Signed();
        reader.RequireRange(price, -TariffLimits.PriceMax, TariffLimits.PriceMax, "price");
        return price;
    }

    private static void ReadExport(TableReader reader, TariffTable table)
    {
        int kind = reader.Byte();
        reader.RequireRange(kind, ExportNone, ExportOwnPeriods, "export kind");
        if (kind == ExportByRate)
        {
            table.ExportPrices = new long[table.RateCount];
            for (int rate = 0; rate < table.RateCount && !reader.Failed; rate++)
            {
                table.ExportPrices[rate] = ReadPrice(reader);
            }
        }
        else if (kind == ExportOwnPeriods && !reader.Failed)
        {
            TariffTable discharge = new TariffTable();
            discharge.Bytes = table.Bytes;
            discharge.Zone = table.Zone;
            TariffTableLoader.ReadRates(reader, discharge);
            discharge.Schedule = ScheduleLoader.Read(reader, table.Bytes, true, discharge.RateCount);
            discharge.AnnouncedNames = new string[0];
            discharge.AnnouncedTables = new byte[0];
            ReadImportPrices(reader, discharge);
            table.Discharge = discharge;
        }
    }

    private static void ReadServiceFees(TableReader reader, TariffTable table)
    {
        int count = reader.Byte();
        if (count != table.RateCount)
        {
            reader.RequireRange(count, 1, 1, "service fee count");
        }

        table.ServiceFees = new long[reader.Failed ? 1 : count];
        for (int i = 0; i < table.ServiceFees.Length && !reader.Failed; i++)
        {
            table.ServiceFees[i] = reader.Unsigned();
            reader.RequireRange(table.ServiceFees[i], 0, TariffLimits.PriceMax, "service fee");
        }
    }

    private static MinuteFee ReadFee(TableReader reader, string name)
    {
        long perMinute = reader.Unsigned();
        reader.RequireRange(perMinute, 0, TariffLimits.FeeMax, name);
        if (perMinute == 0)
        {
            return null;
        }

        long free = reader.Unsigned();
        reader.RequireRange(free, 0, TariffLimits.FreeMinutesMax, name + "'s free minutes");
        long maximum = reader.Unsigned();
        reader.RequireRange(maximum, 0, TariffLimits.PriceMax, name + "'s cap");
        return new MinuteFee(perMinute, (int)free, maximum);
    }

    private static void ReadTiers(TableReader reader, TariffTable table)
    {
        int period = reader.Byte();
        reader.RequireRange(period, 0, (int)TierPeriod.Season, "tier period");
        int startMonth = reader.Byte();
        reader.RequireRange(startMonth, 1, period == (int)TierPeriod.Year ? 12 : 1, "month of a tier year");
        int count = reader.Byte();
        reader.RequireRange(count, 1, period == 0 ? 1 : TariffLimits.TierCountMax, "tier count");
        table.TierPeriod = (TierPeriod)period;
        table.TierStartMonth = startMonth;
        table.TierCount = reader.Failed ? 0 : count;
        table.ThresholdStarts = ReadStarts(reader, "threshold season");
        table.TierFromWh = new long[table.ThresholdStarts.Length * table.TierCount];
        for (int i = 0; i < table.TierFromWh.Length && !reader.Failed; i++)
        {
            table.TierFromWh[i] = reader.Unsigned();
            int tier = i % table.TierCount;
            reader.RequireRange(table.TierFromWh[i], tier == 0 ? 0 : table.TierFromWh[i - 1] + 1,
                tier == 0 ? 0 : TariffLimits.TierFromWattHoursMax, "tier start");
        }

        table.TierAdds = new long[table.TierCount * table.RateCount];
        for (int i = 0; i < table.TierAdds.Length && !reader.Failed; i++)
        {
            table.TierAdds[i] = reader.Signed();
            for (int season = 0; season < table.PriceSeasonCount; season++)
            {
                long price = table.ImportPrice(i % table.RateCount, season) + table.TierAdds[i];
                reader.RequireRange(price, -TariffLimits.PriceMax, TariffLimits.PriceMax, "price in a tier");
                table.HasNegativePrice |= price < 0;
            }
        }
    }
}
