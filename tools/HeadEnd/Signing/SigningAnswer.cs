namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>One line from the signing service.</summary>
/// <param name="Id">Number of the message.</param>
/// <param name="Message">The signed message; null: none.</param>
/// <param name="Error">Why not; null: it is signed.</param>
/// <param name="IsLater">The same may be signed later.</param>
internal sealed record SigningAnswer(long Id, string? Message, string? Error, bool IsLater);
