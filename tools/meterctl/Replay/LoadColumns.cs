using System.Text.RegularExpressions;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Replay;

/// <summary>
/// What the header of a load says: replay takes local time and the imported kWh of each interval. A header that names another
/// unit, a register's readings or an export is refused, as is a first row where the header should be.
/// </summary>
internal static partial class LoadColumns
{
    private const string Expected = "the kWh of each interval were expected";
    private const string Kwh = "kwh";

    private static readonly string[] _otherUnits =
    [
        "w", "kw", "mw", "gw", "watt", "watts", "kilowatt", "kilowatts", "power", "leistung", "wh", "mwh", "gwh", "kj", "mj", "gj",
        "va", "kva", "vah", "kvah", "var", "kvar", "varh", "kvarh", "amps", "ampere", "volts", "功率",
    ];

    private static readonly string[] _readings =
    [
        "reading", "readings", "register", "registers", "cumulative", "cumulated", "accumulated", "counter", "index",
        "zählerstand", "zaehlerstand", "stand", "示数", "读数", "表底",
    ];

    private static readonly string[] _exports =
    [
        "export", "exported", "exports", "generation", "generated", "production", "produced", "pv", "solar", "feed", "feedin",
        "einspeisung", "reverse", "sold", "surplus", "反向", "上网",
    ];

    /// <summary><see cref="InputException"/> names file, line and column.</summary>
    public static void Check(CsvReader csv)
    {
        if (csv.Header.Count < 2)
        {
            throw csv.Bad($"two columns were expected (local time, kWh), found \"{csv.Header[0]}\"");
        }

        if (LoadFile.TryReadTime(csv.Header[0], out _) || NumberText.TryRead(csv.Header[1], out decimal _))
        {
            throw csv.Bad(0, $"a header such as {LoadFile.Header} was expected before the first row");
        }

        string[] words = Words(csv.Header[1]);
        if (!words.Contains(Kwh) && Find(words, _otherUnits) is string unit)
        {
            throw csv.Bad(1, $"{Expected}, not '{unit}'");
        }

        if (Find(words, _readings) is string reading)
        {
            throw csv.Bad(1, $"{Expected}, not the readings of a register ('{reading}'): their differences are");
        }

        for (int column = 1; column < csv.Header.Count; column++)
        {
            words = Words(csv.Header[column]);
            if (Find(words, _exports) is string export)
            {
                throw csv.Bad(column, $"'{export}': replay meters import only, so this column would be left out");
            }

            if (column > 1 && (words.Contains(Kwh) || Find(words, _otherUnits) is not null))
            {
                throw csv.Bad(column, "one column of energy was expected: this one would be left out");
            }
        }
    }

    private static string? Find(string[] words, string[] wanted) =>
        wanted.FirstOrDefault(one => words.Any(word => word == one || (one[0] >= '\u3000' && word.Contains(one))));

    /// <summary>"meter_reading (kWh)" is meter, reading, kwh; "powerInKW" power, in, kw.</summary>
    private static string[] Words(string header) => [.. Word().Matches(header).Select(match => match.Value.ToLowerInvariant())];

    // A unit, a word with or without a capital, capitals, a script without cases.
    [GeneratedRegex(@"[kKMGm]?(?:Wh|W|VAh|VA|varh|var|J)(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+|\p{Lo}+")]
    private static partial Regex Word();
}
