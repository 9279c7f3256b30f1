namespace MeterFirmware.Tools.Generate;

/// <summary>The plain Modbus map: the firmware's table, the README's and the one that meterctl shows.</summary>
internal static class PlainTables
{
    private const string Source = Outputs.Folder + "measurands.json";

    /// <summary>Where each quantity lies, for the device.</summary>
    public static string Code(Catalogue catalogue)
    {
        PlainEntry[] values = [.. catalogue.PlainRows.Where(p => p.Values != "rates")];
        PlainEntry[] rates = [.. catalogue.PlainRows.Where(p => p.Values == "rates")];
        CodeText code = new([], "MeterFirmware.Modbus", Source);
        code.Summary("Where the quantities of the plain map lie. A register that was given never changes.");
        code.Line("public static class PlainTable").Open();
        foreach (PlainEntry rate in rates)
        {
            code.Summary($"First register of the rates' {rate.Quantity}, Wh.");
            code.Line($"public const int {rate.Constant}Rates = 0x{rate.Register};").Line();
        }

        code.Summary("First register of a quantity: its total's; −1: it is not in the map.");
        code.Line("public static int RegisterOf(int quantity)").Open();
        code.Switch("quantity", values.Select(p => ($"Quantity.{p.Constant}", $"0x{p.Register}")), "-1").Close().Line();
        code.Summary("The quantity whose registers begin at this one; −1: none.");
        code.Line("public static int QuantityAt(int register)").Open();
        code.Switch("register", values.Select(p => ($"0x{p.Register}", $"Quantity.{p.Constant}")), "-1").Close();
        return code.Close().ToString();
    }

    /// <summary>The same with words, for meterctl.</summary>
    public static string Words(Catalogue catalogue)
    {
        CodeText code = new([], "MeterFirmware.Tools.MeterCtl.Modbus", Source);
        code.Summary("The plain map's registers as `meterctl modbus registers` shows them.");
        code.Line("public static class PlainRegisters").Open();
        code.Summary("First register, quantity, what its values are, unit, meaning.");
        code.Line("public static readonly PlainRegister[] All =").Line("[");
        foreach (PlainEntry p in catalogue.PlainRows)
        {
            code.Indented($"new(0x{p.Register}, \"{p.Quantity}\", \"{ValuesOf(p)}\", \"{UnitOf(catalogue, p)}\",");
            code.Indented($"    \"{Meaning(catalogue, p)}\"),");
        }

        return code.Line("];").Close().ToString();
    }

    /// <summary>The rows of firmware/Modbus/README.md.</summary>
    public static string Table(Catalogue catalogue) =>
        "| register | quantity | values | unit | meaning |\n|---|---|---|---|---|\n"
        + string.Concat(catalogue.PlainRows.Select(p =>
            $"| 0x{p.Register} | {p.Quantity} | {ValuesOf(p)} | {UnitOf(catalogue, p)} | {Meaning(catalogue, p)} |\n"));

    private static string ValuesOf(PlainEntry p) => p.Values switch
    {
        "total" => "total",
        "rates" => "each rate",
        _ => p.Quantity == "voltage" ? "mean, L1, L2, L3" : "total, L1, L2, L3",
    };

    /// <summary>Thousandths of the measurand's unit; a pure number in its last place; rates in whole units.</summary>
    private static string UnitOf(Catalogue catalogue, PlainEntry p)
    {
        MeasurandEntry m = catalogue.Measurands.First(m => m.Name == p.Of[0]);
        return p.Values == "rates" ? m.Unit : m.Unit == "1" ? $"1/1{new string('0', m.Digits)}" : $"m{m.Unit}";
    }

    private static string Meaning(Catalogue catalogue, PlainEntry p)
    {
        string first = catalogue.Measurands.First(m => m.Name == p.Of[0]).Description.TrimEnd('.');
        return string.Join("; ", p.Of.Skip(1).Select(name => catalogue.Measurands.First(m => m.Name == name)
            .Description.TrimEnd('.')).Prepend(first)) + (p.Of.Length > 1 ? ": their sum" : "");
    }
}
