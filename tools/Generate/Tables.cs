namespace MeterFirmware.Tools.Generate;

/// <summary>The tables of firmware/Catalogue/README.md.</summary>
internal static class Tables
{
    public static Dictionary<string, string> All(Catalogue catalogue) => new()
    {
        ["events"] = Events(catalogue),
        ["faults"] = Faults(catalogue),
        ["measurands"] = Measurands(catalogue),
        ["settings"] = SettingTables.Table(catalogue),
        ["commands"] = CommandTables.FormTable(catalogue),
    };

    private static string Events(Catalogue catalogue) =>
        "| code | event | values | begins, ends, delay | DL/T 645 |\n|---|---|---|---|---|\n"
        + Rows(catalogue.Events, e =>
            $"{e.Code} | **{e.Name}**{(e.Phases ? ", each phase" : "")}: {e.Description} | "
            + $"{Values(e)} | {Limit(e)} | {Items(e)}");

    private static string Values(EventEntry e) => string.Join("; ", e.Values) + (e.Worst == null ? ""
        : $"; at the end both again and the worst value ({e.Worst})");

    private static string Limit(EventEntry e)
    {
        if (e.Input != null)
        {
            return $"input {e.Input}, 1 s";
        }

        return e.Limit is not { } l ? "" : $"{Grouped(l.Begin)}, {Grouped(l.End)} {e.Worst} ({l.Basis}), "
            + $"{l.DelayMs / 1000} s; setting {l.Setting}";
    }

    private static string Grouped(int number) => CodeText.Number(number).Replace('_', ' ');

    private static string Items(EventEntry e) =>
        string.Join(", ", (e.Dlt645 ?? []).Concat(e.StatusBit == null ? [] : [$"status {e.StatusBit}"]));

    private static string Faults(Catalogue catalogue) =>
        "| of | number or bit | fault | contactor opens | ends | what the technician does |\n"
        + "|---|---|---|---|---|---|\n"
        + Rows(catalogue.Faults, f =>
            $"{f.Group} | {(f.Word == null ? "bit " : "")}{f.Number} | **{f.Word ?? f.Name}**: {f.Description} | "
            + $"{f.Opens} | {f.Ends} | {f.Technician}");

    private static string Measurands(Catalogue catalogue) =>
        "| number | measurand | member | unit, places | DL/T 645 | OBIS | DL/T 698.45 |\n"
        + "|---|---|---|---|---|---|---|\n"
        + Rows(catalogue.Measurands, m =>
            $"{m.Number} | **{m.Name}**: {m.Description} | "
            + $"`{m.Member}`{(m.Columns == "total" ? "" : " [phases]")} | "
            + $"{m.Unit}, {m.Digits} | {Codes(m, c => c.Dlt645)} | {Codes(m, c => c.Obis)} | "
            + $"{Codes(m, c => c.Dlt698)}");

    /// <summary>The code of the total and those of the phases.</summary>
    private static string Codes(MeasurandEntry m, Func<(int Phase, string Dlt645, string Obis, string Dlt698),
        string> code)
    {
        string[] all = [.. m.Each().Select(code)];
        return all.Length == 1 ? all[0] : $"{all[0]} to {all[^1]}";
    }

    internal static string Rows<T>(IEnumerable<T> entries, Func<T, string> row) => string.Concat(entries.Select(e =>
        $"| {row(e).Replace("|P|", "\\|P\\|")} |\n"));
}
