using System.Text.Json;
using System.Text.RegularExpressions;
using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>Reads the rows of an ACN-Sim tariff file; what a tariff file of ours has no place for is a
/// warning.</summary>
internal sealed partial class AcnReader(List<TariffProblem> problems, List<TariffProblem> warnings)
{
    private readonly TariffFields _fields = new(problems);

    public string Name { get; private set; } = "";

    public List<AcnRow> Rows { get; } = [];

    public void Read(byte[] utf8)
    {
        JsonValue? root = JsonReader.Read(utf8, problems);
        if (root is null || !IsObject(root, ["name", "schedule"], ["effective", "link"]))
        {
            return;
        }

        if (root.Find("name") is JsonValue name && _fields.IsName(name, TariffLimits.NameBytesMax))
        {
            Name = name.Text;
        }

        if (root.Find("schedule") is not JsonValue schedule
            || !_fields.IsKind(schedule, JsonValueKind.Array, "an array of rows"))
        {
            return;
        }

        if (schedule.Items.Count == 0)
        {
            _fields.Add(schedule, "no rows");
        }

        foreach (JsonValue row in schedule.Items)
        {
            ReadRow(row);
        }
    }

    /// <summary>A foreign format may carry more than we know: unknown members are warnings here, missing ones
    /// errors.</summary>
    private bool IsObject(JsonValue value, string[] required, string[] known)
    {
        if (!_fields.IsKind(value, JsonValueKind.Object, "an object"))
        {
            return false;
        }

        foreach ((string name, JsonValue member) in value.Members.Where(m =>
            !required.Contains(m.Key) && !known.Contains(m.Key)))
        {
            warnings.Add(new TariffProblem(member.Path, $"unknown field {JsonReader.Quote(name)} is left out"));
        }

        List<string> missing = [.. required.Where(name => value.Find(name) is null)];
        missing.ForEach(name => _fields.Add(JsonValue.MemberPath(value.Path, name), "missing"));
        return missing.Count == 0;
    }

    private void ReadRow(JsonValue row)
    {
        string[] required = ["id", "effective_start", "effective_end", "dow_mask", "times", "tariffs"];
        if (!IsObject(row, required, ["demand_charge"]) || !_fields.IsName(row.Find("id")!, TariffLimits.NameBytesMax))
        {
            return;
        }

        string id = row.Find("id")!.Text;
        if (row.Find("demand_charge") is JsonValue demand && !IsZero(demand))
        {
            warnings.Add(new TariffProblem(
                demand.Path, $"the demand charge {demand.Text} of {JsonReader.Quote(id)} has no place in a tariff "
                    + $"file and is left out"));
        }

        int before = problems.Count;
        AcnDate from = ReadDate(row.Find("effective_start")!);
        AcnDate to = ReadDate(row.Find("effective_end")!);
        JsonValue mask = row.Find("dow_mask")!;
        if (mask.Kind != JsonValueKind.String || mask.Text is not ("ALL" or "WEEKDAYS" or "WEEKENDS"))
        {
            _fields.Add(mask, "expected \"ALL\", \"WEEKDAYS\" or \"WEEKENDS\"");
        }

        int[] starts = ReadTimes(row.Find("times")!);
        long[] prices = ReadPrices(row.Find("tariffs")!);
        if (problems.Count == before && starts.Length != prices.Length)
        {
            _fields.Add(row, $"{starts.Length} times and {prices.Length} tariffs; expected as many of each");
        }

        if (problems.Count == before)
        {
            Rows.Add(new AcnRow(row.Path, id, from, to, mask.Text != "WEEKENDS", mask.Text != "WEEKDAYS", starts,
                prices));
        }
    }

    private static bool IsZero(JsonValue value) =>
        value.Kind == JsonValueKind.Null
            || (value.Kind == JsonValueKind.Number && value.Text.All(c => c is '0' or '.'));

    /// <summary>Month and day with or without leading zeros.</summary>
    private AcnDate ReadDate(JsonValue value)
    {
        Match match = value.Kind == JsonValueKind.String ? DatePattern().Match(value.Text) : Match.Empty;
        int month = match.Success ? int.Parse(match.Groups[1].ValueSpan) : 0;
        int day = match.Success ? int.Parse(match.Groups[2].ValueSpan) : 0;
        if (month is < 1 or > 12 || day < 1 || day > CivilTime.DaysInMonth(2000, month))
        {
            _fields.Add(value, $"{JsonReader.Quote(value.Text)} is no date; expected month and day such as \"4-30\"");
            return new AcnDate(1, 1);
        }

        return new AcnDate(month, day);
    }

    /// <summary>Hours of the day, 8.5 is 08:30, ascending from 0.</summary>
    private int[] ReadTimes(JsonValue times)
    {
        if (!_fields.IsKind(times, JsonValueKind.Array, "an array of hours"))
        {
            return [];
        }

        List<int> quarters = [];
        foreach (JsonValue time in times.Items)
        {
            string? error = !_fields.IsKind(time, JsonValueKind.Number, "hours as a number") ? ""
                : ExactDecimal.Parse(time.Text, 2, 0, 2400, out long hundredths)
                    ?? TimeError(time, hundredths, quarters);
            if (error?.Length > 0)
            {
                _fields.Add(time, error);
            }
        }

        return [.. quarters];
    }

    private static string? TimeError(JsonValue time, long hundredths, List<int> quarters)
    {
        int quarter = (int)(hundredths / 25);
        if (hundredths % 25 != 0 || hundredths >= 2400)
        {
            return $"{time.Text} is no quarter hour of the day; expected 0 to 23.75";
        }

        if (quarters.Count == 0 && quarter != 0)
        {
            return $"the first time is {time.Text}; expected 0";
        }

        if (quarters.Count > 0 && quarter <= quarters[^1])
        {
            return $"{time.Text} is not after the time before it";
        }

        quarters.Add(quarter);
        return null;
    }

    private long[] ReadPrices(JsonValue tariffs)
    {
        if (!_fields.IsKind(tariffs, JsonValueKind.Array, "an array of prices"))
        {
            return [];
        }

        List<long> prices = [];
        foreach (JsonValue tariff in tariffs.Items)
        {
            string? error = !_fields.IsKind(tariff, JsonValueKind.Number, "a price as a number") ? ""
                : ExactDecimal.Parse(tariff.Text, 6, 0, TariffLimits.PriceMax, out long price) ?? Take(price);
            if (error?.Length > 0)
            {
                _fields.Add(tariff, error);
            }
        }

        return [.. prices];

        string? Take(long price)
        {
            prices.Add(price);
            return null;
        }
    }

    [GeneratedRegex(@"^(\d{1,2})-(\d{1,2})\z", RegexOptions.ECMAScript)]
    private static partial Regex DatePattern();
}
