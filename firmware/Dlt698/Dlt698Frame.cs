using System;
using MeterFirmware.Basics;

namespace MeterFirmware.Dlt698;

/// <summary>One frame of the link layer: control, addresses and user data. Made once and filled anew.</summary>
public sealed class Dlt698Frame
{
    private const int LengthMask = 0x3FFF;

    /// <summary>A frame that holds all that this room can: <see cref="Dlt698Protocol.DataLengthMax"/>.</summary>
    public Dlt698Frame()
        : this(Dlt698Protocol.DataLengthMax)
    {
    }

    /// <param name="dataLengthMax">Bytes of user data; a frame with more is refused by its length.</param>
    public Dlt698Frame(int dataLengthMax)
    {
        Data = new byte[dataLengthMax];
    }

    public int Control { get; set; }

    /// <summary>The server address's first byte: type, logical address, length − 1.</summary>
    public int AddressHead { get; set; }

    /// <summary>The server address behind its head, low byte first: BCD digits, AA for any.</summary>
    public byte[] Address { get; } = new byte[Dlt698Protocol.AddressLengthMax];

    public int AddressLength => (AddressHead & 0x0F) + 1;

    public int AddressType => AddressHead >> 6;

    public int LogicalAddress => (AddressHead >> 4) & 3;

    /// <summary>0: none.</summary>
    public int ClientAddress { get; set; }

    /// <summary>User data, unscrambled; with <see cref="IsFragment"/> it begins with the fragment's head.</summary>
    public byte[] Data { get; }

    public int Length { get; set; }

    public bool IsFromServer => (Control & Dlt698Protocol.FromServer) != 0;

    public bool IsFragment => (Control & Dlt698Protocol.Fragment) != 0;

    /// <summary>0 first, 1 last, 2 acknowledge, 3 middle; −1 without a whole head.</summary>
    public int FragmentKind => Length < 2 ? -1 : Data[1] >> 6;

    /// <summary>Number of the block; −1 without a whole head.</summary>
    public int FragmentBlock => Length < 2 ? -1 : LittleEndian.ReadUInt16(Data, 0) & 0x0FFF;

    /// <summary>Bytes of the frame without wake-up bytes.</summary>
    public int EncodedLength => Dlt698Protocol.FrameLengthMin - 1 + AddressLength + Length;

    /// <summary>Writes the frame; returns its length.</summary>
    public int Encode(int wakeUpCount, byte[] bytes, int offset) => Encode(wakeUpCount, Data, 0, bytes, offset);

    /// <summary>Writes the frame with <see cref="Length"/> bytes of another array as its user data, which need not be
    /// copied for that; returns its length.</summary>
    public int Encode(int wakeUpCount, byte[] data, int dataAt, byte[] bytes, int offset)
    {
        int at = offset;
        for (int i = 0; i < wakeUpCount; i++)
        {
            bytes[at++] = Dlt698Protocol.WakeUp;
        }

        int start = at;
        bytes[at++] = Dlt698Protocol.Start;
        LittleEndian.WriteUInt16(bytes, at, EncodedLength - 2);
        at += 2;
        bytes[at++] = (byte)Control;
        bytes[at++] = (byte)AddressHead;
        for (int i = 0; i < AddressLength; i++)
        {
            bytes[at++] = Address[i];
        }

        bytes[at++] = (byte)ClientAddress;
        LittleEndian.WriteUInt16(bytes, at, Dlt698Crc.Of(bytes, start + 1, at - start - 1));
        at += 2;
        int scramble = (Control & Dlt698Protocol.Scrambled) != 0 ? Dlt698Protocol.ScrambleOffset : 0;
        for (int i = 0; i < Length; i++)
        {
            bytes[at++] = (byte)(data[dataAt + i] + scramble);
        }

        LittleEndian.WriteUInt16(bytes, at, Dlt698Crc.Of(bytes, start + 1, at - start - 1));
        at += 2;
        bytes[at++] = Dlt698Protocol.End;
        return at - offset;
    }

    /// <summary>Reads the frame that begins with 68 at <paramref name="offset"/>; fills this only when it is whole.
    /// </summary>
    /// <param name="used">Bytes of the frame when it is good.</param>
    public Dlt698Check Decode(byte[] bytes, int offset, int count, out int used)
    {
        used = 0;
        Dlt698Check check = CheckHeader(bytes, offset, count, out int dataAt, out int whole);
        if (check != Dlt698Check.None)
        {
            return check;
        }

        if (count < whole)
        {
            return Dlt698Check.Truncated;
        }

        if (bytes[offset + whole - 1] != Dlt698Protocol.End)
        {
            return Dlt698Check.End;
        }

        if (Dlt698Crc.Of(bytes, offset + 1, whole - 4) != LittleEndian.ReadUInt16(bytes, offset + whole - 3))
        {
            return Dlt698Check.FrameCheck;
        }

        Control = bytes[offset + 3];
        AddressHead = bytes[offset + 4];
        Array.Copy(bytes, offset + 5, Address, 0, AddressLength);
        ClientAddress = bytes[offset + 5 + AddressLength];
        Length = whole - 3 - dataAt;
        int scramble = (Control & Dlt698Protocol.Scrambled) != 0 ? Dlt698Protocol.ScrambleOffset : 0;
        for (int i = 0; i < Length; i++)
        {
            Data[i] = (byte)(bytes[offset + dataAt + i] - scramble);
        }

        used = whole;
        return Dlt698Check.None;
    }

    private Dlt698Check CheckHeader(byte[] bytes, int offset, int count, out int dataAt, out int whole)
    {
        dataAt = 0;
        whole = 0;
        if (count < 1)
        {
            return Dlt698Check.Truncated;
        }

        if (bytes[offset] != Dlt698Protocol.Start)
        {
            return Dlt698Check.Start;
        }

        if (count < 3)
        {
            return Dlt698Check.Truncated;
        }

        int word = LittleEndian.ReadUInt16(bytes, offset + 1);
        whole = (word & LengthMask) + 2;
        int longest = Dlt698Protocol.FrameLengthOf(Data.Length);
        if (word > LengthMask || whole < Dlt698Protocol.FrameLengthMin || whole > longest)
        {
            return Dlt698Check.Length;
        }

        if (count < 5)
        {
            return Dlt698Check.Truncated;
        }

        // Start, length, control, head, address, client, check.
        dataAt = 9 + (bytes[offset + 4] & 0x0F);
        int checkAt = dataAt - 2;
        if (whole < dataAt + 3 || whole - dataAt - 3 > Data.Length)
        {
            return Dlt698Check.Length;
        }

        if (count < dataAt)
        {
            return Dlt698Check.Truncated;
        }

        return Dlt698Crc.Of(bytes, offset + 1, checkAt - 1) == LittleEndian.ReadUInt16(bytes, offset + checkAt)
            ? Dlt698Check.None : Dlt698Check.HeaderCheck;
    }
}
