using System.Text.RegularExpressions;

namespace MeterFirmware.Tools.Generate;

/// <summary>What must hold within and between the catalogues. The first thing that does not is named.</summary>
internal static partial class CatalogueRules
{
    public static void Check(Catalogue catalogue)
    {
        CheckEvents(catalogue.Events);
        CheckFaults(catalogue.Faults);
        CheckMeasurands(catalogue.Measurands);
        CheckPlain(catalogue);
        SettingRules.Check(catalogue.Settings, catalogue.Events);
        CheckCommands(catalogue.Commands);
        RefusalTables.Check(catalogue.Refusals);
    }

    private static void CheckEvents(EventEntry[] events)
    {
        const string File = "events.json";
        Once(File, events.Select(e => (e.Code.ToString(), e.Name)), "code");
        Once(File, events.Select(e => ($"{e.Product} {e.Name}", e.Name)), "name");
        Once(File, events.SelectMany(Slots).Select(s => (s.Slot.ToString(), s.Name)), "slot");
        Once(File, events.SelectMany(e => (e.Dlt645 ?? []).Select(item => (item, e.Name))), "dlt645");
        Once(File, events.Where(e => e.StatusBit != null).Select(e => (e.StatusBit!, e.Name)), "statusBit");
        foreach (EventEntry e in events)
        {
            string at = $"{File}: event {e.Name}";
            Require(Constant().IsMatch(e.Name), $"{at}: name: a constant's name was expected");
            Require(e.Code is >= 1 and <= 255, $"{at}: code: 1 to 255 was expected");
            Require(e.Product is "meter" or "charger" or "site", $"{at}: product: meter, charger or site was expected");
            Require(e.Values.Length <= 8, $"{at}: values: at most 8 were expected");
            Require(e.IsLasting == (e.Worst != null), $"{at}: worst: expected exactly with a limit or an input");
            Require(!e.IsLasting || (e.Slot != null && e.Product == "meter"),
                $"{at}: a meter's slot was expected, where an event that lasts finds its begin again");
            Require(e.Limit == null || e.Input == null, $"{at}: a limit or an input was expected, not both");
            Require(!e.Phases || e.Limit != null, $"{at}: phases: only with a limit");
            Require(e.Limit is null or { Judged: "low" or "high" }, $"{at}: judged: low or high was expected");
            Require(e.Limit is null or { Begin: >= 1, End: >= 1, DelayMs: >= 0 },
                $"{at}: begin, end: at least 1 was expected");
            Require(e.Limit == null || (e.Limit.IsLow ? e.Limit.End >= e.Limit.Begin : e.Limit.End <= e.Limit.Begin),
                $"{at}: end: the good side of begin was expected");
            Require((e.Dlt645 ?? []).All(Item().IsMatch), $"{at}: dlt645: '03 tt' or '03 30 kk' was expected");
            Require(e.StatusBit == null || StatusBit().IsMatch(e.StatusBit),
                $"{at}: statusBit: 4.BIT or 7.BIT was expected");
        }

        int[] slots = [.. events.SelectMany(Slots).Select(s => s.Slot).Order()];
        Require(slots.SequenceEqual(Enumerable.Range(0, slots.Length)),
            $"{File}: slot: the next free one is "
            + $"{Enumerable.Range(0, slots.Length + 1).First(i => !slots.Contains(i))}");
    }

    /// <summary>Every slot of the event memory that an event takes.</summary>
    internal static IEnumerable<(int Slot, string Name)> Slots(EventEntry e) => e.Slot is not { } first ? []
        : Enumerable.Range(0, e.Phases ? 3 : 1).Select(phase => (first + phase, e.Phases ? $"{e.Name}.{phase}"
            : e.Name));

    private static void CheckFaults(FaultEntry[] faults)
    {
        const string File = "events.json";
        Once(File, faults.Select(f => ($"{f.Group} {f.Number}", f.Name)), "number");
        Once(File, faults.Select(f => ($"{f.Group} {f.Name}", f.Name)), "name");
        Once(File, faults.Where(f => f.Word != null).Select(f => (f.Word!, f.Name)), "word");
        foreach (FaultEntry f in faults)
        {
            string at = $"{File}: fault {f.Group} {f.Name}";
            bool isCharger = f.Group == "charger";
            Require(Constant().IsMatch(f.Name), $"{at}: name: a constant's name was expected");
            Require(f.Group is "charger" or "meter" or "sensor", $"{at}: group: charger, meter or sensor was expected");
            Require(f.Number is >= 0 and <= 30, $"{at}: number: 0 to 30 was expected");
            Require(isCharger == (f.Word != null) && isCharger == (f.Opens != null) && isCharger == (f.Ends != null),
                $"{at}: word, opens, ends: expected exactly of a charger's");
            Require(f.Opens is null or "at once" or "in order", $"{at}: opens: 'at once' or 'in order' was expected");
            Require(f.Ends is null or "by itself" or "plug out or reset" or "reset by a person",
                $"{at}: ends: 'by itself', 'plug out or reset' or 'reset by a person' was expected");
        }

        foreach (IGrouping<string, FaultEntry> group in faults.GroupBy(f => f.Group))
        {
            Require(group.Select(f => f.Number).SequenceEqual(Enumerable.Range(0, group.Count())),
                $"{File}: faults of {group.Key}: numbers 0, 1, 2 … in order were expected");
        }
    }

