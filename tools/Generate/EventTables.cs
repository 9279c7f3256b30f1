using static MeterFirmware.Tools.Generate.CodeText;

namespace MeterFirmware.Tools.Generate;

/// <summary>What the event memory, its detector and DL/T 645 know of each event: slots, watches, thresholds,
/// items.</summary>
internal static class EventTables
{
    private const string Contact = "Contact";

    /// <summary>Where the event memory keeps each code.</summary>
    public static string Slots(Catalogue catalogue)
    {
        EventEntry[] kept = [.. catalogue.Events.Where(e => e.Slot != null).OrderBy(e => e.Slot)];
        CodeText code = new([Places.EventCodeSpace], Places.HistorySpace, Outputs.Folder + "events.json");
        code.Summary("Where the event memory keeps each code: a slot, three for what phases have each. Stored: a slot "
            + "is never given a new meaning.");
        code.Line("public static class EventSlots").Open();
        code.Line($"public const int Count = {kept.Sum(e => e.Phases ? 3 : 1)};").Line();
        code.Summary("The slot of a code and phase (0 to 2; ignored for what is not per phase); −1: not kept.");
        code.Line("public static int Of(int code, int phase)").Open();
        code.Switch("code", kept.Select(e => ($"EventCode.{e.Name}", e.Phases ? $"{e.Slot} + Phase(phase)"
            : $"{e.Slot}")), "-1");
        code.Close().Line();
        code.Summary("The code whose events a slot keeps.");
        code.Line("public static int CodeOf(int slot)").Open();
        code.Switch("slot", Each(kept, e => $"EventCode.{e.Name}"), "0").Close().Line();
        code.Summary("The phase whose events a slot keeps; NoPhase: the whole meter's.");
        code.Line("public static int PhaseOf(int slot)").Open();
        code.Switch("slot", Each(kept.Where(e => e.Phases), null),
            "Storage.Records.EventRecord.NoPhase").Close().Line();
        code.Summary("False for what shows how the meter came to measure as it does: those events stay.");
        code.Line("public static bool IsCleared(int slot)").Open();
        code.Switch("slot", Each(kept.Where(e => e.Stays), _ => "false"), "true").Close().Line();
        code.Line("private static int Phase(int phase) => phase < 3 ? phase : 0;");
        return code.Close().ToString();
    }

    /// <summary>What the detector watches.</summary>
    public static string Watches(Catalogue catalogue)
    {
        EventEntry[] lasting = Lasting(catalogue);
        int phased = lasting.Count(e => e.Phases);
        string[] rows = Rows(catalogue);
        CodeText code = new([Places.EventCodeSpace], Places.HistorySpace, Outputs.Folder + "events.json");
        code.Summary("What the detector watches: one for each event that lasts, three for what phases have each. "
            + "Not stored.");
        code.Line("internal static class EventWatches").Open();
        int watch = 0;
        foreach (EventEntry e in lasting)
        {
            code.Line($"public const int {e.Name} = {watch};");
            watch += e.Phases ? 3 : 1;
        }

        code.Line().Line($"public const int Count = {watch};").Line();
        code.Summary("The watch of a code and phase (0 to 2; ignored for what is not per phase); −1: not watched.");
        code.Line("public static int Of(int code, int phase)").Open();
        code.Switch("code", lasting.Select(e => ($"EventCode.{e.Name}", e.Phases ? $"{e.Name} + Phase(phase)"
            : e.Name)), "-1");
        code.Close().Line().Line("public static int CodeOf(int watch)").Open();
        code.Switch($"watch < {3 * phased} ? watch / 3 * 3 : watch", lasting.Select(e => (e.Name,
            $"EventCode.{e.Name}")), "0");
        code.Close().Line();
        code.Summary("0 to 2; NoPhase: the whole meter's.");
        code.Line("public static int PhaseOf(int watch) =>");
        code.Indented($"watch < {3 * phased} ? watch % 3 : Storage.Records.EventRecord.NoPhase;").Line();
        code.Summary("Which row of the thresholds judges a watch.");
        code.Line("public static int RowOf(int watch)").Open();
        code.Line($"if (watch < {3 * phased})").Open().Line("return watch / 3;").Close().Line();
        code.Switch("watch", lasting.Where(e => e.Limit != null && !e.Phases).Select(e => (e.Name,
            $"EventThresholds.{e.Name}")),
            $"EventThresholds.{Contact}");
        code.Close().Line().Line("private static int Phase(int phase) => phase < 3 ? phase : 0;");
        Invariant(rows.Take(phased).SequenceEqual(lasting.Take(phased).Select(e => e.Name)));
        return code.Close().ToString();
    }

