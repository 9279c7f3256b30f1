using System.Text.RegularExpressions;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>
/// How a column writes its numbers: the point or the comma may be the decimal sign. The whole column decides; where
/// both readings are possible for every cell (1,250), that is an error which proposes the option.
/// </summary>
internal sealed partial class NumberColumn
{
    private readonly bool _isComma;

    private NumberColumn(bool isComma)
    {
        _isComma = isComma;
    }

    /// <param name="cells">The column's cells with their line, blank ones left out.</param>
    /// <param name="sign">"point", "comma" or null: found by itself.</param>
    /// <param name="bad">Makes the error at a line.</param>
    public static NumberColumn Find(
        IReadOnlyList<(int Line, string Text)> cells, string? sign, Func<int, string, InputException> bad)
    {
        if (sign is not null)
        {
            return new NumberColumn(sign == "comma");
        }

        int points = cells.Count(cell => Point().IsMatch(cell.Text));
        int commas = cells.Count(cell => Comma().IsMatch(cell.Text));
        (int Line, string Text) open = cells.FirstOrDefault(cell => cell.Text.AsSpan().ContainsAny(',', '.')
            && !Plain().IsMatch(cell.Text));
        bool isOpen = points == commas && open.Text is not null && Point().IsMatch(open.Text)
            && Comma().IsMatch(open.Text);
        return isOpen && cells.Any(cell => cell.Text.Contains(','))
            ? throw bad(open.Line, $"'{open.Text}' is no number that can be read in one way only: "
                + "--decimal point or --decimal comma says which sign parts the decimals")
            : new NumberColumn(commas > points);
    }

    public bool TryRead(string text, out decimal value)
    {
        value = 0;
        if (!(_isComma ? Comma() : Point()).IsMatch(text) && !(!_isComma && NumberText.TryRead(text, out decimal _)))
        {
            return false;
        }

        string plain = _isComma ? Blanks().Replace(text, "").Replace(".", "").Replace(',', '.')
            : Blanks().Replace(text, "").Replace(",", "");
        return NumberText.TryRead(plain, out value);
    }

    // A whole group of three behind every separator of thousands, and none before the first.
    [GeneratedRegex(@"^[-+]?(\d+|[1-9]\d{0,2}([, \u00A0\u202F]\d{3})+)(\.\d+)?([eE][-+]?\d+)?\z|^[-+]?\.\d+\z")]
    private static partial Regex Point();

    [GeneratedRegex(@"^[-+]?(\d+|[1-9]\d{0,2}([. \u00A0\u202F]\d{3})+)(,\d+)?\z")]
    private static partial Regex Comma();

    [GeneratedRegex(@"^[-+]?\d*\.\d+\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"[ \u00A0\u202F]")]
    private static partial Regex Blanks();
}
