namespace MeterFirmware.Tools.Generate;

/// <summary>The constants of faults: ChargerFault as numbers with words, MeterFault and SensorFault as bits.</summary>
internal static class FaultCodes
{
    public static string Charger(Catalogue catalogue)
    {
        FaultEntry[] faults = Of(catalogue, "charger");
        CodeText code = new([], Places.ChargerFaultSpace, Outputs.Folder + "events.json");
        code.Summary("The faults' stable numbers and names, as events, telemetry and the command line write them.");
        code.Line("public static class ChargerFault").Open();
        foreach (FaultEntry f in faults)
        {
            code.Summary(f.Description).Line($"public const int {f.Name} = {f.Number};").Line();
        }

        code.Line($"public const int Count = {faults.Length};").Line();
        code.Summary("Faults that open the contactor in the same tick, under load. All others end the offer and let "
            + "the vehicle stop first.");
        Mask(code, "ImmediateMask", faults.Where(f => f.Opens == "at once")).Line();
        code.Summary("Faults that stay until the plug has been out or a person resets, once their cause is gone; but "
            + "for those that <see cref=\"ChargeState.RetryFaults\"/> says are tried again.");
        Mask(code, "LatchedMask", faults.Where(f => f.Ends == "plug out or reset")).Line();
        code.Summary("Faults that only a person's reset ends, and that survive a restart.");
        Mask(code, "PersonalMask", faults.Where(f => f.Ends == "reset by a person")).Line();
        code.Line("public static string NameOf(int fault)").Open();
        code.Switch("fault", faults.SkipLast(1).Select(f => (f.Name, $"\"{f.Word}\"")), $"\"{faults[^1].Word}\"");
        return code.Close().Close().ToString();
    }

    public static string Bits(Catalogue catalogue, string group, string type, string space, string summary)
    {
        CodeText code = new([], space, Outputs.Folder + "events.json");
        code.Summary(summary).Line($"public static class {type}").Open().Line("public const int None = 0;");
        foreach (FaultEntry f in Of(catalogue, group))
        {
            code.Line().Summary(f.Description).Line($"public const int {f.Name} = {1 << f.Number};");
        }

        return code.Close().ToString();
    }

    internal static FaultEntry[] Of(Catalogue catalogue, string group) =>
        [.. catalogue.Faults.Where(f => f.Group == group)];

    private static CodeText Mask(CodeText code, string name, IEnumerable<FaultEntry> faults) =>
        code.Line($"public const int {name} =").Terms(faults.Select(f => $"1 << {f.Name}"));
}
