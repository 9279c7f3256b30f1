namespace MeterFirmware.Telemetry;

/// <summary>Random waits, the same for the same seed: xorshift32 of Marsaglia (2003).</summary>
public sealed class Jitter
{
    private uint _state;

    /// <summary>Mixes a device's address into the seed, so that equal devices differ (FNV-1a, 32 bits).</summary>
    public Jitter(int seed, string device)
    {
        uint hash = 2_166_136_261;
        for (int i = 0; i < device.Length; i++)
        {
            hash = (hash ^ device[i]) * 16_777_619;
        }

        _state = hash ^ (uint)seed;
        if (_state == 0)
        {
            _state = 1;
        }

        // Neighbouring seeds give neighbouring first numbers.
        for (int i = 0; i < 8; i++)
        {
            Next();
        }
    }

    /// <summary>A number from 0 to <paramref name="max"/>, both included.</summary>
    public int UpTo(int max) => (int)((long)Next() % ((long)max + 1));

    private uint Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return _state;
    }
}
