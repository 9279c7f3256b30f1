using System;

namespace MeterFirmware.Boards.Simulator.Meters;

/// <summary>
/// A made-up but real-shaped household: standby, a cycling refrigerator, breakfast, cooking, an evening peak, laundry
/// on some days, a later and flatter weekend. Seeded: the same seed is the same home on every machine.
/// </summary>
public sealed class HouseholdLoad
{
    private readonly ulong _seed;
    private readonly double _scale;
    private readonly double _shiftHours;

    public HouseholdLoad(int seed)
    {
        _seed = (ulong)seed * 0x9E37_79B9_7F4A_7C15 + 0xD1B5_4A32_D192_ED03;
        _scale = 0.6 + 0.9 * Unit(1);
        _shiftHours = 1.6 * Unit(2) - 0.8;
    }

    /// <summary>Power in mW during one minute.</summary>
    /// <param name="localSeconds">Local time, seconds since 1970.</param>
    public int MilliwattsAt(long localSeconds)
    {
        long minute = localSeconds / 60;
        long day = minute / 1440;
        double hour = minute % 1440 / 60.0 - _shiftHours;
        bool weekend = (day + 4) % 7 is 0 or 6;
        double watts = 70 + 90 * (Unit(minute / 22 * 31 + 3) < 0.4 ? 1 : 0);
        watts += Bump(hour, weekend ? 9.5 : 7.2, 0.9, weekend ? 700 : 900);
        watts += Bump(hour, 12.6, 0.7, weekend ? 1500 : 350);
        watts += Bump(hour, 19.4, 1.9, 1700);
        watts += Bump(hour, 22.0, 0.8, 400);
        if (Unit(day * 7 + 5) < (weekend ? 0.6 : 0.25))
        {
            watts += Bump(hour, 10 + 8 * Unit(day * 7 + 6), 0.5, 1900);
        }

        watts *= _scale * (0.85 + 0.3 * Unit(minute / 15 * 131 + 17)) * (0.94 + 0.12 * Unit(minute * 17 + 29));
        return (int)(watts * 1000);
    }

    private static double Bump(double hour, double centre, double width, double watts)
    {
        double distance = Math.IEEERemainder(hour - centre, 24) / width;
        return watts * Math.Exp(-0.5 * distance * distance);
    }

    /// <summary>A hash of seed and index, 0 up to 1 (splitmix64).</summary>
    private double Unit(long index)
    {
        ulong z = _seed + (ulong)index * 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
