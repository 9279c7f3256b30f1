using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.Metering;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

[TestClass]
public class MeterCommandsTests
{
    [TestMethod]
    public void TariffArrivesInPiecesAndIsInForceWithTheLast()
    {
        ProductBench bench = new ProductBench();
        bench.Run(60);
        Assert.AreEqual("Shanghai", bench.Product.Meter.Tariff.Name);
        Assert.AreEqual(CommandRefusal.None, Send(bench, TableBytes.NewYork(), 100));
        Assert.Contains("\"tariff\":\"New York\"", bench.Result());
        Assert.AreEqual("New York", bench.Product.Meter.Tariff.Name);
        Assert.AreEqual(1, bench.Events(EventCode.TariffChanged));

        // It is there again after a loss of supply.
        ProductBench reborn = bench.Restart(60, false);
        Assert.AreEqual("New York", reborn.Product.Meter.Tariff.Name);
    }

    [TestMethod]
    public void EnergyOfTheOldTableStaysWhereItWasBooked()
    {
        ProductBench bench = new ProductBench();
        bench.Run(3601);
        long total = bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Assert.AreEqual(CommandRefusal.None, Send(bench, TableBytes.NewYork(), 2000));
        bench.Run(3600);
        EnergyRegisters registers = bench.Product.Meter.Registers;
        long sum = 0;
        for (int rate = 0; rate < registers.RateCount; rate++)
        {
            sum += registers.RateWattHours(EnergyKind.Import, rate) * Scaling.MicrojoulesPerWattHour
                + registers.RateRemainder(EnergyKind.Import, rate);
        }

        Assert.IsTrue(registers.TotalWattHours(EnergyKind.Import) > total);
        Assert.AreEqual(registers.TotalWattHours(EnergyKind.Import) * Scaling.MicrojoulesPerWattHour
            + registers.TotalRemainder(EnergyKind.Import), sum);
    }

    [TestMethod]
    [DataRow("{\"bytes\":91,\"at\":5,\"data\":\"AAAA\"}", CommandRefusal.WrongState)]
    [DataRow("{\"bytes\":99999,\"at\":0,\"data\":\"AAAA\"}", CommandRefusal.OutOfRange)]
    [DataRow("{\"bytes\":2,\"at\":0,\"data\":\"AAAA\"}", CommandRefusal.BadArgument)]
    [DataRow("{\"bytes\":3,\"at\":0,\"data\":\"AAAA\"}", CommandRefusal.BadArgument)]
    [DataRow("{\"bytes\":3,\"at\":0,\"data\":\"A*AA\"}", CommandRefusal.BadArgument)]
    [DataRow("{\"bytes\":3,\"at\":0}", CommandRefusal.BadArgument)]
    public void BadTariffPieceChangesNothing(string arguments, int refusal)
    {
        ProductBench bench = new ProductBench();
        bench.Run(10);
        Assert.AreEqual(refusal, bench.Execute(CommandCode.Tariff, arguments));
        Assert.AreEqual("Shanghai", bench.Product.Meter.Tariff.Name);
        Assert.AreEqual("Shanghai", bench.Restart(60, false).Product.Meter.Tariff.Name);
    }

    [TestMethod]
    public void DamagedTableIsRefusedWhole()
    {
        ProductBench bench = new ProductBench();
        bench.Run(10);
        TableBytes table = TableBytes.NewYork();
        table.Bytes[20] ^= 1;
        Assert.AreEqual(CommandRefusal.BadArgument, Send(bench, table, 2000));
        Assert.AreEqual("Shanghai", bench.Product.Meter.Tariff.Name);
    }