    private static void CheckMeasurands(MeasurandEntry[] measurands)
    {
        const string File = "measurands.json";
        Once(File, measurands.Select(m => (m.Name, m.Name)), "name");
        Once(File, measurands.Select(m => (m.Member, m.Name)), "member");
        foreach (MeasurandEntry m in measurands)
        {
            string at = $"{File}: measurand {m.Name}";
            Require(Constant().IsMatch(m.Name), $"{at}: name: a constant's name was expected");
            Require(Member().IsMatch(m.Member), $"{at}: member: a word in camel case was expected");
            Require(m.Reading == null || Constant().IsMatch(m.Reading),
                $"{at}: reading: a column of Measurement was expected");
            Require(m.Digits is >= 0 and <= 9, $"{at}: digits: 0 to 9 was expected");
            Require(m.Columns is "total" or "each" or "both", $"{at}: columns: total, each or both was expected");
            Require(Identifier().IsMatch(m.Dlt645), $"{at}: dlt645: eight digits 0 to F were expected");
            Require(Identifier().IsMatch(m.Dlt698), $"{at}: dlt698: eight digits 0 to F were expected");
            Require(Obis().IsMatch(m.Obis), $"{at}: obis: 1-0:C.D.E was expected");
        }

        Require(measurands.Select(m => m.Number).SequenceEqual(Enumerable.Range(0, measurands.Length)),
            $"{File}: number: 0, 1, 2 … in order were expected");
        Once(File, measurands.SelectMany(m => m.Each().Select(column => (column.Dlt645, m.Name))), "dlt645");
        Once(File, measurands.SelectMany(m => m.Each().Select(column => (column.Obis, m.Name))), "obis");
        Once(File, measurands.SelectMany(m => m.Each().Select(column => (column.Dlt698, m.Name))), "dlt698");
    }

    private static void CheckPlain(Catalogue catalogue)
    {
        const string File = "measurands.json";
        Once(File, catalogue.PlainRows.Select(p => (p.Register, p.Quantity)), "plain register");
        Once(File, catalogue.PlainRows.Select(p => ($"{p.Quantity}, {p.Values == "rates"}", p.Register)),
            "plain quantity");
        foreach (PlainEntry p in catalogue.PlainRows)
        {
            string at = $"{File}: plain {p.Register}";
            Require(Register().IsMatch(p.Register), $"{at}: register: four digits 0 to F were expected");
            Require(p.Values is "total" or "phases" or "rates", $"{at}: values: total, phases or rates was expected");
            bool isRates = p.Values == "rates";
            Require(p.Address % (isRates ? 0x100 : 0x10) == 0 && isRates == (p.Address >= 0x400),
                $"{at}: register: a multiple of 0x10 below 0x0400, for rates of 0x100 from there on, was expected");
            Require(Member().IsMatch(p.Quantity), $"{at}: quantity: a word in camel case was expected");
            MeasurandEntry[] all = [.. p.Of.SelectMany(name => catalogue.Measurands.Where(m => m.Name == name))];
            Require(all.Length > 0 && all.Length == p.Of.Length && all.All(m => m.Unit == all[0].Unit),
                $"{at}: of: names of measurands of one unit were expected");
        }
    }

    private static void CheckCommands(CommandEntry[] commands)
    {
        const string File = "commands.json";
        Once(File, commands.Select(c => ($"{c.Code}", c.Word)), "code");
        Once(File, commands.Select(c => (c.Word, c.Name)), "word");
        Once(File, commands.Select(c => (c.Name, c.Word)), "name");
        foreach (CommandEntry c in commands)
        {
            string at = $"{File}: command {c.Word}";
            Require(Constant().IsMatch(c.Name), $"{at}: name: a constant's name was expected");
            Require(c.Code is >= 1 and <= 255, $"{at}: code: 1 to 255 was expected");
            Require(Word().IsMatch(c.Word), $"{at}: word: small letters and hyphens were expected");
            Require(c.Roles.Length > 0 && c.Roles.All(r => r is "utility" or "technician" or "owner" or "reader"),
                $"{at}: roles: some of utility, technician, owner, reader were expected");
            Require(c.Products().Any() && c.Products().All(p => p.Forms.Length > 0),
                $"{at}: the forms of a product (meter, charger, site) were expected");
        }

        int[] codes = [.. commands.Select(c => c.Code).Order()];
        Require(codes.SequenceEqual(Enumerable.Range(1, codes.Length)),
            $"{File}: code: the next free one is "
            + $"{Enumerable.Range(1, codes.Length + 1).First(i => !codes.Contains(i))}");
    }

    internal static void Once(string file, IEnumerable<(string Value, string Name)> values, string member)
    {
        foreach (var twice in values.GroupBy(v => v.Value).Where(g => g.Count() > 1))
        {
            throw new CatalogueException(
                $"{Outputs.Folder}{file}: {member} {twice.Key}: "
                + $"of {string.Join(" and ", twice.Select(v => v.Name))}; one was expected");
        }
    }

    internal static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new CatalogueException(Outputs.Folder + message);
        }
    }

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*$")]
    internal static partial Regex Constant();

    [GeneratedRegex("^03 (?!30$)[0-9A-F]{2}( [0-9A-F]{2})?$")]
    private static partial Regex Item();

    [GeneratedRegex("^[47][.]([0-9]|1[0-5])$")]
    private static partial Regex StatusBit();

    [GeneratedRegex("^[a-z][A-Za-z0-9]*$")]
    private static partial Regex Member();

    [GeneratedRegex("^[0-9A-F]{4}$")]
    private static partial Regex Register();

    [GeneratedRegex("^[0-9A-F]{8}$")]
    private static partial Regex Identifier();

    [GeneratedRegex("^1-0:[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}$")]
    private static partial Regex Obis();

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex Word();
}
