using MeterFirmware.Drivers.Mfrc522;
using MeterFirmware.Drivers.Twins;

namespace MeterFirmware.Drivers.Tests.Cards;

/// <summary>A reader on its twin, asked every 10 ms.</summary>
internal sealed class Mfrc522Bench
{
    public readonly Mfrc522Twin Twin = new Mfrc522Twin();
    public readonly Mfrc522CardReader Reader;
    public readonly byte[] Uid = new byte[10];
    public int UidLength;
    public long TransfersMax;
    private long _nowMs;

    public Mfrc522Bench()
    {
        Reader = new Mfrc522CardReader(Twin);
        Twin.Advance(100);
    }

    /// <summary>How often a UID was read within so long.</summary>
    public int Run(int milliseconds)
    {
        int reads = 0;
        for (int i = 0; i < milliseconds; i += 10)
        {
            _nowMs += 10;
            Twin.Advance(10);
            long before = Twin.Transfers;
            if (Reader.TryReadUid(_nowMs, Uid, out int length))
            {
                UidLength = length;
                reads++;
            }

            TransfersMax = Twin.Transfers - before > TransfersMax ? Twin.Transfers - before : TransfersMax;
        }

        return reads;
    }
}
