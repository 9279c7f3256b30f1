namespace MeterFirmware.Tools.Generate;

/// <summary>The constants of events: EventCode, ChargerEventCode, SiteEventCode.</summary>
internal static class EventCodes
{
    public static string Of(Catalogue catalogue, string product, string type, string space, string summary)
    {
        CodeText code = new([], space, Outputs.Folder + "events.json");
        code.Summary(summary);
        code.Line($"public static class {type}").Open();
        bool isFirst = true;
        foreach (EventEntry e in catalogue.Events.Where(e => e.Product == product))
        {
            if (!isFirst)
            {
                code.Line();
            }

            isFirst = false;
            code.Summary(Describe(e)).Line($"public const int {e.Name} = {e.Code};");
            foreach (BitEntry bit in e.Bits ?? [])
            {
                code.Line().Summary(bit.Description).Line($"public const int {bit.Name} = {1 << bit.Bit};");
            }
        }

        return code.Close().ToString();
    }

    private static string Describe(EventEntry e)
    {
        string values = e.Values.Length == 0 ? "" : $" Values: {string.Join("; ", e.Values)}.";
        return e.IsLasting
            ? $"{e.Description} Lasts: values import, export Wh at the begin, at the end, then the worst value "
                + $"({e.Worst})."
            : e.Description + values;
    }
}
