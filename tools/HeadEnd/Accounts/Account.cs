namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>A person who may sign in.</summary>
public sealed record Account(string Name, string Role, DateTimeOffset Created);
