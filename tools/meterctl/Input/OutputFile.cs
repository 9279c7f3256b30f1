using System.Formats.Tar;

namespace MeterFirmware.Tools.MeterCtl.Input;

/// <summary>
/// The one writer of files: a whole new file takes the old one's place, or the old one stays as it is. Only a plain
/// file, or a link to one, is replaced: a device, a pipe or a folder is refused.
/// </summary>
public static class OutputFile
{
    /// <summary>Before long work: whether the path can be written to; <see cref="InputException"/> when not.</summary>
    /// <param name="option">Such as --out, for messages.</param>
    /// <param name="path">As the user gave it.</param>
    /// <returns>Where the file stands: a link's end.</returns>
    public static string Check(string option, string path)
    {
        try
        {
            string target = Path.GetFullPath(path);
            if (new FileInfo(target).LinkTarget != null)
            {
                target = File.ResolveLinkTarget(target, returnFinalTarget: true)!.FullName;
            }

            bool isThere = File.Exists(target);
            if (Directory.Exists(target) || Path.EndsInDirectorySeparator(path))
            {
                throw new InputException($"{option}: {path} is a folder, a file was expected");
            }

            if (isThere ? !IsPlain(target) : target != Path.GetFullPath(path))
            {
                throw new InputException($"{option}: {path} is no plain file and is not replaced");
            }

            return Directory.Exists(Path.GetDirectoryName(target)) ? target
                : throw new InputException($"{option}: {path}: there is no such folder");
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new InputException($"{option}: {path}: cannot be written ({e.Message})");
        }
    }

    /// <param name="isPrivate">True: keys; nobody but the user may read the file (mode 600; on Windows the folder's
    /// rights hold).</param>
    public static void Write(string option, string path, byte[] bytes, bool isPrivate = false)
    {
        string target = Check(option, path);
        string draft = $"{target}.{Environment.ProcessId}.part";
        try
        {
            WriteDraft(draft, bytes, isPrivate);
            File.Move(draft, target, overwrite: true);
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }

            throw new InputException($"{option}: {path}: cannot be written ({e.Message})");
        }
    }

    private static void WriteDraft(string draft, byte[] bytes, bool isPrivate)
    {
        FileStreamOptions create = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (isPrivate && !OperatingSystem.IsWindows())
        {
            // From the start: rights that are taken away later come too late for whoever has opened it.
            File.Delete(draft);
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using FileStream file = new(draft, create);
        file.Write(bytes);
    }

    /// <summary>Whether an error comes of a file, a folder, a disk or the rights to them.</summary>
    public static bool IsOfFiles(Exception e) =>
        e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>What TarWriter takes a path for: the one public way of .NET to ask for the kind of a file.</summary>
    private static bool IsPlain(string path)
    {
        using MemoryStream header = new();
        using (TarWriter writer = new(header, leaveOpen: true))
        {
            writer.WriteEntry(path, "file");
        }

        header.Position = 0;
        using TarReader reader = new(header);
        return reader.GetNextEntry()?.EntryType is TarEntryType.RegularFile or TarEntryType.HardLink;
    }
}
