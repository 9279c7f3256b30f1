using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Calibration;
using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tests.Benchmarks;

/// <summary>
/// The memory table of the README, in Markdown. Size of a .pe: estimated from the assembly's metadata (a .pe holds the
/// same IL, the same names and tables of fixed rows); heap: the product's objects at 12 bytes a heap block.
/// </summary>
public static class SizeTable
{
    private const int HoldersShown = 400;

    // As boards/Device has it: a daily freeze with 8 rates.
    private const int ReadoutAnswerBytes = 1024;

    private static readonly Type[] _meterRooms =
    [
        typeof(Basics.CivilTime), typeof(Hardware.Measurement), typeof(Tariffs.TariffTable), typeof(Storage.IRecordLog),
        typeof(EventCode), typeof(Meter), typeof(TelemetryAgent), typeof(Commands.CommandReceiver),
        typeof(CarbonAccount), typeof(CalibrationRecord), typeof(MeterRecorder),
        typeof(QualityMonitor), typeof(HealthReport), typeof(DeviceCore.Core),
        typeof(SmartMeterProduct), typeof(Dlt645Server), typeof(MeterReadout),
        typeof(Ade7953PowerSensor),
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
        Parts();
        Console.WriteLine();
        List<HeapEstimate.Holder> board = Holders(1, 8, Part.OfBoard);
        Rooms(board);
        Console.WriteLine();
        PrintHolders("the 4 MB board's meter", board);
    }

    /// <summary>Bytes of the 4 MB board's meter after start.</summary>
    public static long MeterHeapBytes() => Holders(1, 8, Part.OfBoard).Sum(holder => holder.Bytes);

    /// <summary>Where the heap goes, greatest first.</summary>
    internal static void PrintHolders(string product, List<HeapEstimate.Holder> holders)
    {
        Console.WriteLine($"| greatest holders of {product} | objects | bytes |");
        Console.WriteLine("|---|---:|---:|");
        foreach (HeapEstimate.Holder holder in holders.Take(HoldersShown))
        {
            Console.WriteLine($"| {holder.Room} {holder.Name} | {holder.Count} | {holder.Bytes:N0} |");
        }

        Console.WriteLine();
    }

    /// <summary>Flash, chip, records and clock of the bench stand for a board's own, which come on top.</summary>
    internal static bool IsOwned(Type type) =>
        type.Namespace?.StartsWith("MeterFirmware", StringComparison.Ordinal) == true
        && type != typeof(RamBlockStore) && type != typeof(MemoryRecordLog)
        && type.Namespace != typeof(Ade7953Twin).Namespace && type.Namespace != typeof(SimulatedClock).Namespace;

    /// <summary>What the complete meter takes, function by function: each row has all that stands above it.</summary>
    private static void Parts()
    {
        Console.WriteLine(
            "| heap of CompleteMeter after start, 1 phase, 8 rates, 4 tiers | adds | together, bytes at 12 a block |");
        Console.WriteLine("|---|---:|---:|");
        Row("the product alone: registers, demand, cost, journal, telemetry, chip", Owned(Product(null)), 0);
        Row("the product with recorder: freezes, settlement, event memory, profile from the journal, carbon",
            Owned(Product(new HistoryParts { Factors = new EmissionFactors() })), 0);
        long before = 0;
        Part parts = Part.None;
        before = Row("registers, demand, cost, records, telemetry, commands, supervision, both table sets", parts,
            before);
        before = Row("recorder: freezes, settlement, event memory, profile from the journal, pulse",
            parts |= Part.Recorder, before);
        before = Row("day-ahead prices, two days, import and export", parts |= Part.DayAhead, before);
        before = Row("prepayment", parts |= Part.Prepayment, before);
        before = Row("carbon", parts |= Part.Carbon, before);
        before = Row("power quality", parts |= Part.Quality, before);
        before = Row("the 4 MB board's meter, all of it", Part.OfBoard, before);
        before = Row("DL/T 645 readout and server", parts |= Part.Readout, before);
        Row("three phases and 63 rates", Part.OfBoard | Part.Readout, before, phases: 3, rates: 63);
    }

    private static long Row(string name, Part parts, long before, int phases = 1, int rates = 8)
    {
        return Row(name, Holders(phases, rates, parts), before);
    }

    private static long Row(string name, List<HeapEstimate.Holder> holders, long before)
    {
        long bytes = holders.Sum(holder => holder.Bytes);
        Console.WriteLine($"| {name} | {(before == 0 ? "" : $"{bytes - before:N0}")} | {bytes:N0} |");
        return bytes;
    }

