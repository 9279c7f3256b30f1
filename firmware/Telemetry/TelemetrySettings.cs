using MeterFirmware.Basics;

namespace MeterFirmware.Telemetry;

/// <summary>Sizes and times of the telemetry, read once at construction. Times are monotonic milliseconds.</summary>
public sealed class TelemetrySettings
{
    /// <summary>Device address: 1 to 32 of A–Z, a–z, 0–9, '-' and '_', because it becomes a topic level.</summary>
    public string Device { get; set; } = "000000000000";

    /// <summary>What the device is, in the birth: smart-meter, ev-charger.</summary>
    public string Product { get; set; } = "smart-meter";

    /// <summary>Firmware version in the birth.</summary>
    public string Firmware { get; set; } = "0.1.0";

    /// <summary>Mixed with the device address into the seed of all jitter; same seed, same run.</summary>
    public int Seed { get; set; }

    /// <summary>Time between instant readings; 0 sends none.</summary>
    public int InstantIntervalMs { get; set; } = 10_000;

    /// <summary>Records sent and not yet acknowledged, at most.</summary>
    public int WindowRecords { get; set; } = 16;

    /// <summary>Least time between two records: bounds what a device that was away for long puts on the
    /// network.</summary>
    public int RecordSpacingMs { get; set; } = 100;

    /// <summary>First wait for an acknowledgement before the window is sent again; doubles up to the next
    /// value.</summary>
    public int ResendMs { get; set; } = 15_000;

    /// <summary>Longest wait for an acknowledgement.</summary>
    public int ResendMsMax { get; set; } = 300_000;

    /// <summary>Records outstanding for this long without any acknowledgement: the link is closed and opened again.
    /// Doubles each time it did not help, up to <see cref="DeadPeerMsMax"/>.</summary>
    public int DeadPeerMs { get; set; } = 120_000;

    /// <summary>Longest wait before the link is opened anew for want of acknowledgements.</summary>
    public int DeadPeerMsMax { get; set; } = 3_600_000;

    /// <summary>A link that is online and has refused every message for this long is left.</summary>
    public int StuckMs { get; set; } = 60_000;

    /// <summary>A connection attempt that takes longer is given up.</summary>
    public int ConnectMsMax { get; set; } = 60_000;

    /// <summary>First wait after a failed connection; doubles each time.</summary>
    public int BackoffMs { get; set; } = 1_000;

    /// <summary>Longest wait after a failed connection.</summary>
    public int BackoffMsMax { get; set; } = 300_000;

    /// <summary>A device that lost a good connection, or starts, waits a random time up to this before it connects, so
    /// that a street that comes back at once does not knock at once.</summary>
    public int SpreadMs { get; set; } = 30_000;

    /// <summary>A connection that lasted this long counts as good: the backoff starts over.</summary>
    public int StableMs { get; set; } = 30_000;

    /// <summary>Whether a device that has a secret takes acknowledgements without a mac too, as head-ends before
    /// protocol 1.1 send them. Read at every acknowledgement.</summary>
    public bool TakesPlainAcknowledgements { get; set; } = true;

    /// <summary>A record that ended longer ago than this is marked historical.</summary>
    public int HistoricalAfterSeconds { get; set; } = 300;

    /// <summary>Longest outgoing payload in bytes.</summary>
    public int PayloadBytesMax { get; set; } = 2_048;

    /// <summary>Longest incoming payload in bytes; longer ones are refused.</summary>
    public int IncomingBytesMax { get; set; } = 2_048;

    /// <summary>Longest record in the log in bytes.</summary>
    public int RecordBytesMax { get; set; } = 640;

    /// <summary>Room for the longest record and, at another moment, the longest incoming message.</summary>
    public int BufferBytes => RecordBytesMax > IncomingBytesMax ? RecordBytesMax : IncomingBytesMax;

    /// <summary>Throws on a combination that cannot work: a bug in the composition, not bad input.</summary>
    public void Require()
    {
        Invariant.Require(IsDevice(Device), "The device address must be 1 to 32 of A-Z a-z 0-9 - _.");
        Invariant.Require(WindowRecords >= 1 && RecordSpacingMs >= 0, "The window must hold a record.");
        Invariant.Require(ResendMs > (long)WindowRecords * RecordSpacingMs, "ResendMs must outlast sending a window.");
        Invariant.Require(ResendMsMax >= ResendMs && DeadPeerMsMax >= DeadPeerMs && BackoffMsMax >= BackoffMs,
            "A longest wait is shorter than the first.");
        Invariant.Require(BackoffMs > 0 && SpreadMs >= 0 && ConnectMsMax > 0 && DeadPeerMs > ResendMs,
            "Times must be above zero, and a dead peer's beyond a resend's.");
    }

    /// <summary>True for a text that may be a device address.</summary>
    public static bool IsDevice(string text)
    {
        if (text == null || text.Length == 0 || text.Length > 32)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool isAllowed = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                c == '_';
            if (!isAllowed)
            {
                return false;
            }
        }

        return true;
    }
}
