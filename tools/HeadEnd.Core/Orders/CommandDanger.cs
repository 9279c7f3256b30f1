using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>Which commands may take somebody's supply: they open a load relay, or lower a limit below 6 A.</summary>
public static class CommandDanger
{
    private const int LimitMilliampsMin = 6_000;

    /// <summary>6 A of each of three phases at 220 V: a limit of the whole device below it is below 6 A of a
    /// phase.</summary>
    private const int LimitWattsMin = 3_960;

    /// <summary>Whether a command is one. What cannot be told from its arguments is.</summary>
    public static bool Is(string command, JsonElement arguments) => command switch
    {
        "relay" => !Has(arguments, "closed", JsonValueKind.True),
        "prepayment" => !Has(arguments, "opensRelay", JsonValueKind.False),
        "limit" => !IsAction(arguments, "clear") && !IsLimitAbove(arguments),
        "profile" => IsAction(arguments, "set") && IsLowProfile(arguments),
        _ => false,
    };

    /// <summary>Whether a command goes to so many devices a minute only: what is dangerous, and reconnection, which
    /// would else come on a transformer at once.</summary>
    public static bool IsPaced(string command, JsonElement arguments) =>
        command == "relay" || Is(command, arguments);

    private static bool Has(JsonElement arguments, string name, JsonValueKind kind) =>
        arguments.TryGetProperty(name, out JsonElement member) && member.ValueKind == kind;

    private static bool IsAction(JsonElement arguments, string action) =>
        Has(arguments, "action", JsonValueKind.String) && arguments.GetProperty("action").ValueEquals(action);

    private static bool IsLimitAbove(JsonElement arguments)
    {
        bool isKnown = false;
        foreach ((string name, int least) in new[] { ("milliamps", LimitMilliampsMin), ("watts", LimitWattsMin) })
        {
            if (!arguments.TryGetProperty(name, out JsonElement limit))
            {
                continue;
            }

            if (limit.ValueKind != JsonValueKind.Number || !limit.TryGetInt64(out long value) || value < least)
            {
                return false;
            }

            isKnown = true;
        }

        return isKnown;
    }

    /// <summary>Rows of start, limit and phases.</summary>
    private static bool IsLowProfile(JsonElement arguments)
    {
        int least = Has(arguments, "unit", JsonValueKind.String) && arguments.GetProperty("unit").ValueEquals("mA")
            ? LimitMilliampsMin : LimitWattsMin;
        return !Has(arguments, "periods", JsonValueKind.Array) || arguments.GetProperty("periods").EnumerateArray()
            .Any(row => row.ValueKind != JsonValueKind.Array || row.GetArrayLength() < 2
                || !row[1].TryGetInt64(out long limit) || limit < least);
    }
}
