using System;
using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>Two table sets and day-ahead lists in the running product (facts/metering-rules.md, "tables", "freeze
/// depth").</summary>
[TestClass]
public class TariffSetCommandsTests
{
    // The bench begins at 2026-01-01T10:00:00+08:00; local day 20 454.
    private const long Day = 20_454;

    [TestMethod]
    public void ASparePriceSetSwitchesAtItsSecondAndTheRegistersAreFrozenThere()
    {
        ProductBench bench = new ProductBench();
        bench.Run(60);
        long at = bench.UtcMs / 1000 + 100;
        Assert.AreEqual(CommandRefusal.None, Spare(bench, "prices", at));
        bench.Run(99);
        Assert.AreEqual(617_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
        Assert.AreEqual(0L, bench.Freezes.Count(FreezeKind.TableSwitch));
        bench.Run(1);
        Assert.AreEqual(900_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
        Assert.IsTrue(bench.Freezes.TryRead(FreezeKind.TableSwitch, 1));
        Assert.AreEqual(at, bench.Freezes.NominalUtcSeconds);
        Assert.AreEqual(0, bench.Freezes.Flags);
        Assert.AreEqual(1 << (int)TariffPart.Prices, bench.Freezes.SwitchedParts);
        Assert.AreEqual(1, bench.Events(EventCode.TariffChanged));

        // The other parts stay those of the current set.
        Assert.AreEqual("Shanghai", bench.Product.Meter.Tariffs.InForce(TariffPart.DayTables).Name);
        Assert.AreEqual("Dear", bench.Product.Meter.Tariff.Name);
    }

    [TestMethod]
    public void ATableThatArrivesInPiecesSurvivesACheckpointAndAnotherCommandInBetween()
    {
        ProductBench bench = new ProductBench();
        bench.Run(60);
        TableBytes table = TableBytes.NewYork();
        int half = table.Length / 2;
        string head = "{\"bytes\":" + table.Length.ToString() + ",\"at\":";
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Tariff,
            head + "0,\"data\":\"" + Convert.ToBase64String(table.Bytes, 0, half) + "\"}"));
        Assert.IsTrue(bench.Product.TrySave());
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Settlement, "{\"day1\":5,\"hour1\":0}"));
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Tariff, head + half.ToString() + ",\"data\":\""
            + Convert.ToBase64String(table.Bytes, half, table.Length - half) + "\"}"));
        Assert.AreEqual(table.Load().Name, bench.Product.Meter.Tariff.Name);
    }

    [TestMethod]
    public void EnergyBeforeTheSwitchCostsTheOldPriceAndAfterItTheNew()
    {
        ProductBench bench = new ProductBench();
        bench.Run(2);
        Assert.AreEqual(CommandRefusal.None, Spare(bench, "prices", bench.UtcMs / 1000 + 3600));
        bench.Run(7200);

        // 1 kW: 1 kWh at 0.617 and 1 kWh at 0.9.
        long cost = bench.Product.Meter.ImportCost.RateCost(0);
        Assert.IsTrue(cost >= 15_165 && cost <= 15_171, cost.ToString());
    }

    [TestMethod]
    public void ASwitchThatFallsIntoAnOutageIsFrozenAtPowerUpAndMarked()
    {
        ProductBench bench = new ProductBench();
        bench.Run(60);
        Assert.AreEqual(CommandRefusal.None, Spare(bench, "prices", bench.UtcMs / 1000 + 600));
        ProductBench later = bench.Restart(3600, true);
        later.Run(10);
        Assert.AreEqual("Dear", later.Product.Meter.Tariff.Name);
        Assert.IsTrue(later.Freezes.TryRead(FreezeKind.TableSwitch, 1));
        Assert.IsTrue((later.Freezes.Flags & RecordFlags.PowerLoss) != 0);
        Assert.AreEqual(1L, later.Freezes.Count(FreezeKind.TableSwitch));
        Assert.AreEqual(1, later.Events(EventCode.TariffChanged));
    }

    [TestMethod]
    public void APowerLossInTheSecondOfTheSwitchLeavesTheNewTableInForceAndOneFreeze()
    {
        ProductBench bench = new ProductBench();
        bench.Run(60);
        Assert.AreEqual(CommandRefusal.None, Spare(bench, "prices", bench.UtcMs / 1000 + 100));
        bench.Run(100);
        ProductBench later = bench.Restart(5, false);
        later.Run(10);
        Assert.AreEqual("Dear", later.Product.Meter.Tariff.Name);
        Assert.AreEqual(1L, later.Freezes.Count(FreezeKind.TableSwitch));
    }

    [TestMethod]
    public void ASpareThatHasNotSwitchedSurvivesAPowerLossWithoutWarning()
    {
        ProductBench bench = new ProductBench();
        bench.Run(60);
        long at = bench.UtcMs / 1000 + 7200;
        Assert.AreEqual(CommandRefusal.None, Spare(bench, "prices", at));
        ProductBench later = bench.Restart(60, false);
        later.Run(10);
        Assert.AreEqual("Shanghai", later.Product.Meter.Tariff.Name);
        Assert.AreEqual(at, later.Product.Meter.Tariffs.SwitchUtc(TariffPart.Prices));
    }

    [TestMethod]
    public void ASpareSetWithAHoleIsRefusedWhole()
    {
        ProductBench bench = new ProductBench();
        bench.Run(60);
        string more = ",\"set\":\"spare\",\"seasons\":" + (bench.UtcMs / 1000 + 60).ToString();

        // Its summer names a third day table, which the day tables that stay do not have.
        Assert.AreEqual(CommandRefusal.OutOfRange, bench.SendTariff(TableBytes.NewYork(), 2000, more));
        bench.Run(120);
        Assert.AreEqual("Shanghai", bench.Product.Meter.Tariffs.InForce(TariffPart.Seasons).Name);
        Assert.AreEqual(TariffSets.Never, bench.Product.Meter.Tariffs.SwitchUtc(TariffPart.Seasons));
    }

    [TestMethod]
    [DataRow(",\"set\":\"spare\",\"prices\":1700000000", CommandRefusal.OutOfRange)]
    [DataRow(",\"set\":\"spare\"", CommandRefusal.OutOfRange)]
    [DataRow(",\"set\":\"other\",\"prices\":1900000000", CommandRefusal.BadArgument)]
    [DataRow(",\"set\":\"spare\",\"price\":1900000000", CommandRefusal.BadArgument)]
    [DataRow(",\"prices\":1900000000", CommandRefusal.BadArgument)]
    public void ASpareWithoutAGoodSwitchTimeChangesNothing(string more, int refusal)
    {
        ProductBench bench = new ProductBench();
        bench.Run(60);
        Assert.AreEqual(refusal, bench.SendTariff(TableBytes.Household("Dear", 900_000, 400_000), 2000, more));
        bench.Run(10);
        Assert.AreEqual("Shanghai", bench.Product.Meter.Tariff.Name);
        Assert.AreEqual(0, bench.Events(EventCode.Programming));
    }

    [TestMethod]
    public void ADayAheadListOverridesItsDayFromNowOnAndFallsBackWhereItHasNoPrice()
    {
        ProductBench bench = new ProductBench();
        bench.Run(2);

        // 10:00 to 10:15 costs 0.1, 10:15 to 10:30 has no price, all others 0.2.
        byte[] list = List(200_000);
        Set(list, 40, 100_000);
        Set(list, 41, int.MinValue);
        Assert.AreEqual(CommandRefusal.None, Prices(bench, Day, list));
        Assert.AreEqual(100_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
        bench.Run(900);
        Assert.AreEqual(617_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
        bench.Run(900);
        Assert.AreEqual(200_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
        long cost = bench.Product.Meter.ImportCost.RateCost(0);
        Assert.IsTrue(cost >= 1_790 && cost <= 1_793, cost.ToString());

        // It is there after a power loss, and the next day has none.
        ProductBench later = bench.Restart(60, false);
        later.Run(5);
        Assert.AreEqual(200_000L, later.Product.Meter.Tariffs.ImportPrice(0));
        ProductBench tomorrow = later.Restart(86_400, true);
        tomorrow.Run(5);
        Assert.AreEqual(617_000L, tomorrow.Product.Meter.Tariffs.ImportPrice(0));
    }

    /// <summary>The meter keeps two lists: a list of a far day, or of the day after tomorrow, never costs today's its
    /// place.</summary>
    [TestMethod]
    [DataRow(3650)]
    [DataRow(2)]
    [DataRow(-3)]
    public void TodaysAndTomorrowsListsKeepTheirPlacesWhateverElseIsSent(int wrongDays)
    {
        ProductBench bench = new ProductBench();
        bench.Run(2);
        Prices(bench, Day + wrongDays, List(1));
        Prices(bench, Day + wrongDays + 1, List(1));
        Assert.AreEqual(CommandRefusal.None, Prices(bench, Day, List(200_000)), "today's");
        Prices(bench, Day + wrongDays, List(1));
        Assert.AreEqual(200_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
        Assert.AreEqual(CommandRefusal.None, Prices(bench, Day + 1, List(300_000)), "tomorrow's");
        Assert.AreEqual(200_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
        Assert.AreEqual(CommandRefusal.OutOfRange, Prices(bench, Day + wrongDays, List(1)), "both places are taken");
        Assert.AreEqual(200_000L, bench.Product.Meter.Tariffs.ImportPrice(0));

        // At midnight tomorrow's holds; the next day's takes the place of the one that is over.
        ProductBench tomorrow = bench.Restart(86_400, true);
        tomorrow.Run(5);
        Assert.AreEqual(300_000L, tomorrow.Product.Meter.Tariffs.ImportPrice(0));
        Assert.AreEqual(CommandRefusal.None, Prices(tomorrow, Day + 2, List(400_000)));
        Assert.AreEqual(300_000L, tomorrow.Product.Meter.Tariffs.ImportPrice(0));
    }

    [TestMethod]
    public void ADayAheadListOfAWrongLengthChangesNothing()
    {
        ProductBench bench = new ProductBench();
        bench.Run(2);
        byte[] list = new byte[95 * 4];
        Assert.AreEqual(CommandRefusal.OutOfRange, Prices(bench, Day, list));
        Assert.AreEqual(CommandRefusal.BadArgument,
            bench.Execute(CommandCode.Prices, "{\"day\":20454,\"data\":\"AAA=\"}"));
        Assert.AreEqual(617_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
    }

    [TestMethod]
    [DataRow(30, 48, 20)]
    [DataRow(60, 24, 10)]
    public void APriceMayHoldForHalfAnHourOrAnHour(int minutes, int count, int at)
    {
        ProductBench bench = new ProductBench();
        bench.Run(2);
        byte[] list = new byte[count * 4];
        Set(list, at, 100_000);
        Set(list, at + 1, -50_000);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prices, "{\"minutes\":" + minutes.ToString()
            + ",\"day\":" + Day.ToString() + ",\"data\":\"" + Convert.ToBase64String(list) + "\"}"));
        Assert.AreEqual(100_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
        bench.Run(minutes * 60 - 4);
        Assert.AreEqual(100_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
        bench.Run(4);
        Assert.AreEqual(-50_000L, bench.Product.Meter.Tariffs.ImportPrice(0));
        Assert.AreEqual(RecordFlags.ListedPrice,
            bench.Product.Meter.Record.Flags & (RecordFlags.ListedPrice | RecordFlags.AnnouncedDay));
    }

    [TestMethod]
    public void AnAnnouncedDayHoldsOverALossOfSupplyAndItsRecordsSaySo()
    {
        ProductBench bench = new ProductBench();
        bench.Run(2);
        Assert.AreEqual(CommandRefusal.OutOfRange, Announce(bench, Day, "hot"), "the tariff names no such days");
        Assert.AreEqual(CommandRefusal.None, bench.SendTariff(TableBytes.Wide(), 2000, ""));
        Assert.AreEqual(CommandRefusal.OutOfRange, Announce(bench, Day - 1, "hot"), "yesterday");
        Assert.AreEqual(CommandRefusal.None, Announce(bench, Day, "hot"));
        Assert.AreEqual(CommandRefusal.None, Announce(bench, Day, "hot"), "twice is once");
        ProductBench later = bench.Restart(7_200, true);
        later.Run(1_000);
        Assert.AreEqual("Wide", later.Product.Meter.Tariff.Name);
        Assert.AreEqual(1, later.Product.Meter.Rate, "after 12:00 of a hot day");
        Assert.AreEqual(RecordFlags.AnnouncedDay, later.Product.Meter.Record.Flags & RecordFlags.AnnouncedDay);
        Assert.AreEqual(CommandRefusal.None, Announce(later, Day, ""));
        Assert.AreEqual(0, later.Product.Meter.Rate, "taken back");
    }

    private static int Announce(ProductBench bench, long day, string kind) => bench.Execute(CommandCode.Prices,
        "{\"day\":" + day.ToString() + ",\"announce\":\"" + kind + "\"}");

    private static int Spare(ProductBench bench, string part, long utcSeconds) => bench.SendTariff(
        TableBytes.Household("Dear", 900_000, 400_000), 2000,
        ",\"set\":\"spare\",\"" + part + "\":" + utcSeconds.ToString());

    private static int Prices(ProductBench bench, long day, byte[] list) => bench.Execute(CommandCode.Prices,
        "{\"day\":" + day.ToString() + ",\"data\":\"" + Convert.ToBase64String(list) + "\"}");

    private static byte[] List(int price)
    {
        byte[] list = new byte[96 * 4];
        for (int quarter = 0; quarter < 96; quarter++)
        {
            Set(list, quarter, price);
        }

        return list;
    }

    private static void Set(byte[] list, int quarter, int price) => LittleEndian.WriteInt32(list, quarter * 4, price);
}
