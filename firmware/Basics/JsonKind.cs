namespace MeterFirmware.Basics;

/// <summary>What a member's value is.</summary>
public enum JsonKind
{
    Null = 0,
    True = 1,
    False = 2,
    Number = 3,
    Text = 4,
    Object = 5,
    Array = 6,
}
