using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>A stretch of days in one month under one document and one base price.</summary>
internal sealed record SectionPart(TariffFile Document, LocalDate From, LocalDate Until)
{
    public int Days => Period.DaysBetween(From, Until);

    public int DaysOfMonth => CalendarSystem.Iso.GetDaysInMonth(From.Year, From.Month);
}
