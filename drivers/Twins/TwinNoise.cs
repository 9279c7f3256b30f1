namespace MeterFirmware.Drivers.Twins;

/// <summary>Repeatable noise: xorshift32, the same sequence on every target for the same seed.</summary>
internal sealed class TwinNoise
{
    private uint _state = 0x9E37_79B9;

    public void Seed(int seed) => _state = seed == 0 ? 0x9E37_79B9 : (uint)seed;

    public uint Next()
    {
        uint x = _state;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        _state = x;
        return x;
    }

    // By way of long: on nanoCLR an int that came from a uint and is lowered below 0 widens to 4 294 967 29x.

    /// <summary>A whole number from −limit to limit, all equally likely; limit 0 to 1 000 000.</summary>
    public int Within(int limit) => limit == 0 ? 0 : (int)((long)Next() % (2 * limit + 1) - limit);
}
