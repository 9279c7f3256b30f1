namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>Whether the service works.</summary>
/// <param name="Status">ok or degraded.</param>
/// <param name="Database">The database answers.</param>
/// <param name="Broker">Connected and subscribed.</param>
/// <param name="Schema">The newest migration of the database.</param>
public sealed record Health(string Status, bool Database, bool Broker, string Schema);
