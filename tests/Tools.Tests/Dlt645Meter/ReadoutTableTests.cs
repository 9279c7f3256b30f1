using MeterFirmware.Dlt645;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645Meter;

/// <summary>Tables over the protocol: 04 01 to 04 06 and the switch times 04 00 01 06 to 09.</summary>
[TestClass]
public class ReadoutTableTests
{
    private const string Flat = "01 00 00 "; // 00:00, rate 1
    private const int SwitchDay = 2 * 86_400;

    [TestMethod]
    public void TheTariffInForceIsTheFirstSet()
    {
        ReadoutBench bench = Timed();
        byte[] zones = bench.Read(0x04010000)!;
        Assert.AreEqual("01 01 01 02 01 07 02 01 07", Dlt645Bytes.Text(zones, 0, 9), "the last zone repeats");
        Assert.AreEqual(14 * 3, zones.Length);
        Assert.AreEqual("04 00 00 02 00 08 03 00 12 01 00 18 04 00 22", bench.Text(0x04010001)[..44]);
        Assert.AreEqual("02 01 10 26", bench.Text(0x04030001));
        Assert.AreEqual("00 90 00 00", bench.Text(0x04050102));
        Assert.AreEqual("00 10 00 00", bench.Text(0x04060001));
        Assert.AreEqual("00 05 00 00", bench.Text(0x04060102));
        Assert.AreEqual("00 00 00 00 00", bench.Text(0x04000106), "no switch");
    }

