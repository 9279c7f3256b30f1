namespace MeterFirmware.Tools.Generate;

/// <summary>The work tree; paths are relative to it, with '/'.</summary>
/// <param name="root">Folder of MeterFirmware.sln.</param>
public sealed class Repository(string root)
{
    /// <summary>The repository that a folder lies in.</summary>
    public static Repository Find(string folder)
    {
        for (string? at = folder; at != null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "MeterFirmware.sln")))
            {
                return new Repository(at);
            }
        }

        throw new CatalogueException($"{folder}: lies in no folder with MeterFirmware.sln");
    }

    /// <summary>A file's text with \n as line end; null: there is none.</summary>
    public string? TryRead(string path)
    {
        string full = Path.Combine(root, path);
        return File.Exists(full) ? File.ReadAllText(full).ReplaceLineEndings("\n") : null;
    }

    public string Read(string path) => TryRead(path) ?? throw new CatalogueException($"{path}: no such file");

    /// <summary>Names of the folders in a folder, in order; none where it is not there.</summary>
    public IEnumerable<string> Folders(string path)
    {
        string full = Path.Combine(root, path);
        return Directory.Exists(full)
            ? Directory.GetDirectories(full).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)
            : [];
    }

    public void Write(string path, string text) => File.WriteAllText(Path.Combine(root, path), text);
}
