using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.EvCharger;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>The supply goes at any write of a session's end.</summary>
[TestClass]
public class SessionCutTests
{
    private const int BlockBytes = 8_192;
    private const long StartUtcSeconds = 1_772_400_000;

    [TestMethod]
    public void ASessionIsToldOnceWhateverWriteOfItsEndIsCut()
    {
        FaultyBlockStore flash = new(ChargerPlan.BlockCount, BlockBytes);
        SimulatedCharger charger = Charger(flash, StartUtcSeconds);
        charger.Vehicle = new Vehicle(new VehicleSettings());
        charger.Vehicle.PlugIn();
        // Longer than between two checkpoints: energy is saved, a session that is cut is not empty.
        charger.Run(16 * 60_000);
        Assert.IsTrue(charger.Product.Sessions.IsActive);
        List<FaultyBlockStore> cuts = [];
        flash.BeforeWrite = (_, _, _, _) => cuts.Add(flash.Snapshot());
        charger.Vehicle.Unplug();
        charger.Run(5_000);
        flash.BeforeWrite = null;
        cuts.Add(flash.Snapshot());
        Assert.IsGreaterThan(2, cuts.Count);
        for (int cut = 0; cut < cuts.Count; cut++)
        {
            SimulatedCharger again = Charger(cuts[cut], StartUtcSeconds + 600);
            again.Run(5_000);
            again.Vehicle = new Vehicle(new VehicleSettings());
            again.Vehicle.PlugIn();
            again.Run(60_000);
            again.Vehicle.Unplug();
            again.Run(5_000);
            CollectionAssert.AreEqual(new long[] { 1, 2 }, Sessions(again.Records), $"cut {cut} of {cuts.Count}");
        }
    }

    private static long[] Sessions(IRecordLog log)
    {
        List<long> numbers = [];
        byte[] bytes = new byte[SessionRecord.BytesMax];
        for (long number = 1; log.TryFind(number, out number); number++)
        {
            SessionRecord session = new();
            if (log.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Session
                && session.TryRead(bytes, 0, count))
            {
                numbers.Add(session.Number);
            }
        }

        return [.. numbers.Order()];
    }

    private static SimulatedCharger Charger(FaultyBlockStore flash, long utcSeconds) => new(new SimulatedChargerParts
    {
        Tariff = TariffFile.Load("china-workplace-five-rates").Table,
        StartUtcSeconds = utcSeconds,
        Flash = flash,
        Records = null,
        Checkpoints = null,
    });
}
