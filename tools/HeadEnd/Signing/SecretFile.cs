using MeterFirmware.Tools.HeadEnds.Web.Settings;

namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>Files that only their owner may read.</summary>
internal static class SecretFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite;

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a passphrase or a token: the first line.</summary>
    /// <exception cref="SettingsException">It cannot be read, is empty, or others may read it.</exception>
    public static string ReadLine(string name, string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                throw new SettingsException($"{name}: {path}: others may read it; chmod 600");
            }

            string line = File.ReadLines(path).FirstOrDefault("").Trim();
            return line.Length > 0 ? line : throw new SettingsException($"{name}: {path}: it is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SettingsException($"{name}: {path}: {e.Message}");
        }
    }

    /// <summary>Writes a file of its owner's; one that is there is replaced.</summary>
    public static void Write(string path, string text)
    {
        File.Delete(path);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owner;
        }

        using StreamWriter writer = new(path, options);
        writer.Write(text);
    }
}
