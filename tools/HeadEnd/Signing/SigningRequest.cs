namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>One line to the signing service.</summary>
/// <param name="Token">Shows that the head-end asks.</param>
/// <param name="Device">Address.</param>
/// <param name="Role">Whose key signs.</param>
/// <param name="Command">Word of the catalogue.</param>
/// <param name="Arguments">JSON object.</param>
/// <param name="Above">The message's number is larger.</param>
/// <param name="ValidSeconds">How long it is good.</param>
internal sealed record SigningRequest(
    string Token, string Device, string Role, string Command, string Arguments, long Above, int ValidSeconds);
