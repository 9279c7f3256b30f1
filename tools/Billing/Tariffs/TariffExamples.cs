namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>The tariffs that ship inside meterctl (Examples/*.json), by file name without .json.</summary>
public static class TariffExamples
{
    private const string Prefix = "tariff:";

    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(TariffExamples).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name[Prefix.Length..]))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Null when no example has this name.</summary>
    public static byte[]? Find(string name)
    {
        string file = name.EndsWith(".json", StringComparison.Ordinal) ? name : name + ".json";
        using Stream? stream = typeof(TariffExamples).Assembly.GetManifestResourceStream(Prefix + file);
        if (stream is null)
        {
            return null;
        }

        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