    /// <summary>The product on the 4 MB plan's blocks without what <see cref="CompleteMeter"/> puts around
    /// it.</summary>
    private static SmartMeterProduct Product(HistoryParts? history)
    {
        MeteringSettings metering = new();
        MeterPlan plan = MeterPlan.Of4Megabytes();
        Journal journal =
            new(new RamBlockStore(plan.JournalBlocks, plan.BlockBytes), plan.Layout(), IntervalRecord.BytesMax);
        journal.Open(1);
        byte[]? buffer = null;
        if (history is not null)
        {
            history.Records = new RamBlockStore(plan.RecordBlocks, plan.BlockBytes);

            // One room for both, as CompleteMeter has it; alone the product makes its own.
            buffer = new byte[new SmartMeterLimits().TariffStateBytesMax + CheckpointStore.OverheadBytes];
            history.Buffer = buffer;
        }

        SmartMeterProduct product = new(new SmartMeterParts
        {
            Clock = new SimulatedClock(0),
            Sensor = new Ade7953PowerSensor(new Ade7953Twin(), new Ade7953Settings()),
            Records = journal,
            Checkpoints = new CheckpointStore(new RamBlockStore(2, plan.BlockBytes),
                plan.BlockBytes - CheckpointStore.OverheadBytes),
            Tariff = TariffFile.Load("shanghai-household").Table,
            Metering = metering,
            Telemetry = new TelemetrySettings(),
            Limits = new SmartMeterLimits(),
            Recorder = history is null ? null : new MeterRecorder(history, metering),
            Buffer = buffer,
        });
        product.Use(new TelemetryAgent(
            new TelemetrySettings(), new DisconnectedLink(), journal, product, product.Payloads, buffer));
        return product;
    }

    private static void Rooms(List<HeapEstimate.Holder> holders)
    {
        Console.WriteLine("| room of the 4 MB board's meter | bytes |");
        Console.WriteLine("|---|---:|");
        foreach (IGrouping<string, HeapEstimate.Holder> room in holders.GroupBy(holder => holder.Room)
            .OrderByDescending(room => room.Sum(holder => holder.Bytes)))
        {
            Console.WriteLine($"| {room.Key} | {room.Sum(holder => holder.Bytes):N0} |");
        }
    }

    /// <summary>The composition that boards run, on the 4 MB plan; flash, chip, link and clock stand for a board's
    /// own.</summary>
    private static List<HeapEstimate.Holder> Holders(int phases, int rates, Part parts)
    {
        MeteringSettings metering = new() { PhaseCount = phases, RateCountMax = rates };
        MeterPlan plan = rates > 8 ? MeterPlan.Of16Megabytes() : MeterPlan.Of4Megabytes();
        plan.RecordBlocks = parts.HasFlag(Part.Recorder) ? plan.RecordBlocks : 0;
        CompleteMeter meter = new(new CompleteMeterParts
        {
            Clock = new SimulatedClock(0),
            Sensor = new Ade7953PowerSensor(new Ade7953Twin(), new Ade7953Settings()),
            Link = new DisconnectedLink(),
            Flash = new RamBlockStore(plan.BlockCount, plan.BlockBytes),
            Plan = plan,
            Tariff = TariffFile.Load("shanghai-household").Table,
            Metering = metering,
            Limits = new SmartMeterLimits { DayAheadDays = parts.HasFlag(Part.DayAhead) ? 2 : 0 },
            History = parts.HasFlag(Part.Recorder)
                ? new HistoryParts { Factors = parts.HasFlag(Part.Carbon) ? new EmissionFactors() : null } : null,
            Quality = parts.HasFlag(Part.Quality) ? new QualitySettings { KeepsDistributions = false } : null,
            HasPrepayment = parts.HasFlag(Part.Prepayment),
        });
        object root = meter;
        if (parts.HasFlag(Part.Readout))
        {
            Dlt645Settings line = new();
            MeterReadout readout = new(new ReadoutParts
            {
                Product = meter.Product,
                Time = meter.Core.Time,
                Settings = line,
                Metering = metering,
                Recorder = meter.Recorder,
                TariffKeeper = new ProductTariffKeeper(meter),
                Store = new CheckpointStore(new RamBlockStore(2, 512), ReadoutState.Bytes),
            });
            root = new object[] { meter, new Dlt645Server(new SilentLine(), line, readout, ReadoutAnswerBytes) };
        }

        return Owned(root);
    }

    private static List<HeapEstimate.Holder> Owned(object root) => HeapEstimate.HoldersOf(root, IsOwned);

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

    [Flags]
    private enum Part
    {
        None = 0,
        Recorder = 1,
        DayAhead = 2,
        Prepayment = 4,
        Carbon = 8,
        Quality = 16,
        OfBoard = 31,
        Readout = 32,
    }

    /// <summary>A serial line on which nobody asks.</summary>
    private sealed class SilentLine : ISerialLine
    {
        public BusFault LastFault => BusFault.None;

        public bool TryConfigure(int baud, int parity) => true;

        public bool TryRead(byte[] buffer, int offset, int count, out int received)
        {
            received = 0;
            return true;
        }

        public bool TryWrite(byte[] buffer, int offset, int count) => true;
    }
}
