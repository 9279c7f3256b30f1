using MeterFirmware.Basics;

namespace MeterFirmware.Storage.Records;

/// <summary>
/// That registers were frozen, on its way to the head-end; one object, reused. The frozen values themselves stay where
/// they were frozen and are added when the record is sent: this says which freeze it is, and the totals in case it is
/// no longer there.
/// </summary>
public sealed class FreezeRecord
{
    /// <summary>Longest form in bytes; this many must be free for <see cref="Write"/>.</summary>
    public const int BytesMax = 2 + VarInt.BytesMax * 7;

    private const int Version = 1;

    /// <summary>Why: the recorder's kind of freeze, 0 to 255.</summary>
    public int Kind;

    /// <summary>Freezes of the kind since manufacture, this one included.</summary>
    public long Ordinal;

    /// <summary>Bits of <see cref="RecordFlags"/>.</summary>
    public int Flags;

    /// <summary>The instant that it stands for, UTC seconds.</summary>
    public long NominalUtcSeconds;

    /// <summary>When the registers were taken, UTC seconds.</summary>
    public long MadeUtcSeconds;

    /// <summary>Zone offset then, in seconds east of UTC.</summary>
    public int OffsetSeconds;

    /// <summary>Total of imported active energy, Wh.</summary>
    public long ImportWattHours;

    /// <summary>Total of exported active energy, Wh.</summary>
    public long ExportWattHours;

    /// <summary>Writes the record and returns its length; <see cref="BytesMax"/> bytes must be free.</summary>
    public int Write(byte[] bytes, int offset)
    {
        int at = offset;
        bytes[at++] = Version;
        bytes[at++] = (byte)Kind;
        at = VarInt.Write(bytes, at, Ordinal);
        at = VarInt.Write(bytes, at, Flags);
        at = VarInt.Write(bytes, at, NominalUtcSeconds);
        at = VarInt.Write(bytes, at, MadeUtcSeconds - NominalUtcSeconds);
        at = VarInt.Write(bytes, at, OffsetSeconds);
        at = VarInt.Write(bytes, at, ImportWattHours);
        at = VarInt.Write(bytes, at, ExportWattHours);
        return at - offset;
    }

    /// <summary>Reads what <see cref="Write"/> wrote. False: another version, or cut; the fields then mean
    /// nothing.</summary>
    public bool TryRead(byte[] bytes, int offset, int count)
    {
        int end = offset + count;
        int at = offset + 2;
        if (count < 2 || bytes[offset] != Version
            || !VarInt.TryRead(bytes, ref at, end, out Ordinal) || !VarInt.TryRead(bytes, ref at, end, out long flags)
            || !VarInt.TryRead(bytes, ref at, end, out NominalUtcSeconds)
            || !VarInt.TryRead(bytes, ref at, end, out long late) || !VarInt.TryRead(bytes, ref at, end, out long zone)
            || !VarInt.TryRead(bytes, ref at, end, out ImportWattHours)
            || !VarInt.TryRead(bytes, ref at, end, out ExportWattHours))
        {
            return false;
        }

        Kind = bytes[offset + 1];
        Flags = (int)flags;
        MadeUtcSeconds = NominalUtcSeconds + late;
        OffsetSeconds = (int)zone;
        return at == end;
    }
}
