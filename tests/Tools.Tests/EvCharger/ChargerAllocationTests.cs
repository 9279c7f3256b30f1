using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.EvCharger;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

[TestClass]
public class ChargerAllocationTests
{
    [TestMethod]
    public void ATickOfTheProductAllocatesNothing()
    {
        // Sessions, a fault, a stalled tick, a checkpoint, a rate change and midnight lie in the stretch that is
        // measured.
        long start = new DateTimeOffset(2026, 3, 2, 23, 40, 0, TimeSpan.FromHours(8)).ToUnixTimeSeconds();
        TariffTable tariff = TariffFile.Load("china-workplace-five-rates").Table;

        SimulatedCharger charger = null;
        Allocation.AssertNone(() =>
        {
            charger = new SimulatedCharger(new SimulatedChargerParts { Tariff = tariff, StartUtcSeconds = start })
            {
                Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 40_000 }),
            };
            Play(charger, 60_000);
            return () => Play(charger, 1_800_000);
        });
        Assert.IsGreaterThan(4, charger.Product.Sessions.NextNumber);
    }

    private static void Play(SimulatedCharger charger, int milliseconds)
    {
        long end = charger.Clock.NowMs + milliseconds;
        for (int round = 0; charger.Clock.NowMs < end; round++)
        {
            charger.Vehicle.PlugIn();
            charger.Run(20_000);
            charger.Bench.RcdAcMilliamps = round % 3 == 1 ? 40 : 0;
            charger.Run(10_000);
            charger.Bench.RcdAcMilliamps = 0;
            charger.Vehicle.Unplug();
            charger.Run(5_000);
            if (round % 4 == 2)
            {
                charger.Product.PowerFails(charger.Clock.NowMs);
                charger.Clock.Advance(200);
            }
        }
    }
}