    /// <summary>The rows of the thresholds and their defaults.</summary>
    public static string Thresholds(Catalogue catalogue)
    {
        string[] rows = Rows(catalogue);
        LimitEntry[] limits = [.. rows.Select(row => LimitOf(catalogue, row))];
        CodeText code = new([], Places.HistorySpace, Outputs.Folder + "events.json");
        code.Line("/// <content>The rows and their defaults.</content>");
        code.Line("public sealed partial class EventThresholds").Open();
        for (int row = 0; row < rows.Length; row++)
        {
            code.Line($"public const int {rows[row]} = {row};");
        }

        code.Line().Line($"public const int RowCount = {rows.Length};").Line();
        code.Summary("Begin: " + string.Join(", ", rows.Select((row, i) =>
            $"{row} {UnitOf(catalogue, row)} ({limits[i].Basis})")) + ".");
        code.Line("public int[] Begin { get; } =").Open().Elements(limits.Select(l =>
            Number(l.Begin))).CloseInitializer().Line();
        code.Summary("End, in the same order: the hysteresis.");
        code.Line("public int[] End { get; } =").Open().Elements(limits.Select(l =>
            Number(l.End))).CloseInitializer().Line();
        code.Summary("Delays in ms, in the same order.");
        code.Line("public int[] DelayMs { get; } =").Open().Elements(limits.Select(l =>
            Number(l.DelayMs))).CloseInitializer().Line();
        code.Summary("What is too low is judged with the sign turned.");
        code.Line("internal static bool IsLow(int row)").Open();
        code.Switch("row", rows.Where((_, i) => limits[i].IsLow).Select(row => (row, "true")), "false");
        return code.Close().Close().ToString();
    }

    /// <summary>Which setting moves which row.</summary>
    public static string ThresholdSettings(Catalogue catalogue)
    {
        CodeText code = new([Places.SettingsSpace, Places.HistorySpace], Places.SmartMeterSpace,
            Outputs.Folder + "events.json");
        code.Summary("The setting that moves each row of the event thresholds.");
        code.Line("internal static class ThresholdSettings").Open();
        code.Summary("The setting of a row; −1: none, it is a contact.");
        code.Line("public static int Of(int row)").Open();
        code.Switch("row", Lasting(catalogue).Where(e => e.Limit != null).Select(e => ($"EventThresholds.{e.Name}",
            $"{Places.MeterSettingsList}.{SettingConstant(e.Limit!.Setting)}")), "-1");
        return code.Close().Close().ToString();
    }

    /// <summary>DL/T 645: identifiers and status bits to codes.</summary>
    public static string Items(Catalogue catalogue)
    {
        CodeText code = new([Places.EventCodeSpace], Places.Dlt645MeterSpace, Outputs.Folder + "events.json");
        code.Summary("Which event stands behind an identifier 03 tt kk or a bit of the status words.");
        code.Line("internal static class EventItems").Open();
        (string Item, string Name)[] items = [.. catalogue.Events.SelectMany(e => (e.Dlt645 ?? []).Select(item =>
            (item, e.Name)))];
        code.Summary("The event code of an identifier 03 tt kk; 0: the meter has no such event.");
        code.Line("public static int CodeOf(int type, int kind)").Open();
        code.Switch("type == 0x30 ? 0x3000 | kind : type", items.OrderBy(i => i.Item).Select(i =>
            ($"0x{i.Item[3..].Replace(" ", "")}", $"EventCode.{i.Name}")), "0").Close().Line();
        code.Summary("The event behind a bit of status words 4 to 6, what lasts on a phase; 0: none.");
        code.Line("public static int PhaseStatus(int bit)").Open();
        code.Switch("bit", StatusBits(catalogue, '4'), "0").Close().Line();
        code.Summary("The event behind a bit of status word 7; 0: none.");
        code.Line("public static int MeterStatus(int bit)").Open();
        code.Switch("bit", StatusBits(catalogue, '7'), "0").Close().Line();
        code.Summary("Values of a record in front of the import and export totals.");
        code.Line("public static int OwnValues(int code)").Open();
        code.Switch("code", catalogue.Events.Where(e => e.Dlt645 != null && e.OwnValues > 0)
            .Select(e => ($"EventCode.{e.Name}", $"{e.OwnValues}")), "0");
        return code.Close().Close().ToString();
    }

    /// <summary>"events.underVoltageMillivolts" → EventsUnderVoltageMillivolts.</summary>
    internal static string SettingConstant(string setting) =>
        string.Concat(setting.Split('.').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    private static IEnumerable<(string, string)> StatusBits(Catalogue catalogue, char word) => catalogue.Events
        .Where(e => e.StatusBit?[0] == word).OrderBy(e => int.Parse(e.StatusBit![2..]))
        .Select(e => (e.StatusBit![2..], $"EventCode.{e.Name}"));

    /// <summary>What lasts: first what phases have each, so that three watches are one row.</summary>
    private static EventEntry[] Lasting(Catalogue catalogue) =>
        [.. catalogue.Events.Where(e => e.IsLasting).OrderBy(e => e.Phases ? 0 : 1)];

    /// <summary>Rows of the thresholds; all inputs share one.</summary>
    private static string[] Rows(Catalogue catalogue) =>
        [.. Lasting(catalogue).Select(e => e.Input == null ? e.Name : Contact).Distinct()];

    private static LimitEntry LimitOf(Catalogue catalogue, string row) => row == Contact
        ? new LimitEntry(1, 1, 1_000, "high", "a contact", "") : catalogue.Events.First(e => e.Name == row).Limit!;

    private static string UnitOf(Catalogue catalogue, string row) =>
        row == Contact ? "1" : catalogue.Events.First(e => e.Name == row).Worst!;

    private static IEnumerable<(string, string)> Each(IEnumerable<EventEntry> events, Func<EventEntry,
        string>? value) =>
        events.SelectMany(e => CatalogueRules.Slots(e).Select((s, phase) => ($"{s.Slot}",
            value?.Invoke(e) ?? $"{phase}")));

    private static void Invariant(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("rows and watches in one order were expected");
        }
    }
}
