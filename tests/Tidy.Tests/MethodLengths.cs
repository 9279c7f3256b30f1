using System.Text.RegularExpressions;

namespace MeterFirmware.Tidy.Tests;

/// <summary>Finds methods by their braces: a block that stands in a type and has parameters in front.</summary>
public static partial class MethodLengths
{
    public static IEnumerable<(string Name, int Line, int Lines)> Of(SourceText source)
    {
        Stack<(bool IsType, string Name, int Start)> open = new();
        int headStart = 0;
        for (int i = 0; i < source.Code.Length; i++)
        {
            switch (source.Code[i])
            {
                case '{':
                    string head = Attribute().Replace(source.Code[headStart..i], m => new string(' ', m.Length));
                    bool isInType = open.Count > 0 && open.Peek().IsType;
                    bool isType = (open.Count == 0 || isInType) && TypeHead().IsMatch(head);
                    Match method = MethodHead().Match(head);
                    string name = isInType && !isType && method.Success ? method.Groups[1].Value : null;
                    open.Push((isType, name, headStart + head.Length - head.TrimStart().Length));
                    headStart = i + 1;
                    break;
                case '}':
                    if (open.TryPop(out (bool IsType, string Name, int Start) block) && block.Name != null)
                    {
                        int line = source.LineOf(block.Start);
                        yield return (block.Name, line, source.LineOf(i) - line + 1);
                    }

                    headStart = i + 1;
                    break;
                case ';':
                    headStart = i + 1;
                    break;
            }
        }
    }

    // Of one line or of several: the rows of a test.
    [GeneratedRegex(@"^[ \t]*\[(?:[^\[\];]|\[[^\[\]]*\])*\][ \t]*$", RegexOptions.Multiline)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+\w")]
    private static partial Regex TypeHead();

    [GeneratedRegex(@"\b(?!new\b)(\w+)\s*(?:<[^()]*>)?\s*\(")]
    private static partial Regex MethodHead();
}
