using System;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Storage;

/// <summary>
/// What names a journal among all that a device ever had. 8 bytes, made once on empty storage, and the first number
/// under it; both travel as the payload of marks (<see cref="RecordFormat.MarkKind"/>), which an older firmware reads
/// as the marks that they are. Each copy has its mark's CRC, so one that power cut is none.
/// </summary>
public sealed class JournalIdentity
{
    /// <summary>Identity (8), first number (4).</summary>
    public const int PayloadBytes = IdBytes + 4;

    private const int IdBytes = 8;
    private const int EntropyBytesMax = 64;

    private string _text;
    private long _opened;

    /// <summary>What a mark carries.</summary>
    public byte[] Payload { get; } = new byte[PayloadBytes];

    public bool IsKnown { get; private set; }

    /// <summary>Copies that were found or written since the start; erased ones still count, since every block has
    /// one.</summary>
    public int Copies { get; private set; }

    /// <summary>16 digits; null until a copy is durable, for nobody may be told a name that the next start does not
    /// know.</summary>
    public string Text => Copies > 0 ? _text : null;

    /// <summary>The first number under it.</summary>
    public long From => IsKnown ? (uint)LittleEndian.ReadInt32(Payload, IdBytes) : 1;

    /// <summary>
    /// Makes 8 bytes from what the board has of its own and of this moment (SHA-256 over a label and that). Two boards
    /// differ by their chip's number; two wipes of one board by the moment, its clock and its chance: see README.md.
    /// </summary>
    public static byte[] Make(IEntropySource entropy)
    {
        byte[] bytes = new byte[EntropyBytesMax];
        int count = entropy.Read(bytes);
        Sha256 hash = new Sha256();
        byte[] label = { (byte)'m', (byte)'f', (byte)'/', (byte)'j', (byte)'o', (byte)'u', (byte)'r', (byte)'n',
            (byte)'a', (byte)'l' };
        hash.Add(label, 0, label.Length);
        hash.Add(bytes, 0, count);
        byte[] digest = new byte[Sha256.HashBytes];
        hash.Finish(digest, 0);
        byte[] identity = new byte[IdBytes];
        Array.Copy(digest, 0, identity, 0, IdBytes);
        return identity;
    }

    /// <summary>Writes a mark with the identity behind a new block's header: every block names the journal that it is
    /// of, in the one write that opens it. Returns its bytes; 0 without an identity.</summary>
    /// <param name="room">Composes the mark.</param>
    internal int WriteMark(byte[] head, int position, byte[] room, long acknowledged)
    {
        if (!IsKnown)
        {
            return 0;
        }

        int bytes = RecordFormat.HeaderBytes + PayloadBytes;
        Array.Copy(Payload, 0, room, RecordFormat.HeaderBytes, PayloadBytes);
        RecordFormat.Seal(room, PayloadBytes, RecordFormat.MarkKind, acknowledged, position);
        Array.Copy(room, 0, head, position, bytes);
        return bytes;
    }

    internal void Forget()
    {
        IsKnown = false;
        Copies = 0;
        _opened = -1;
        _text = null;
    }

    /// <summary>A copy was found. Of two identities in one store the one in the block opened last holds: every later
    /// block carries it.</summary>
    internal void Take(byte[] buffer, int offset, long blockOpenedAt)
    {
        Copies++;
        if (blockOpenedAt > _opened)
        {
            _opened = blockOpenedAt;
            Array.Copy(buffer, offset, Payload, 0, PayloadBytes);
            Complete();
        }
    }

    internal void Begin(byte[] identity, long firstNumber)
    {
        Invariant.Require(identity.Length == IdBytes, "an identity has 8 bytes");
        Array.Copy(identity, 0, Payload, 0, IdBytes);
        LittleEndian.WriteInt32(Payload, IdBytes, (int)firstNumber);
        Complete();
    }

    internal void NoteCopy() => Copies += IsKnown ? 1 : 0;

    private void Complete()
    {
        char[] text = new char[2 * IdBytes];
        for (int i = 0; i < text.Length; i++)
        {
            int nibble = (i & 1) == 0 ? Payload[i / 2] >> 4 : Payload[i / 2] & 0xF;
            text[i] = (char)HexDigits.Of(nibble);
        }

        _text = new string(text);
        IsKnown = true;
    }
}
