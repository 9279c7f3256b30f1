using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.MeterCtl.Grid;

/// <summary>A transformer's recorded load; values hold until the next row.</summary>
internal sealed record TransformerLoad(IReadOnlyList<TransformerRow> Rows)
{
    private const string Example = "time,kva";

    /// <summary>More than this is no transformer's load but another unit.</summary>
    private const double LoadMax = 5;

    /// <summary>Longest time from the first row to the last: some 30 million minutes are run.</summary>
    private const long SecondsMax = 60L * 366 * 86_400;

    private static readonly OffsetDateTimePattern _withOffset = OffsetDateTimePattern.GeneralIso;

    private static readonly LocalDateTimePattern[] _local =
    [
        LocalDateTimePattern.GeneralIso,
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm"),
    ];

    /// <summary>Every error names file, line and column.</summary>
    public static TransformerLoad Read(string path, double ratingKilovoltAmperes)
    {
        using CsvReader csv = new(path, Example);
        int time = csv.Find("time");
        int kva = csv.Find("kva");
        List<TransformerRow> rows = [];
        bool isLocal = false;
        while (csv.TryReadRow())
        {
            if (!TryTime(csv[time], out long utc, out bool hasOffset))
            {
                throw csv.Bad(time, $"'{csv[time]}' is no time such as 2026-07-14T08:00 or 2026-07-14T08:00:00+08:00");
            }

            if (rows.Count > 0 && isLocal == hasOffset)
            {
                throw csv.Bad(time, $"'{csv[time]}': all times with an offset or none were expected");
            }

            isLocal = !hasOffset;
            if (rows.Count > 0 && utc <= rows[^1].UtcSeconds)
            {
                throw csv.Bad(time,
                    $"{csv[time]} does not come after {rows[^1].Text}: rows in time order were expected");
            }

            if (rows.Count > 0 && utc - rows[0].UtcSeconds > SecondsMax)
            {
                throw csv.Bad(time, $"{csv[time]}: more than 60 years after the first row");
            }

            double load = csv.Real(kva, LoadMax * ratingKilovoltAmperes);
            rows.Add(new TransformerRow(csv[time], utc,
                load >= 0 ? load : throw csv.Bad(kva, $"{csv[kva]}: 0 or more was expected")));
        }

        return rows.Count > 0 ? new TransformerLoad(rows)
            : throw new InputException($"{path}:{csv.Line}: no rows behind the header");
    }

    private static bool TryTime(string text, out long utcSeconds, out bool hasOffset)
    {
        hasOffset = true;
        ParseResult<OffsetDateTime> full = _withOffset.Parse(text);
        if (full.Success)
        {
            utcSeconds = full.Value.ToInstant().ToUnixTimeSeconds();
            return true;
        }

        hasOffset = false;
        foreach (LocalDateTimePattern pattern in _local)
        {
            ParseResult<LocalDateTime> local = pattern.Parse(text);
            if (local.Success)
            {
                utcSeconds = local.Value.InUtc().ToInstant().ToUnixTimeSeconds();
                return true;
            }
        }

        utcSeconds = 0;
        return false;
    }
}
