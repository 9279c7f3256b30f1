using MeterFirmware.Boards.Simulator;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tests.Tools.Storage;

/// <summary>The flash of a 4 MB board outlives the meter at default settings.</summary>
[TestClass]
public sealed class FlashLifeTests
{
    public TestContext TestContext { get; set; }

    [TestMethod]
    public void AYearOfDefaultWritingLeavesFifteenYearsOfFlash()
    {
        FlashLife life = new();
        life.Run(365, intervalBytes: 70, checkpointBytes: 2_700);
        TestContext.WriteLine($"{life.Closes} closes, {life.ErasesTotal} erases, worst block {life.ErasesMax}: {life.Years:F1} years");
        Assert.IsTrue(life.Years >= 15, $"{life.Years:F1} years");

        // The model is not a free lunch: nearly every close of a file costs an erase.
        Assert.IsTrue(life.ErasesTotal > life.Closes / 2);
        Assert.IsTrue(life.Closes > 365 * 190);
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
