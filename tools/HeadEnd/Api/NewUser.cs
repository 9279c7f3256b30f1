namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A person who shall be able to sign in.</summary>
/// <param name="Name">1 to 64 characters.</param>
/// <param name="Password">12 to 128 characters.</param>
/// <param name="Role">viewer, operator, engineer or admin.</param>
public sealed record NewUser(string Name, string Password, string Role);
