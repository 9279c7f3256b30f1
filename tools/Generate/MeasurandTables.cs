namespace MeterFirmware.Tools.Generate;

/// <summary>The firmware's measurand table.</summary>
internal static class MeasurandTables
{
    public static string Code(Catalogue catalogue)
    {
        MeasurandEntry[] all = catalogue.Measurands;
        CodeText code = new([], "MeterFirmware.Telemetry", Outputs.Folder + "measurands.json");
        code.Summary(
            "The one table of what a meter measures: name, unit and decimal places of the payloads, and the codes "
            + "by which other protocols call the same quantity. It is code and not arrays: it stays in flash.");
        code.Line("public static class Measurands").Open();
        foreach (MeasurandEntry m in all)
        {
            code.Summary(m.Description).Line($"public const int {m.Name} = {m.Number};").Line();
        }

        code.Summary("Rows of the table.").Line($"public const int Count = {all.Length};").Line();
        code.Summary("The phase argument that asks for the sum over all phases.").Line("public const int Total = -1;")
            .Line();
        Texts(code, "Name in payloads and in the thing model.", "Name", all, m => m.Member);
        Texts(code, "Unit in payloads; \"1\" for a pure number.", "Unit", all, m => m.Unit);
        code.Summary("Decimal places in payloads.").Line("public static int Digits(int measurand)").Open();
        code.Switch("measurand", all.Select(m => (m.Name, $"{m.Digits}")), "0").Close().Line();
        code.Summary("True when the table has a column for a phase (0, 1, 2) or for <see cref=\"Total\"/>.");
        code.Line("public static bool Has(int measurand, int phase)").Open();
        code.Switch("measurand", all.Select(m => (m.Name, m.Columns switch
        {
            "total" => "phase == Total",
            "each" => "phase != Total",
            _ => "true",
        })), "false").Close().Line();
        code.Summary("OBIS code with reduced notation A-B:C.D.E, such as 1-0:32.7.0 for the voltage of phase 0. "
            + "Allocates.");
        code.Line("public static string ObisCode(int measurand, int phase)").Open();
        code.Line("string more = ObisRest(measurand);");
        code.Line("return \"1-0:\" "
            + "+ (ObisGroupC(measurand) + 20 * (phase - FirstPhase(measurand))).ToString() + more;");
        code.Close().Line();
        code.Summary("DL/T 645-2007 data identifier, most significant byte first.");
        code.Line("public static uint DataIdentifier(int measurand, int phase) =>");
        code.Indented("FirstDataIdentifier(measurand) + ((uint)(phase - FirstPhase(measurand)) << 8);").Line();
        code.Summary("DL/T 698.45 OAD: object, attribute 2, index of the total (energy, power) or of the phase.");
        code.Line("public static uint ObjectAttribute(int measurand, int phase) =>");
        code.Indented("FirstObjectAttribute(measurand) + (uint)(phase - FirstPhase(measurand));").Line();
        Private(code, "int FirstPhase", all, m => m.Columns == "each" ? "0" : "Total", "Total").Line();
        Private(code, "int ObisGroupC", all, m => $"{m.ObisGroupC}", "0").Line();
        Private(code, "string ObisRest", all, m => $"\".{m.ObisRest}\"", "\"\"").Line();
        Private(code, "uint FirstDataIdentifier", all, m => Hex(m.Dlt645), "0").Line();
        Private(code, "uint FirstObjectAttribute", all, m => Hex(m.Dlt698), "0");
        return code.Close().ToString();
    }

    /// <summary>The instant readings' columns.</summary>
    public static string Columns(Catalogue catalogue)
    {
        CodeText code = new(["MeterFirmware.Basics", "MeterFirmware.Hardware"], "MeterFirmware.Telemetry",
            Outputs.Folder + "measurands.json");
        code.Summary("What instant readings take from a reading, column by column.");
        code.Line("internal static class InstantColumns").Open();
        code.Line("public static void Write(ByteTextWriter json, Measurement now)").Open();
        foreach (MeasurandEntry m in catalogue.Measurands.Where(m => m.Instant && m.Reading != null))
        {
            if (m.Columns == "total")
            {
                code.Line($"json.Name(Measurands.Name(Measurands.{m.Name}));");
                code.Line($"json.ValueScaled(now.{m.Reading}, Measurands.Digits(Measurands.{m.Name}));");
            }
            else
            {
                code.Line($"Columns.Write(json, Measurands.{m.Name}, now.{m.Reading}, now.PhaseCount);");
            }
        }

        return code.Close().Close().ToString();
    }

    private static string Hex(string digits) => $"0x{digits[..4]}_{digits[4..]}";

    private static void Texts(CodeText code, string summary, string name, MeasurandEntry[] all, Func<MeasurandEntry,
        string> text)
    {
        code.Summary(summary).Line($"public static string {name}(int measurand)").Open();
        code.Switch("measurand", all.Select(m => (m.Name, $"\"{text(m)}\"")), "\"\"").Close().Line();
    }

    private static CodeText Private(CodeText code, string signature, MeasurandEntry[] all, Func<MeasurandEntry,
        string> value,
        string otherwise)
    {
        code.Line($"private static {signature}(int measurand)").Open();
        return code.Switch("measurand", all.Select(m => (m.Name, value(m))), otherwise).Close();
    }
}
