namespace MeterFirmware.Tools.MeterCtl.Modbus;

/// <summary>A quantity of the plain map: four registers a value, signed, high word first.</summary>
/// <param name="Register">First of them.</param>
public sealed record PlainRegister(int Register, string Quantity, string Values, string Unit, string Meaning);
