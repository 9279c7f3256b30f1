using System.Globalization;
using System.Text;
using MeterFirmware.Dlt645;

namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>Turns fields into text and back, and data into named values.</summary>
public static class Dlt645Texts
{
    /// <summary>A field's text with exactly its decimal places.</summary>
    public static string FieldText(int format, long value)
    {
        string digits = value.ToString("D" + (2 * Dlt645Format.BytesOf(format)), CultureInfo.InvariantCulture);
        switch (Dlt645Format.KindOf(format))
        {
            case Dlt645Format.Number:
            case Dlt645Format.SignedNumber:
                return Scaled(value, Dlt645Format.PlacesOf(format));
            case Dlt645Format.Hex:
                return value.ToString("X" + (2 * Dlt645Format.BytesOf(format)), CultureInfo.InvariantCulture);
            case Dlt645Format.YearToMinute:
                return $"20{digits[..2]}-{digits[2..4]}-{digits[4..6]}T{digits[6..8]}:{digits[8..10]}";
            case Dlt645Format.YearToSecond:
                return $"20{digits[..2]}-{digits[2..4]}-{digits[4..6]}T{digits[6..8]}:{digits[8..10]}:{digits[10..12]}";
            case Dlt645Format.DateWeekday:
                return $"20{digits[..2]}-{digits[2..4]}-{digits[4..6]} weekday {digits[7]}";
            case Dlt645Format.DateWeekdayTime:
                return $"20{digits[..2]}-{digits[2..4]}-{digits[4..6]} weekday {digits[7]} " +
                    $"{digits[8..10]}:{digits[10..12]}:{digits[12..14]}";
            case Dlt645Format.TimeOfDay:
                return $"{digits[..2]}:{digits[2..4]}:{digits[4..6]}";
            case Dlt645Format.HourMinute:
                return $"{digits[..2]}:{digits[2..4]}";
            case Dlt645Format.MonthToMinute:
                return $"{digits[..2]}-{digits[2..4]}T{digits[4..6]}:{digits[6..8]}";
            case Dlt645Format.DayHour:
                return digits == "9999" ? "unused" : $"day {digits[..2]} hour {digits[2..4]}";
            case Dlt645Format.Zone:
                return $"{digits[..2]}-{digits[2..4]} day table {digits[4..6]}";
            case Dlt645Format.Period:
                return $"{digits[..2]}:{digits[2..4]} rate {digits[4..6]}";
            case Dlt645Format.Holiday:
                return $"20{digits[..2]}-{digits[2..4]}-{digits[4..6]} day table {digits[6..8]}";
            default:
                return digits;
        }
    }

    public static string Scaled(long value, int places)
    {
        string digits = Math.Abs(value).ToString("D" + (places + 1), CultureInfo.InvariantCulture);
        string text = places == 0 ? digits : digits[..^places] + "." + digits[^places..];
        return value < 0 ? "-" + text : text;
    }

    /// <summary>Hex of bytes in their order, without gaps.</summary>
    public static string Hex(byte[] bytes, int offset, int count) => Convert.ToHexString(bytes, offset, count);

    /// <summary>
    /// The values in an identifier's data. Lengths of blocks are not in the frame, so the number of rates, phases and
    /// so on is the one that fits. Null: <paramref name="count"/> bytes fit no such number.
    /// </summary>
    public static List<Dlt645Value>? Values(int di, byte[] data, int offset, int count)
    {
        Dlt645Counts counts = new();
        foreach (int phases in (int[])[3, 1])
        {
            for (int n = 0; n <= Dlt645Catalogue.RatesMax; n++)
            {
                counts.SetAll(n);
                counts.Phases = phases;
                List<Dlt645Value>? values = Layout(di, counts, data, offset, count);
                if (values != null)
                {
                    return values;
                }
            }
        }

        return null;
    }

    /// <summary>The values that are whole in the first part of a long answer. Empty where a part's length does not tell
    /// what is in it: elements that repeat by rate (freezes), load profiles, unknown identifiers.</summary>
    public static List<Dlt645Value> LeadingValues(int di, byte[] data, int offset, int count)
    {
        Dlt645Counts counts = new();
        counts.SetAll(Dlt645Catalogue.RatesMax);
        Dlt645Block block = new();
        Dlt645Item item = new();
        List<Dlt645Value> values = [];
        int at = 0;
        if (di >> 24 == 6 || !block.Begin(di, counts))
        {
            return values;
        }

        while (block.TryNext(out int element) && Dlt645Catalogue.TryDescribe(element, item)
            && item.Repeat == Dlt645Item.RepeatNone && at + item.Length <= count && !block.IsFreeze)
        {
            AddElement(element, item, 1, data, offset + at, values);
            at += item.Length;
        }

        return values;
    }

    /// <summary>True when the catalogue has the identifier or its first element.</summary>
    public static bool IsKnown(int di)
    {
        Dlt645Block block = new();
        Dlt645Counts counts = new() { Tiers = 3 };
        return block.Begin(di, counts) && block.TryNext(out int element)
            && Dlt645Catalogue.TryDescribe(element, new Dlt645Item());
    }

    private static List<Dlt645Value>? Layout(int di, Dlt645Counts counts, byte[] data, int offset, int count)
    {
        Dlt645Block block = new();
        Dlt645Item item = new();
        List<Dlt645Value> values = [];
        int at = 0;
        if (!block.Begin(di, counts))
        {
            return null;
        }

        bool first = true;
        while (block.TryNext(out int element))
        {
            if (!Dlt645Catalogue.TryDescribe(element, item))
            {
                return null;
            }

            // Freeze blocks of many meters part their elements by AA, which no BCD digit can be.
            if (!first && block.IsFreeze && at < count && data[offset + at] == Dlt645Protocol.Wildcard)
            {
                at++;
            }

            first = false;
            int repetitions = item.RepetitionsIn(counts);
            if (at + repetitions * item.Length > count)
            {
                return null;
            }

            AddElement(element, item, repetitions, data, offset + at, values);
            at += repetitions * item.Length;
        }

        if (block.IsFreeze && block.IsBlock && at == count - 1 && data[offset + at] == Dlt645Protocol.Wildcard)
        {
            at++;
        }

        return at == count ? values : null;
    }

    private static void AddElement(
        int di, Dlt645Item item, int repetitions, byte[] data, int at, List<Dlt645Value> values)
    {
        if (Dlt645Format.KindOf(item.FormatOf(0)) == Dlt645Format.Text)
        {
            // Low byte first as everything else: the last character comes first.
            byte[] text = data[at..(at + item.FieldCount)];
            Array.Reverse(text);
            values.Add(new(Dlt645Names.Of(di), Encoding.Latin1.GetString(text).Trim('\0', ' '), ""));
            return;
        }

        for (int r = 0; r < repetitions; r++)
        {
            for (int f = 0; f < item.FieldCount; f++)
            {
                int format = item.FormatOf(f);
                string name = Dlt645Names.OfField(di, item.LabelOf(f), r, item.Repeat != Dlt645Item.RepeatNone);
                values.Add(Dlt645FieldText.Read(name, format, data, at));
                at += Dlt645Format.BytesOf(format);
            }
        }
    }
}
