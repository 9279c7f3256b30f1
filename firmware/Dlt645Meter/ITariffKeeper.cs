namespace MeterFirmware.Dlt645Meter;

/// <summary>The product's side of a change of table sets or settlement dates.</summary>
public interface ITariffKeeper
{
    /// <summary>Makes them durable as they stand and lets the product follow them. False: the store refused.</summary>
    bool TryKeep();

    /// <summary>The settlement dates were changed at this instant: makes them durable together with it. False: the
    /// store refused.</summary>
    bool TryKeepDates(long utcSeconds);
}
