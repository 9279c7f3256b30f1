using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>Names and texts: objects, errors, and the bytes of leaves.</summary>
public static class Dlt698Words
{
    // Object identifier, decimal places, unit (- none), name.
    private const string Objects = """
        0000 2 kWh combined active energy
        0010 2 kWh forward active energy
        0020 2 kWh reverse active energy
        0030 2 kvarh combined reactive energy 1
        0040 2 kvarh combined reactive energy 2
        0050 2 kvarh reactive energy I
        0060 2 kvarh reactive energy II
        0070 2 kvarh reactive energy III
        0080 2 kvarh reactive energy IV
        0090 2 kVAh forward apparent energy
        00A0 2 kVAh reverse apparent energy
        1010 4 kW forward maximum demand
        1020 4 kW reverse maximum demand
        2000 1 V voltage
        2001 3 A current
        2002 1 ° voltage angle
        2003 1 ° current angle
        2004 1 W active power
        2005 1 var reactive power
        2006 1 VA apparent power
        200A 3 - power factor
        200B 2 % voltage distortion
        200C 2 % current distortion
        200D 2 % voltage harmonics
        200E 2 % current harmonics
        200F 2 Hz frequency
        2010 1 °C temperature
        2011 2 V clock battery
        2012 2 V stop-copy battery
        2014 0 - state words
        2015 0 - report state
        2017 4 kW present active demand
        2018 4 kvar present reactive demand
        201E 0 - event begin
        2020 0 - event end
        2021 0 - freeze time
        2022 0 - event number
        2023 0 - freeze number
        2024 0 - event source
        3011 0 - power down
        3012 0 - programming
        3013 0 - meter clear
        3014 0 - demand clear
        3015 0 - event clear
        3016 0 - clock set
        301B 0 - cover opened
        4000 0 - clock
        4001 0 - communication address
        4002 0 - meter number
        4003 0 - customer number
        4008 0 - switch of zones
        4009 0 - switch of day tables
        400A 0 - switch of rate prices
        400B 0 - switch of tiers
        400C 0 - zones, tables, periods, rates, holidays
        400D 0 - number of tiers
        400E 0 - harmonic order
        4011 0 - holidays
        4014 0 - zones in force
        4015 0 - spare zones
        4016 0 - day tables in force
        4017 0 - spare day tables
        4018 4 yuan/kWh rate prices in force
        4019 4 yuan/kWh spare rate prices
        4030 1 V voltage limits
        4100 0 min demand period
        4101 0 min demand slip
        4103 0 - asset number
        4104 0 - rated voltage
        4105 0 - rated current
        4106 0 - maximum current
        4107 0 - active class
        4108 0 - reactive class
        4109 0 /kWh active constant
        410B 0 - model
        4116 0 - settlement days
        5000 0 - instant freeze
        5002 0 - minute freeze
        5003 0 - hour freeze
        5004 0 - day freeze
        5005 0 - settlement freeze
        5006 0 - month freeze
        F100 0 - ESAM
        F101 0 - security mode
        F201 0 - RS-485
        """;

    private static readonly Dictionary<int, (string Name, int Digits, string Unit)> _objects = Objects
        .Split('\n')
        .Select(row => row.Split(' ', 4))
        .ToDictionary(
            cells => int.Parse(cells[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            cells => (cells[3], int.Parse(cells[1], CultureInfo.InvariantCulture), cells[2] == "-" ? "" : cells[2]));

    private static readonly string[] _errors =
    [
        "ok", "hardware", "temporary failure", "refused", "undefined", "class", "object missing", "type",
        "out of range", "data block not available", "blocks cancelled", "no answer in blocks", "block write cancelled",
        "no block write", "block number", "password", "baud", "year zones above limit", "day periods above limit",
        "rates above limit", "security mismatch", "recharge twice", "ESAM check", "security check",
        "customer number", "recharge count", "overbuying", "address", "symmetric decryption",
        "asymmetric decryption", "signature", "meter suspended", "time tag", "time-out", "ESAM P1P2", "ESAM LC",
    ];

    public static string Error(int dar) =>
        dar < _errors.Length ? $"{dar} {_errors[dar]}" : dar == 255 ? "255 other" : $"{dar}";

    /// <summary>Why CONNECT was refused.</summary>
    public static string ConnectResult(string? result) => result switch
    {
        "1" => "wrong password",
        "2" or "3" or "4" => "it wants a security chip's proof",
        "5" => "version",
        _ => $"result {result}",
    };

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
            Dlt698Look.DateTime or Dlt698Look.DateTimeSeconds or Dlt698Look.Date or Dlt698Look.Time
                when Array.TrueForAll(b, v => v == 0xFF) => "none",
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
            Dlt698Look.ScalerUnit => $"10^{(sbyte)b[0]} {PhysicalUnit(b[1])}",
            _ => Convert.ToHexString(b),
        };
    }

    /// <summary>The units whose numbers two independent sources have alike; others by their number.</summary>
    private static string PhysicalUnit(byte number) => number switch
    {
        9 => "°C",
        27 => "W",
        28 => "kW",
        29 => "VA",
        30 => "kVA",
        31 => "var",
        32 => "kvar",
        33 => "kWh",
        34 => "kVAh",
        35 => "kvarh",
        36 => "A",
        38 => "V",
        47 => "Hz",
        _ => $"unit {number}",
    };

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
        0 => "s",
        1 => "min",
        2 => "h",
        3 => "d",
        4 => "month",
        5 => "year",
        _ => $"unit {unit}",
    };
}
