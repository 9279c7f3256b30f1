using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Prices of a tariff, read by the firmware's own cursor.</summary>
public sealed class TariffPrices : IPriceSource
{
    private const long DaysToYear1 = 719_162;

    private readonly TariffFile _tariff;
    private readonly TariffCursor _cursor;
    private readonly HashSet<LocalDate> _holidays;

    public TariffPrices(TariffFile tariff)
    {
        _tariff = tariff;
        _cursor = new TariffCursor(tariff.Table);
        _holidays = [.. tariff.Model.Holidays.Select(h => h.Date)];
    }

    public string Currency => _tariff.Table.Currency;

    public int TierCount => _tariff.Table.TierCount;

    public int PriceMicrosAt(long utcSeconds, int tier)
    {
        Seek(utcSeconds);
        TariffTable table = _tariff.Table;
        return (int)(table.ImportPrice(_cursor.Rate) + table.TierAdd(tier, _cursor.Rate) + table.ServiceFee);
    }

    public TierAccount NewAccount(long utcSeconds, long usedWattHours)
    {
        TierAccount account = new(_tariff.Table);
        account.TrySet(usedWattHours, (utcSeconds + OffsetSecondsAt(utcSeconds)) / 86_400, utcSeconds);
        return account;
    }

    public int OffsetSecondsAt(long utcSeconds)
    {
        Seek(utcSeconds);
        return _cursor.OffsetSeconds;
    }

    public bool IsRestDay(int dayNumber)
    {
        DateOnly date = DateOnly.FromDayNumber((int)(dayNumber + DaysToYear1));
        return date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || _holidays.Contains(LocalDate.FromDateOnly(date));
    }

    private void Seek(long utcSeconds)
    {
        if (utcSeconds < _tariff.Table.ZoneFromUtc || utcSeconds >= _tariff.Table.ZoneUntilUtc)
        {
            throw new InputException(
                $"{_tariff.FileName}: its zone is tabled from {TariffFile.FirstYear} to {TariffFile.UntilYear}, a session lies outside");
        }

        _cursor.Seek(utcSeconds);
    }
}
