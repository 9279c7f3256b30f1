namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A piece of a list.</summary>
/// <param name="Items">In order.</param>
/// <param name="Next">Cursor of the next piece; null: this was the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
