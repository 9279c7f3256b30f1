namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>A device with what campaigns choose by.</summary>
/// <param name="Address">Of the device.</param>
/// <param name="Area">Transformer area now; null: it waits to be placed.</param>
/// <param name="Model">As the fleet's file names it; may be empty.</param>
/// <param name="Firmware">As its birth says; empty: it said none.</param>
/// <param name="IsOnline">Birth seen last, and no will.</param>
/// <param name="IsProtected">Never to be disconnected.</param>
public sealed record KnownDevice(
    string Address, string? Area, string Model, string Firmware, bool IsOnline, bool IsProtected);
