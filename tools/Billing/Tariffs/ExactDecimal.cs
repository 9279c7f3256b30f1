namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>Decimals as scaled integers, from text and to text, never by way of a double.</summary>
internal static class ExactDecimal
{
    /// <summary>Null and a value when the text is a decimal of at most so many places within the range; else what is
    /// wrong with it. No exponent, no sign but a minus, digits before the point.</summary>
    public static string? Parse(string text, int places, long minimum, long maximum, out long value)
    {
        value = 0;
        string digits = text.StartsWith('-') ? text[1..] : text;
        int point = digits.IndexOf('.');
        string whole = point < 0 ? digits : digits[..point];
        string part = point < 0 ? "" : digits[(point + 1)..];
        if (whole.Length == 0 || !whole.All(char.IsAsciiDigit) || !part.All(char.IsAsciiDigit)
            || (point >= 0 && part.Length == 0))
        {
            return $"{JsonReader.Quote(text)} is not a decimal such as \"0.617\"";
        }

        if (part.Length > places)
        {
            return $"{JsonReader.Quote(text)} has {part.Length} decimal places; at most {places} are allowed";
        }

        long unit = Unit(places);
        string scaled = (whole + part.PadRight(places, '0')).TrimStart('0');
        value = scaled.Length switch { 0 => 0, > 18 => long.MaxValue, _ => long.Parse(scaled) };
        value = text.StartsWith('-') ? -value : value;
        return value < 0 && minimum == 0 ? $"{JsonReader.Quote(text)} is negative; expected 0 or more"
            : value < minimum || value > maximum
                ? $"{JsonReader.Quote(text)} is out of range; expected {minimum / unit} to {maximum / unit}"
            : null;
    }

    public static string Format(long value, int places)
    {
        long magnitude = Math.Abs(value);
        string text = $"{magnitude / Unit(places)}.{(magnitude % Unit(places)).ToString().PadLeft(places, '0')}";
        return (value < 0 ? "-" : "") + text.TrimEnd('0').TrimEnd('.');
    }

    private static long Unit(int places) => (long)Math.Pow(10, places);
}
