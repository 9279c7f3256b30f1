using System.Globalization;

namespace MeterFirmware.Tools.HeadEnds.Daily;

/// <summary>A copy of the database a day in a folder, the newest ones kept. README says how one is put back.</summary>
/// <param name="store">Copied while it works on.</param>
/// <param name="folder">Made when it is not there, for this user only.</param>
/// <param name="kept">Copies kept, at least 1.</param>
public sealed class Backups(IHeadEndStore store, string folder, int kept)
{
    private const string Prefix = "headend-";
    private const string Unfinished = ".part";
    private const int BytesAMegabyte = 1_000_000;

    private readonly SqlStore _store = (SqlStore)store;

    /// <summary>Makes the copy of a day; one of the same day is replaced. A copy has its name only when it is whole and
    /// was read back.</summary>
    /// <returns>What was done, for people.</returns>
    /// <exception cref="IOException">The disk is full, a program is missing, the copy cannot be read.</exception>
    public string Make(DateOnly day)
    {
        MakeFolder();
        string path = Path.Combine(folder, string.Create(
            CultureInfo.InvariantCulture, $"{Prefix}{day:yyyy-MM-dd}{_store.BackupSuffix}"));
        string part = path + Unfinished;
        File.Delete(part);
        _store.Backup(part);
        File.Move(part, path, overwrite: true);
        foreach (string old in All().SkipLast(kept))
        {
            File.Delete(old);
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"{Path.GetFileName(path)}, {new FileInfo(path).Length / (double)BytesAMegabyte:0.0} MB");
    }

    /// <summary>Paths of the copies, oldest first.</summary>
    public IReadOnlyList<string> All() => !Directory.Exists(folder) ? [] :
        [.. Directory.GetFiles(folder, $"{Prefix}????-??-??{_store.BackupSuffix}").Order(StringComparer.Ordinal)];

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
