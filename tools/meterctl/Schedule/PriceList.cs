using System.Globalization;
using System.Text.Json;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Prices of a tariff file by local time. (Replaced by the tariff room's loader when it is there.)</summary>
public sealed class PriceList : IPriceSource
{
    private readonly TimeZoneInfo _zone;
    private readonly Dictionary<string, int> _priceMicros = [];
    private readonly Dictionary<string, List<(int Second, string Rate)>> _days = [];
    private readonly List<(int MonthDay, string Weekday, string Weekend)> _seasons = [];
    private readonly Dictionary<string, string> _holidays = [];
    private readonly int _feeMicros;

    private PriceList(JsonElement root)
    {
        string zone = root.GetProperty("timezone").GetString()!;
        _zone = zone[0] is '+' or '-'
            ? TimeZoneInfo.CreateCustomTimeZone(zone, TimeSpan.Parse(zone.TrimStart('+'), CultureInfo.InvariantCulture), zone, zone)
            : TimeZoneInfo.FindSystemTimeZoneById(zone);
        foreach (JsonProperty price in root.GetProperty("prices").EnumerateObject())
        {
            _priceMicros[price.Name] = Micros(price.Value.GetString()!);
        }

        foreach (JsonProperty day in root.GetProperty("days").EnumerateObject())
        {
            _days[day.Name] = [.. day.Value.EnumerateArray().Select(e => (Second(e[0].GetString()!), e[1].GetString()!))];
        }

        foreach (JsonElement season in root.GetProperty("seasons").EnumerateArray())
        {
            string from = season.GetProperty("from").GetString()!;
            _seasons.Add((int.Parse(from[..2], CultureInfo.InvariantCulture) * 100 + int.Parse(from[3..], CultureInfo.InvariantCulture),
                season.GetProperty("weekday").GetString()!, season.GetProperty("weekend").GetString()!));
        }

        if (root.TryGetProperty("holidays", out JsonElement holidays))
        {
            foreach (JsonElement holiday in holidays.EnumerateArray())
            {
                _holidays[holiday.GetProperty("date").GetString()!] = holiday.GetProperty("day").GetString()!;
            }
        }

        _feeMicros = root.TryGetProperty("serviceFee", out JsonElement fee) ? Micros(fee.GetString()!) : 0;
        _seasons.Sort((a, b) => a.MonthDay.CompareTo(b.MonthDay));
    }

    public static PriceList Load(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
            return new PriceList(document.RootElement);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException
            or FormatException or TimeZoneNotFoundException or InvalidOperationException)
        {
            throw new InputException($"{path}: {e.Message}");
        }
    }

    public int OffsetSecondsAt(long utcSeconds) =>
        (int)_zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(utcSeconds)).TotalSeconds;

    public int PriceMicrosAt(long utcSeconds)
    {
        long local = utcSeconds + OffsetSecondsAt(utcSeconds);
        DateOnly date = Date((int)(local / 86_400));
        int second = (int)(local % 86_400);
        List<(int Second, string Rate)> day = _days[DayTable(date)];
        string rate = day.Last(e => e.Second <= second).Rate;
        return _priceMicros[rate] + _feeMicros;
    }

    public bool IsRestDay(int dayNumber)
    {
        DateOnly date = Date(dayNumber);
        return date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || _holidays.ContainsKey(Name(date));
    }

    private string DayTable(DateOnly date)
    {
        if (_holidays.TryGetValue(Name(date), out string? table))
        {
            return table;
        }

        int monthDay = date.Month * 100 + date.Day;
        int at = _seasons.FindLastIndex(s => s.MonthDay <= monthDay);
        (int _, string weekday, string weekend) = _seasons[at < 0 ? _seasons.Count - 1 : at];
        return date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? weekend : weekday;
    }

    private static DateOnly Date(int dayNumber) => DateOnly.FromDayNumber(dayNumber + 719_162);

    private static string Name(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static int Micros(string text) => (int)(decimal.Parse(text, CultureInfo.InvariantCulture) * 1_000_000m);

    private static int Second(string text) =>
        int.Parse(text[..2], CultureInfo.InvariantCulture) * 3600 + int.Parse(text[3..], CultureInfo.InvariantCulture) * 60;
}
