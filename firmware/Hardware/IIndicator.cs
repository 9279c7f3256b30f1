namespace MeterFirmware.Hardware;

/// <summary>The status light: one colour, set anew whenever it changes; blinking is the product's business.</summary>
public interface IIndicator
{
    /// <summary>Each colour 0 (off) to 255.</summary>
    void Set(int red, int green, int blue);
}
