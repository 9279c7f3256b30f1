namespace MeterFirmware.Tools.HeadEnds.Web.Bills;

/// <summary>A tariff's document and the local days that it holds for.</summary>
/// <param name="Name">As places name it.</param>
/// <param name="From">First day.</param>
/// <param name="Until">The day after the last; null: it goes on.</param>
/// <param name="Document">As it was sent.</param>
/// <param name="Who">Who sent it.</param>
/// <param name="At">When.</param>
public sealed record TariffVersion(
    string Name,
    DateOnly From,
    DateOnly? Until,
    string Document,
    string Who,
    DateTimeOffset At);
