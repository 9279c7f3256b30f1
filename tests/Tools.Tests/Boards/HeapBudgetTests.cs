extern alias benchmarks;

using benchmarks::MeterFirmware.Tests.Benchmarks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Boards;

/// <summary>What the complete products take of a board's heap, as tests/Benchmarks counts it. A product that outgrows
/// its budget says so here and not on a board. The aims lie below: 44, 52, 48 and 68 KB.</summary>
[TestClass]
public class HeapBudgetTests
{
    private const int KilobyteBytes = 1_024;

    [TestMethod]
    public void TheMeterOfTheFourMegabyteBoardKeepsItsBudget() => Check(SizeTable.MeterHeapBytes(), 47);

    [TestMethod]
    public void TheChargerKeepsItsBudget() => Check(ChargerSizes.HeapBytes(), 61);

    [TestMethod]
    [DataRow(16, 53)]
    [DataRow(64, 80)]
    public void TheSiteControllerKeepsItsBudget(int members, int budgetKilobytes) =>
        Check(SiteSizes.HeapBytes(members), budgetKilobytes);

    private static void Check(long bytes, int budgetKilobytes) =>
        Assert.IsTrue(bytes > 0 && bytes <= (long)budgetKilobytes * KilobyteBytes,
            $"{bytes} bytes, the budget is {budgetKilobytes} KB");
}
