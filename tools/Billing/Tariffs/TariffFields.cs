using System.Text;
using System.Text.Json;
using MeterFirmware.Tariffs;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>The checks that every part of a tariff file shares; what is wrong is added to the list, never
/// thrown.</summary>
internal sealed class TariffFields(List<TariffProblem> problems)
{
    private const long PercentMax = 1000;

    public void Add(JsonValue at, string message) => problems.Add(new TariffProblem(at.Path, message));

    public void Add(string path, string message) => problems.Add(new TariffProblem(path, message));

    /// <summary>The members asked for; a missing one, an unknown one and a wrong kind of value are errors.</summary>
    public bool IsObject(JsonValue value, string[] required, string[] optional)
    {
        if (!IsKind(value, JsonValueKind.Object, "an object"))
        {
            return false;
        }

        foreach ((string name, JsonValue member) in value.Members)
        {
            if (!required.Contains(name) && !optional.Contains(name))
            {
                Add(member, $"unknown field; expected one of {List(required.Concat(optional))}");
            }
        }

        foreach (string name in required.Where(name => value.Find(name) is null))
        {
            Add(JsonValue.MemberPath(value.Path, name), "missing");
        }

        return true;
    }

    public bool IsKind(JsonValue value, JsonValueKind kind, string expected)
    {
        if (value.Kind == kind)
        {
            return true;
        }

        Add(value, $"expected {expected}, found {value.KindName}");
        return false;
    }

    /// <summary>A name that a display and a record can carry: not empty, no control characters, bounded in
    /// UTF-8.</summary>
    public bool IsName(JsonValue value, int bytesMax)
    {
        if (!IsKind(value, JsonValueKind.String, "a string"))
        {
            return false;
        }

        return IsNameText(value.Text, value.Path, bytesMax);
    }

    public bool IsNameText(string text, string path, int bytesMax)
    {
        if (text.Length == 0)
        {
            Add(path, "an empty name");
            return false;
        }

        if (text.Any(c => c < ' ' || c == 0x7F))
        {
            Add(path, "a control character in a name");
            return false;
        }

        int bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > bytesMax)
        {
            Add(path, $"a name of {bytes} bytes of UTF-8; at most {bytesMax} are allowed");
            return false;
        }

        return true;
    }

    /// <summary>Index of a name in a list, or −1 and an error that shows the list.</summary>
    public int Resolve(JsonValue value, string what, List<string> names)
    {
        if (!IsKind(value, JsonValueKind.String, $"the name of a {what}"))
        {
            return -1;
        }

        int index = names.IndexOf(value.Text);
        if (index < 0)
        {
            Add(value, $"unknown {what} {JsonReader.Quote(value.Text)}; expected one of {List(names)}");
        }

        return index;
    }

    /// <summary>A price string in millionths; null and an error when it is none.</summary>
    public long? Price(JsonValue value, long minimum, long maximum)
    {
        if (!IsKind(value, JsonValueKind.String, "a price as a string such as \"0.617\""))
        {
            return null;
        }

        string? error = ExactDecimal.Parse(value.Text, 6, minimum, maximum, out long price);
        if (error != null)
        {
            Add(value, error);
            return null;
        }

        return price;
    }

    /// <summary>A member that is a string; empty without it.</summary>
    public string Text(JsonValue parent, string name) =>
        parent.Find(name) is JsonValue value && IsKind(value, JsonValueKind.String, "a string") ? value.Text
            : "";

    /// <summary>A member that is an amount of 0 or more, millionths; 0 without it.</summary>
    public long Money(JsonValue parent, string name) =>
        parent.Find(name) is JsonValue value ? Price(value, 0, TariffLimits.PriceMax) ?? 0 : 0;

    /// <summary>A member that is a percentage, in millionths of one; 0 without it.</summary>
    public long Percent(JsonValue parent, string name)
    {
        if (parent.Find(name) is not JsonValue value
            || !IsKind(value, JsonValueKind.String, "a percentage as a string such as \"13\""))
        {
            return 0;
        }

        string? error = ExactDecimal.Parse(value.Text, 4, 0, PercentMax * 10_000, out long share);
        if (error is not null)
        {
            Add(value, error);
        }

        return share;
    }

    /// <summary>A member that is a date; null without it.</summary>
    public LocalDate? Date(JsonValue parent, string name)
    {
        if (parent.Find(name) is not JsonValue value
            || !IsKind(value, JsonValueKind.String, "a date such as \"2026-10-01\""))
        {
            return null;
        }

        bool isRead = LocalDatePattern.Iso.Parse(value.Text).TryGetValue(default, out LocalDate date)
            && date.Year is >= 1970 and <= 2148;
        if (!isRead)
        {
            Add(value,
                $"{JsonReader.Quote(value.Text)} is no date; expected one such as \"2026-10-01\", 1970 to 2148");
        }

        return isRead ? date : null;
    }

    public static string List(IEnumerable<string> names)
    {
        List<string> quoted = [.. names.Select(JsonReader.Quote)];
        return quoted.Count <= 20 ? string.Join(", ", quoted) : string.Join(", ", quoted.Take(20)) + ", …";
    }
}
