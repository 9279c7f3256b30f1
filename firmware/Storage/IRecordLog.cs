namespace MeterFirmware.Storage;

/// <summary>
/// Records that must reach the head-end, each under a number that only grows and survives reboots: the first is 1.
/// Bounded: when it is full the oldest record is dropped, acknowledged or not, and the reader sees that by
/// <see cref="OldestNumber"/> having moved past its cursor. Never throws, never blocks for longer than one block write.
/// </summary>
public interface IRecordLog
{
    /// <summary>Names this log among all that a device ever had: 16 hexadecimal digits, lower case. A log that begins
    /// anew, because its storage is new or was wiped, has a new one. Null: none yet.</summary>
    string Identity { get; }

    /// <summary>The first number under <see cref="Identity"/>; lower ones were given out before the log had
    /// one.</summary>
    long IdentityFrom { get; }

    /// <summary>Number of the oldest record that may still be read; equal to <see cref="NextNumber"/> when none
    /// is.</summary>
    long OldestNumber { get; }

    /// <summary>The number that the next record gets.</summary>
    long NextNumber { get; }

    /// <summary>Every record up to this number was acknowledged by the head-end; 0: none. Survives reboots, perhaps
    /// as an older (smaller) value, never as a newer one.</summary>
    long AcknowledgedNumber { get; }

    /// <summary>Adds a record. False: it could not be stored (medium failed, or longer than a record may be); then no
    /// number was used. True: durable as far as the medium is.</summary>
    /// <param name="kind">One of <see cref="Records.RecordKind"/>.</param>
    bool TryAppend(int kind, byte[] payload, int offset, int count, out long number);

    /// <summary>Reads a record into the front of <paramref name="into"/>. False: dropped, cut out as corrupt, not yet
    /// written, or longer than the buffer.</summary>
    bool TryRead(long number, byte[] into, out int count, out int kind);

    /// <summary>The lowest readable number from <paramref name="from"/> on, to step over dropped ones. False:
    /// none.</summary>
    bool TryFind(long from, out long number);

    /// <summary>Notes that the head-end holds everything up to a number. Smaller than before, or above the newest
    /// record: ignored.</summary>
    void Acknowledge(long upToNumber);
}
