using System.Globalization;

namespace MeterFirmware.Tools.Input;

/// <summary>
/// The one way in which meterctl reads numbers, in options and in files: digits, a decimal point, a sign, an exponent.
/// A comma is never read: here it parts thousands, there it is the decimal point. The language of the PC changes
/// nothing.
/// </summary>
public static class NumberText
{
    private const NumberStyles Styles =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public static bool TryRead(ReadOnlySpan<char> text, out decimal value) =>
        decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out value);

    /// <summary>Finite numbers only.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, Styles, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>Digits and a sign; no point and no exponent.</summary>
    public static bool TryReadWhole(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>What is wrong with a text that is no number.</summary>
    public static string Problem(string text, bool isWhole = false)
    {
        string expected = isWhole ? "a whole number" : "a number";
        return text.Contains(',')
            ? $"'{text}' is no number: {expected} was expected, with a decimal point and without separators of "
                + $"thousands"
            : $"'{text}' is no number: {expected} was expected";
    }
}
