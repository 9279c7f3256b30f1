using SkiaSharp;

namespace MeterFirmware.Tools.MeterCtl.Bills.Pdf;

/// <summary>Fonts of this machine: one for plain text, and for a character that it lacks any other that has it. Glyphs
/// are embedded in the file.</summary>
internal sealed class PdfFonts : IDisposable
{
    private static readonly string[] _families = ["Noto Sans", "DejaVu Sans", "Segoe UI", "Helvetica Neue", "Arial"];

    private readonly SKTypeface _plain = Find(SKFontStyle.Normal);
    private readonly SKTypeface _bold = Find(SKFontStyle.Bold);
    private readonly Dictionary<int, SKTypeface?> _others = [];

    /// <summary>Characters that no font of this machine has: they print as boxes.</summary>
    public SortedSet<string> Missing { get; } = new(StringComparer.Ordinal);

    public float Width(string text, float size, bool isBold = false)
    {
        float width = 0;
        foreach ((string run, SKTypeface typeface) in Runs(text, isBold))
        {
            using SKFont font = new(typeface, size);
            width += font.MeasureText(run);
        }

        return width;
    }

    public void Draw(SKCanvas canvas, string text, float x, float y, float size, SKColor colour, bool isBold = false)
    {
        using SKPaint paint = new() { Color = colour, IsAntialias = true };
        foreach ((string run, SKTypeface typeface) in Runs(text, isBold))
        {
            using SKFont font = new(typeface, size);
            canvas.DrawText(run, x, y, font, paint);
            x += font.MeasureText(run);
        }
    }

    /// <summary>Lines of at most a width, broken at blanks, or where there is none between any two characters.</summary>
    public IEnumerable<string> Wrap(string text, float size, float width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            string longer = line.Length == 0 ? word : line + " " + word;
            if (Width(longer, size) <= width)
            {
                line = longer;
                continue;
            }

            if (line.Length > 0)
            {
                yield return line;
            }

            line = "";
            foreach (System.Text.Rune rune in word.EnumerateRunes())
            {
                if (Width(line + rune, size) > width)
                {
                    yield return line;
                    line = "";
                }

                line += rune.ToString();
            }
        }

        yield return line;
    }

    public void Dispose()
    {
        _plain.Dispose();
        _bold.Dispose();
        foreach (SKTypeface? other in _others.Values)
        {
            other?.Dispose();
        }
    }

    private static SKTypeface Find(SKFontStyle style)
    {
        foreach (string family in _families)
        {
            SKTypeface? found = SKFontManager.Default.MatchFamily(family, style);
            if (found is not null)
            {
                return found;
            }
        }

        return SKTypeface.Default;
    }

    private IEnumerable<(string Run, SKTypeface Typeface)> Runs(string text, bool isBold)
    {
        SKTypeface first = isBold ? _bold : _plain;
        SKTypeface current = first;
        int begin = 0;
        for (int i = 0; i < text.Length;)
        {
            System.Text.Rune rune = System.Text.Rune.TryGetRuneAt(text, i, out System.Text.Rune read) ? read
                : System.Text.Rune.ReplacementChar;
            SKTypeface wanted = first.ContainsGlyph(rune.Value) ? first : Other(rune) ?? first;
            if (wanted != current && i > begin)
            {
                yield return (text[begin..i], current);
                begin = i;
            }

            current = wanted;
            i += rune.Utf16SequenceLength;
        }

        if (begin < text.Length)
        {
            yield return (text[begin..], current);
        }
    }

    private SKTypeface? Other(System.Text.Rune rune)
    {
        if (!_others.TryGetValue(rune.Value, out SKTypeface? other))
        {
            other = SKFontManager.Default.MatchCharacter(rune.Value);
            if (other is not null && !other.ContainsGlyph(rune.Value))
            {
                other.Dispose();
                other = null;
            }

            _others.Add(rune.Value, other);
            if (other is null)
            {
                Missing.Add(rune.ToString());
            }
        }

        return other;
    }
}
