namespace MeterFirmware.ChargerSafety.Pilot;

/// <summary>Majority over the last samples, packed into one number each, so that the state stays plain
/// numbers.</summary>
internal static class PilotFilter
{
    public const int WindowMax = 8;

    /// <summary>How often <paramref name="value"/> (0 to 15) is among the newest <paramref name="window"/> of the
    /// packed four-bit samples.</summary>
    public static int CountOf(int packed, int value, int window)
    {
        int count = 0;
        for (int i = 0; i < window; i++)
        {
            if (((packed >> (4 * i)) & 0xF) == value)
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Ones among the newest <paramref name="window"/> bits.</summary>
    public static int CountOnes(int bits, int window)
    {
        int count = 0;
        for (int i = 0; i < window; i++)
        {
            count += (bits >> i) & 1;
        }

        return count;
    }
}
