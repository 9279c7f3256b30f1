namespace MeterFirmware.Tests.Benchmarks;

/// <summary>Recorded data beside the checkout, or where METER_SHARED says.</summary>
public static class SharedData
{
    /// <summary>Full path of a file below shared/data; null when this machine has none.</summary>
    public static string? Find(string relativePath)
    {
        List<string> roots = [];
        if (Environment.GetEnvironmentVariable("METER_SHARED") is { Length: > 0 } given)
        {
            roots.Add(given);
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            roots.Add(Path.Combine(folder.FullName, "shared"));
        }

        return roots.Select(root => Path.Combine(root, "data", relativePath)).FirstOrDefault(File.Exists);
    }
}
