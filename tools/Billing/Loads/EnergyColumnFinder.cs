namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>Finds the columns of energy and their unit; what could be read in two ways is an error with its
/// option.</summary>
internal sealed class EnergyColumnFinder(CsvTable table, LoadSettings settings)
{
    private const string Expected = "the kWh of each interval were expected";

    public ColumnChoice Find(ColumnChoice choice)
    {
        int export = Given(settings.Export is "none" ? null : settings.Export, "--export");
        int reactive = Given(settings.Reactive, "--reactive");
        int generation = Given(settings.Generation, "--generation");
        int energy = Given(settings.Energy, "--energy");
        for (int column = 0; column < table.Header.Length && table.HasHeader; column++)
        {
            string[] words = Words(column);
            if (column == choice.Time || column == choice.Clock || column == generation || LoadColumns.IsMoney(words))
            {
                continue;
            }

            if (reactive < 0 && settings.TakesReactive && LoadColumns.Reactive(words) is not null)
            {
                reactive = column;
            }
            else if (export < 0 && settings.Export is null && column != energy
                && LoadColumns.Export(words) is string name
                && IsNumeric(column))
            {
                export = settings.TakesExport ? column : throw table.Bad(column,
                    $"'{name}': replay meters import only, so this column would be left out");
            }
        }

        energy = energy >= 0 ? energy : Energy(choice, [export, reactive, generation]);
        return WithUnit(choice with
        {
            Energy = energy,
            Export = export,
            Reactive = reactive,
            Generation = generation,
        });
    }

    private int Energy(ColumnChoice choice, int[] others)
    {
        if (!table.HasHeader)
        {
            throw table.Bad(0, $"a header such as {LoadColumns.HeaderExample} was expected before the first row; "
                + "without one --time 1 --energy 2 --unit kWh");
        }

        List<int> rest = [.. Enumerable.Range(0, table.Header.Length).Where(column => column != choice.Time
            && column != choice.Clock && !others.Contains(column)
                && !LoadColumns.IsMoney(Words(column)))];
        int[] units = [.. rest.Where(column => LoadColumns.Unit(Words(column)) is not null && IsNumeric(column))];
        int[] named = [.. rest.Where(column => LoadColumns.IsImport(Words(column)) && IsNumeric(column)
            && LoadColumns.OtherUnit(Words(column)) is null)];
        int second = rest.Find(column => column == 1 + Math.Max(choice.Clock, 0) && column > choice.Time);
        int only = units.Length > 0 ? units[0] : named.Length > 0 ? named[0]
            : second > 0 ? second : table.Header.Length > 1 ? rest.FirstOrDefault(IsNumeric, -1) : -1;
        int other = Array.Find(units, column => column != only
            && LoadColumns.Unit(Words(column))!.EndsWith('h') == LoadColumns.Unit(Words(only))?.EndsWith('h'));
        if (units.Length > 1 && other > 0)
        {
            int[] imports = [.. units.Where(column => LoadColumns.IsImport(Words(column)))];
            return imports.Length == 1 ? imports[0] : throw table.Bad(other,
                "one column of energy was expected: this one would be left out; --energy names it");
        }

        return only >= 0 ? only : throw new InputException($"{table.Path}:{table.HeaderLine}: "
            + $"two columns were expected (local time, kWh), found \"{string.Join(',', table.Header)}\"");
    }

    private ColumnChoice WithUnit(ColumnChoice choice)
    {
        string[] words = table.HasHeader ? Words(choice.Energy) : [];
        string? unit = LoadColumns.Unit(words) ?? UnitOfColumn() ?? UnitOfPreamble();
        bool isReading = LoadColumns.Reading(words) is not null;
        if (settings.Unit is string given)
        {
            return given == "reading"
                ? choice with { Unit = unit is null or "kW" or "W" ? "kWh" : unit, IsReading = true }
                : choice with { Unit = given };
        }

        if (LoadColumns.Reactive(words) is string reactive)
        {
            throw table.Bad(choice.Energy, $"{Expected}, not '{reactive}'");
        }

        if ((unit is "kW" or "W" ? LoadColumns.Peak(words) : unit is null ? LoadColumns.OtherUnit(words)
            : null) is string other)
        {
            throw table.Bad(choice.Energy,
                $"{Expected}, not '{other}'; --unit {string.Join('|', LoadSettings.Units)} says what it is");
        }

        if (isReading && unit is null or "kW" or "W" && LoadColumns.Reading(words) is string reading)
        {
            throw table.Bad(choice.Energy, $"{Expected}, not the readings of a register ('{reading}'); "
                + "--unit reading takes the differences of readings in kWh");
        }

        return table.HasHeader ? choice with { Unit = unit ?? "kWh", IsReading = isReading }
            : throw table.Bad(choice.Energy,
                $"a file without a header does not say its unit; --unit {string.Join('|', LoadSettings.Units)} does");
    }

    /// <summary>A column "units" that says the same in all rows.</summary>
    private string? UnitOfColumn()
    {
        int column = Array.FindIndex(table.Header, name =>
            LoadColumns.Words(name) is ["units" or "unit" or "måleenhed" or "unite" or "einheit" or "单位"]);
        if (column < 0 || table.Rows.Count == 0 || table.Rows[0].Cells.Length <= column)
        {
            return null;
        }

        string text = table.Rows[0].Cells[column];
        CsvRow? other = table.Rows.FirstOrDefault(row => row.Cells.Length > column && row.Cells[column] != text);
        return other is null ? LoadColumns.UnitOfText(text)
            : throw table.Bad(other.Line, column,
                $"'{other.Cells[column]}' and '{text}' in one file; one unit was expected");
    }

    /// <summary>Enedis: the row below "…;Unite" in the block before the header.</summary>
    private string? UnitOfPreamble()
    {
        for (int i = 0; i + 1 < table.Preamble.Count; i++)
        {
            int column = Array.FindIndex(table.Preamble[i].Cells, name =>
                LoadColumns.Words(name) is ["unite" or "unité" or "unit"]);
            if (column >= 0 && column < table.Preamble[i + 1].Cells.Length)
            {
                return LoadColumns.UnitOfText(table.Preamble[i + 1].Cells[column]);
            }
        }

        return null;
    }

    private int Given(string? name, string option) => name is null ? -1
        : TimeColumnFinder.Place(table, name) is >= 0 and int at ? at
            : throw TimeColumnFinder.Unknown(table, option, name);

    private string[] Words(int column) => LoadColumns.Words(table.Header[column]);

    /// <summary>Whether the first rows hold numbers there, in any way of writing them.</summary>
    private bool IsNumeric(int column) => table.Rows.Take(20).Any(row => row.Cells.Length > column
        && row.Cells[column].Length > 0
            && row.Cells[column].All(c => char.IsAsciiDigit(c) || c is '.' or ',' or '-' or '+' or 'e' or 'E' or ' '));
}
