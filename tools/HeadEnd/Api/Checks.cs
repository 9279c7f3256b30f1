using System.Globalization;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>What is checked of a request; each answers with a problem, or with null.</summary>
internal static class Checks
{
    private const int DaysMax = 366;
    private const int NameCharsMax = 64;

    public static IResult Bad(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    public static IResult? Period(DateTimeOffset from, DateTimeOffset to) =>
        to > from && to - from <= TimeSpan.FromDays(DaysMax) ? null
        : Bad($"from, to: at most {DaysMax} days, the end after the begin, were expected");

    public static IResult? Days(DateOnly from, DateOnly to) =>
        to >= from && to.DayNumber - from.DayNumber < DaysMax && from.Year is >= 2000 and < 2100 ? null
        : Bad($"from, to: at most {DaysMax} days, the end not before the begin, were expected");

    public static IResult? Address(string? address) => TelemetrySettings.IsDevice(address) ? null
        : Bad("address: 1 to 32 of A-Z a-z 0-9 - _ were expected");

    public static IResult? Cursor(string? cursor) => cursor == null || TelemetrySettings.IsDevice(cursor) ? null
        : Bad("cursor: the next of the page before was expected");

    public static IResult? Name(string name, string? value) =>
        value == null || (value.Length <= NameCharsMax && !value.Any(char.IsControl)) ? null
        : Bad($"{name}: at most {NameCharsMax} characters, no control characters, were expected");

    public static string Who(HttpContext context) => context.User.Identity!.Name!;

    /// <summary>For the audit log: what was read.</summary>
    public static string Text(DateTimeOffset from, DateTimeOffset to) => string.Create(
        CultureInfo.InvariantCulture, $"{from.UtcDateTime:s}Z to {to.UtcDateTime:s}Z");
}
