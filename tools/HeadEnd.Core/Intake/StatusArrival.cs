namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>Birth or will. Next and birth, with which a birth is named, are 0 where it does not say them.</summary>
public sealed record StatusArrival(
    string Device, bool Online, long Acknowledged, long Next, long Birth, string[]? Rates, byte[] Body)
        : Arrival(Device)
{
    /// <summary>Version of the protocol; empty: it names none.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>First number under its journal.</summary>
    public long JournalFrom { get; init; } = 1;

    /// <inheritdoc/>
    public override int Bytes => Body.Length;
}
