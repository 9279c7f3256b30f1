using System.CommandLine;
using System.CommandLine.Parsing;

namespace MeterFirmware.Tools.MeterCtl.Input;

/// <summary>Makes every option of a command line read numbers as <see cref="NumberText"/> does: the library's own
/// converter takes a comma as a separator of thousands, so that 10,5 would be 105.</summary>
public static class NumberOptions
{
    private delegate bool Reader<T>(ReadOnlySpan<char> text, out T value);

    /// <summary>All options below this command, those of its subcommands too. An option of another type of number is an
    /// error of the program.</summary>
    public static void Apply(Command command)
    {
        foreach (Option option in command.Options)
        {
            Apply(option);
        }

        foreach (Command subcommand in command.Subcommands)
        {
            Apply(subcommand);
        }
    }

    private static void Apply(Option option)
    {
        switch (option)
        {
            case Option<double> real:
                real.CustomParser = result => Read<double>(result, NumberText.TryRead);
                break;
            case Option<double?> real:
                real.CustomParser = result => Read<double>(result, NumberText.TryRead);
                break;
            case Option<decimal> exact:
                exact.CustomParser = result => Read<decimal>(result, NumberText.TryRead);
                break;
            case Option<int> whole:
                whole.CustomParser = result => Read<int>(result, NumberText.TryReadWhole);
                break;
            case Option<int?> whole:
                whole.CustomParser = result => Read<int>(result, NumberText.TryReadWhole);
                break;
            default:
                Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
                Basics.Invariant.Require(!type.IsPrimitive || type == typeof(bool),
                    $"{option.Name}: no reader for {type.Name}");
                break;
        }
    }

    private static T Read<T>(ArgumentResult result, Reader<T> read)
        where T : struct
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (read(text, out T value))
        {
            return value;
        }

        string name = (result.Parent as OptionResult)?.Option.Name ?? "";
        result.AddError($"{name}: {NumberText.Problem(text, typeof(T) == typeof(int))}");
        return default;
    }
}
