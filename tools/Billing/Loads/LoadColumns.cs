using System.Text.RegularExpressions;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>The words of headers: which column is the time, which the energy, in which unit.</summary>
internal static partial class LoadColumns
{
    /// <summary>A header that is right.</summary>
    public const string HeaderExample = "time,kwh";

    /// <summary>Units by the word that names them; the energy of one in µJ, or of one second in µJ for a
    /// power.</summary>
    private static readonly Dictionary<string, string> _units = new()
    {
        ["kwh"] = "kWh",
        ["wh"] = "Wh",
        ["mwh"] = "MWh",
        ["kw"] = "kW",
        ["w"] = "W",
        ["kilowatt"] = "kW",
        ["watt"] = "W",
        ["watts"] = "W",
        ["kilowatts"] = "kW",
        ["千瓦时"] = "kWh",
        ["度"] = "kWh",
    };

    private static readonly string[] _otherUnits =
    [
        "mw", "gw", "leistung", "power", "gwh", "kj", "mj", "gj", "therms", "m3", "va", "kva", "vah", "kvah", "var",
            "kvar",
        "amps", "ampere", "volts", "milliwatthours", "功率",
    ];

    /// <summary>A maximum is not the mean of its interval.</summary>
    private static readonly string[] _peaks = ["max", "maximum", "peak", "最大"];

    private static readonly string[] _readings =
    [
        "reading", "readings", "register", "registers", "cumulative", "cumulated", "accumulated", "counter", "index",
        "zählerstand", "zaehlerstand", "stand", "示数", "读数", "表底",
    ];

    private static readonly string[] _exports =
    [
        "export", "exported", "exports", "generation", "generated", "production", "produced", "pv", "solar", "feed",
        "feedin", "einspeisung", "reverse", "sold", "surplus", "received", "反向", "上网",
    ];

    private static readonly string[] _imports =
    [
        "energy", "import", "imported", "consumption", "usage", "delivered", "verbrauch", "consumo", "consommation",
        "mængde", "valeur", "value", "net", "电量", "用电量",
    ];

    private static readonly string[] _reactive = ["kvarh", "varh", "无功"];
    private static readonly string[] _money = ["cost", "price", "amount", "tax", "$", "金额", "电费"];

    private static readonly string[] _starts =
        ["start", "starts", "from", "begin", "begins", "beginning", "starting", "von", "beginn", "fra", "debut",
            "inicio", "开始"];

    private static readonly string[] _ends =
        ["end", "ends", "until", "ending", "bis", "ende", "til", "fin", "结束", "截止"];

    private static readonly string[] _times =
    [
        "time", "timestamp", "datetime", "date", "day", "datum", "zeit", "zeitpunkt", "uhrzeit", "fecha", "hora",
            "hour", "horodate",
        "dato", "tidspunkt", "period", "interval", "t", "时间", "日期", "时刻",
    ];

    private static readonly string[] _hours = ["hora", "hour", "he"];

    /// <summary>"meter_reading (kWh)" is meter, reading, kwh; "powerInKW" power, in, kw.</summary>
    public static string[] Words(string header) =>
        [.. Word().Matches(header).Select(match => match.Value == "mWh" ? "milliwatthours"
            : match.Value.ToLowerInvariant())];

    public static bool NamesTime(string[] header) =>
        header.Any(name => Find(Words(name), [.. _times, .. _starts, .. _ends]) is not null);

    public static bool IsStart(string[] words) => Find(words, _starts) is not null;

    public static bool IsEnd(string[] words) => Find(words, _ends) is not null;

    public static bool IsTime(string[] words) => Find(words, _times) is not null || IsStart(words) || IsEnd(words);

    public static bool IsHour(string[] words) => Find(words, _hours) is not null;

    public static bool IsUtc(string[] words) => words.Contains("utc") || words.Contains("gmt");

    public static string? Export(string[] words) => Find(words, _exports);

    public static string? Reading(string[] words) => Find(words, _readings);

    public static string? Reactive(string[] words) => Find(words, _reactive);

    public static string? Peak(string[] words) => Find(words, _peaks);

    public static string? OtherUnit(string[] words) => Find(words, _otherUnits);

    public static bool IsMoney(string[] words) => Find(words, _money) is not null;

    public static bool IsImport(string[] words) => Find(words, _imports) is not null;

    /// <summary>kWh, Wh, MWh, kW, W, or null.</summary>
    public static string? Unit(string[] words)
    {
        string? energy = words.FirstOrDefault(word => _units.TryGetValue(word, out string? unit) && unit.EndsWith('h'));
        string? any = energy ?? words.FirstOrDefault(_units.ContainsKey) ?? Find(words, ["千瓦时"]);
        return any is null ? null : any is "kilowatt" && (words.Contains("hours") || words.Contains("hour")) ? "kWh"
            : _units[any];
    }

    /// <summary>The unit that a cell names, such as KWH.</summary>
    public static string? UnitOfText(string text) => _units.GetValueOrDefault(text.Trim().ToLowerInvariant());

    /// <summary>"A to B" is a period: what stands before the "to".</summary>
    public static string BeforeTo(string cell)
    {
        int at = cell.IndexOf(" to ", StringComparison.Ordinal);
        return at < 0 ? cell : cell[..at];
    }

    private static string? Find(string[] words, string[] wanted) =>
        wanted.FirstOrDefault(one => words.Any(word => word == one || (one[0] >= '\u3000' && word.Contains(one))));

    // A unit, a word with or without a capital, capitals, a script without cases.
    [GeneratedRegex(@"[kKMGm]?(?:Wh|W|VAh|VA|varh|var|J)(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+|\p{Lo}+|\$")]
    private static partial Regex Word();
}
