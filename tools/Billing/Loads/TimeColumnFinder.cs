namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>Finds the columns of time: by what a person says, by what the first good row holds, by the header's
/// words.</summary>
internal sealed class TimeColumnFinder(CsvTable table, LoadSettings settings)
{
    private readonly string[] _sample = Sample(table);

    public ColumnChoice Find(ColumnChoice choice)
    {
        if (settings.Time is string given)
        {
            string[] names = Place(table, given) >= 0 ? [given] : given.Split('+');
            int[] places = [.. names.Select(name => Place(table, name) is >= 0 and int at ? at
                : throw Unknown(table, "--time", name))];
            choice = choice with { Time = places[0], Clock = places.Length > 1 ? places[1] : -1 };
            return WithMeaning(choice, settings.Time is not null && places.Length > 1);
        }

        int[] full = [.. Columns((time, _) => time.IsFull && !time.IsEpoch)];
        int[] epochs =
            [.. Columns((time, column) => time.IsEpoch && (LoadColumns.IsTime(Words(column)) || column == 0))];
        if (full.Length == 0 && epochs.Length > 0)
        {
            return WithMeaning(choice with { Time = epochs[0], IsUtc = true }, false);
        }

        return full.Length > 0 ? FromFull(choice, full) : FromParts(choice);
    }

    /// <summary>Place of a column by its name or by its number from 1; −1: none.</summary>
    public static int Place(CsvTable table, string name)
    {
        int at = Array.FindIndex(table.Header, one => string.Equals(one, name, StringComparison.OrdinalIgnoreCase));
        return table.HasHeader && at >= 0 ? at
            : NumberText.TryReadWhole(name, out int number) && number >= 1
                && number <= table.Header.Length ? number - 1 : -1;
    }

    public static InputException Unknown(CsvTable table, string option, string name) =>
        new($"{table.Path}:{table.HeaderLine}: {option}: there is no column '{name}'; there are "
            + $"{string.Join(", ", table.Header)}");

    private ColumnChoice FromFull(ColumnChoice choice, int[] full)
    {
        int start = Array.Find(full, column => LoadColumns.IsStart(Words(column)));
        bool hasStart = full.Any(column => LoadColumns.IsStart(Words(column)));
        int named = full.Any(column => LoadColumns.IsTime(Words(column)))
            ? Array.Find(full, column => LoadColumns.IsTime(Words(column))) : full[0];
        int time = hasStart ? start : full.Contains(0) ? 0 : named;
        return WithMeaning(choice with { Time = time }, false);
    }

    private ColumnChoice FromParts(ColumnChoice choice)
    {
        int[] dates = [.. Columns((time, _) => time.HasDate && !time.HasClock)];
        int[] clocks =
            [.. Columns((time, column) => !time.HasDate && time.HasClock && LoadColumns.IsTime(Words(column)))];
        int hour = Array.FindIndex(table.Header, name => LoadColumns.IsHour(LoadColumns.Words(name)));
        if (dates.Length == 0)
        {
            // The rows say what is wrong with the first column.
            return choice with { Time = 0 };
        }

        int start = Array.FindIndex(clocks, column => LoadColumns.IsStart(Words(column)));
        int clock = start >= 0 ? clocks[start] : clocks.Length > 0 ? clocks[0] : hour;
        return clock < 0
            ? table.Header.Length == 2 ? WithMeaning(choice with { Time = dates[0] }, false)
                : throw table.Bad(dates[0], "a date without a time of day; --time DATE+CLOCK names both columns")
            : WithMeaning(choice with { Time = dates[0], Clock = clock }, true);
    }

    private ColumnChoice WithMeaning(ColumnChoice choice, bool isJoined)
    {
        int told = isJoined ? choice.Clock : choice.Time;
        string[] words = Words(told);
        bool isPeriod = told < _sample.Length && LoadColumns.BeforeTo(_sample[told]) != _sample[told];
        bool isHour = isJoined && _sample.Length > told
            && NumberText.TryReadWhole(_sample[told], out int hour) && hour is >= 0 and <= 25;
        bool isStart = LoadColumns.IsStart(words) || isPeriod;
        bool isEnd = (LoadColumns.IsEnd(words) && !isPeriod) || isHour;
        return choice with
        {
            IsPeriod = isPeriod,
            IsHourNumber = isHour,
            IsStart = isStart == isEnd ? null : isStart,
            IsUtc = choice.IsUtc || LoadColumns.IsUtc(words),
        };
    }

    private string[] Words(int column) => LoadColumns.Words(table.HasHeader ? table.Header[column] : "");

    private IEnumerable<int> Columns(Func<ParsedTime, int, bool> isWanted)
    {
        for (int column = 0; column < _sample.Length; column++)
        {
            string cell = LoadColumns.BeforeTo(_sample[column]);
            if ((TimeText.TryRead(cell, false, out ParsedTime time) || TimeText.TryRead(cell, true, out time))
                && isWanted(time, column))
            {
                yield return column;
            }
        }
    }

    /// <summary>The first row as wide as the header in which something is a date, or the first one.</summary>
    private static string[] Sample(CsvTable table)
    {
        CsvRow? row = table.Rows.FirstOrDefault(row => row.Cells.Length == table.Header.Length && row.Cells.Any(cell =>
            (TimeText.TryRead(LoadColumns.BeforeTo(cell), false, out ParsedTime time)
                || TimeText.TryRead(LoadColumns.BeforeTo(cell), true, out time)) && time.HasDate));
        return row?.Cells ?? [];
    }
}
