using MeterFirmware.Dlt645;
using L = MeterFirmware.Dlt645.Dlt645Label;

namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>English names and units of DL/T 645 identifiers. Host only: a device has no use for the text.</summary>
public static class Dlt645Names
{
    private static readonly string[] _quantities =
    [
        "combined active", "forward active", "reverse active", "combined reactive 1", "combined reactive 2",
        "quadrant 1 reactive", "quadrant 2 reactive", "quadrant 3 reactive", "quadrant 4 reactive",
        "forward apparent", "reverse apparent",
    ];

    private static readonly string[] _variables =
    [
        "", "voltage", "current", "active power", "reactive power", "apparent power", "power factor", "phase angle",
        "voltage distortion (THD)", "current distortion (THD)", "voltage harmonic", "current harmonic",
    ];

    private static readonly string[] _specials =
    [
        "", "neutral current", "frequency", "one-minute active power", "active demand now", "reactive demand now",
        "apparent demand now", "internal temperature", "clock battery voltage", "reading battery voltage",
        "battery working time", "tier price now",
    ];

    private static readonly string[] _freezes =
    [
        "timed freeze", "instant freeze", "freeze at zone-table switch", "freeze at day-table switch",
        "hourly freeze", "freeze at rate-price switch", "daily freeze", "freeze at tier switch",
    ];

    private static readonly string[] _labels =
    [
        "", "time", "begin", "end", "operator", "data identifier", "before", "after", "count", "total duration",
        "forward active energy", "reverse active energy", "combined reactive 1 energy", "combined reactive 2 energy",
        "quadrant 1 reactive energy", "quadrant 2 reactive energy", "quadrant 3 reactive energy",
        "quadrant 4 reactive energy", "voltage", "current", "active power", "reactive power", "power factor",
        "ampere-hours", "highest unbalance", "demand", "time of demand", "character",
    ];

    private static readonly Dictionary<int, string> _events = new()
    {
        [0x01] = "voltage loss",
        [0x02] = "under-voltage",
        [0x03] = "over-voltage",
        [0x04] = "phase failure",
        [0x05] = "loss of all voltages",
        [0x06] = "auxiliary supply loss",
        [0x07] = "voltage phase sequence",
        [0x08] = "current phase sequence",
        [0x09] = "voltage unbalance",
        [0x0A] = "current unbalance",
        [0x0B] = "current loss",
        [0x0C] = "over-current",
        [0x0D] = "broken current",
        [0x0E] = "reverse power",
        [0x0F] = "overload",
        [0x11] = "power loss",
        [0x12] = "demand above limit",
        [0x1D] = "relay opened",
        [0x1E] = "relay closed",
        [0x35] = "strong magnetic field",
    };

    private static readonly string[] _operations =
    [
        "programming", "meter clear", "demand clear", "event clear", "clock set", "day tables programmed",
        "zone tables programmed", "weekend programmed", "holidays programmed", "active combination programmed",
        "reactive combination 1 programmed", "reactive combination 2 programmed", "settlement days programmed",
        "cover opened", "terminal cover opened",
    ];

    private static readonly Dictionary<int, string> _parameters = new()
    {
        [0x0101] = "date and weekday",
        [0x0102] = "time",
        [0x0103] = "demand period",
        [0x0104] = "slip time",
        [0x0105] = "calibration pulse width (ms)",
        [0x0106] = "zone-table switch time",
        [0x0107] = "day-table switch time",
        [0x0108] = "rate-price switch time",
        [0x0109] = "tier switch time",
        [0x010C] = "date, weekday and time",
        [0x0201] = "zone count",
        [0x0202] = "day-table count",
        [0x0203] = "period count",
        [0x0204] = "rate count",
        [0x0205] = "holiday count",
        [0x0206] = "harmonic order",
        [0x0207] = "tier count",
        [0x0301] = "cyclic display pages",
        [0x0302] = "display time a page (s)",
        [0x0303] = "energy decimals shown",
        [0x0304] = "power decimals shown",
        [0x0305] = "display pages by key",
        [0x0306] = "current transformer ratio",
        [0x0307] = "voltage transformer ratio",
        [0x0401] = "communication address",
        [0x0402] = "meter number",
        [0x0403] = "asset code",
        [0x0404] = "rated voltage",
        [0x0405] = "rated current",
        [0x0406] = "maximum current",
        [0x0407] = "active accuracy class",
        [0x0408] = "reactive accuracy class",
        [0x0409] = "active meter constant (imp/kWh)",
        [0x040A] = "reactive meter constant (imp/kvarh)",
        [0x040B] = "model",
        [0x040C] = "production date",
        [0x040D] = "protocol version",
        [0x040E] = "customer number",
        [0x0601] = "active combination word",
        [0x0602] = "reactive combination word 1",
        [0x0603] = "reactive combination word 2",
        [0x0801] = "weekend word",
        [0x0802] = "weekend day table",
        [0x0901] = "load-profile mode",
        [0x0902] = "timed-freeze mode",
        [0x0903] = "instant-freeze mode",
        [0x0904] = "agreed-freeze mode",
        [0x0905] = "hourly-freeze mode",
        [0x0906] = "daily-freeze mode",
        [0x0A01] = "load-profile start",
        [0x1201] = "hourly-freeze start",
        [0x1202] = "hourly-freeze interval",
        [0x1203] = "daily-freeze time",
    };

