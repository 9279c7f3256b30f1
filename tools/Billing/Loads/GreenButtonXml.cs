using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using NodaTime;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>
/// Green Button XML (NAESB ESPI): interval readings with start, duration and value; the reading type gives the power of
/// ten and the unit, 72 being Wh. Another unit (gas), or two meter readings in one file, is an error.
/// </summary>
internal static class GreenButtonXml
{
    /// <summary>espi.xsd, UnitSymbolKind: 72 is Wh.</summary>
    private const string WattHours = "72";

    public static List<LoadRow> Read(string path, string text, out int stepSeconds)
    {
        XDocument document = Parse(path, text);
        XElement[] types = [.. Named(document, "ReadingType")];
        if (types.Length > 1)
        {
            throw new InputException($"{path}:{LineOf(types[1])}: a second ReadingType; one meter reading a file was "
                + $"expected");
        }

        decimal factor = 1;
        if (types.Length == 1)
        {
            string unit = Child(types[0], "uom") ?? WattHours;
            factor = unit == WattHours ? Power(path, types[0])
                : throw new InputException($"{path}:{LineOf(types[0])}: unit {unit}; {WattHours} (Wh) was expected");
        }

        List<LoadRow> rows = [];
        stepSeconds = 0;
        foreach (XElement reading in Named(document, "IntervalReading"))
        {
            XElement? period = reading.Elements().FirstOrDefault(one => one.Name.LocalName == "timePeriod");
            int line = LineOf(reading);
            long start = Number(path, line, "start", period is null ? null
                : Child(period, "start"), 60_000_000, 4_100_000_000);
            int duration = (int)Number(path, line, "duration", period is null ? null
                : Child(period, "duration"), 60, 86_400);
            long value = Number(path, line, "value", Child(reading, "value"), 0, 1_000_000_000_000);
            stepSeconds = stepSeconds == 0 || stepSeconds == duration ? duration
                : throw new InputException($"{path}:{line}: a duration of {duration} s after {stepSeconds} s; one "
                    + $"length was expected");
            rows.Add(new LoadRow(line, Instant.FromUnixTimeSeconds(start).InUtc().LocalDateTime, start, value * factor,
                0, 0));
        }

        return rows.Count > 0 ? [.. rows.OrderBy(row => row.UtcSeconds)]
            : throw new InputException($"{path}: no IntervalReading; Green Button XML was expected");
    }

    private static decimal Power(string path, XElement type)
    {
        string text = Child(type, "powerOfTenMultiplier") ?? "0";
        return NumberText.TryReadWhole(text, out int power) && power is >= -9 and <= 9
            ? Enumerable.Repeat(power < 0 ? 0.1m : 10m, Math.Abs(power)).Aggregate(1m, (product, one) => product * one)
            : throw new InputException($"{path}:{LineOf(type)}: powerOfTenMultiplier '{text}'; -9 to 9 was expected");
    }

    private static long Number(string path, int line, string name, string? text, long least, long most) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            && value >= least && value <= most
            ? value : throw new InputException($"{path}:{line}: {name} '{text}'; {least} to {most} was expected");

    private static XDocument Parse(string path, string text)
    {
        try
        {
            // No document type: an entity of a file, or of an address, is never followed.
            XmlReaderSettings strict = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using XmlReader reader = XmlReader.Create(new StringReader(text.TrimStart()), strict);
            return XDocument.Load(reader, LoadOptions.SetLineInfo);
        }
        catch (XmlException e)
        {
            throw new InputException($"{path}:{Math.Max(1, e.LineNumber)}: not XML: {e.Message}");
        }
    }

    private static IEnumerable<XElement> Named(XDocument document, string name) =>
        document.Descendants().Where(one => one.Name.LocalName == name);

    private static string? Child(XElement parent, string name) =>
        parent.Elements().FirstOrDefault(one => one.Name.LocalName == name)?.Value.Trim();

    private static int LineOf(XElement element) => ((IXmlLineInfo)element).LineNumber;
}