    [TestMethod]
    [DataRow("{\"watts\":33701}", CommandRefusal.AboveCommissioned)]
    [DataRow("{\"watts\":9999999999}", CommandRefusal.AboveCommissioned)]
    [DataRow("{\"watts\":-1}", CommandRefusal.OutOfRange)]
    [DataRow("{\"watts\":500,\"seconds\":5}", CommandRefusal.BadArgument)]
    [DataRow("{}", CommandRefusal.BadArgument)]
    public void LoadLimitIsNeverRaisedAboveWhatWasCommissioned(string arguments, int refusal)
    {
        ProductBench bench = new ProductBench();
        bench.IsClosed = true;
        bench.Run(10);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Limit, "{\"watts\":2000}"));
        Assert.AreEqual(refusal, bench.Execute(CommandCode.Limit, arguments));
        Assert.AreEqual(2000, bench.Meter.Terms.LoadLimit.Value);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Limit, "{\"watts\":33700}"));
    }

    [TestMethod]
    public void LoweredLoadLimitOpensTheRelayAfterAMinuteAndSurvivesALossOfSupply()
    {
        ProductBench bench = new ProductBench();
        bench.IsClosed = true;
        bench.Run(300);
        Assert.IsTrue(bench.IsClosed);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Limit, "{\"watts\":900}"));
        ProductBench reborn = bench.Restart(60, false);
        Assert.AreEqual(900, reborn.Meter.Terms.LoadLimit.Value);
        reborn.Run(55);
        Assert.IsTrue(reborn.IsClosed);
        reborn.Run(15);
        Assert.IsFalse(reborn.IsClosed);
        Assert.AreEqual(1, reborn.Events(EventCode.LoadLimited));
        Assert.AreEqual(1000L, reborn.Event.Values[0]);
        reborn.Run(600);
        Assert.AreEqual(1, reborn.Events(EventCode.LoadLimited));

        // Closed again by command, and within the limit it stays so.
        Assert.AreEqual(CommandRefusal.None, reborn.Execute(CommandCode.Limit, "{\"watts\":1100}"));
        Assert.AreEqual(CommandRefusal.None, reborn.Execute(CommandCode.Relay, "{\"closed\":true}"));
        reborn.Run(300);
        Assert.IsTrue(reborn.IsClosed);
    }

    [TestMethod]
    public void EachRoleHasItsOwnLoadLimitAndTheLeastHolds()
    {
        ProductBench bench = new ProductBench();
        bench.IsClosed = true;
        bench.Run(10);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Limit, CommandRole.Utility, "{\"watts\":1000}"));
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Limit, CommandRole.Owner, "{\"watts\":8000}"));
        Assert.AreEqual(1_000, bench.Meter.Terms.LoadLimit.Value);
        Assert.AreEqual(CommandRefusal.RoleNotAllowed,
            bench.Execute(CommandCode.Limit, CommandRole.Owner, "{\"watts\":8000,\"role\":\"utility\"}"));
        bench = bench.Restart(60, true);
        Assert.AreEqual(1_000, bench.Meter.Terms.LoadLimit.Value);
        bench.Execute(CommandCode.Limit, CommandRole.Utility, "{\"watts\":33700}");
        Assert.AreEqual(8_000, bench.Meter.Terms.LoadLimit.Value, "the owner's own is still there");
        Assert.AreEqual(CommandRefusal.None,
            bench.Execute(CommandCode.Limit, CommandRole.Utility, "{\"watts\":33700,\"role\":\"owner\"}"));
        Assert.AreEqual(33_700, bench.Meter.Terms.LoadLimit.Value, "the utility lifts everybody's");
    }

    [TestMethod]
    public void LoadAboveTheLimitForLessThanAMinuteIsLetPass()
    {
        ProductBench bench = new ProductBench();
        bench.IsClosed = true;
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Limit, "{\"watts\":900}"));
        for (int i = 0; i < 10; i++)
        {
            bench.Twin.SetLoad(230_000, 5000, 1_000_000, 0, 50_000);
            bench.Run(50);
            bench.Twin.SetLoad(230_000, 3000, 600_000, 0, 50_000);
            bench.Run(5);
        }

        Assert.IsTrue(bench.IsClosed);
    }

    [TestMethod]
    public void ClockCommandIsAnEventAndMovesNoEnergy()
    {
        ProductBench bench = new ProductBench();
        bench.Run(600);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Clock, "{\"utcSeconds\":1767240000}"));
        bench.Run(600);
        Assert.AreEqual(1, bench.Events(EventCode.ClockStep));
        Assert.AreEqual(1_767_240_600_000L, bench.UtcMs);

        // 1 kW from the first baseline on, two ticks after power-up.
        long counted = bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import) * Scaling.MicrojoulesPerWattHour
            + bench.Product.Meter.Registers.TotalRemainder(EnergyKind.Import);
        Assert.IsTrue(1198_000_000_000L - counted >= 0 && 1198_000_000_000L - counted < 200_000, counted.ToString());
        Assert.AreEqual(CommandRefusal.OutOfRange, bench.Execute(CommandCode.Clock, "{\"utcSeconds\":5}"));
        Assert.AreEqual(CommandRefusal.BadArgument, bench.Execute(CommandCode.Clock, "{\"utc\":5}"));
    }

    [TestMethod]
    public void DemandIsClearedByCommandAsAnEvent()
    {
        ProductBench bench = new ProductBench();
        bench.Run(3600);
        Assert.AreEqual(1_000_000L, bench.Product.Meter.ImportDemand.MaximumMilliwatts);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Clear, "{\"what\":\"demand\"}"));
        Assert.AreEqual(0L, bench.Product.Meter.ImportDemand.MaximumMilliwatts);
        Assert.AreEqual(1, bench.Events(EventCode.DemandCleared));
        Assert.AreEqual(CommandRefusal.BadArgument, bench.Execute(CommandCode.Clear, "{\"what\":\"everything\"}"));
    }

    [TestMethod]
    public void ARelayThatWasCommandedComesBackAfterALossOfSupplyWithoutWarning()
    {
        ProductBench bench = new ProductBench();
        bench.Run(10);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Relay, "{\"closed\":true}"));

        // Without supply the coil drops.
        bench.IsClosed = false;
        bench = bench.Restart(60, isWarned: false);
        bench.Run(2);
        Assert.IsTrue(bench.IsClosed);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Relay, "{\"closed\":false}"));
        bench.IsClosed = true;
        bench = bench.Restart(60, isWarned: false);
        bench.Run(2);
        Assert.IsFalse(bench.IsClosed);
    }

    [TestMethod]
    public void ARelayThatWasNeverCommandedRestsAsItsBoardLeavesIt()
    {
        ProductBench bench = new ProductBench();
        bench.Run(10);
        bench = bench.Restart(60, isWarned: true);
        bench.Run(2);
        Assert.IsFalse(bench.IsClosed);
    }

    [TestMethod]
    public void RelayFollowsTheCommand()
    {
        ProductBench bench = new ProductBench();
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Relay, "{\"closed\":true}"));
        Assert.IsTrue(bench.IsClosed);
        Assert.AreEqual(CommandRefusal.BadArgument, bench.Execute(CommandCode.Relay, "{\"closed\":1}"));
        Assert.AreEqual(CommandRefusal.NotSupported, bench.Execute(CommandCode.Update, "{}"));
    }

    private static int Send(ProductBench bench, TableBytes table, int pieceBytes) =>
        bench.SendTariff(table, pieceBytes, "");
}
