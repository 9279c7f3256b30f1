namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A table that can be taken out.</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="Columns">Its cells.</param>
/// <param name="HasPeriod">It wants from and to.</param>
public sealed record ExportView(string Name, IReadOnlyList<string> Columns, bool HasPeriod);
