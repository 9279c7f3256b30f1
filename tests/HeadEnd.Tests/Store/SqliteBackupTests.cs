using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

[TestClass]
public sealed class SqliteBackupTests : BackupSuite<SqlitePlace>
{
    protected override void Restore(string copy)
    {
        File.Delete(Place.Path + "-wal");
        File.Delete(Place.Path + "-shm");
        File.Copy(copy, Place.Path, overwrite: true);
    }
}
