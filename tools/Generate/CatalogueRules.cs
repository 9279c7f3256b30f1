using System.Text.RegularExpressions;

namespace MeterFirmware.Tools.Generate;

/// <summary>What must hold within and between the catalogues. The first thing that does not is named.</summary>
internal static partial class CatalogueRules
{
    public static void Check(Catalogue catalogue)
    {
        CheckEvents(catalogue.Events);
        CheckFaults(catalogue.Faults);
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
            $"{File}: slot: the next free one is {Enumerable.Range(0, slots.Length + 1).First(i => !slots.Contains(i))}");
    }

    /// <summary>Every slot of the event memory that an event takes.</summary>
    internal static IEnumerable<(int Slot, string Name)> Slots(EventEntry e) => e.Slot is not { } first ? []
        : Enumerable.Range(0, e.Phases ? 3 : 1).Select(phase => (first + phase, e.Phases ? $"{e.Name}.{phase}" : e.Name));

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

    internal static void Once(string file, IEnumerable<(string Value, string Name)> values, string member)
    {
        foreach (var twice in values.GroupBy(v => v.Value).Where(g => g.Count() > 1))
        {
            throw new CatalogueException(
                $"{Outputs.Folder}{file}: {member} {twice.Key}: of {string.Join(" and ", twice.Select(v => v.Name))}; one was expected");
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
}
