using System.Security.Cryptography;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>A folder of files for one device that only its owner may read: all of it is there, or nothing.</summary>
internal static class BoardFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Before long work: <see cref="InputException"/> when there is something of that name, or no folder to
    /// put it in.</summary>
    public static void Check(string option, string path)
    {
        try
        {
            string full = Path.GetFullPath(Path.TrimEndingDirectorySeparator(path));
            if (Path.Exists(full))
            {
                throw new InputException($"{option}: {path} is there already: a new folder was expected");
            }

            if (!Directory.Exists(Path.GetDirectoryName(full)))
            {
                throw new InputException($"{option}: {path}: there is no such folder to put it in");
            }
        }
        catch (Exception e) when (OutputFile.IsOfFiles(e))
        {
            throw new InputException($"{option}: {path}: {e.Message}");
        }
    }

    /// <summary>Writes the files (mode 600) beside the folder's name, then gives them the name.</summary>
    public static void Write(string option, string path, IReadOnlyDictionary<string, byte[]> files)
    {
        Check(option, path);
        string full = Path.GetFullPath(Path.TrimEndingDirectorySeparator(path));

        // A name that nobody can have made before: what goes into it is secret.
        string draft = $"{full}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.part";
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(draft);
            }
            else
            {
                Directory.CreateDirectory(draft, OwnerOnly);
            }

            foreach ((string name, byte[] bytes) in files)
            {
                OutputFile.Write(option, Path.Combine(draft, name), bytes, isPrivate: true);
            }

            Directory.Move(draft, full);
        }
        catch (Exception e) when (OutputFile.IsOfFiles(e) || e is InputException)
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }

            throw new InputException($"{option}: {path}: cannot be written ({e.Message})");
        }
    }
}
