namespace MeterFirmware.Basics;

/// <summary>HMAC-SHA256 (RFC 2104) with a key that is set once and used often; allocates nothing after
/// construction.</summary>
public sealed class HmacSha256
{
    public const int TagBytes = Sha256.HashBytes;

    private readonly Sha256 _hash = new Sha256();
    private readonly byte[] _key = new byte[Sha256.BlockBytes];
    private readonly byte[] _pad = new byte[Sha256.BlockBytes];
    private readonly byte[] _inner = new byte[Sha256.HashBytes];

    /// <summary>Sets the key (any length; longer than 64 bytes it is hashed first, as RFC 2104 says) and
    /// begins.</summary>
    public void SetKey(byte[] key, int offset, int count)
    {
        for (int i = 0; i < _key.Length; i++)
        {
            _key[i] = 0;
        }

        if (count > _key.Length)
        {
            _hash.Reset();
            _hash.Add(key, offset, count);
            _hash.Finish(_key, 0);
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                _key[i] = key[offset + i];
            }
        }

        Begin();
    }

    /// <summary>Begins a new message under the same key.</summary>
    public void Begin()
    {
        _hash.Reset();
        AddPad(0x36);
    }

    /// <summary>Adds a piece of the message.</summary>
    public void Add(byte[] bytes, int offset, int count) => _hash.Add(bytes, offset, count);

    /// <summary>Writes the 32 bytes of the tag and begins the next message.</summary>
    public void Finish(byte[] tag, int offset)
    {
        _hash.Finish(_inner, 0);
        AddPad(0x5c);
        _hash.Add(_inner, 0, _inner.Length);
        _hash.Finish(tag, offset);
        Begin();
    }

    /// <summary>Ends the message and compares its first <paramref name="count"/> tag bytes (at least 16, RFC 2104
    /// section 5) with those given, in a time that does not depend on where they differ.</summary>
    public bool FinishAndCheck(byte[] tag, int offset, int count)
    {
        Invariant.Require(count >= 16 && count <= TagBytes, "HMAC tag of 16 to 32 bytes");
        Finish(_inner, 0);
        int difference = 0;
        for (int i = 0; i < count; i++)
        {
            difference |= _inner[i] ^ tag[offset + i];
        }

        return difference == 0;
    }

    private void AddPad(byte mask)
    {
        for (int i = 0; i < _pad.Length; i++)
        {
            _pad[i] = (byte)(_key[i] ^ mask);
        }

        _hash.Add(_pad, 0, _pad.Length);
    }
}
