using MeterFirmware.Basics;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.EvCharger;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Tools.MeterCtl.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>What is kept over an update that changes the length of the stored state.</summary>
[TestClass]
public class ChargerStateTests
{
    private readonly CheckpointStore _store = new(new RamBlockStore(4, 64 * 1024), 16 * 1024);

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

    private SimulatedCharger Charger() => new(new SimulatedChargerOptions
    {
        Tariff = TariffFile.Load("china-workplace-five-rates").Table,
        StartUtcSeconds = 1_772_400_000,
        Checkpoints = _store,
    })
    {
        Vehicle = new Vehicle(new VehicleOptions()),
    };
}
