using NodaTime;

namespace MeterFirmware.Tools.Billing.Lists;

/// <summary>A day that was announced.</summary>
/// <param name="Date">The local date on which it begins.</param>
/// <param name="Name">Of its kind, as the tariff has it.</param>
/// <param name="AnnouncedUtc">When the announcement came, UTC seconds: before it the day is an ordinary one.</param>
public sealed record AnnouncedDay(LocalDate Date, string Name, long AnnouncedUtc);
