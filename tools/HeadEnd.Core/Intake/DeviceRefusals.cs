namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>What was refused of one device since the head-end was made.</summary>
/// <param name="Device">Device address, as the topic has it.</param>
/// <param name="Count">Messages.</param>
/// <param name="Reason">Of the newest: names the member and what was expected.</param>
public sealed record DeviceRefusals(string Device, long Count, string Reason);
