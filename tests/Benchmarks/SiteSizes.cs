using System.Text;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tests.Benchmarks;

/// <summary>What a site controller with its bus takes of the heap: see <see cref="SizeTable"/>.</summary>
public static class SiteSizes
{
    public static void Run()
    {
        Console.WriteLine();
        foreach (int members in new[] { 16, 64 })
        {
            string text =
                "line COM2\nkey 000102030405060708090a0b0c0d0e0f\nphases 3\nlimit 640000\nmeter mains reserve 40000";
            for (int i = 0; i < members; i++)
            {
                text += $"\nmember {i} safe 6000 phases 123";
            }

            byte[] bytes = Encoding.ASCII.GetBytes(text);
            if (!SiteSettings.TryParse(bytes, bytes.Length, out SiteSettings settings, out string error))
            {
                throw new InvalidDataException(error);
            }

            SiteSeal seal = SiteSeal.ForLeader(settings.Key, 1, 1, members);
            SerialSiteBus bus = SerialSiteBus.ForLeader(new NoLine(), members, seal);
            CompleteSite site = new(new CompleteSiteParts
            {
                Settings = settings,
                Bus = bus,
                Seal = seal,
                Clock = new SimulatedClock(1_772_400_000),
                Tariff = TariffFile.Load("shanghai-household").Table,
                Link = new DisconnectedLink(),
                Flash = new RamBlockStore(SiteFlashPlan.BlockCount, 8_192),
            });
            long heap = HeapEstimate.BytesOf(site, type => type.Namespace?.StartsWith("MeterFirmware", StringComparison.Ordinal) == true
                && type != typeof(RamBlockStore) && type.Namespace != typeof(SimulatedClock).Namespace);
            Console.WriteLine($"heap of the complete site controller with {members} members, "
                + $"tariff, mains meter and sealed line: {heap:N0} bytes at 12 a block; "
                + $"its memory is {SiteMemory.BytesOf(members):N0} bytes");
            Console.WriteLine($"  of it the seal: {HeapEstimate.BytesOf(seal, type => type == typeof(SiteSeal)):N0} bytes");
        }
    }

    private sealed class NoLine : ISerialLine
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
