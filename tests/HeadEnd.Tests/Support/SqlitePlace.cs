using System.IO;
using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>A file in a folder of its own.</summary>
public sealed class SqlitePlace : StorePlace
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mf-store-").FullName;

    public string Path => System.IO.Path.Combine(_folder, "headend.sqlite");

    public override IHeadEndStore Open() => new SqliteStore(Path);

    public override void Dispose() => Directory.Delete(_folder, recursive: true);
}
