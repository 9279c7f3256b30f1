using MeterFirmware.Tools.Billing.Lists;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>What a bill is made from.</summary>
public sealed record BillRequest
{
    public required LoadFile Load { get; init; }

    /// <summary>Ordered by their validity; one document may be open on both sides.</summary>
    public required IReadOnlyList<TariffFile> Documents { get; init; }

    /// <summary>One document for any time: a comparison asks what a load would cost under it.</summary>
    public bool IgnoresValidity { get; init; }

    /// <summary>First local day; null: the load's.</summary>
    public LocalDate? From { get; init; }

    /// <summary>First local day that is not billed any more; null: the load's end.</summary>
    public LocalDate? Until { get; init; }

    /// <summary>Transformers' capacity for the capacity charge, millionths of a kVA; 0: not told.</summary>
    public long Kva { get; init; }

    /// <summary>Agreed demand, millionths of a kW; 0: not told.</summary>
    public long AgreedKilowatts { get; init; }

    /// <summary>Consumption of the tier period before the load begins, Wh.</summary>
    public long UsedWattHours { get; init; }

    /// <summary>The load is that of charging sessions: the service fee is billed.</summary>
    public bool IsCharging { get; init; }

    /// <summary>Power factor in hundredths where the load has no reactive energy; 0: not told.</summary>
    public int PowerFactorHundredths { get; init; }

    /// <summary>Minutes on the charger after the end of charging, for the occupancy fee.</summary>
    public int OccupiedMinutes { get; init; }

    /// <summary>Minutes for which the charger was kept before charging, for the reservation fee.</summary>
    public int ReservedMinutes { get; init; }

    /// <summary>Days that were announced; null: nobody has given a list.</summary>
    public IReadOnlyList<AnnouncedDay>? Announced { get; init; }

    /// <summary>The prices of a tariff that has them as a list; null: nobody has given one.</summary>
    public PriceList? Prices { get; init; }

    /// <summary>UTC seconds at which the system's peaks began, ascending; null: nobody has given a list.</summary>
    public IReadOnlyList<long>? Peaks { get; init; }
}
