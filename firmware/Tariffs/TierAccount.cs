using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// How far a consumption has come through the tiers of a tariff, without a bill: for whoever plans by the price that
/// the next kilowatt-hour costs. The count begins anew with each tier period, by the local calendar of the tariff.
/// </summary>
public sealed class TierAccount
{
    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public const int StateBytes = TierConsumption.StateBytes;

    private readonly TierConsumption _consumption = new TierConsumption();
    private readonly CivilTime _date = new CivilTime();
    private readonly TariffTable _tariff;
    private int _thresholds;

    public TierAccount(TariffTable tariff)
    {
        _tariff = tariff;
        _consumption.Use(tariff.TierPeriod, tariff.TierStartMonth, tariff);
    }

    /// <summary>The tier that the next energy falls into, from 0.</summary>
    public int Tier { get; private set; }

    /// <summary>Consumption of the running tier period, whole Wh.</summary>
    public long WattHours => _consumption.WattHours;

    /// <summary>Energy that still falls into <see cref="Tier"/>, µJ, above 0; long.MaxValue in the last one, or when
    /// the step is further away than a long can say.</summary>
    public long RoomMicrojoules
    {
        get
        {
            long wattHours = Tier + 1 < _tariff.TierCount
                ? _tariff.TierFromWattHours(Tier + 1, _thresholds) - WattHours : long.MaxValue;
            return wattHours > long.MaxValue / Scaling.MicrojoulesPerWattHour
                ? long.MaxValue : wattHours * Scaling.MicrojoulesPerWattHour - _consumption.Microjoules;
        }
    }

    /// <summary>Goes to a moment: maybe a new tier period begins.</summary>
    public void Seek(long utcSeconds)
    {
        _consumption.Seek(utcSeconds);
        Find();
    }

    /// <summary>Counts energy, µJ, 0 or above, to the period of the last <see cref="Seek"/>.</summary>
    public void Add(long microjoules)
    {
        _consumption.Add(microjoules / Scaling.MicrojoulesPerWattHour, microjoules % Scaling.MicrojoulesPerWattHour);
        Find();
    }

    /// <summary>States what was consumed in the tier period until a local day, as a bill or a meter shows it.</summary>
    /// <param name="wattHours">0 to <see cref="TariffLimits.TierFromWattHoursMax"/>.</param>
    /// <param name="localDay">The reading's day since 1970-01-01.</param>
    /// <param name="utcSeconds">Now.</param>
    /// <returns>False: the day lies in another tier period; nothing changed.</returns>
    public bool TrySet(long wattHours, long localDay, long utcSeconds)
    {
        Invariant.Require(wattHours >= 0
            && wattHours <= TariffLimits.TierFromWattHoursMax, "TierAccount: consumption out of range");
        Seek(utcSeconds);
        _date.Set(localDay * CivilTime.SecondsPerDay);
        if (!_consumption.IsInPeriod(_date))
        {
            return false;
        }

        _consumption.Set(wattHours);
        Find();
        return true;
    }

    /// <summary>Writes <see cref="StateBytes"/> bytes. The caller adds a check sum.</summary>
    public void Save(byte[] target, int offset) => _consumption.Save(target, offset);

    /// <summary>Reads what <see cref="Save"/> wrote. False, and nothing changes: a value is out of its range.</summary>
    public bool TryLoad(byte[] source, int offset)
    {
        bool isGood = _consumption.TryLoad(source, offset);
        Find();
        return isGood;
    }

    private void Find()
    {
        Tier = 0;
        _thresholds = _tariff.ThresholdSeasonOf(_consumption.Date.Month, _consumption.Date.Day);
        while (Tier + 1 < _tariff.TierCount && WattHours >= _tariff.TierFromWattHours(Tier + 1, _thresholds))
        {
            Tier++;
        }
    }
}
