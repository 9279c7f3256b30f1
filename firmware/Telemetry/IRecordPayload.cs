using MeterFirmware.Basics;

namespace MeterFirmware.Telemetry;

/// <summary>
/// Turns one kind of record from its binary form in the log into members of the record message. A product gives the
/// agent one for each kind it logs; a kind without one is sent as hexadecimal text, so that it is never held back.
/// </summary>
public interface IRecordPayload
{
    /// <summary>The kind that this reads: <see cref="Storage.Records.RecordKind"/>.</summary>
    int Kind { get; }

    /// <summary>The kind's name in the message.</summary>
    string KindName { get; }

    /// <summary>Takes a record in. False: not what this kind looks like. The bytes stay as they are until its members
    /// were written.</summary>
    bool TryRead(byte[] payload, int count);

    /// <summary>End of the record last read, UTC seconds.</summary>
    long EndUtcSeconds { get; }

    /// <summary>Flags of the record last read: <see cref="Storage.Records.RecordFlags"/>.</summary>
    int Flags { get; }

    /// <summary>Writes the record last read as members (start, end and what the kind carries) into an open
    /// object.</summary>
    void WriteMembers(ByteTextWriter json);
}
