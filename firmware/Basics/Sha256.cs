namespace MeterFirmware.Basics;

/// <summary>
/// SHA-256 (FIPS 180-4) over bytes that arrive in pieces. Everything is made once: a hash allocates nothing, so a tick
/// may sign a record. The device package's own HMAC allocates per call and is not on every target.
/// </summary>
public sealed class Sha256
{
    public const int HashBytes = 32;
    public const int BlockBytes = 64;

    // A word of the message schedule needs the 16 before it and no others.
    private const int ScheduleWords = 16;

    // FIPS 180-4, section 4.2.2: the fractional parts of the cube roots of the first 64 primes.
    private static readonly uint[] _rounds =
    {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    };

    private readonly uint[] _state = new uint[8];
    private readonly uint[] _schedule = new uint[ScheduleWords];
    private readonly byte[] _block = new byte[BlockBytes];
    private int _blockLength;
    private long _totalBytes;

    public Sha256()
    {
        Reset();
    }

    /// <summary>Begins a new hash; what was added before is forgotten.</summary>
    public void Reset()
    {
        // FIPS 180-4, section 5.3.3.
        _state[0] = 0x6a09e667;
        _state[1] = 0xbb67ae85;
        _state[2] = 0x3c6ef372;
        _state[3] = 0xa54ff53a;
        _state[4] = 0x510e527f;
        _state[5] = 0x9b05688c;
        _state[6] = 0x1f83d9ab;
        _state[7] = 0x5be0cd19;
        _blockLength = 0;
        _totalBytes = 0;
    }

    /// <summary>Adds <paramref name="count"/> bytes from <paramref name="offset"/>.</summary>
    public void Add(byte[] bytes, int offset, int count)
    {
        _totalBytes += count;
        int end = offset + count;
        for (int i = offset; i < end; i++)
        {
            _block[_blockLength] = bytes[i];
            _blockLength++;
            if (_blockLength == BlockBytes)
            {
                Compress();
                _blockLength = 0;
            }
        }
    }

    /// <summary>Writes the 32 bytes of the hash and begins a new one.</summary>
    public void Finish(byte[] hash, int offset)
    {
        long totalBits = _totalBytes * 8;
        Pad(0x80);
        while (_blockLength != BlockBytes - 8)
        {
            Pad(0);
        }

        for (int shift = 56; shift >= 0; shift -= 8)
        {
            Pad((byte)(totalBits >> shift));
        }

        for (int i = 0; i < HashBytes; i++)
        {
            hash[offset + i] = (byte)(_state[i >> 2] >> (24 - 8 * (i & 3)));
        }

        Reset();
    }

    private void Pad(byte value)
    {
        _block[_blockLength] = value;
        _blockLength++;
        if (_blockLength == BlockBytes)
        {
            Compress();
            _blockLength = 0;
        }
    }

    private static uint Rotate(uint value, int bits) => (value >> bits) | (value << (32 - bits));

    private void Compress()
    {
        uint[] w = _schedule;
        for (int i = 0; i < ScheduleWords; i++)
        {
            int at = i * 4;
            w[i] = ((uint)_block[at] << 24) | ((uint)_block[at + 1] << 16) | ((uint)_block[at + 2] << 8)
                | _block[at + 3];
        }

        uint a = _state[0], b = _state[1], c = _state[2], d = _state[3];
        uint e = _state[4], f = _state[5], g = _state[6], h = _state[7];
        for (int i = 0; i < _rounds.Length; i++)
        {
            int now = i % ScheduleWords;
            if (i >= ScheduleWords)
            {
                uint x = w[(i + 1) % ScheduleWords];
                uint y = w[(i + 14) % ScheduleWords];
                w[now] += (Rotate(x, 7) ^ Rotate(x, 18) ^ (x >> 3)) + w[(i + 9) % ScheduleWords]
                    + (Rotate(y, 17) ^ Rotate(y, 19) ^ (y >> 10));
            }

            uint t1 = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + ((e & f) ^ (~e & g)) + _rounds[i] + w[now];
            uint t2 = (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
        _state[5] += f;
        _state[6] += g;
        _state[7] += h;
    }
}
