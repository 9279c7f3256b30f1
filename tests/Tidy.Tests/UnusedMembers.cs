using System.Text.RegularExpressions;

namespace MeterFirmware.Tidy.Tests;

/// <summary>
/// Public members of the firmware that nothing uses: their names stand nowhere in the code of the repository but where
/// they are declared. A name that two members share counts as used when either is, so that nothing used is reported.
/// </summary>
public static partial class UnusedMembers
{
    public static IEnumerable<Finding> In(IReadOnlyList<SourceText> sources)
    {
        Dictionary<string, int> words = [];
        foreach (SourceText source in sources)
        {
            string text = source.Code + source.Holes;
            foreach (ValueMatch word in Word().EnumerateMatches(text))
            {
                string name = text.Substring(word.Index, word.Length);
                words[name] = words.GetValueOrDefault(name) + 1;
            }
        }

        (string Name, SourceText Source, int At)[] declared =
        [
            .. from source in sources
               where source.Path.StartsWith("firmware/", StringComparison.Ordinal) && !source.IsGenerated
               from Match member in Member().Matches(source.Code)
               select (member.Groups[1].Value, source, member.Index),
        ];
        ILookup<string, (string Name, SourceText Source, int At)> byName = declared.ToLookup(d => d.Name);
        return declared.Where(d => words[d.Name] == byName[d.Name].Count())
            .Select(d => new Finding($"{d.Source.Path} {d.Name}", d.Source.LineOf(d.At) + 1));
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    // A type, then a name, then what makes it a member; no constructor, no type, no operator.
    [GeneratedRegex(@"^[ \t]+public (?!override |class |enum |interface )"
        + @"(?:(?:static|const|readonly|virtual|abstract|sealed) )*(?!class |enum )[\w.\[\]<>?]+ (\w+)\s*(?:\(|\{|=|;)",
        RegexOptions.Multiline)]
    private static partial Regex Member();
}
