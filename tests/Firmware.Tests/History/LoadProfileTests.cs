using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.History;

/// <summary>facts/metering-rules.md, row "load profile": 1 to 60 min, six classes (facts/dlt645-2007.md, 06
/// 0c).</summary>
[TestClass]
public class LoadProfileTests
{
    private const long Midnight = RecorderBench.Midnight;

    [TestMethod]
    public void EachClassHasItsOwnInterval()
    {
        RecorderBench bench = NewBench(1);
        LoadProfile profile = bench.Recorder.Profile;
        Assert.IsTrue(profile.TrySetInterval(LoadProfile.VoltageCurrent, 5));
        Assert.IsTrue(profile.TrySetInterval(LoadProfile.Energy, 60));
        Assert.IsTrue(profile.TrySetInterval(LoadProfile.Demand, 1));
        bench.Run(7200, 7);
        Assert.AreEqual(24, Count(profile, LoadProfile.VoltageCurrent));
        Assert.AreEqual(2, Count(profile, LoadProfile.Energy));
        Assert.AreEqual(120, Count(profile, LoadProfile.Demand));
        Assert.AreEqual(0, Count(profile, LoadProfile.Power));
    }

    [TestMethod]
    public void EnergiesAreThoseOfExactlyTheInstant()
    {
        RecorderBench bench = NewBench(15);
        LoadProfile profile = bench.Recorder.Profile;
        profile.TrySetInterval(LoadProfile.VoltageCurrent, 15);
        profile.TrySetInterval(LoadProfile.Energy, 15);
        bench.Run(7200, 11);
        long[] values = new long[LoadProfile.ValueCountMax];
        profile.Seek(LoadProfile.Energy, Midnight + 1800, Midnight + 3600);
        for (int quarter = 2; quarter <= 4; quarter++)
        {
            Assert.IsTrue(profile.TryReadNext(values, out long utcSeconds, out int flags));
            Assert.AreEqual(Midnight + quarter * 900, utcSeconds);
            Assert.AreEqual(quarter * 250L, values[0]);
            Assert.AreEqual(0, flags);
        }

        Assert.IsFalse(profile.TryReadNext(values, out long _, out int _));
        profile.Seek(LoadProfile.VoltageCurrent, Midnight, Midnight + 900);
        Assert.IsTrue(profile.TryReadNext(values, out long _, out int _));
        Assert.AreEqual(3, profile.ValueCount(LoadProfile.VoltageCurrent));
        Assert.AreEqual(220_000L, values[0]);
        Assert.AreEqual(1_000L, values[1]);
        Assert.AreEqual(50_000L, values[2]);
    }

    [TestMethod]
    public void AFullProfileKeepsTheNewestRowsAcrossARestart()
    {
        RecorderBench bench = NewBench(1);
        bench.Parts.Profile = new RamBlockStore(4, 1024);
        bench.Start(false);
        bench.Recorder.Profile.TrySetInterval(LoadProfile.Energy, 1);
        bench.Run(86_400, 30);
        bench.Outage(60);
        LoadProfile profile = bench.Recorder.Profile;
        long[] values = new long[LoadProfile.ValueCountMax];
        profile.Seek(LoadProfile.Energy, 0, long.MaxValue);
        long last = 0;
        int rows = 0;
        while (profile.TryReadNext(values, out long utcSeconds, out int _))
        {
            Assert.IsTrue(last == 0 || utcSeconds == last + 60);
            last = utcSeconds;
            rows++;
        }

        Assert.AreEqual(Midnight + 86_400, last);
        Assert.IsTrue(rows > 80 && rows < 200, rows + " rows");
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(61)]
    public void AnIntervalOutsideOfAnHourIsRefused(int minutes)
    {
        RecorderBench bench = NewBench(15);
        Assert.IsFalse(bench.Recorder.Profile.TrySetInterval(LoadProfile.Energy, minutes));
        Assert.AreEqual(0, bench.Recorder.Profile.IntervalMinutes(LoadProfile.Energy));
    }

    private static RecorderBench NewBench(int gridMinutes) =>
        new RecorderBench(Midnight, new MeteringSettings { GridMinutes = gridMinutes }).Start(false);

    private static int Count(LoadProfile profile, int profileClass)
    {
        long[] values = new long[LoadProfile.ValueCountMax];
        profile.Seek(profileClass, 0, long.MaxValue);
        int count = 0;
        while (profile.TryReadNext(values, out long _, out int _))
        {
            count++;
        }

        return count;
    }
}
