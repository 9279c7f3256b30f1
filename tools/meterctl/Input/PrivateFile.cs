using Microsoft.Win32.SafeHandles;

namespace MeterFirmware.Tools.MeterCtl.Input;

/// <summary>The one reader of files that hold keys. A file that others may read is refused: a key that others have is
/// none.</summary>
public static class PrivateFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    // A million devices; a device file or a pipe without an end must not fill the memory.
    private const int BytesMax = 128 * 1024 * 1024;

    /// <summary>Reads the file; <see cref="InputException"/> when that cannot be, when it is too long, or when others
    /// may read or change it. Windows is not asked: there the rights of the folder hold.</summary>
    /// <param name="option">Such as --ack-keys, for messages.</param>
    /// <param name="bytesMax">Longest file that can be what is looked for.</param>
    public static byte[] Read(string option, string path, int bytesMax = BytesMax)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            Require(option, path, file.SafeFileHandle);
            using MemoryStream content = new();
            byte[] piece = new byte[4_096];
            for (int count = file.Read(piece); count > 0; count = file.Read(piece))
            {
                content.Write(piece, 0, count);
                if (content.Length > bytesMax)
                {
                    throw new InputException(
                        $"{option}: {path}: longer than {bytesMax} bytes, a file of keys was expected");
                }
            }

            return content.ToArray();
        }
        catch (Exception e) when (OutputFile.IsOfFiles(e))
        {
            throw new InputException($"{option}: {path}: {e.Message}");
        }
    }

    /// <summary>The same check for a file that a library reads.</summary>
    public static void Require(string option, string path)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            Require(option, path, handle);
        }
        catch (Exception e) when (OutputFile.IsOfFiles(e))
        {
            throw new InputException($"{option}: {path}: {e.Message}");
        }
    }

    /// <summary>Asked of the open file: a name may lead elsewhere a moment later.</summary>
    private static void Require(string option, string path, SafeFileHandle handle)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(handle) & Others) != 0)
        {
            throw new InputException(
                $"{option}: {path} holds keys, and others may read or change it: chmod 600 {path}");
        }
    }
}
