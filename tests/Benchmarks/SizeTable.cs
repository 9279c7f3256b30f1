using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Metering;
using MeterFirmware.Recording;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.MeterCtl.Tariffs;

namespace MeterFirmware.Tests.Benchmarks;

/// <summary>
/// The memory table of the README, in Markdown. Size of a .pe: estimated from the assembly's metadata (a .pe holds the
/// same IL, the same names and tables of fixed rows); heap: the product's objects at 12 bytes a heap block.
/// </summary>
public static class SizeTable
{
    private const int HoldersShown = 25;

    private static readonly Type[] _meterRooms =
    [
        typeof(Basics.CivilTime), typeof(Hardware.Measurement), typeof(Tariffs.TariffTable), typeof(Storage.IRecordLog),
        typeof(Meter), typeof(TelemetryAgent), typeof(Commands.CommandReceiver), typeof(SmartMeterProduct), typeof(Ade7953PowerSensor),
    ];

    public static void Run()
    {
        Console.WriteLine("| assembly of the meter product | .pe, bytes (estimate) |");
        Console.WriteLine("|---|---:|");
        long sum = 0;
        foreach (Type room in _meterRooms)
        {
            long bytes = PeEstimate(room.Assembly.Location);
            sum += bytes;
            Console.WriteLine($"| {room.Assembly.GetName().Name} | {bytes:N0} |");
        }

        Console.WriteLine($"| **together** | **{sum:N0}** |");
        Console.WriteLine();
        Console.WriteLine("| heap of the meter product after start | bytes at 12 a block |");
        Console.WriteLine("|---|---:|");
        Console.WriteLine($"| 1 phase, 8 rates, 4 tiers | {Sum(Holders(1, 8, false)):N0} |");
        Console.WriteLine($"| 3 phases, 8 rates, 4 tiers | {Sum(Holders(3, 8, false)):N0} |");
        Console.WriteLine($"| 3 phases, 63 rates, 4 tiers | {Sum(Holders(3, 63, false)):N0} |");
        List<HeapEstimate.Holder> complete = Holders(1, 8, true);
        Console.WriteLine($"| 1 phase, 8 rates, 4 tiers, with freezes, profile, events and carbon | {Sum(complete):N0} |");
        Console.WriteLine();
        Console.WriteLine($"| greatest holders of the last row | objects | bytes |");
        Console.WriteLine("|---|---:|---:|");
        foreach (HeapEstimate.Holder holder in complete.Take(HoldersShown))
        {
            Console.WriteLine($"| {holder.Name} | {holder.Count} | {holder.Bytes:N0} |");
        }
    }

    private static long Sum(List<HeapEstimate.Holder> holders) => holders.Sum(holder => holder.Bytes);

    private static List<HeapEstimate.Holder> Holders(int phases, int rates, bool recording)
    {
        MeterConfiguration metering = new() { PhaseCount = phases, RateCountMax = rates };
        SmartMeterParts parts = new()
        {
            Clock = new SimulatedClock(0),
            Sensor = new Ade7953PowerSensor(new Ade7953Twin(), new Ade7953Configuration()),
            Records = new MemoryRecordLog(1, IntervalRecord.BytesMax),
            Checkpoints = new CheckpointStore(new RamBlockStore(2, 65_536), rates > 8 ? 16_384 : 4_096),
            Link = new DisconnectedLink(),
            Tariff = TariffFile.Load("shanghai-household").Table,
            Metering = metering,
            Telemetry = new TelemetryOptions(),
            Limits = new SmartMeterLimits(),
            Recorder = recording ? Recorder(metering) : null,
        };
        SmartMeterProduct product = new(parts);

        // The store and the twin stand for flash and chip; a board's own adapters come on top.
        return HeapEstimate.HoldersOf(product, type => type.Namespace?.StartsWith("MeterFirmware", StringComparison.Ordinal) == true
            && type != typeof(RamBlockStore) && type != typeof(MemoryRecordLog) && type.Namespace != typeof(Ade7953Twin).Namespace
            && type.Namespace != typeof(SimulatedClock).Namespace);
    }

    /// <summary>The 4 MB board's: 160 KB of flash (firmware/Recording/README.md, "Capacity").</summary>
    private static MeterRecorder Recorder(MeterConfiguration metering) => new(
        new RecordingParts
        {
            Records = new RamBlockStore(17, 4096),
            Profile = new RamBlockStore(23, 4096),
            Factors = new EmissionFactors(),
        }, metering);

    /// <summary>
    /// Rows of the .pe's tables, names once each, signatures, and the IL, which shrinks because a .pe's tokens take two
    /// bytes instead of four. Against .pe files made by the real tool the meter's assemblies came out within 5 %.
    /// </summary>
    internal static long PeEstimate(string path)
    {
        using PEReader pe = new(File.OpenRead(path));
        MetadataReader reader = pe.GetMetadataReader();
        HashSet<string> names = [];
        long bytes = 200;
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            bytes += 24;
            names.Add(reader.GetString(type.Name));
            names.Add(reader.GetString(type.Namespace));
        }

        foreach (FieldDefinitionHandle handle in reader.FieldDefinitions)
        {
            FieldDefinition field = reader.GetFieldDefinition(handle);
            if ((field.Attributes & System.Reflection.FieldAttributes.Literal) == 0)
            {
                bytes += 8;
                names.Add(reader.GetString(field.Name));
            }
        }

        foreach (MethodDefinitionHandle handle in reader.MethodDefinitions)
        {
            MethodDefinition method = reader.GetMethodDefinition(handle);
            bytes += 16 + reader.GetBlobReader(method.Signature).Length;
            names.Add(reader.GetString(method.Name));
            if (method.RelativeVirtualAddress != 0)
            {
                bytes += (pe.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()?.Length ?? 0) * 7 / 10;
            }
        }

        foreach (MemberReferenceHandle handle in reader.MemberReferences)
        {
            names.Add(reader.GetString(reader.GetMemberReference(handle).Name));
            bytes += 4;
        }

        foreach (TypeReferenceHandle handle in reader.TypeReferences)
        {
            names.Add(reader.GetString(reader.GetTypeReference(handle).Name));
            bytes += 4;
        }

        int userStrings = reader.GetHeapSize(HeapIndex.UserString) / 2;
        return bytes + userStrings + names.Sum(name => name.Length + 1);
    }
}
