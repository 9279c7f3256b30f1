using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using NodaTime;
using NodaTime.TimeZones;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>A checked model into the bytes that devices load (firmware/Tariffs/README.md, "The compact
/// table").</summary>
internal sealed class TariffCompiler
{
    /// <summary>The layout of 0.1.0: what it can hold stays readable for devices of that release.</summary>
    private const int Version = 1;
    private const int QuarterSeconds = 900;
    private readonly MemoryStream _bytes = new();

    /// <summary>Zone transitions from 1 January of the first year up to 1 January of the last, UTC.</summary>
    public static byte[] Compile(TariffModel model, int firstYear, int untilYear, List<TariffProblem> problems)
    {
        TariffCompiler compiler = new();
        bool isWide = WideTableWriter.IsNeeded(model);
        compiler.Write("MFTT"u8);
        compiler.Byte(isWide ? WideTableWriter.Version : Version);
        compiler.UInt16(0);
        compiler.Text(model.Name);
        compiler.Text(model.Currency);
        compiler.Zone(model.TimeZone, firstYear, untilYear, problems);
        compiler.Byte(model.Rates.Count);
        model.Rates.ForEach(compiler.Text);
        if (isWide)
        {
            new WideTableWriter(compiler, problems).Write(model);
        }
        else
        {
            compiler.Schedule(model);
            compiler.Prices(model);
            compiler.Tiers(model);
        }

        byte[] table = [.. compiler._bytes.ToArray(), 0, 0, 0, 0];
        if (table.Length > TariffLimits.TableBytesMax)
        {
            problems.Add(new TariffProblem("$",
                $"{table.Length} bytes compiled; a device's table has at most {TariffLimits.TableBytesMax}"));
            return [];
        }

        LittleEndian.WriteUInt16(table, 5, table.Length);
        LittleEndian.WriteInt32(table, table.Length - 4, (int)Crc32.Of(table, 0, table.Length - 4));
        return table;
    }

    private void Zone(DateTimeZone zone, int firstYear, int untilYear, List<TariffProblem> problems)
    {
        if (zone.MinOffset == zone.MaxOffset)
        {
            Byte(zone.MinOffset.Seconds / QuarterSeconds);
            UInt16(0);
            UInt16(ushort.MaxValue);
            Byte(0);
            return;
        }

        Instant from = Instant.FromUtc(firstYear, 1, 1, 0, 0);
        Instant until = Instant.FromUtc(untilYear, 1, 1, 0, 0);
        Offset last = zone.GetUtcOffset(from);
        Offset first = last;
        List<(long Utc, Offset Offset)> transitions = [];
        foreach (ZoneInterval interval in zone.GetZoneIntervals(from, until))
        {
            // A zone's name may change without its offset.
            if (interval.WallOffset != last)
            {
                transitions.Add((interval.Start.ToUnixTimeSeconds(), interval.WallOffset));
                last = interval.WallOffset;
            }
        }

        if (transitions.Select(t => t.Offset).Append(first).Any(o => o.Seconds % QuarterSeconds != 0)
            || transitions.Count > TariffLimits.TransitionCountMax)
        {
            problems.Add(new TariffProblem("$.timezone",
                $"{zone.Id} cannot be tabled from {firstYear} to {untilYear}: offsets in whole quarter hours, " +
                $"at most {TariffLimits.TransitionCountMax} changes"));
            transitions.Clear();
        }

        Byte(first.Seconds / QuarterSeconds);
        UInt16((int)(from.ToUnixTimeSeconds() / CivilTime.SecondsPerDay));
        UInt16((int)(until.ToUnixTimeSeconds() / CivilTime.SecondsPerDay));
        Byte(transitions.Count);
        foreach ((long utc, Offset offset) in transitions)
        {
            UInt16((int)(utc & 0xFFFF));
            UInt16((int)(utc >> 16));
            Byte(offset.Seconds / QuarterSeconds);
        }
    }

    private void Schedule(TariffModel model)
    {
        Byte(model.Days.Count);
        foreach (DayTableModel day in model.Days)
        {
            Byte(day.Periods.Count);
            foreach (PeriodModel period in day.Periods)
            {
                Byte(period.StartMinute / TariffLimits.StandardGridMinutes);
                Byte(period.Rate);
            }
        }

        Byte(model.Seasons.Count);
        foreach (SeasonModel season in model.Seasons)
        {
            Byte(season.Month);
            Byte(season.Day);
            Byte(season.WeekdayTable);
            Byte(season.WeekendTable);
        }

        Byte(model.Holidays.Count);
        foreach (HolidayModel holiday in model.Holidays.OrderBy(h => h.Date))
        {
            UInt16((int)CivilTime.DaysFromDate(holiday.Date.Year, holiday.Date.Month, holiday.Date.Day));
            Byte(holiday.DayTable);
        }
    }

    private void Prices(TariffModel model)
    {
        Array.ForEach(model.ImportPrices, Number);
        Byte(model.ExportPrices is null ? 0 : 1);
        Array.ForEach(model.ExportPrices ?? [], Number);
        Number(model.ServiceFee);
        Number(model.CarbonMicrogramsPerKwh);
    }

    private void Tiers(TariffModel model)
    {
        Byte((int)model.TierPeriod);
        List<TierModel> tiers = model.Tiers.Count > 0 ? model.Tiers : [new TierModel(0, new long[model.Rates.Count])];
        Byte(tiers.Count);
        foreach (TierModel tier in tiers)
        {
            Number(tier.FromWattHours);
            Array.ForEach(tier.Adds, Signed);
        }
    }

    public void Byte(int value) => _bytes.WriteByte((byte)value);

    public void UInt16(int value)
    {
        Byte(value);
        Byte(value >> 8);
    }

    /// <summary>Zigzag: 0, −1, 1, −2 as 0, 1, 2, 3.</summary>
    public void Signed(long value) => Number(value < 0 ? -value * 2 - 1 : value * 2);

    private void Write(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public void Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Byte(utf8.Length);
        Write(utf8);
    }

    public void Number(long value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Byte((int)(value & 0x7F) | 0x80);
        }

        Byte((int)value);
    }
}
