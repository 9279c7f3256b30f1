namespace MeterFirmware.Tools.MeterCtl.Input;

/// <summary>The one reader of files that hold keys: a file that others may read is refused, for a key that others have is none.</summary>
public static class PrivateFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads the file; <see cref="InputException"/> when that cannot be, or others may read or change it. Windows is
    /// not asked: there the rights of the folder hold.</summary>
    /// <param name="option">Such as --ack-keys, for messages.</param>
    public static byte[] Read(string option, string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                throw new InputException($"{option}: {path} holds keys, and others may read or change it: chmod 600 {path}");
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (OutputFile.IsOfFiles(e))
        {
            throw new InputException($"{option}: {path}: {e.Message}");
        }
    }
}
