using System;

namespace MeterFirmware.Dlt645;

/// <summary>One frame, made once and reused. Data is without the 33 of the line.</summary>
public sealed class Dlt645Frame
{
    /// <summary>Meter number in BCD, low byte first: 000012345678 is 78 56 34 12 00 00.</summary>
    public byte[] Address { get; } = new byte[Dlt645Protocol.AddressLength];

    /// <summary>Control code with its direction, error and continuation bits.</summary>
    public int Control { get; set; }

    public byte[] Data { get; } = new byte[Dlt645Protocol.DataLengthMax];

    /// <summary>Bytes of <see cref="Data"/> that count, 0 to 200.</summary>
    public int Length { get; set; }

    public bool IsReply => (Control & Dlt645Protocol.ReplyBit) != 0;

    public bool IsError => (Control & Dlt645Protocol.ErrorBit) != 0;

    public bool HasMore => (Control & Dlt645Protocol.MoreBit) != 0;

    public int Function => Control & Dlt645Protocol.FunctionMask;

    public bool IsBroadcast
    {
        get
        {
            for (int i = 0; i < Dlt645Protocol.AddressLength; i++)
            {
                if (Address[i] != Dlt645Protocol.Broadcast)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The data identifier DI3 DI2 DI1 DI0 as 0xDI3DI2DI1DI0. False: fewer than four data bytes.</summary>
    public bool TryReadIdentifier(out int di)
    {
        di = 0;
        if (Length < 4)
        {
            return false;
        }

        di = Data[0] | (Data[1] << 8) | (Data[2] << 16) | (Data[3] << 24);
        return true;
    }

    public void WriteIdentifier(int di)
    {
        Data[0] = (byte)di;
        Data[1] = (byte)(di >> 8);
        Data[2] = (byte)(di >> 16);
        Data[3] = (byte)(di >> 24);
    }

    /// <summary>True when every byte is equal or AA here: shortened addressing fills from the high byte.</summary>
    public bool AddressCovers(byte[] address)
    {
        for (int i = 0; i < Dlt645Protocol.AddressLength; i++)
        {
            if (Address[i] != address[i] && Address[i] != Dlt645Protocol.Wildcard)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when the address holds an AA.</summary>
    public bool HasWildcard
    {
        get
        {
            for (int i = 0; i < Dlt645Protocol.AddressLength; i++)
            {
                if (Address[i] == Dlt645Protocol.Wildcard)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public void SetAddress(byte[] address) => Array.Copy(address, Address, Dlt645Protocol.AddressLength);

    /// <summary>Bytes on the line without wake-up bytes.</summary>
    public int EncodedLength => Length + Dlt645Protocol.FrameOverhead;

    /// <summary>Writes <paramref name="wakeUpCount"/> FE bytes and the frame; returns the bytes written.
    /// The buffer must have room for both.</summary>
    public int Encode(int wakeUpCount, byte[] buffer, int offset)
    {
        int at = offset;
        for (int i = 0; i < wakeUpCount; i++)
        {
            buffer[at++] = Dlt645Protocol.WakeUp;
        }

        int first = at;
        buffer[at++] = Dlt645Protocol.Start;
        for (int i = 0; i < Dlt645Protocol.AddressLength; i++)
        {
            buffer[at++] = Address[i];
        }

        buffer[at++] = Dlt645Protocol.Start;
        buffer[at++] = (byte)Control;
        buffer[at++] = (byte)Length;
        for (int i = 0; i < Length; i++)
        {
            buffer[at++] = (byte)(Data[i] + Dlt645Protocol.DataOffset);
        }

        int sum = 0;
        for (int i = first; i < at; i++)
        {
            sum += buffer[i];
        }

        buffer[at++] = (byte)sum;
        buffer[at++] = Dlt645Protocol.End;
        return at - offset;
    }

    /// <summary>
    /// Reads one frame that begins with its first 68 at <paramref name="offset"/>. Checks come in the order of
    /// <see cref="Dlt645Check"/>, each as soon as its byte is there; Truncated means: so far right, bytes missing.
    /// </summary>
    /// <param name="used">Bytes of the whole frame when the result is None, Checksum or End.</param>
    public Dlt645Check Decode(byte[] buffer, int offset, int count, out int used)
    {
        used = 0;
        Dlt645Check check = CheckHeader(buffer, offset, count);
        if (check != Dlt645Check.None)
        {
            return check;
        }

        int length = buffer[offset + 9];
        int total = length + Dlt645Protocol.FrameOverhead;
        if (count < total)
        {
            return Dlt645Check.Truncated;
        }

        used = total;
        int sum = 0;
        for (int i = 0; i < total - 2; i++)
        {
            sum += buffer[offset + i];
        }

        if ((byte)sum != buffer[offset + total - 2])
        {
            return Dlt645Check.Checksum;
        }

        if (buffer[offset + total - 1] != Dlt645Protocol.End)
        {
            return Dlt645Check.End;
        }

        Array.Copy(buffer, offset + 1, Address, 0, Dlt645Protocol.AddressLength);
        Control = buffer[offset + 8];
        Length = length;
        for (int i = 0; i < length; i++)
        {
            Data[i] = (byte)(buffer[offset + 10 + i] - Dlt645Protocol.DataOffset);
        }

        return Dlt645Check.None;
    }

    private static Dlt645Check CheckHeader(byte[] buffer, int offset, int count)
    {
        if (count < 1)
        {
            return Dlt645Check.Truncated;
        }

        if (buffer[offset] != Dlt645Protocol.Start)
        {
            return Dlt645Check.Start;
        }

        for (int i = 1; i <= Dlt645Protocol.AddressLength; i++)
        {
            if (count <= i)
            {
                return Dlt645Check.Truncated;
            }

            if (!IsAddressByte(buffer[offset + i]))
            {
                return Dlt645Check.Address;
            }
        }

        if (count > 7 && buffer[offset + 7] != Dlt645Protocol.Start)
        {
            return Dlt645Check.SecondStart;
        }

        if (count < 10)
        {
            return Dlt645Check.Truncated;
        }

        return buffer[offset + 9] > LengthMaxOf(buffer[offset + 8]) ? Dlt645Check.Length : Dlt645Check.None;
    }

    /// <summary>L that a control code may carry: 200, and 62 for a write request.</summary>
    public static int LengthMaxOf(int control) =>
        control == Dlt645Protocol.Write
            ? Dlt645Protocol.WriteHeaderLength + Dlt645Protocol.WriteValueLengthMax : Dlt645Protocol.DataLengthMax;

    private static bool IsAddressByte(int value) =>
        value == Dlt645Protocol.Wildcard || ((value & 0x0F) <= 9 && (value >> 4) <= 9);
}
