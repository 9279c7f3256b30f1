using MeterFirmware.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>A tariff as every command uses it: parsed, compiled and loaded by the firmware's own loader.</summary>
public sealed class TariffFile
{
    /// <summary>Zone-offset transitions are tabled from this year on, recorded loads of the past included.</summary>
    public const int FirstYear = 2010;

    /// <summary>… and up to this one: fixed, so that a file always compiles to the same bytes.</summary>
    public const int UntilYear = 2050;

    private readonly TariffTable? _table;

    private TariffFile(string fileName, TariffModel model, byte[] bytes, TariffTable? table)
    {
        FileName = fileName;
        Model = model;
        Bytes = bytes;
        _table = table;
    }

    /// <summary>As given by the user, for messages.</summary>
    public string FileName { get; }

    public TariffModel Model { get; }

    /// <summary>The zone of every local time of this tariff.</summary>
    public DateTimeZone Zone => Model.TimeZone;

    /// <summary>The compact table that a device loads; empty when the document is for bills only.</summary>
    public byte[] Bytes { get; }

    /// <summary>The same, loaded; <see cref="InputException"/> when the document is for bills only.</summary>
    public TariffTable Table => _table
        ?? throw new InputException($"{FileName}: $.device: a document for bills only; no device's table can hold it");

    /// <summary>What is allowed but likely meant otherwise: rates and day tables that nothing uses.</summary>
    public List<TariffProblem> Warnings { get; } = [];

    /// <summary>
    /// Loads a file, or an example that ships ("shanghai-household", with or without .json) when there is no such
    /// file. Throws <see cref="InputException"/> with the first problem and the number of the others.
    /// </summary>
    public static TariffFile Load(string pathOrExample, int firstYear = FirstYear, int untilYear = UntilYear)
    {
        List<TariffProblem> problems = [];
        byte[] utf8 = Read(pathOrExample);
        TariffFile? tariff = TryParse(utf8, pathOrExample, problems, firstYear, untilYear);
        string more = problems.Count > 1 ? $" (and {problems.Count - 1} more: meterctl tariff validate lists them)"
            : "";
        return tariff ?? throw new InputException(problems[0].Describe(pathOrExample) + more);
    }

    /// <summary>The bytes of a file or of an example; <see cref="InputException"/> when there is neither.</summary>
    public static byte[] Read(string pathOrExample) =>
        File.Exists(pathOrExample) || TariffExamples.Find(pathOrExample) is not byte[] example
            ? JsonReader.ReadFile(pathOrExample)
            : example;

    /// <summary>This tariff with the zone offsets of a recording's time; the same where they are tabled
    /// already.</summary>
    /// <param name="fromUtcSeconds">Where the recording begins.</param>
    /// <param name="untilUtcSeconds">Where it ends.</param>
    public TariffFile Covering(long fromUtcSeconds, long untilUtcSeconds)
    {
        if (_table is null || (fromUtcSeconds >= Table.ZoneFromUtc && untilUtcSeconds < Table.ZoneUntilUtc))
        {
            return this;
        }

        // A year more at both ends: local time is not UTC, and the meter starts before the recording.
        int first = Instant.FromUnixTimeSeconds(fromUtcSeconds).InUtc().Year - 1;
        int until = Instant.FromUnixTimeSeconds(untilUtcSeconds).InUtc().Year + 2;
        List<TariffProblem> problems = [];
        byte[] bytes = TariffCompiler.Compile(Model, first, until, problems);
        return problems.Count == 0 && TariffTable.TryLoad(bytes, bytes.Length, out TariffTable table, out _)
            ? new TariffFile(FileName, Model, bytes, table)
            : throw new InputException($"{FileName}: its zone cannot be tabled from {first} to {until}");
    }

    /// <summary>Null when anything is wrong; the problems say what, all of it.</summary>
    public static TariffFile? TryParse(
        byte[] utf8, string fileName, List<TariffProblem> problems, int firstYear = FirstYear,
            int untilYear = UntilYear)
    {
        TariffModel? model = TariffParser.Parse(utf8, problems);
        if (model is null)
        {
            return null;
        }

        if (!model.IsForDevices)
        {
            TariffFile document = new(fileName, model, [], null);
            document.FindUnused();
            return document;
        }

        byte[] bytes = TariffCompiler.Compile(model, firstYear, untilYear, problems);
        if (problems.Count > 0)
        {
            return null;
        }

        if (!TariffTable.TryLoad(bytes, bytes.Length, out TariffTable table, out string error))
        {
            // The firmware's loader is the judge: what it refuses must never be handed out.
            problems.Add(new TariffProblem("$", error));
            return null;
        }

        TariffFile tariff = new(fileName, model, bytes, table);
        tariff.FindUnused();
        return tariff;
    }

    private void FindUnused()
    {
        HashSet<int> days =
            [.. Model.Seasons.SelectMany(s => new[] { s.WeekdayTable, s.WeekendTable }.Concat(s.Days.Values)),
                .. Model.Holidays.Select(h => h.DayTable), .. Model.Terms.Announced.Select(a => a.DayTable)];
        HashSet<int> rates = [.. Model.Days.SelectMany(d => d.Periods).Select(p => p.Rate)];
        for (int day = 0; day < Model.Days.Count; day++)
        {
            if (!days.Contains(day))
            {
                Warnings.Add(new TariffProblem(JsonValue.MemberPath("$.days", Model.Days[day].Name),
                    "no season, holiday or announcement uses this day table"));
            }
        }

        for (int rate = 0; rate < Model.Rates.Count; rate++)
        {
            if (!rates.Contains(rate))
            {
                Warnings.Add(new TariffProblem($"$.rates[{rate}]",
                    $"no period uses rate {JsonReader.Quote(Model.Rates[rate])}"));
            }
        }
    }
}
