namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A token that a machine shall get.</summary>
/// <param name="Name">1 to 32 of A-Z a-z 0-9 - _.</param>
/// <param name="Role">viewer, operator, engineer or admin.</param>
/// <param name="Days">How long it holds: 1 to 366.</param>
public sealed record NewToken(string Name, string Role, int Days);
