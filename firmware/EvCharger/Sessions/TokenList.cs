using MeterFirmware.Basics;

namespace MeterFirmware.EvCharger;

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

    public void Clear() => Count = 0;

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
