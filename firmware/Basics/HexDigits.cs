namespace MeterFirmware.Basics;

/// <summary>Hexadecimal digits. What this firmware writes is lower case.</summary>
public static class HexDigits
{
    /// <summary>The digit of 0 to 15, lower case.</summary>
    public static byte Of(int nibble) => (byte)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);

    /// <summary>The value of a digit of either case; −1: it is none.</summary>
    public static int ValueOf(int character) =>
        character >= 'A' && character <= 'F' ? character - 'A' + 10 : LowerValueOf(character);

    /// <summary>The value of a lower-case digit; −1: it is none. For what a seal covers: one spelling only.</summary>
    public static int LowerValueOf(int character) =>
        character >= '0' && character <= '9' ? character - '0'
        : character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}
