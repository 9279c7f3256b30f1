using MeterFirmware.Basics;

namespace MeterFirmware.Carbon;

/// <summary>
/// Emission factors of regions as a utility sends them to all its meters: lines "region,year,factor", the factor in
/// µg/kWh. A meter takes its own region's lines, or those of the whole country, <see cref="Country"/>, when its region
/// has none.
/// </summary>
public static class RegionTable
{
    /// <summary>The region that stands for all.</summary>
    public const string Country = "CN";

    /// <summary>Longest name: a code of GB/T 2260 ("310000") or a grid's name, of A–Z, a–z, 0–9 and '-'.</summary>
    public const int NameBytesMax = 12;

    /// <summary>Years of one region at most.</summary>
    public const int YearsMax = 4;

    /// <summary>2 kg/kWh: nothing burns dirtier.</summary>
    public const int MicrogramsPerKwhMax = 2_000_000_000;

    private const int YearMin = 2000;
    private const int YearMax = 2099;

    /// <summary>Takes a table, wholly or not at all.</summary>
    /// <param name="text">ASCII from index 0; lines end with a line feed, the last one may.</param>
    /// <param name="count">Its length.</param>
    /// <param name="factors">Says the region, gets its years.</param>
    /// <returns>What was expected of the first thing that is wrong; null: taken.</returns>
    public static string Take(byte[] text, int count, EmissionFactors factors)
    {
        int own = 0;
        int all = 0;
        int ownYear = 0;
        int allYear = 0;
        for (int at = 0; at < count;)
        {
            int start = at;
            if (!TryReadLine(text, count, ref at, out int nameBytes, out int year, out int _))
            {
                return "lines region,year,microgramsPerKwh with years 2000 to 2099 and factors 1 to 2000000000";
            }

            bool isOwn = factors.Region.Length > 0 && IsNamed(text, start, nameBytes, factors.Region);
            bool isAll = IsNamed(text, start, nameBytes, Country);
            if ((isOwn && year <= ownYear) || (isAll && year <= allYear))
            {
                return "a region's years once each and rising";
            }

            ownYear = isOwn ? year : ownYear;
            allYear = isAll ? year : allYear;
            own += isOwn ? 1 : 0;
            all += isAll ? 1 : 0;
        }

        int years = own > 0 ? own : all;
        if (years < 1 || years > YearsMax)
        {
            return years > YearsMax ? "at most 4 years of a region" : "lines of the meter's region or of " + Country;
        }

        Fill(text, count, own > 0 ? factors.Region : Country, years, factors);
        factors.IsRegional = own > 0;
        return null;
    }

    /// <summary>Whether a text may be a region's name; the empty one is none.</summary>
    public static bool IsName(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (!IsNameByte(name[i]))
            {
                return false;
            }
        }

        return name.Length <= NameBytesMax;
    }

    private static void Fill(byte[] text, int count, string region, int years, EmissionFactors factors)
    {
        int[] numbers = new int[years];
        int[] micrograms = new int[years];
        int found = 0;
        for (int at = 0; at < count;)
        {
            int start = at;
            TryReadLine(text, count, ref at, out int nameBytes, out int year, out int factor);
            if (IsNamed(text, start, nameBytes, region))
            {
                numbers[found] = year;
                micrograms[found] = factor;
                found++;
            }
        }

        factors.Years = numbers;
        factors.YearMicrogramsPerKwh = micrograms;
    }

    private static bool TryReadLine(byte[] text, int count, ref int at, out int nameBytes, out int year, out int factor)
    {
        int start = at;
        year = 0;
        factor = 0;
        while (at < count && IsNameByte((char)text[at]))
        {
            at++;
        }

        nameBytes = at - start;
        if (nameBytes < 1 || nameBytes > NameBytesMax || !TryReadNumber(text, count, ref at, YearMin, YearMax, out year)
            || !TryReadNumber(text, count, ref at, 1, MicrogramsPerKwhMax, out factor))
        {
            return false;
        }

        bool isEnd = at == count || text[at] == '\n';
        at++;
        return isEnd;
    }

    /// <summary>A comma and a whole number.</summary>
    private static bool TryReadNumber(byte[] text, int count, ref int at, int min, int max, out int number)
    {
        long value = 0;
        number = 0;
        if (at >= count || text[at] != ',')
        {
            return false;
        }

        int first = ++at;
        while (at < count && text[at] >= '0' && text[at] <= '9' && at - first < 10)
        {
            value = value * 10 + (text[at] - '0');
            at++;
        }

        number = value > max ? max : (int)value;
        return at > first && value >= min && value <= max;
    }

    private static bool IsNamed(byte[] text, int at, int count, string name)
    {
        bool isSame = name.Length == count;
        for (int i = 0; i < count && isSame; i++)
        {
            isSame = text[at + i] == name[i];
        }

        return isSame;
    }

    private static bool IsNameByte(char c) =>
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}
