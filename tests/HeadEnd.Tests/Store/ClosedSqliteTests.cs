using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

/// <summary>A page that is still open when the program ends asks a store that is closed.</summary>
[TestClass]
public sealed class ClosedSqliteTests
{
    [TestMethod]
    public void AClosedStoreIsNotReadAndItsFileIsNotMadeAnew()
    {
        string folder = Directory.CreateTempSubdirectory("mf-closed-").FullName;
        SqliteStore store = new(Path.Combine(folder, "headend.sqlite"));
        Assert.IsEmpty(store.Devices());
        store.Dispose();
        Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        Assert.ThrowsExactly<ObjectDisposedException>(() => store.Devices());
        Assert.IsEmpty(Directory.GetFiles(folder));
        Directory.Delete(folder);
    }
}
