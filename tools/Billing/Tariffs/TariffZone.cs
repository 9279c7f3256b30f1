using System.Text.RegularExpressions;
using NodaTime;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>Zone names by the tz database inside NodaTime (no file of the operating system), or fixed
/// offsets.</summary>
internal static partial class TariffZone
{
    /// <summary>Offsets on Earth reach from −12:00 to +14:00.</summary>
    private const int MinutesMin = -12 * 60;
    private const int MinutesMax = 14 * 60;

    /// <summary>Null and a zone, or what is wrong.</summary>
    public static string? Parse(string text, out DateTimeZone zone)
    {
        zone = DateTimeZone.Utc;
        if (text.Length > 0 && text[0] is '+' or '-')
        {
            return ParseOffset(text, out zone);
        }

        DateTimeZone? named = DateTimeZoneProviders.Tzdb.GetZoneOrNull(text);
        if (named is null)
        {
            string? near = DateTimeZoneProviders.Tzdb.Ids.MinBy(id => Distance(id, text));
            string hint = near != null && Distance(near, text) <= 3 ? $"; did you mean {JsonReader.Quote(near)}?" : "";
            return $"unknown time zone {JsonReader.Quote(text)}; expected a name such as \"Asia/Shanghai\" " +
                $"or an offset such as \"+08:00\"{hint}";
        }

        zone = named;
        return null;
    }

    private static string? ParseOffset(string text, out DateTimeZone zone)
    {
        zone = DateTimeZone.Utc;
        Match match = OffsetPattern().Match(text);
        if (!match.Success)
        {
            return $"bad offset {JsonReader.Quote(text)}; expected one such as \"+08:00\"";
        }

        int hours = int.Parse(match.Groups[2].ValueSpan);
        int minutes = int.Parse(match.Groups[3].ValueSpan);
        int offset = (hours * 60 + minutes) * (text[0] == '-' ? -1 : 1);
        if (minutes > 59 || minutes % 15 != 0 || offset < MinutesMin || offset > MinutesMax)
        {
            return $"bad offset {JsonReader.Quote(text)}; expected −12:00 to +14:00 in whole quarter hours";
        }

        zone = DateTimeZone.ForOffset(Offset.FromSeconds(offset * 60));
        return null;
    }

    /// <summary>Edit distance without regard to case; names are short.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int same = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(same, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }

    [GeneratedRegex(@"^([+-])(\d\d):(\d\d)\z")]
    private static partial Regex OffsetPattern();
}