    [TestMethod]
    public void AWrittenSpareIsReadBackAndSwitchesAtItsTime()
    {
        ReadoutBench bench = Timed();
        Assert.AreEqual(0, bench.Write(0x04050202, "00 95 00 00"));
        Assert.AreEqual("00 95 00 00", bench.Text(0x04050202));
        Assert.AreEqual("00 90 00 00", bench.Text(0x04050102), "what runs is untouched");
        Assert.AreEqual(1, bench.Kept, "without a switch time");
        Assert.AreEqual(0, bench.Write(0x04000108, "00 00 01 02 26"));
        Assert.AreEqual(2, bench.Kept);
        Assert.AreEqual("00 00 01 02 26", bench.Text(0x04000108));
        Assert.AreEqual(950_000L, bench.Sets.After(TariffPart.Prices).ImportPrice(1));
        bench.Run(SwitchDay, 1_000);
        bench.Sets.Seek(bench.Meter.Clock.UtcSeconds);
        Assert.AreEqual(950_000L, bench.Sets.InForce(TariffPart.Prices).ImportPrice(1));
        Assert.AreEqual(0x0400, Word(bench) & 0x0C21, "the second set of prices runs");
        Assert.AreEqual("00 95 00 00", bench.Text(0x04050202));
        Assert.AreEqual("00 90 00 00", bench.Text(0x04050102));
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04050202, "00 99 00 00"), "it runs");

        // Back again: now the first one is the spare.
        Assert.AreEqual(0, bench.Write(0x04050102, "00 80 00 00"));
        Assert.AreEqual(0, bench.Write(0x04000108, "00 00 02 02 26"));
        bench.Run(86_400, 1_000);
        bench.Sets.Seek(bench.Meter.Clock.UtcSeconds);
        Assert.AreEqual(800_000L, bench.Sets.InForce(TariffPart.Prices).ImportPrice(1));
        Assert.AreEqual(0, Word(bench) & 0x0C21);
        Assert.AreEqual("00 80 00 00", bench.Text(0x04050102));
    }

    [TestMethod]
    public void DayTablesZonesHolidaysAndTiersAreWritten()
    {
        ReadoutBench bench = Timed();
        Assert.AreEqual(0, bench.Write(0x04020003, Flat + "02 30 07 04 00 23"));
        Assert.AreEqual(0, bench.Write(0x04020000, "03 01 01 01 01 03"));
        Assert.AreEqual(0, bench.Write(0x04030002, "03 01 05 26"));
        Assert.AreEqual(0, bench.Write(0x04060201, "00 20 00 00"));
        Assert.AreEqual(0, bench.Write(0x04060302, "00 07 00 00"));
        Assert.AreEqual("01 00 00 02 30 07 04 00 23 04 00 23", bench.Text(0x04020003)[..35]);
        Assert.AreEqual("03 01 01 01 01 03 01 01 03", bench.Text(0x04020000)[..26]);
        Assert.AreEqual("03 01 05 26", bench.Text(0x04030001), "in the order of their dates");
        Assert.AreEqual(0, bench.Write(0x04000107, "00 00 01 02 26"));
        Assert.AreEqual(0, bench.Write(0x04000106, "00 00 01 02 26"));
        Assert.AreEqual(0, bench.Write(0x04000109, "00 00 01 02 26"));
        bench.Sets.Seek(ReadoutBench.Start + SwitchDay);
        Assert.AreEqual(3, bench.Sets.InForce(TariffPart.DayTables).Schedule.DayTableCount);
        Assert.AreEqual(0, bench.Sets.Rate);
        bench.Sets.Seek(ReadoutBench.Start + SwitchDay + 8 * 3_600);
        Assert.AreEqual(1, bench.Sets.Rate);
        Assert.AreEqual(20_000L, bench.Sets.InForce(TariffPart.Tiers).TierFromWattHours(1));
        Assert.AreEqual(70_000L, bench.Sets.InForce(TariffPart.Tiers).TierAdd(1, 2));
        Assert.AreEqual(bench.Tariff.ImportPrice(2), bench.Sets.InForce(TariffPart.Prices).ImportPrice(2));
    }

    [TestMethod]
    [DataRow(0x04010000u, "01 01 01", Dlt645Protocol.ErrorOther, DisplayName = "the set that runs is refused")]
    [DataRow(0x04020000u, "05 01 01", Dlt645Protocol.ErrorOther,
        DisplayName = "a zone with a day table that is not there is refused")]
    [DataRow(0x04020000u, "01 31 02", Dlt645Protocol.ErrorOther, DisplayName = "31 February is refused")]
    [DataRow(0x04020000u, "01 01 07 01 01 02", Dlt645Protocol.ErrorOther,
        DisplayName = "zones out of order are refused")]
    [DataRow(0x04020001u, "05 00 00", Dlt645Protocol.ErrorRateCount,
        DisplayName = "a rate that is not there is refused")]
    [DataRow(0x04020001u, "01 00 00 02 60 08", Dlt645Protocol.ErrorOther,
        DisplayName = "a period at no minute is refused")]
    [DataRow(0x04020005u, "01 00 00", Dlt645Protocol.ErrorOther, DisplayName = "a table behind a hole is refused")]
    [DataRow(0x04030009u, "01 01 05 26", Dlt645Protocol.ErrorOther, DisplayName = "a holiday behind a hole is refused")]
    [DataRow(0x04030002u, "01 31 02 26", Dlt645Protocol.ErrorOther,
        DisplayName = "a holiday without a date is refused")]
    [DataRow(0x04030002u, "01 01 10 26", Dlt645Protocol.ErrorOther,
        DisplayName = "two holidays on one day are refused")]
    [DataRow(0x04050209u, "00 10 00 00", Dlt645Protocol.ErrorRateCount,
        DisplayName = "a price of a rate that is not there is refused")]
    [DataRow(0x04060205u, "00 10 00 00", Dlt645Protocol.ErrorNoSuchData,
        DisplayName = "a limit of a tier that is not there is refused")]
    [DataRow(0x04000106u, "00 00 01 02 26", Dlt645Protocol.ErrorOther, DisplayName = "a switch of nothing is refused")]
    [DataRow(0x04000204u, "09", Dlt645Protocol.ErrorRateCount, DisplayName = "another number of rates is refused")]
    [DataRow(0x04000203u, "02", Dlt645Protocol.ErrorPeriodCount,
        DisplayName = "fewer periods than are used are refused")]
    [DataRow(0x04000201u, "01", Dlt645Protocol.ErrorZoneCount, DisplayName = "fewer zones than are used are refused")]
    public void BadTablesAreRefusedAndNothingChanges(uint di, string value, int error)
    {
        ReadoutBench bench = Timed();
        Assert.AreEqual(error, bench.Write(di, value));
        Assert.AreEqual(bench.Text(0x04010000), bench.Text(0x04020000));
        Assert.AreEqual(bench.Text(0x04010001), bench.Text(0x04020001));
        Assert.AreEqual("refused 02", bench.Text(0x03300001), "no event of programming");
        Assert.AreEqual(0, bench.Kept);
    }

    [TestMethod]
    public void ASwitchTimeInThePastOrThatTheStoreRefusesChangesNothing()
    {
        ReadoutBench bench = Timed();
        Assert.AreEqual(0, bench.Write(0x04050202, "00 95 00 00"));
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000108, "00 00 01 01 26"));
        bench.RefusesToKeep = true;
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000108, "00 00 01 02 26"));
        Assert.AreEqual(TariffSets.Never, bench.Sets.SwitchUtc(TariffPart.Prices));
        bench.RefusesToKeep = false;
        Assert.AreEqual(0, bench.Write(0x04000108, "00 00 01 02 26"));
    }

    [TestMethod]
    [DataRow("00 00 00 00 00")]
    [DataRow("99 99 99 99 99")]
    public void APlannedSwitchIsTakenBackAndTheSpareStays(string none)
    {
        ReadoutBench bench = Timed();
        Assert.AreEqual("00 00 00 00 00", bench.Text(0x04000108));
        Assert.AreEqual(0, bench.Write(0x04000108, none), "nothing is planned: as it is");
        Assert.AreEqual(0, bench.Write(0x04050202, "00 95 00 00"));
        Assert.AreEqual(0, bench.Write(0x04000108, "00 00 01 02 26"));
        Assert.AreEqual(0, bench.Write(0x04000109, "00 00 05 02 26"));
        Assert.AreEqual(0, bench.Write(0x04000108, none));
        Assert.AreEqual("00 00 00 00 00", bench.Text(0x04000108));
        Assert.AreEqual("00 00 05 02 26", bench.Text(0x04000109), "the other part's switch is left");
        bench.RefusesToKeep = true;
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000109, none));
        Assert.AreEqual("00 00 05 02 26", bench.Text(0x04000109));
        bench.RefusesToKeep = false;
        Assert.AreEqual(0, bench.Write(0x04000109, none));
        Assert.AreEqual("00 00 00 00 00", bench.Text(0x04000109));
        Assert.AreEqual("00 95 00 00", bench.Text(0x04050202), "the spare waits without a time");
        bench.Meter.PowerDown();
        bench.Meter.Restore(0);
        bench.PowerUp();
        bench.Run(SwitchDay, 1_000);
        Assert.AreEqual("00 95 00 00", bench.Text(0x04050202));
        Assert.AreEqual(900_000L, bench.Sets.InForce(TariffPart.Prices).ImportPrice(1), "it never came into force");
        Assert.AreEqual(0, bench.Write(0x04000108, "00 00 01 03 26"), "it can be planned again");
    }

    [TestMethod]
    public void ASpareWithoutASwitchTimeSurvivesALossOfSupply()
    {
        ReadoutBench bench = Timed();
        Assert.AreEqual(0, bench.Write(0x04050202, "00 95 00 00"));
        Assert.AreEqual(0, bench.Write(0x04050203, "00 65 00 00"));
        bench.Meter.PowerDown();
        bench.Meter.StayDark(3_600_000);
        bench.Meter.Restore(0);
        bench.PowerUp();
        bench.Run(60, 1_000);
        Assert.AreEqual("00 95 00 00", bench.Text(0x04050202));
        Assert.AreEqual("00 65 00 00", bench.Text(0x04050203));
        Assert.AreEqual("00 90 00 00", bench.Text(0x04050102), "what runs is untouched");
        Assert.AreEqual(0, bench.Write(0x04000108, "00 00 01 02 26"));
        bench.Run(SwitchDay, 1_000);
        bench.Sets.Seek(bench.Meter.Clock.UtcSeconds);
        Assert.AreEqual(950_000L, bench.Sets.InForce(TariffPart.Prices).ImportPrice(1));
        Assert.AreEqual(650_000L, bench.Sets.InForce(TariffPart.Prices).ImportPrice(2));

        // The first set is the spare now, also behind another loss of supply before its switch time is known.
        Assert.AreEqual(0, bench.Write(0x04050102, "00 80 00 00"));
        bench.Meter.PowerDown();
        bench.Meter.Restore(0);
        bench.PowerUp();
        bench.Run(60, 1_000);
        Assert.AreEqual("00 80 00 00", bench.Text(0x04050102));
        Assert.AreEqual("00 95 00 00", bench.Text(0x04050202), "it runs");
    }

    [TestMethod]
    public void ASpareThatTheStoreRefusesIsNotAnsweredAsDone()
    {
        ReadoutBench bench = Timed();
        bench.RefusesToKeep = true;
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04050202, "00 95 00 00"));
        bench.RefusesToKeep = false;
        Assert.AreEqual("00 90 00 00", bench.Text(0x04050202), "still as the first set");
    }

    private static ReadoutBench Timed()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        return bench;
    }

    private static int Word(ReadoutBench bench)
    {
        byte[] word = bench.Read(0x04000503)!;
        return word[0] | (word[1] << 8);
    }
}
