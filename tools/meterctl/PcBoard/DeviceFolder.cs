using System.Text.Json;
using MeterFirmware.Tools.MeterCtl.Commissioning;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>
/// The folder of one simulated device: what `board new` made, and in <c>drive</c> what lies on the board's drive. The
/// drive is made at the first start, by the deployment list, whole or not at all. One process at a time has it.
/// </summary>
internal sealed class DeviceFolder : IDisposable
{
    private const string DriveName = "drive";
    private const string LockName = "device.lock";
    private const int FileBytesMax = 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DeviceFolder(string folder, BoardRecord? record, FileStream held)
    {
        Drive = Path.Combine(folder, DriveName);
        Record = record;
        _lock = held;
    }

    /// <summary>The drive's files.</summary>
    public string Drive { get; }

    /// <summary>Null: a fresh board that nobody commissioned.</summary>
    public BoardRecord? Record { get; }

    /// <summary>Takes the folder; makes it when it is missing.</summary>
    /// <param name="deploysAnew">Brings the listed files onto a drive that is there already, as nanoff does.</param>
    public static DeviceFolder Open(string option, string folder, bool deploysAnew = false)
    {
        FileStream? held = null;
        try
        {
            MakeFolder(folder);
            held = new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None);
            bool isFresh = !File.Exists(Path.Combine(folder, BoardBundle.RecordName));
            DeviceFolder device = new(folder, isFresh ? null : BoardRecord.Read(folder), held);
            device.Deploy(folder, deploysAnew);
            return device;
        }
        catch (Exception e) when (OutputFile.IsOfFiles(e) || e is InputException)
        {
            bool isHeld = held is null && File.Exists(Path.Combine(folder, LockName));
            held?.Dispose();
            throw e is InputException ? e : new InputException(isHeld
                ? $"{option}: {folder}: another process runs this device" : $"{option}: {folder}: {e.Message}");
        }
    }

    /// <summary>A file's bytes; null: it is not there.</summary>
    /// <param name="name">As the board calls it, with its drive or without: I:\ca.crt.</param>
    public byte[]? Read(string name)
    {
        string path = PathOf(name);
        return !File.Exists(path) ? null
            : new FileInfo(path).Length <= FileBytesMax ? File.ReadAllBytes(path)
            : throw new InputException($"{path}: longer than {FileBytesMax} bytes");
    }

    /// <summary>Where a file of the board's drive lies here.</summary>
    public string PathOf(string name)
    {
        string plain = name.Length > 2 && name[1] == ':' && name[2] == '\\' ? name[3..] : name;
        return plain.Length > 0 && plain.IndexOfAny(['/', '\\', ':']) < 0 && plain is not ("." or "..")
            ? Path.Combine(Drive, plain)
            : throw new InputException($"'{name}': a file of the board's drive was expected, such as I:\\ca.crt");
    }

    public void Dispose() => _lock.Dispose();

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }

    private void Deploy(string folder, bool deploysAnew)
    {
        if (Directory.Exists(Drive) && !deploysAnew)
        {
            return;
        }

        List<(string Source, string Name)> files = Listed(Path.Combine(folder, "deploy.json"));
        bool isNew = !Directory.Exists(Drive);
        string target = isNew ? Drive + ".part" : Drive;
        if (isNew && Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        MakeFolder(target);
        foreach ((string source, string name) in files)
        {
            OutputFile.Write("deploy.json", Path.Combine(target, name),
                File.ReadAllBytes(Path.Combine(folder, source)), isPrivate: true);
        }

        if (isNew)
        {
            Directory.Move(target, Drive);
        }
    }

    private List<(string Source, string Name)> Listed(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using JsonDocument list = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. list.RootElement.GetProperty("files").EnumerateArray().Select(file => (
                Path.GetFileName(PathOf(file.Text("SourceFilePath"))),
                Path.GetFileName(PathOf(file.Text("DestinationFilePath")))))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InputException($"{path}: no deployment list of 'meterctl board new'");
        }
    }
}
