using System;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>What is kept over an update that changes the length of the stored state.</summary>
[TestClass]
public class ChargerStateTests
{
    private readonly CheckpointStore _store = new(new RamBlockStore(4, 64 * 1024), 16 * 1024);
    private readonly CheckpointStore _tariffs = new(new RamBlockStore(2, 8 * 1024), 4 * 1024);

    [TestMethod]
    public void AWeldStandsInALongerStateOfAnotherVersionToo()
    {
        byte[] state = new byte[12_000 + CheckpointStore.OverheadBytes];
        LittleEndian.WriteInt32(state, 0, 99);
        LittleEndian.WriteInt32(state, 8, 1);
        Assert.IsTrue(_store.TryWrite(state, 12_000));
        SimulatedCharger charger = Charger();
        charger.Run(1_000);
        Assert.IsTrue(charger.Product.Controller.State.Has(ChargerFault.Welded));
        charger.Vehicle.PlugIn();
        charger.Run(30_000);
        Assert.IsFalse(charger.Bench.IsCoilOn);
        Assert.AreEqual(0, charger.Bench.DutyHundredths, "state F");
    }

    [TestMethod]
    [DataRow(-20)]
    [DataRow(4)]
    [DataRow(400)]
    public void RegistersAreReadFromAStateThatIsShorterOrLonger(int extraBytes)
    {
        SimulatedCharger charger = Charger();
        charger.Vehicle.PlugIn();
        charger.Run(600_000);
        charger.Product.PowerFails(charger.Clock.NowMs);
        long wattHours = charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Assert.IsGreaterThan(1_000L, wattHours);
        byte[] state = new byte[8_192];
        Assert.IsTrue(_store.TryReadNewest(state, out int length, out bool _));
        Assert.IsTrue(_store.TryWrite(state, length + extraBytes), "what an older version, or a newer one, would have kept");
        SimulatedCharger next = Charger();
        Assert.AreEqual(wattHours, next.Product.Meter.Registers.TotalWattHours(EnergyKind.Import));
        next.Run(1_000);
        Assert.AreEqual(SessionReason.PowerLoss, next.Product.Sessions.Record.Reason);
    }

    [TestMethod]
    public void ATariffByCommandHoldsForBillAndPlanAndOverARestart()
    {
        TariffTable other = Cheaper();
        byte[] table = new byte[other.ByteCount];
        other.CopyTo(table, 0);
        SimulatedCharger charger = Charger();
        CommandDesk desk = new(charger);
        charger.Vehicle.PlugIn();
        charger.Run(30_000);
        Assert.AreEqual(CommandRefusal.Busy, Send(desk, table, table.Length), "a session is billed by one tariff");
        charger.Vehicle.Unplug();
        charger.Run(5_000);
        Assert.AreEqual(CommandRefusal.WrongState, desk.Do(CommandCode.Tariff, """{"bytes":99,"at":5,"data":"AAAA"}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange, desk.Do(CommandCode.Tariff, """{"bytes":9999,"at":0,"data":"AAAA"}"""));
        byte[] broken = (byte[])table.Clone();
        broken[^1] ^= 1;
        Assert.AreEqual(CommandRefusal.BadArgument, Send(desk, broken, 60));
        Assert.AreEqual(CommandRefusal.None, Send(desk, table, 60));
        StringAssert.EndsWith(desk.Answer, $"\"tariff\":\"{other.Name}\"");
        Bill(charger, other);
        charger.LosePower(1_000, isWarned: false);
        Bill(charger, other);
    }

    private static void Bill(SimulatedCharger charger, TariffTable tariff)
    {
        charger.Vehicle = new Vehicle(new VehicleSettings());
        charger.Vehicle.PlugIn();
        charger.Run(300_000);
        charger.Vehicle.Unplug();
        charger.Run(5_000);
        SessionRecord record = charger.Product.Sessions.Record;
        Assert.AreEqual((long)tariff.Crc, record.TariffCrc);
        Assert.IsGreaterThan(500L, record.RateWattHours[0]);
        Assert.AreEqual(MeterFirmware.Tariffs.Bill.LineCost(record.RateWattHours[0], record.RateMicrojoules[0], 10_000), record.RateCost[0]);
    }

    private static int Send(CommandDesk desk, byte[] bytes, int piece)
    {
        int refusal = CommandRefusal.None;
        for (int at = 0; at < bytes.Length && refusal == CommandRefusal.None; at += piece)
        {
            string data = Convert.ToBase64String(bytes, at, Math.Min(piece, bytes.Length - at));
            refusal = desk.Do(CommandCode.Tariff, $$"""{"bytes":{{bytes.Length}},"at":{{at}},"data":"{{data}}"}""");
        }

        return refusal;
    }

    private static TariffTable Cheaper()
    {
        const string Text = """
            {"name":"one cent","timezone":"+08:00","currency":"CNY","rates":["flat"],"days":{"all":[["00:00","flat"]]},
             "seasons":[{"from":"01-01","weekday":"all","weekend":"all"}],"holidays":[],"prices":{"flat":"0.01"}}
            """;
        return TariffSource.Parse(Text).Table;
    }

    private SimulatedCharger Charger() => new(new SimulatedChargerParts
    {
        Tariff = TariffFile.Load("china-workplace-five-rates").Table,
        StartUtcSeconds = 1_772_400_000,
        Metering = new MeteringSettings { PhaseCount = 3, TierCountMax = 1, RateCountMax = ChargerLimits.RateCount },
        Checkpoints = _store,
        TariffStore = _tariffs,
    })
    {
        Vehicle = new Vehicle(new VehicleSettings()),
    };
}
