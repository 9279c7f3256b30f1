namespace MeterFirmware.Tools.Generate;

/// <summary>
/// numbers.txt: every number that was ever given, and to what. Lines are only added: a device in the field, a stored
/// record or another's head-end knows the number, whatever the catalogue says later.
/// </summary>
internal static class NumberLedger
{
    /// <summary>The ledger with the catalogue's new numbers at its end; <see cref="CatalogueException"/> when a number
    /// of a line is now another's, or a name's number another.</summary>
    public static string Continue(string path, string ledger, Catalogue catalogue)
    {
        (string Key, string Name)[] now = [.. Numbers(catalogue)];
        Dictionary<string, string> given = [];
        int line = 0;
        foreach (string text in ledger.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            line++;
            string[] words = text.Split(' ');
            if (words.Length != 3 || !given.TryAdd($"{words[0]} {words[1]}", words[2]))
            {
                throw new CatalogueException($"{path}: line {line}: 'KIND NUMBER NAME' was expected, each number once");
            }
        }

        Dictionary<string, string> names = now.ToDictionary(n => n.Key, n => n.Name);
        foreach ((string key, string name) in given)
        {
            if (names.TryGetValue(key, out string? other) && other != name)
            {
                throw new CatalogueException($"{path}: {key} was given to {name} and is never given to {other}: "
                    + "take the next free number");
            }
        }

        HashSet<string> retired = [.. given.Select(g => $"{g.Key.Split(' ')[0]} {g.Value}")];
        (string Key, string Name)[] added = [.. now.Where(n => !given.ContainsKey(n.Key))];
        foreach ((string key, string name) in added)
        {
            if (retired.Contains($"{key.Split(' ')[0]} {name}"))
            {
                throw new CatalogueException($"{path}: {name} has a number already and does not get {key} as well: "
                    + "its old one is expected");
            }
        }

        return ledger + string.Concat(added.Select(a => $"{a.Key} {a.Name}\n"));
    }

    private static IEnumerable<(string Key, string Name)> Numbers(Catalogue catalogue)
    {
        foreach (EventEntry e in catalogue.Events)
        {
            yield return ($"event {e.Code}", e.Name);
        }

        foreach ((int slot, string name) in catalogue.Events.SelectMany(CatalogueRules.Slots).OrderBy(s => s.Slot))
        {
            yield return ($"slot {slot}", name);
        }

        foreach (FaultEntry f in catalogue.Faults)
        {
            yield return ($"{f.Group}-fault {f.Number}", f.Word ?? f.Name);
        }

        foreach (RefusalEntry r in catalogue.Refusals)
        {
            yield return ($"refusal {r.Code}", r.Word);
        }

        foreach (MeasurandEntry m in catalogue.Measurands)
        {
            yield return ($"measurand {m.Number}", m.Member);
        }

        foreach (PlainEntry p in catalogue.PlainRows)
        {
            yield return ($"plain {p.Register}", p.Values == "rates" ? $"{p.Quantity}Rates" : p.Quantity);
        }

        foreach (SettingEntry s in SettingList.Meter.InOrder(catalogue.Settings).OrderBy(s => s.MeterPlace))
        {
            yield return ($"setting {s.MeterPlace}", s.Key);
        }

        foreach (SettingEntry s in SettingList.Device.InOrder(catalogue.Settings).OrderBy(s => s.DevicePlace))
        {
            yield return ($"device-setting {s.DevicePlace}", s.Key);
        }

        foreach (CommandEntry c in catalogue.Commands.OrderBy(c => c.Code))
        {
            yield return ($"command {c.Code}", c.Word);
        }
    }
}
