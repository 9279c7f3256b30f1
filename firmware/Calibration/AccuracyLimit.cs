namespace MeterFirmware.Calibration;

/// <summary>Largest error of active energy that a class allows at any of its load points, millionths: what a
/// calibration must leave at most. Each load point's own limit is the bench's matter (meterctl calibrate).</summary>
public static class AccuracyLimit
{
    /// <summary>The classes, as on a name plate.</summary>
    public const string Names = "1, 1CT, 0.5S, 0.2S, A to E";

    /// <summary>Class 1.</summary>
    public const int Default = 15_000;

    /// <summary>IEC 62053-21:2003 tables 4 and 6, IEC 62053-22:2003, OIML R 46 tables 1 and 2; −1: no such
    /// class.</summary>
    public static int Of(string accuracyClass)
    {
        switch (accuracyClass)
        {
            case "1":
            case "1CT":
                return Default;
            case "0.5S":
                return 10_000;
            case "0.2S":
                return 5_000;
            case "A":
                return 25_000;
            case "B":
                return 18_000;
            case "C":
                return 13_000;
            case "D":
                return 5_000;
            case "E":
                return 2_500;
            default:
                return -1;
        }
    }
}
