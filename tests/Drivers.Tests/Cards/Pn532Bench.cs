using MeterFirmware.Drivers.Pn532;
using MeterFirmware.Drivers.Twins;

namespace MeterFirmware.Drivers.Tests.Cards;

/// <summary>A reader on its twin, asked every 10 ms.</summary>
internal sealed class Pn532Bench
{
    public readonly Pn532Twin Twin = new Pn532Twin();
    public readonly Pn532CardReader Reader;
    public readonly byte[] Uid = new byte[10];
    public int UidLength;
    private long _nowMs;

    public Pn532Bench()
    {
        Reader = new Pn532CardReader(Twin);
    }

    /// <summary>How often a UID was read within so long.</summary>
    public int Run(int milliseconds)
    {
        int reads = 0;
        for (int i = 0; i < milliseconds; i += 10)
        {
            _nowMs += 10;
            Twin.Advance(10);
            if (Reader.TryReadUid(_nowMs, Uid, out int length))
            {
                UidLength = length;
                reads++;
            }
        }

        return reads;
    }
}
