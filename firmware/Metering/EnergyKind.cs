namespace MeterFirmware.Metering;

/// <summary>What an energy register counts. Quadrants as in IEC 62053-23: I import inductive, II export capacitive,
/// III export inductive, IV import capacitive. Constants, because they index arrays.</summary>
public static class EnergyKind
{
    public const int Import = 0;
    public const int Export = 1;
    public const int ReactiveQuadrant1 = 2;
    public const int ReactiveQuadrant2 = 3;
    public const int ReactiveQuadrant3 = 4;
    public const int ReactiveQuadrant4 = 5;
    public const int Count = 6;

    /// <summary>The quadrant's register for the signs of active and reactive power (import and inductive
    /// positive).</summary>
    public static int OfQuadrant(bool activeIsExport, bool reactiveIsNegative)
    {
        if (activeIsExport)
        {
            return reactiveIsNegative ? ReactiveQuadrant3 : ReactiveQuadrant2;
        }

        return reactiveIsNegative ? ReactiveQuadrant4 : ReactiveQuadrant1;
    }
}
