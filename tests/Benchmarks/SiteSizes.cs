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
            CompleteSite site = Site(members, out SiteSeal seal);
            List<HeapEstimate.Holder> holders = HeapEstimate.HoldersOf(site, SizeTable.IsOwned);
            long heap = holders.Sum(holder => holder.Bytes);
            Console.WriteLine($"heap of the complete site controller with {members} members, "
                + $"tariff, mains meter and sealed line: {heap:N0} bytes at 12 a block; "
                + $"its memory is {SiteMemory.BytesOf(members):N0} bytes");
            long sealBytes = HeapEstimate.BytesOf(seal, type => type == typeof(SiteSeal));
            Console.WriteLine($"  of it the seal: {sealBytes:N0} bytes");
            SizeTable.PrintHolders($"the site controller with {members} members", holders);
        }
    }

    /// <summary>Bytes of the complete site controller with its bus after start.</summary>
    public static long HeapBytes(int members) => HeapEstimate.BytesOf(Site(members, out _), SizeTable.IsOwned);

    private static CompleteSite Site(int members, out SiteSeal seal)
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

        seal = SiteSeal.ForLeader(settings.Key, 1, 1, members);
        return new CompleteSite(new CompleteSiteParts
        {
            Settings = settings,
            Bus = SerialSiteBus.ForLeader(new NoLine(), members, seal),
            Seal = seal,
            Clock = new SimulatedClock(1_772_400_000),
            Tariff = TariffFile.Load("shanghai-household").Table,
            Link = new DisconnectedLink(),
            Flash = new RamBlockStore(SiteFlashPlan.BlockCount, 8_192),
        });
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
