using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Daily;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

/// <summary>A copy a night, put back as README says.</summary>
public abstract class BackupSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mf-backup-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void WhatWasCopiedIsThereAfterARestoreAndTheIntakeGoesOn()
    {
        string copy;
        using (TestedStore store = Open())
        {
            store.Store([.. new Intervals("m1", 1_767_225_600).Take(500, 250)], Counters);
            Backups backups = new(store.Behind, _folder, 2);
            StringAssert.Contains(backups.Make(new DateOnly(2026, 11, 30)), "headend-2026-11-30");
            copy = backups.All().Single();
            store.Store([.. new Intervals("m2", 1_767_225_600).Take(5, 250)], Counters);
        }

        Restore(copy);
        using TestedStore again = Open();
        Assert.AreEqual("m1 500 500 0", string.Join(", ", again.Devices().Select(device =>
            $"{device.Device} {device.Stored} {device.Settled} {device.Doubled}")));
        Assert.AreEqual(500 * 250, again.Totals("m1").Sum(total => total.ImportMilliwattHours));
        Intervals meter = new("m1", 1_767_225_600);
        meter.Take(500, 250);
        again.Store([meter.Next(250)], Counters);
        Assert.AreEqual(501, again.SettledOf("m1"));
    }

    [TestMethod]
    public void TheNewestCopiesAreKeptAndOneThatFailsLeavesThoseBefore()
    {
        using TestedStore store = Open();
        Backups backups = new(store.Behind, _folder, 2);
        for (int day = 1; day <= 4; day++)
        {
            backups.Make(new DateOnly(2026, 11, day));
        }

        CollectionAssert.AreEqual(new[] { "headend-2026-11-03", "headend-2026-11-04" },
            backups.All().Select(Path.GetFileNameWithoutExtension).ToArray());
        string blocked = Path.Combine(_folder, "file");
        File.WriteAllText(blocked, "");
        Assert.Throws<IOException>(() => new Backups(store.Behind, blocked, 2).Make(new DateOnly(2026, 11, 5)));
        Assert.AreEqual(2, backups.All().Count);
    }

    /// <summary>Puts a copy in the place of the test's database.</summary>
    protected abstract void Restore(string copy);
}
