namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>What a tariff tells the scheduler.</summary>
public interface IPriceSource
{
    /// <summary>Price in millionths of the currency per kWh at a UTC second, service fee included.</summary>
    int PriceMicrosAt(long utcSeconds);

    /// <summary>Local time less UTC, seconds.</summary>
    int OffsetSecondsAt(long utcSeconds);

    /// <summary>Weekend or holiday, by local days since 1970-01-01.</summary>
    bool IsRestDay(int dayNumber);
}
