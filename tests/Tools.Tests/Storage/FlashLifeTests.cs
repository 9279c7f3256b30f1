using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Catalogue;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Storage;

/// <summary>The flash of a 4 MB board outlives the meter at default settings.</summary>
[TestClass]
public sealed class FlashLifeTests
{
    public TestContext TestContext { get; set; }

    [TestMethod]
    public void AYearOfDefaultWritingLeavesFifteenYearsOfFlash()
    {
        FlashLife life = new(TariffFile.Load("china-workplace-five-rates").Table);
        const int Days = 365;
        life.Run(Days);
        TestContext.WriteLine(
            $"{life.Closes} closes, {life.ErasesTotal} erases, worst block {life.ErasesMax}: {life.Years:F1} years; "
            + $"{life.Records} records, {life.Recorder.Erases} erases of the recorder's ring");
        Assert.IsTrue(life.Years >= 15, $"{life.Years:F1} years");

        // The model is not a free lunch: nearly every close of a file costs an erase.
        Assert.IsTrue(life.ErasesTotal > life.Closes / 2);
        Assert.IsTrue(life.Closes > Days * 190);

        // All of it was written: intervals, two begun and ended events and four others a day, a reference to each
        // freeze.
        FreezeReader freezes = life.Recorder.Freezes;
        long references = freezes.Count(FreezeKind.Daily) + freezes.Count(FreezeKind.Settlement);
        Assert.IsTrue(references >= Days + Days / 31, $"{references} days and settlements");
        Assert.IsTrue(life.Records >= Days * (96 + 6) + references, $"{life.Records} records");
        Assert.IsTrue(life.Recorder.Events.Count(EventCode.OverCurrent, 0) >= 2 * Days);
        Assert.IsTrue(life.Recorder.Erases > 40, $"{life.Recorder.Erases} erases of the ring");
        Assert.IsTrue(life.Records - life.Acknowledged < 10, $"{life.Acknowledged} of {life.Records} acknowledged");
        Assert.AreEqual(0, life.Recorder.Refused);
    }

    [TestMethod]
    [DataRow(36, 70, 13)]
    [DataRow(36, 45, 19)]
    [DataRow(600, 70, 250)]
    public void AnOutageOfSoManyDaysLosesNoInterval(int journalBlocks, int intervalBytes, int daysMin)
    {
        int days = FlashLife.OutageDays(journalBlocks, intervalBytes);
        TestContext.WriteLine($"{journalBlocks} blocks, {intervalBytes} bytes: {days} days");
        Assert.IsTrue(days >= daysMin, $"{days} days");
    }
}
