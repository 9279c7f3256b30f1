namespace MeterFirmware.Tools.Generate;

/// <summary>A quantity of the plain Modbus map. Its registers never change: others read them.</summary>
/// <param name="Register">First of its registers, four digits 0 to F.</param>
/// <param name="Quantity">Its word in meters' data files; <c>Quantity</c> of the Modbus room has the constant.</param>
/// <param name="Values">phases: the total (of a voltage the mean) and three phases; total; rates.</param>
/// <param name="Of">The measurands that it is, or that it is the sum of.</param>
public sealed record PlainEntry(string Register, string Quantity, string Values, string[] Of)
{
    /// <summary>The constant of the Modbus room.</summary>
    public string Constant => char.ToUpperInvariant(Quantity[0]) + Quantity[1..];

    public int Address => Convert.ToInt32(Register, 16);
}
