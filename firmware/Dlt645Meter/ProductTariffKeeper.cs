using MeterFirmware.SmartMeter;

namespace MeterFirmware.Dlt645Meter;

/// <summary>Keeps tables and dates where signed commands keep them.</summary>
public sealed class ProductTariffKeeper : ITariffKeeper
{
    private readonly CompleteMeter _meter;

    public ProductTariffKeeper(CompleteMeter meter)
    {
        _meter = meter;
    }

    public bool TryKeep()
    {
        bool isKept = _meter.Tariffs.TrySave();
        if (isKept)
        {
            _meter.Product.Meter.TariffChanged();
        }

        return isKept;
    }

    public bool TryKeepDates(long utcSeconds)
    {
        _meter.Terms.NoteDatesChanged(utcSeconds);
        return TryKeep();
    }
}
