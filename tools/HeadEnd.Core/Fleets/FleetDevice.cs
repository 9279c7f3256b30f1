namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>A device as a list shows it.</summary>
/// <param name="Address">Of the device.</param>
/// <param name="Area">Transformer area now; null: it waits to be placed.</param>
/// <param name="Customer">The utility's reference; may be empty.</param>
/// <param name="IsOnline">Birth seen last, and no will.</param>
/// <param name="LastSeen">When its last message came; null: none did.</param>
/// <param name="Placed">Since when it is where it is; null: it waits.</param>
/// <param name="Ended">End of its last place; null: one goes on, or it never had one.</param>
public sealed record FleetDevice(
    string Address, string? Area, string Customer, bool IsOnline, DateTimeOffset? LastSeen,
    DateTimeOffset? Placed = null, DateTimeOffset? Ended = null);
