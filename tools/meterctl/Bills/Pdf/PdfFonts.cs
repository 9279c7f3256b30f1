using SkiaSharp;

namespace MeterFirmware.Tools.MeterCtl.Bills.Pdf;

/// <summary>Fonts of this machine: one for plain text, and for a character that it lacks any other that has it. The
/// plain one is embedded in the file; of the others only outlines are drawn, since a Chinese font takes 10
/// MB.</summary>
internal sealed class PdfFonts : IDisposable
{
    private static readonly string[] _families = ["Noto Sans", "DejaVu Sans", "Segoe UI", "Helvetica Neue", "Arial"];

    private readonly SKTypeface _plain = Find(SKFontStyle.Normal);
    private readonly SKTypeface _bold = Find(SKFontStyle.Bold);
    private readonly Dictionary<int, SKTypeface?> _others = [];
    private readonly List<SKTypeface> _opened = [];

    /// <summary>Characters that no font of this machine has: they print as boxes.</summary>
    public SortedSet<string> Missing { get; } = new(StringComparer.Ordinal);

    public float Width(string text, float size, bool isBold = false)
    {
        float width = 0;
        foreach ((string run, SKTypeface typeface) in Runs(text, isBold))
        {
            using SKFont font = Font(typeface, size);
            width += font.MeasureText(run);
        }

        return width;
    }

    public void Draw(SKCanvas canvas, string text, float x, float y, float size, SKColor colour, bool isBold = false)
    {
        using SKPaint paint = new() { Color = colour, IsAntialias = true };
        foreach ((string run, SKTypeface typeface) in Runs(text, isBold))
        {
            using SKFont font = Font(typeface, size);
            if (_opened.Contains(typeface))
            {
                using SKPath outlines = font.GetTextPath(run, new SKPoint(x, y));
                canvas.DrawPath(outlines, paint);
            }
            else
            {
                canvas.DrawText(run, x, y, font, paint);
            }

            x += font.MeasureText(run);
        }
    }

    /// <summary>Lines of at most a width, broken at blanks, or where there is none between any two
    /// characters.</summary>
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
        _opened.ForEach(typeface => typeface.Dispose());
    }

    /// <summary>Widths of print, not those of a screen's pixels.</summary>
    private static SKFont Font(SKTypeface typeface, float size) => new(typeface, size)
    {
        Subpixel = true,
        LinearMetrics = true,
        Hinting = SKFontHinting.None,
    };

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
            other = _opened.Find(typeface => typeface.ContainsGlyph(rune.Value)) ?? Open(rune.Value);
            _others.Add(rune.Value, other);
            if (other is null)
            {
                Missing.Add(rune.ToString());
            }
        }

        return other;
    }

    // Skia's own way (MatchCharacter) finds nothing on Linux without fontconfig: each family is asked.
    private SKTypeface? Open(int character)
    {
        foreach (string family in SKFontManager.Default.FontFamilies)
        {
            SKTypeface? typeface = SKFontManager.Default.MatchFamily(family, SKFontStyle.Normal);
            if (typeface?.ContainsGlyph(character) == true)
            {
                _opened.Add(typeface);
                return typeface;
            }

            typeface?.Dispose();
        }

        return null;
    }
}
