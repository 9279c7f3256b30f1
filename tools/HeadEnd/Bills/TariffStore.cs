using System.Data.Common;
using System.Text;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds.Quality;
using NodaTime;

namespace MeterFirmware.Tools.HeadEnds.Web.Bills;

/// <summary>Tariffs of a head-end's database. Documents of one name never overlap, and what holds already is neither
/// changed nor removed: bills were made from it.</summary>
/// <param name="store">SQLite or PostgreSQL.</param>
/// <param name="utcNow">Now.</param>
/// <param name="zone">The utility's zone: says which day it is.</param>
public sealed class TariffStore(IHeadEndStore store, Func<DateTimeOffset> utcNow, TimeSpan zone)
{
    private const int NameCharsMax = 64;
    private const string Columns = "name, valid_from_day, valid_to_day, document, who, at_utc_s";

    /// <summary>The path of a problem that is not the document's.</summary>
    public const string FromPath = "from";

    /// <summary>The path of a problem that is not the document's.</summary>
    public const string UntilPath = "until";

    private readonly SqlStore _store = (SqlStore)store;
    private readonly Lock _changing = new();

    /// <summary>Whether a text can be a tariff's name; it is part of a file's name too.</summary>
    public static bool IsName(string? name) => name is { Length: > 0 and <= NameCharsMax } && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>All documents, by name and time.</summary>
    public IReadOnlyList<TariffVersion> All() => _store.Rows(
        $"SELECT {Columns} FROM tariff_version ORDER BY name, valid_from_day", Row);

    /// <summary>Documents of a name in the order of their time.</summary>
    public IReadOnlyList<TariffVersion> Versions(string name) => _store.Rows(
        $"SELECT {Columns} FROM tariff_version WHERE name=@name ORDER BY valid_from_day", Row, ("name", name));

    /// <summary>Adds a document. Nothing is added when anything is wrong.</summary>
    /// <returns>What is wrong, each with its path in the document, or <see cref="FromPath"/>,
    /// <see cref="UntilPath"/>; empty: it is in force from its day on.</returns>
    public IReadOnlyList<TariffProblem> Add(string name, DateOnly from, DateOnly? until, string document, string who)
    {
        if (!IsName(name))
        {
            return [new TariffProblem("name", $"1 to {NameCharsMax} of A-Z a-z 0-9 - _ . were expected")];
        }

        List<TariffProblem> problems = [];
        TariffFile? file = TariffFile.TryParse(Encoding.UTF8.GetBytes(document), name, problems);
        if (from.Year is < TariffFile.FirstYear or >= TariffFile.UntilYear)
        {
            problems.Add(new TariffProblem(
                FromPath, $"a day of {TariffFile.FirstYear} to {TariffFile.UntilYear - 1} was expected"));
        }

        if (until <= from)
        {
            problems.Add(new TariffProblem(UntilPath, $"a day after {from:yyyy-MM-dd} was expected"));
        }

        if (file?.Model.Terms.Document is { } own && (own.From > Date(from)
            || (own.Until is { } end && (until == null || Date(until.Value) > end))))
        {
            problems.Add(new TariffProblem("$.document",
                $"it says of itself that it holds from {own.From:uuuu-MM-dd} until {own.Until:uuuu-MM-dd}"));
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        lock (_changing)
        {
            return Insert(new TariffVersion(name, from, until, document, who, utcNow()));
        }
    }

    /// <summary>Ends a document that goes on, so that another one can follow.</summary>
    /// <returns>What is wrong; null: it ends.</returns>
    public string? End(string name, DateOnly from, DateOnly until)
    {
        lock (_changing)
        {
            TariffVersion? version = Versions(name).FirstOrDefault(one => one.From == from);
            if (version == null)
            {
                return $"{name}: no document of it begins on {from:yyyy-MM-dd}";
            }

            if (version.Until != null)
            {
                return $"{name} from {from:yyyy-MM-dd} ends on {version.Until:yyyy-MM-dd} already";
            }

            if (until <= from || until < Today)
            {
                return $"until: a day after {from:yyyy-MM-dd} and not before {Today:yyyy-MM-dd} was expected: bills of "
                    + "days that are over were made from it";
            }

            _store.Change("UPDATE tariff_version SET valid_to_day=@until WHERE name=@name AND valid_from_day=@from",
                ("until", QualityStore.NumberOf(until)), ("name", name), ("from", QualityStore.NumberOf(from)));
            return null;
        }
    }

    /// <summary>Removes a document that does not hold yet.</summary>
    /// <returns>What is wrong; null: it is gone.</returns>
    public string? Remove(string name, DateOnly from) => from <= Today
        ? $"{name} from {from:yyyy-MM-dd} holds already; it can only be ended"
        : _store.Change("DELETE FROM tariff_version WHERE name=@name AND valid_from_day=@from", ("name", name),
            ("from", QualityStore.NumberOf(from))) == 1 ? null
            : $"{name}: no document of it begins on {from:yyyy-MM-dd}";

    /// <summary>A document for the bill engine, with its validity.</summary>
    /// <exception cref="InputException">This version of the program finds something wrong with it.</exception>
    public static TariffFile Parse(TariffVersion version)
    {
        List<TariffProblem> problems = [];
        string title = $"{version.Name} from {version.From:yyyy-MM-dd}";
        TariffFile file = TariffFile.TryParse(Encoding.UTF8.GetBytes(version.Document), title, problems)
            ?? throw new InputException(problems[0].Describe(title));
        TariffTerms terms = file.Model.Terms;
        terms.Document = (terms.Document ?? new DocumentModel("", "", null, null, "")) with
        {
            From = Date(version.From),
            Until = version.Until is { } until ? Date(until) : null,
        };
        return file;
    }

    private DateOnly Today => DateOnly.FromDateTime(utcNow().ToOffset(zone).DateTime);

    private List<TariffProblem> Insert(TariffVersion added)
    {
        TariffVersion? other = Versions(added.Name).FirstOrDefault(one =>
            (added.Until == null || one.From < added.Until) && (one.Until == null || one.Until > added.From));
        if (other != null)
        {
            return
            [
                new TariffProblem(other.From < added.From ? FromPath : UntilPath,
                    $"it overlaps the document that holds from {other.From:yyyy-MM-dd} "
                    + (other.Until == null ? "on" : $"until {other.Until:yyyy-MM-dd}")),
            ];
        }

        _store.Change("""
            INSERT INTO tariff_version(name, valid_from_day, valid_to_day, document, who, at_utc_s)
            VALUES(@name, @from, CAST(@until AS INTEGER), @document, @who, @now)
            """,
            ("name", added.Name), ("from", QualityStore.NumberOf(added.From)),
            ("until", added.Until is { } until ? QualityStore.NumberOf(until) : null), ("document", added.Document),
            ("who", added.Who), ("now", added.At.ToUnixTimeSeconds()));
        return [];
    }

    private static LocalDate Date(DateOnly day) => new(day.Year, day.Month, day.Day);

    private static TariffVersion Row(DbDataReader row) => new(row.GetString(0), DayOf(row.GetInt32(1)),
        row.IsDBNull(2) ? null : DayOf(row.GetInt32(2)), row.GetString(3), row.GetString(4),
        DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(5)));

    private static DateOnly DayOf(int number) => DateOnly.FromDayNumber(number + new DateOnly(1970, 1, 1).DayNumber);
}
