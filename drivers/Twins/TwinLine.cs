using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>How a twin's transfers fail on demand; the same for every chip.</summary>
internal sealed class TwinLine
{
    /// <summary>Bits of <see cref="TwinFault"/>.</summary>
    public int Faults { get; set; }

    public int BreakAfterBytes { get; set; }

    /// <summary>So many of the transfers behind <see cref="PassTransfers"/> are not acknowledged.</summary>
    public int FailTransfers { get; set; }

    /// <summary>So many transfers are good before the first one that fails.</summary>
    public int PassTransfers { get; set; }

    public long Transfers { get; private set; }

    public BusFault LastFault { get; private set; }

    /// <summary>Counts a transfer; false when it fails before its first data byte.</summary>
    public bool IsAnswering(bool isReady)
    {
        Transfers++;
        LastFault = BusFault.None;
        if (Faults == TwinFault.None && FailTransfers == 0 && isReady)
        {
            return true;
        }

        if ((Faults & TwinFault.Slow) != 0)
        {
            LastFault = BusFault.TimeOut;
        }
        else if ((Faults & TwinFault.Unplugged) != 0 || !isReady)
        {
            LastFault = BusFault.NotAcknowledged;
        }
        else if (PassTransfers > 0)
        {
            PassTransfers--;
        }
        else if (FailTransfers > 0)
        {
            FailTransfers--;
            LastFault = BusFault.NotAcknowledged;
        }

        return LastFault == BusFault.None;
    }

    /// <summary>False when the read breaks off; the bytes that were not sent are left as the line rests:
    /// ones.</summary>
    public bool CompletesRead(byte[] read, int readCount)
    {
        if ((Faults & TwinFault.BreaksOff) == 0 || BreakAfterBytes >= readCount)
        {
            return true;
        }

        for (int i = BreakAfterBytes; i < readCount; i++)
        {
            read[i] = 0xFF;
        }

        LastFault = BusFault.Partial;
        return false;
    }
}
