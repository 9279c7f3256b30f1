using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>Names and texts: objects, errors, and the bytes of leaves.</summary>
public static class Dlt698Words
{
    private static readonly Dictionary<int, (string Name, int Digits, string Unit)> _objects = new()
    {
        [0x0000] = ("combined active energy", 2, "kWh"), [0x0010] = ("forward active energy", 2, "kWh"),
        [0x0020] = ("reverse active energy", 2, "kWh"), [0x0030] = ("combined reactive energy 1", 2, "kvarh"),
        [0x0040] = ("combined reactive energy 2", 2, "kvarh"), [0x0050] = ("reactive energy I", 2, "kvarh"),
        [0x0060] = ("reactive energy II", 2, "kvarh"), [0x0070] = ("reactive energy III", 2, "kvarh"),
        [0x0080] = ("reactive energy IV", 2, "kvarh"), [0x0090] = ("forward apparent energy", 2, "kVAh"),
        [0x00A0] = ("reverse apparent energy", 2, "kVAh"), [0x1010] = ("forward maximum demand", 4, "kW"),
        [0x1020] = ("reverse maximum demand", 4, "kW"), [0x2000] = ("voltage", 1, "V"), [0x2001] = ("current", 3, "A"),
        [0x2002] = ("voltage angle", 1, "°"), [0x2003] = ("current angle", 1, "°"), [0x2004] = ("active power", 1, "W"),
        [0x2005] = ("reactive power", 1, "var"), [0x2006] = ("apparent power", 1, "VA"),
        [0x200A] = ("power factor", 3, ""), [0x200F] = ("frequency", 2, "Hz"), [0x2010] = ("temperature", 1, "°C"),
        [0x2011] = ("clock battery", 2, "V"), [0x2012] = ("stop-copy battery", 2, "V"), [0x2014] = ("state words", 0,
            ""),
        [0x2015] = ("report state", 0, ""), [0x2017] = ("present active demand", 4, "kW"),
        [0x2018] = ("present reactive demand", 4, "kvar"), [0x201E] = ("event begin", 0, ""), [0x2020] = ("event end",
            0, ""),
        [0x2021] = ("freeze time", 0, ""), [0x2022] = ("event number", 0, ""), [0x2023] = ("freeze number", 0, ""),
        [0x2024] = ("event source", 0, ""), [0x3011] = ("power down", 0, ""), [0x3013] = ("meter clear", 0, ""),
        [0x3016] = ("clock set", 0, ""), [0x301B] = ("cover opened", 0, ""), [0x4000] = ("clock", 0, ""),
        [0x4001] = ("communication address", 0, ""), [0x4002] = ("meter number", 0, ""), [0x4003] = (
            "customer number", 0, ""),
        [0x400C] = ("zones, tables, periods, rates, holidays", 0, ""), [0x4014] = ("zones in force", 0, ""),
        [0x4015] = ("spare zones", 0, ""), [0x4016] = ("day tables in force", 0, ""), [0x4017] = ("spare day tables",
            0, ""),
        [0x4018] = ("rate prices in force", 4, "yuan/kWh"), [0x4019] = ("spare rate prices", 4, "yuan/kWh"),
        [0x4030] = ("voltage limits", 1, "V"), [0x4100] = ("demand period", 0, "min"), [0x4101] = ("demand slip", 0,
            "min"),
        [0x4116] = ("settlement days", 0, ""), [0x5000] = ("instant freeze", 0, ""), [0x5002] = ("minute freeze", 0,
            ""),
        [0x5003] = ("hour freeze", 0, ""), [0x5004] = ("day freeze", 0, ""), [0x5005] = ("settlement freeze", 0, ""),
        [0x5006] = ("month freeze", 0, ""), [0xF100] = ("ESAM", 0, ""), [0xF101] = ("security mode", 0, ""),
        [0xF201] = ("RS-485", 0, ""),
    };

    private static readonly string[] _errors =
    [
        "ok", "hardware", "temporary failure", "refused", "undefined", "class", "object missing", "type",
            "out of range",
        "block unavailable", "block cancelled", "block state", "block number", "block size", "block content",
            "password",
        "baud", "year zones above limit", "day periods above limit", "rates above limit", "security mismatch",
        "recharge twice", "ESAM check", "security check", "customer number", "recharge count", "overbuying", "address",
        "symmetric decryption", "asymmetric decryption", "signature", "meter suspended", "time tag", "time-out",
            "ESAM P1P2",
        "ESAM LC",
    ];

