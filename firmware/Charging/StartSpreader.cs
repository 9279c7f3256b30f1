namespace MeterFirmware.Charging;

/// <summary>
/// Delays the start after a price step by a time drawn from the device's own number, so that a district of chargers
/// that know nothing of each other does not jump at 22:00. The delay changes every day and is never more than the
/// session can spare.
/// </summary>
public sealed class StartSpreader
{
    private readonly uint _deviceNumber;

    /// <param name="deviceNumber">Serial number or any hash of it; equal numbers start together.</param>
    /// <param name="spreadSeconds">Window in which a district starts, 0 = no delay.</param>
    public StartSpreader(uint deviceNumber, int spreadSeconds)
    {
        _deviceNumber = deviceNumber;
        SpreadSeconds = spreadSeconds > 0 ? spreadSeconds : 0;
    }

    public int SpreadSeconds { get; }

    /// <summary>Delay in seconds for a price step.</summary>
    /// <param name="dayNumber">Local days since 1970-01-01: another delay every day, so that nobody is always
    /// last.</param>
    /// <param name="slackSeconds">What the session can wait from the step on and still be served.</param>
    public int DelaySeconds(int dayNumber, int slackSeconds)
    {
        if (SpreadSeconds == 0 || slackSeconds <= 0)
        {
            return 0;
        }

        int window = slackSeconds < SpreadSeconds ? slackSeconds : SpreadSeconds;

        // Multiply and take the high half: no bias of a remainder.
        return (int)(((ulong)Mix(_deviceNumber ^ ((uint)dayNumber * 0x9E37_79B9)) * (uint)window) >> 32);
    }

    // The finaliser of MurmurHash3: neighbouring serial numbers get unrelated delays.
    private static uint Mix(uint value)
    {
        value ^= value >> 16;
        value *= 0x85EB_CA6B;
        value ^= value >> 13;
        value *= 0xC2B2_AE35;
        return value ^ (value >> 16);
    }
}