    private static readonly string[] _units =
        ["", "kWh", "kvarh", "kVAh", "kW", "kvar", "kVA", "V", "A", "Hz", "°", "%", "°C", "min", "yuan", "yuan/kWh"];

    public static string UnitOf(int format) => _units[Dlt645Format.UnitOf(format)];

    /// <summary>Name of an identifier, blocks included; "unknown" for what the catalogue has not.</summary>
    public static string Of(int di)
    {
        int b2 = (di >> 16) & 0xFF;
        int b1 = (di >> 8) & 0xFF;
        int b0 = di & 0xFF;
        string? name = (di >> 24) switch
        {
            0x00 when b2 == 0x90 => (b1 == 1 ? "energy" : "money") + (b0 == 0 ? " left" : " overdrawn"),
            0x00 => Register(b2, b1, b0, "energy"),
            0x01 => Register(b2, b1, b0, "maximum demand"),
            0x02 => Variable(b2, b1, b0),
            0x03 => Event(b2, b1, b0),
            0x04 => Parameter(b2, b1, b0),
            0x05 when b2 < _freezes.Length => $"{_freezes[b2]} {b0}, {FreezePart(b1)}",
            0x06 => $"load profile {(b2 == 0 ? "all classes" : "class " + b2)}, " +
                (b0 == 0 ? "oldest" : b0 == 1 ? "at a time" : "newest"),
            _ => null,
        };
        return name ?? "unknown";
    }

    /// <summary>Name of one field: the element's, and what it is within it.</summary>
    public static string OfField(int di, int label, int repetition, bool repeats)
    {
        string name = Of(di);
        if (repeats)
        {
            bool table = di >> 24 == 4;
            name += table ? $" {repetition + 1}" : ", " + Rate(repetition);
        }

        string part = _labels[label & 31];
        string phase = (label & 96) == 0 ? "" : " of phase " + (char)('A' + ((label & 96) / 32) - 1);
        string end = (label & L.AtEnd) == 0 ? "" : " at the end";
        return part.Length == 0 ? name : $"{name}: {part}{phase}{end}";
    }

    private static string? Register(int quantity, int rate, int settlement, string what)
    {
        string phase = "";
        if (quantity >= 0x15)
        {
            int start = quantity >= 0x3D ? 0x3D : quantity >= 0x29 ? 0x29 : 0x15;
            phase = ", phase " + (char)('A' + ((start - 0x15) / 0x14));
            quantity = quantity - start + 1;
        }

        if (quantity > 10)
        {
            return null;
        }

        string when = settlement == 0 ? "" : settlement == 0xFF ? ", all settlements" : $", settlement {settlement}";
        return $"{_quantities[quantity]} {what}{phase}, {Rate(rate)}{when}";
    }

    private static string Rate(int rate) => rate == 0 ? "total" : rate == 0xFF ? "total and rates" : $"rate {rate}";

    private static string? Variable(int quantity, int phase, int last)
    {
        if (quantity == 0x80)
        {
            return last == 0x20 ? "price now" : last < _specials.Length ? _specials[last] : null;
        }

        if (quantity == 0 || quantity >= _variables.Length)
        {
            return null;
        }

        string which = phase == 0 ? ", total"
            : phase == 0xFF ? "s" : phase <= 3 ? ", phase " + (char)('@' + phase) : "";
        string order = quantity < 0x0A ? "" : last == 0xFF ? ", all orders" : $", order {last}";
        return _variables[quantity] + which + order;
    }

    private static string? Event(int type, int phase, int row)
    {
        string which = row == 0 ? ": counts" : $" {row}";
        if (type == 0x30)
        {
            return phase < _operations.Length ? _operations[phase] + which : null;
        }

        if (!_events.TryGetValue(type, out string? name))
        {
            return null;
        }

        string part = phase == 0 ? "" : type == 0x12 ? $", direction {phase}" : ", phase " + (char)('@' + phase);
        return name + part + which;
    }

    private static string? Parameter(int group, int row, int last)
    {
        return group switch
        {
            0x00 when _parameters.TryGetValue((row << 8) | last, out string? name) => name,
            0x00 when row == 0x05 => last == 0xFF ? "status words" : $"status word {last}",
            0x00 when row == 0x07 => $"communication speed word {last}",
            0x00 when row == 0x0A => $"load-profile interval, class {last - 1}",
            0x00 when row == 0x0B => $"settlement day {last}",
            0x00 when row == 0x0C => $"password, level {last - 1}",
            0x00 when row == 0x0F => $"energy alarm or limit {last}",
            0x00 when row == 0x10 => $"money alarm or limit {last}",
            0x01 or 0x02 => $"table set {group}, {(last == 0 ? "zone" : $"day table {last}, period")}",
            0x03 => $"public holiday {last}",
            0x05 => $"table set {row}, price of {Rate(last)}",
            0x06 => $"table set {row / 2 + 1}, tier {((row & 1) == 0 ? "limit" : "price")} {last}",
            0x80 => last == 1 ? "software version" : last == 2 ? "hardware version" : "manufacturer code",
            _ => null,
        };
    }

    private static string FreezePart(int part) => part switch
    {
        0 => "time",
        <= 8 => _quantities[part] + " energy",
        9 => "forward active maximum demand",
        0x0A => "reverse active maximum demand",
        0x10 => "powers",
        _ => "all",
    };
}
