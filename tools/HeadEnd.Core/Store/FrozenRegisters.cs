using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>Registers that a device froze and sent. Energies in Wh (varh), demand in W.</summary>
/// <param name="Device">Device address.</param>
/// <param name="Kind">daily, settlement, instant or table-switch.</param>
/// <param name="Ordinal">Freezes of the kind since manufacture, this one included.</param>
/// <param name="Nominal">The instant that it stands for, in the device's zone.</param>
/// <param name="Made">When the registers were taken: later when the instant fell into an outage.</param>
/// <param name="Flags">Comma-separated: power-loss, clock-step.</param>
/// <param name="ImportWh">Total of imported active energy.</param>
/// <param name="ExportWh">Total of exported active energy.</param>
/// <param name="Body">The whole message: rates, quadrants, maximum demand, cost, carbon.</param>
public sealed record FrozenRegisters(
    string Device,
    string Kind,
    long Ordinal,
    DateTimeOffset Nominal,
    DateTimeOffset Made,
    string Flags,
    long ImportWh,
    long ExportWh,
    JsonElement Body)
{
    /// <summary>Reads the message of a freeze record.</summary>
    internal static FrozenRegisters Of(string device, DateTimeOffset nominal, DateTimeOffset made, string flags,
        long importWh, long exportWh, byte[] message)
    {
        using JsonDocument body = JsonDocument.Parse(message);
        return new FrozenRegisters(device, body.RootElement.GetProperty("freeze").GetString()!,
            body.RootElement.GetProperty("ordinal").GetInt64(), nominal, made, flags, importWh, exportWh,
            body.RootElement.Clone());
    }

    /// <summary>A member that not every freeze has.</summary>
    public JsonElement? Member(string name) => Body.TryGetProperty(name, out JsonElement member) ? member : null;
}
