using System.Globalization;
using MeterFirmware.Tools.Tests.Support;

namespace MeterFirmware.Tidy.Tests;

/// <summary>
/// known.txt: what stood against the rules when they came. It may only shrink: a rule fails on more than the list says,
/// and on an entry that is no longer needed. METER_TIDY=lower lowers all entries to what there is.
/// </summary>
public static class KnownFindings
{
    private const string ListPath = "tests/Tidy.Tests/known.txt";

    /// <summary>Null: the rule holds, or what is against it is known. Else what to do.</summary>
    public static string Compare(string rule, IReadOnlyList<Finding> findings)
    {
        Dictionary<string, int> known = Read().Where(e => e.Rule == rule).ToDictionary(e => e.Key, e => e.Count);
        ILookup<string, Finding> found = findings.ToLookup(f => f.Key);
        List<string> faults = [];
        foreach (IGrouping<string, Finding> place in found)
        {
            if (place.Count() > known.GetValueOrDefault(place.Key))
            {
                string lines = string.Join(", ", place.Take(12).Select(f => f.Line));
                faults.Add(
                    $"{rule} {place.Count()} {place.Key}: line {lines} ({known.GetValueOrDefault(place.Key)} known)");
            }
        }

        string[] stale = [.. known.Keys.Where(key => !found.Contains(key))];
        if (Environment.GetEnvironmentVariable("METER_TIDY") == "lower")
        {
            Lower(rule, found);
            stale = [];
        }

        faults.AddRange(stale.Select(key =>
            $"{ListPath}: {rule} {key}: no longer needed, delete it (METER_TIDY=lower does it)"));
        return faults.Count == 0 ? null : string.Join("\n", faults);
    }

    private static (string Rule, int Count, string Key)[] Read() =>
    [
        .. from line in SourceTree.Read(ListPath).Split('\n')
           where line.Length > 0 && line[0] != '#'
           let parts = line.Split(' ', 3)
           select (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]),
    ];

    private static void Lower(string rule, ILookup<string, Finding> found)
    {
        IEnumerable<string> head = SourceTree.Read(ListPath).Split('\n').TakeWhile(line => line.StartsWith('#'));
        IEnumerable<string> entries = from entry in Read()
                                      let count = entry.Rule == rule
                                          ? Math.Min(entry.Count, found[entry.Key].Count()) : entry.Count
                                      where count > 0
                                      select $"{entry.Rule} {count} {entry.Key}";
        File.WriteAllText(Path.Combine(Checkout.Root, ListPath), string.Join("\n", head.Concat(entries)) + "\n");
    }
}
