namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>A message as it goes to the device.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Message">The signed JSON object.</param>
public sealed record SignedCommand(long Id, string Message);
