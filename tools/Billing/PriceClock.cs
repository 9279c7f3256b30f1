using MeterFirmware.Tools.Billing.Lists;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.Billing;

/// <summary>The price that a list has for a moment, and until when.</summary>
internal sealed class PriceClock(PriceListModel model, PriceList list)
{
    private long _listed;
    private long? _listedExport;

    /// <summary>Whether the list has a price; without one the tariff's own holds.</summary>
    public bool HasPrice { get; private set; }

    public long UntilUtc { get; private set; } = long.MinValue;

    public void Seek(long utc)
    {
        if (utc >= UntilUtc)
        {
            HasPrice = list.TryFind(utc, out _listed, out _listedExport, out long until);
            UntilUtc = until;
        }
    }

    /// <summary>Millionths per kWh; null: the tariff's own price holds.</summary>
    public long? Import(int rate) => HasPrice ? model.Import(rate, _listed) : null;

    /// <summary>The same for exported energy.</summary>
    public long? Export() => HasPrice && model.ExportFactor is not null ? model.Export(_listedExport ?? _listed) : null;
}
