using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Catalogue;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Mfrc522;
using MeterFirmware.EvCharger;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tests.Benchmarks;

/// <summary>The charger's share of the memory table: see <see cref="SizeTable"/>.</summary>
public static class ChargerSizes
{
    private static readonly Type[] _rooms =
    [
        typeof(EvChargerProduct), typeof(ChargerSafety.SafetyLoop),
        typeof(Basics.CivilTime),
        typeof(Hardware.Measurement), typeof(Tariffs.TariffTable), typeof(Storage.IRecordLog), typeof(EventCode),
        typeof(Metering.Meter), typeof(TelemetryAgent), typeof(Commands.CommandReceiver),
        typeof(Supervision.TimeKeeper), typeof(DeviceCore.Core), typeof(MeterFirmware.Charging.Connectors),
            typeof(SiteBus.SiteMember),
        typeof(Ade7953PowerSensor), typeof(Mfrc522CardReader),
    ];

    public static void Run()
    {
        Console.WriteLine();
        Console.WriteLine("| assembly of the charger product | .pe, bytes (estimate) |");
        Console.WriteLine("|---|---:|");
        long sum = 0;
        foreach (Type room in _rooms)
        {
            long bytes = SizeTable.PeEstimate(room.Assembly.Location);
            sum += bytes;
            Console.WriteLine($"| {room.Assembly.GetName().Name} | {bytes:N0} |");
        }

        Console.WriteLine($"| **together** | **{sum:N0}** |");
        Console.WriteLine();
        SimulatedCharger charger = Charger();
        List<HeapEstimate.Holder> holders = HeapEstimate.HoldersOf(charger.Firmware, SizeTable.IsOwned);
        long heap = holders.Sum(holder => holder.Bytes);
        Console.WriteLine($"heap of the complete charger after start, 3 phases, 8 rates: {heap:N0} bytes "
            + $"at 12 a block; a checkpoint is {charger.Product.StateBytes:N0} bytes");
        SizeTable.PrintHolders("the charger", holders);
    }

    /// <summary>Bytes of the complete charger after start.</summary>
    public static long HeapBytes() => HeapEstimate.BytesOf(Charger().Firmware, SizeTable.IsOwned);

    private static SimulatedCharger Charger() =>
        new(new SimulatedChargerParts
        {
            Tariff = TariffFile.Load("china-workplace-five-rates").Table,
            StartUtcSeconds = 1_772_400_000,
            Link = new DisconnectedLink(),
            Records = null,
            Checkpoints = null,
            ProfileStore = null,
            TariffStore = null,
            Metering = new() { PhaseCount = 3, TierCountMax = 1, RateCountMax = ChargerLimits.RateCount },
        });
}
