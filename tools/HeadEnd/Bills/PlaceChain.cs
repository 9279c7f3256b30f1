using MeterFirmware.Tools.HeadEnds.Fleets;

namespace MeterFirmware.Tools.HeadEnds.Web.Bills;

/// <summary>Places that follow each other: of one device, and over an exchange those of the device that took its
/// place. A customer's use goes on over it.</summary>
internal sealed class PlaceChain(IReadOnlyList<Place> places, IReadOnlyList<Exchange> exchanges)
{
    /// <summary>The place that a device has at a time, or that the one had whose place it took since; null: there is
    /// none.</summary>
    public Place? At(string address, DateTimeOffset time)
    {
        Place? place = places.LastOrDefault(one => one.Address == address && one.From <= time)
            ?? places.FirstOrDefault(one => one.Address == address);
        while (place != null && place.From > time)
        {
            place = Before(place);
        }

        return place is { } found && (found.To == null || found.To > time) ? found : null;
    }

    /// <summary>The place that follows without a gap; null: there is none.</summary>
    public Place? After(Place place) => place.To is not { } end ? null : Begins(place.Address, end)
        ?? (exchanges.FirstOrDefault(one => one.OldAddress == place.Address && one.At == end) is { } exchange
            ? Begins(exchange.NewAddress, end) : null);

    /// <summary>The place that came before without a gap; null: there is none.</summary>
    public Place? Before(Place place) => Ends(place.Address, place.From)
        ?? (exchanges.FirstOrDefault(one => one.NewAddress == place.Address && one.At == place.From) is { } exchange
            ? Ends(exchange.OldAddress, place.From) : null);

    private Place? Begins(string address, DateTimeOffset time) =>
        places.FirstOrDefault(one => one.Address == address && one.From == time);

    private Place? Ends(string address, DateTimeOffset time) =>
        places.FirstOrDefault(one => one.Address == address && one.To == time);
}
