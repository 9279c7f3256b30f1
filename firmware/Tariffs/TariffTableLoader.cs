using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>Checks and decodes a compiled table, section by section in file order (README.md, "The compact
/// table").</summary>
internal static class TariffTableLoader
{
    /// <summary>"MFTT", low byte first.</summary>
    public const int Magic = 0x5454_464D;

    /// <summary>The layout of 0.1.0. What it can hold is still compiled into it.</summary>
    public const int Version = 1;

    /// <summary>Minutes, days of the week, spans, prices and thresholds by season, announced days, fees.</summary>
    public const int WideVersion = 2;

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
        bool isWide = bytes[4] == WideVersion;
        loaded.Schedule = ScheduleLoader.Read(reader, loaded.Bytes, isWide, loaded.RateCount);
        loaded.AnnouncedNames = new string[0];
        loaded.AnnouncedTables = new byte[0];
        if (isWide)
        {
            WideTableReader.Read(reader, loaded);
        }
        else
        {
            ReadPrices(reader, loaded);
            ReadTiers(reader, loaded);
        }

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

        if (bytes[4] != Version && bytes[4] != WideVersion)
        {
            return "tariff table: version " + bytes[4].ToString() + ", expected 1 or 2";
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

    internal static void ReadRates(TableReader reader, TariffTable table)
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

    private static void ReadPrices(TableReader reader, TariffTable table)
    {
        table.PriceStarts = new short[] { WideTableReader.FirstOfYear };
        table.ImportPrices = ReadPriceRow(reader, table.RateCount);
        int hasExport = reader.Byte();
        reader.RequireRange(hasExport, 0, 1, "export flag");
        if (hasExport == 1)
        {
            table.ExportPrices = ReadPriceRow(reader, table.RateCount);
        }

        table.ServiceFees = new long[] { ReadPrice(reader) };
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
        table.TierStartMonth = 1;
        table.ThresholdStarts = new short[] { WideTableReader.FirstOfYear };
        table.TierCount = reader.Failed ? 0 : count;
        table.TierFromWh = new long[table.TierCount];
        table.TierAdds = new long[table.TierCount * table.RateCount];
        for (int tier = 0; tier < table.TierCount && !reader.Failed; tier++)
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
