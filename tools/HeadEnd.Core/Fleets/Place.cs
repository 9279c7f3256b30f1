namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>Where a device is and for whom, for as long as it is so.</summary>
/// <param name="Address">Of the device.</param>
/// <param name="Area">Name of the transformer area.</param>
/// <param name="Model">As on its plate; may be empty.</param>
/// <param name="Customer">The utility's reference; may be empty.</param>
/// <param name="IsProtected">Never to be disconnected.</param>
/// <param name="From">Commissioned or moved here.</param>
/// <param name="To">Moved away, replaced or retired; null: still here.</param>
/// <param name="Role">Empty: a customer's meter. Supply: it measures the whole area. Behind: it stands behind a
/// customer's meter.</param>
/// <param name="RatingWatts">Most that it can draw; null: not known.</param>
/// <param name="Tariff">Name of a tariff document; empty: none, so that there is no bill.</param>
public sealed record Place(
    string Address, string Area, string Model, string Customer, bool IsProtected, DateTimeOffset From,
    DateTimeOffset? To, string Role = "", int? RatingWatts = null, string Tariff = "")
{
    /// <summary>Measures what the transformer gives to the area.</summary>
    public const string Supply = "supply";

    /// <summary>What it draws is in a customer's meter already.</summary>
    public const string Behind = "behind";
}
