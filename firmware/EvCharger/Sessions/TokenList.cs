using MeterFirmware.Basics;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>The local list: tokens (card UIDs, vehicle identifiers) that may charge without asking anybody.</summary>
public sealed class TokenList
{
    private readonly byte[] _bytes;
    private readonly int[] _lengths;

    public TokenList(int capacity)
    {
        _bytes = new byte[capacity * ChargerLimits.TokenBytesMax];
        _lengths = new int[capacity];
    }

    public int Count { get; private set; }

    /// <summary>Longest list as bytes: see <see cref="TryLoad"/>.</summary>
    public static int BytesMax(int capacity) => 4 + capacity * (1 + ChargerLimits.TokenBytesMax);

    /// <summary>Number that the sender gave the list; 0: none was loaded.</summary>
    public int Version { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>Loads a whole list: its version (4 bytes, low first), then each token behind one byte with its length.
    /// False: a length out of range, cut, a token twice, or too many; the list before stays.</summary>
    public bool TryLoad(byte[] bytes, int count)
    {
        if (!IsWhole(bytes, count))
        {
            return false;
        }

        Version = LittleEndian.ReadInt32(bytes, 0);
        Count = 0;
        for (int at = 4; at < count; at += 1 + bytes[at])
        {
            for (int i = 0; i < bytes[at]; i++)
            {
                _bytes[Count * ChargerLimits.TokenBytesMax + i] = bytes[at + 1 + i];
            }

            _lengths[Count] = bytes[at];
            Count++;
        }

        return true;
    }

    /// <summary>True when <see cref="TryLoad"/> would take it.</summary>
    public bool IsWhole(byte[] bytes, int count)
    {
        int tokens = 0;
        int at = 4;
        while (at < count)
        {
            int length = bytes[at];
            if (length < 1 || length > ChargerLimits.TokenBytesMax || at + 1 + length > count
                || tokens == _lengths.Length
                || IsTwice(bytes, at))
            {
                return false;
            }

            tokens++;
            at += 1 + length;
        }

        return at == count;
    }

    private static bool IsTwice(byte[] bytes, int token)
    {
        for (int at = 4; at < token; at += 1 + bytes[at])
        {
            int same = 0;
            while (same <= bytes[token] && bytes[at + same] == bytes[token + same])
            {
                same++;
            }

            if (same > bytes[token])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a token of 1 to 16 bytes. False: wrong length, already there, or the list is full.</summary>
    public bool TryAdd(byte[] token, int length)
    {
        if (length < 1 || length > ChargerLimits.TokenBytesMax || Count == _lengths.Length || Contains(token, length))
        {
            return false;
        }

        for (int i = 0; i < length; i++)
        {
            _bytes[Count * ChargerLimits.TokenBytesMax + i] = token[i];
        }

        _lengths[Count] = length;
        Count++;
        return true;
    }

    public bool Contains(byte[] token, int length)
    {
        for (int entry = 0; entry < Count; entry++)
        {
            if (_lengths[entry] == length && AreEqual(_bytes, entry * ChargerLimits.TokenBytesMax, token, length))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Compares a stored token with a given one of the same length.</summary>
    public static bool AreEqual(byte[] stored, int offset, byte[] token, int length)
    {
        Invariant.Require(token.Length >= length, "token shorter than its length");
        for (int i = 0; i < length; i++)
        {
            if (stored[offset + i] != token[i])
            {
                return false;
            }
        }

        return true;
    }
}
