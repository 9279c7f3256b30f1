using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Prices of a tariff, read by the firmware's own cursor.</summary>
public sealed class TariffPrices : IPriceSource
{
    private readonly TariffFile _tariff;
    private readonly TariffCursor _cursor;
    private readonly CivilTime _date = new();

    public TariffPrices(TariffFile tariff)
    {
        _tariff = tariff;
        _cursor = new TariffCursor(tariff.Table);
    }

    public string Currency => _tariff.Table.Currency;

    public int TierCount => _tariff.Table.TierCount;

    public int PriceMicrosAt(long utcSeconds, int tier)
    {
        Seek(utcSeconds);
        TariffTable table = _tariff.Table;
        int season = table.PriceSeasonOf(_cursor.LocalMonth, _cursor.LocalDayOfMonth);
        return (int)(table.ImportPrice(_cursor.Rate, season) + table.TierAdd(tier, _cursor.Rate)
            + table.ServiceFee(_cursor.Rate));
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
        _date.Set(dayNumber * 86_400L);
        return _tariff.Table.Schedule.IsRestDay(_date);
    }

    private void Seek(long utcSeconds)
    {
        if (utcSeconds < _tariff.Table.ZoneFromUtc || utcSeconds >= _tariff.Table.ZoneUntilUtc)
        {
            throw new InputException(
                $"{_tariff.FileName}: its zone is tabled from {TariffFile.FirstYear} to {TariffFile.UntilYear}, a "
                    + "session lies outside");
        }

        _cursor.Seek(utcSeconds);
    }
}
