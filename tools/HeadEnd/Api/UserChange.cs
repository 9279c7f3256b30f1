namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>What shall be another of an account; it ends the account's sessions.</summary>
/// <param name="Password">12 to 128 characters; null: it stays.</param>
/// <param name="Role">viewer, operator, engineer or admin; null: it stays.</param>
public sealed record UserChange(string? Password, string? Role);
