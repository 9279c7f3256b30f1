using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>What a tariff tells the scheduler.</summary>
public interface IPriceSource
{
    /// <summary>1 without tiers.</summary>
    int TierCount { get; }

    /// <summary>Price in millionths of the currency per kWh at a UTC second and in a tier, from 0; service fee
    /// included.</summary>
    int PriceMicrosAt(long utcSeconds, int tier);

    /// <summary>An account of the site's consumption that begins at a UTC second with what was used before,
    /// Wh.</summary>
    TierAccount NewAccount(long utcSeconds, long usedWattHours);

    /// <summary>Local time less UTC, seconds.</summary>
    int OffsetSecondsAt(long utcSeconds);

    /// <summary>Weekend or holiday, by local days since 1970-01-01.</summary>
    bool IsRestDay(int dayNumber);
}
