using System.Reflection;
using MeterFirmware.Modbus;

namespace MeterFirmware.Tools.MeterCtl.Modbus;

/// <summary>The meters' data files that ship with the program, and files of a person's own.</summary>
public static class ModbusMeters
{
    private const string Prefix = "modbus:";

    /// <summary>Names of the shipped files, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..^".txt".Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a data file that ships, such as sdm630.txt; null: none does.</summary>
    public static string? Shipped(string file)
    {
        using Stream? shipped = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Prefix}{file}");
        if (shipped is null)
        {
            return null;
        }

        using StreamReader text = new(shipped);
        return text.ReadToEnd();
    }

    /// <summary>A shipped name, or else a file.</summary>
    public static ModbusProfile Load(string name)
    {
        using Stream? shipped = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Prefix}{name}.txt");
        if (shipped == null && !File.Exists(name))
        {
            throw new InputException($"--meter: '{name}' is no file, and none of {string.Join(", ", Names)}");
        }

        using StreamReader text = shipped == null ? new StreamReader(name) : new StreamReader(shipped);
        ModbusProfileReader reader = new();
        return reader.Read(text.ReadToEnd())
            ?? throw new InputException($"{name}, line {reader.ErrorLine}: {reader.Error}");
    }
}
