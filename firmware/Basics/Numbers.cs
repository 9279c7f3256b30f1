namespace MeterFirmware.Basics;

/// <summary>The lesser, the greater, the nearest within bounds: mscorlib of the device has no Math. What runs in
/// every tick says it with ?: in place, because a call costs there.</summary>
public static class Numbers
{
    public static int Least(int a, int b) => a < b ? a : b;

    public static int Greatest(int a, int b) => a > b ? a : b;

    /// <summary>Needs least ≤ most.</summary>
    public static int Within(int value, int least, int most) => value < least ? least : value > most ? most : value;
}
