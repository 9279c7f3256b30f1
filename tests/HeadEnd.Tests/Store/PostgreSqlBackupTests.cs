using MeterFirmware.HeadEnds.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

[TestClass]
public sealed class PostgreSqlBackupTests : BackupSuite<LongPostgreSqlPlace>
{
    protected override void Restore(string copy) => Place.Restore(copy);
}