    public static string Error(int dar) => dar < _errors.Length ? $"{dar} {_errors[dar]}" : dar == 255 ? "255 other"
        : $"{dar}";

    /// <summary>Eight hex digits and the object's name.</summary>
    public static string Object(byte[] oad)
    {
        int oi = BinaryPrimitives.ReadUInt16BigEndian(oad);
        string name = Find(oi, out _, out _);
        return Convert.ToHexString(oad) + (name == "" ? "" : " " + name);
    }

    public static string ColumnName(Dlt698Node column)
    {
        Dlt698Node first = column.All().First(n => n.Rule is FixedRule { Look: Dlt698Look.Oad });
        return Object(first.Bytes);
    }

    /// <summary>Name, decimal places and unit of an object; "" for one that is not known.</summary>
    public static string Find(int oi, out int digits, out string unit)
    {
        // Phases A to C of an energy stand behind their total.
        int phase = oi < 0x00B0 ? oi & 0x0F : 0;
        bool isKnown = _objects.TryGetValue(oi - phase, out (string Name, int Digits, string Unit) found) && phase <= 3;
        digits = isKnown ? found.Digits : 0;
        unit = isKnown ? found.Unit : "";
        return !isKnown ? "" : phase == 0 ? found.Name : $"{found.Name}, phase {(char)('A' + phase - 1)}";
    }

    /// <summary>A leaf's bytes as text.</summary>
    public static string Text(Dlt698Node leaf)
    {
        byte[] b = leaf.Bytes;
        Dlt698Look look = leaf.Rule is FixedRule f ? f.Look : leaf.Rule is OctetsRule o ? o.Look : Dlt698Look.Hex;
        return look switch
        {
            Dlt698Look.Unsigned => Unsigned(b).ToString(CultureInfo.InvariantCulture),
            Dlt698Look.Signed => Signed(b).ToString(CultureInfo.InvariantCulture),
            Dlt698Look.Text => Printable(b),
            Dlt698Look.Float => b.Length == 4
                ? BinaryPrimitives.ReadSingleBigEndian(b).ToString(CultureInfo.InvariantCulture)
                : BinaryPrimitives.ReadDoubleBigEndian(b).ToString(CultureInfo.InvariantCulture),
            Dlt698Look.DateTime => $"{Unsigned(b[..2]):0000}-{b[2]:00}-{b[3]:00} weekday {b[4]} " +
                $"{b[5]:00}:{b[6]:00}:{b[7]:00}" +
                $".{Unsigned(b[8..]):000}",
            Dlt698Look.DateTimeSeconds => $"{Unsigned(b[..2]):0000}-{b[2]:00}-{b[3]:00} {b[4]:00}:{b[5]:00}:{b[6]:00}",
            Dlt698Look.Date => $"{Unsigned(b[..2]):0000}-{b[2]:00}-{b[3]:00} weekday {b[4]}",
            Dlt698Look.Time => $"{b[0]:00}:{b[1]:00}:{b[2]:00}",
            Dlt698Look.Oad => Object(b),
            Dlt698Look.Omd => Object(b),
            Dlt698Look.Interval => $"{Unsigned(b[1..])} {UnitOf(b[0])}",
            Dlt698Look.Dar => Error(b[0]),
            _ => Convert.ToHexString(b),
        };
    }

    public static ulong Unsigned(byte[] bytes) => bytes.Aggregate(0UL, (value, b) => (value << 8) | b);

    public static long Signed(byte[] bytes)
    {
        int shift = 64 - 8 * bytes.Length;
        return (long)Unsigned(bytes) << shift >> shift;
    }

    private static string Printable(byte[] bytes) =>
        new([.. Encoding.Latin1.GetString(bytes).Select(c => c is >= ' ' and <= '~' ? c : '.')]);

    private static string UnitOf(byte unit) => unit switch
    {
        0 => "s", 1 => "min", 2 => "h", 3 => "d", 4 => "month", 5 => "year", _ => $"unit {unit}",
    };
}
