using System.Text.Json;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>What commissioning.json of a device's folder says; it holds no secret.</summary>
internal sealed record BoardRecord(string Device, string Product, string Board, string Sensor, string Site,
    bool IsBench, string Tariff)
{
    private const int BytesMax = 64 * 1024;

    /// <param name="folder">Of `board new`.</param>
    public static BoardRecord Read(string folder)
    {
        string path = Path.Combine(folder, BoardBundle.RecordName);
        JsonElement record = Parse(path);
        string device = Text(path, record, "device");
        string keys = Text(path, record, "keys");
        bool hasTariff = record.TryGetProperty("tariff", out JsonElement tariff)
            && tariff.ValueKind == JsonValueKind.Object;
        return !TelemetrySettings.IsDevice(device)
            ? throw new InputException($"{path}: $.device: 1 to 32 of A-Z a-z 0-9 - _ was expected")
            : keys is not ("bench" or "utility")
            ? throw new InputException($"{path}: $.keys: 'bench' or 'utility' was expected")
            : new BoardRecord(device, Text(path, record, "product"), Text(path, record, "board"),
                Text(path, record, "sensor"), Text(path, record, "site"), keys == "bench",
                Text(path, hasTariff ? tariff : record, hasTariff ? "name" : "tariff"));
    }

    private static string Text(string path, JsonElement record, string name) =>
        record.ValueKind == JsonValueKind.Object && record.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String ? value.GetString()!
            : throw new InputException($"{path}: $.{name}: a text was expected");

    private static JsonElement Parse(string path)
    {
        try
        {
            return new FileInfo(path).Length <= BytesMax ? JsonDocument.Parse(File.ReadAllBytes(path)).RootElement
                : throw new InputException($"{path}: longer than {BytesMax} bytes");
        }
        catch (JsonException e)
        {
            throw new InputException($"{path}:{e.LineNumber + 1}: not JSON");
        }
        catch (Exception e) when (OutputFile.IsOfFiles(e))
        {
            throw new InputException($"{path}: {e.Message}; a folder of 'meterctl board new' was expected");
        }
    }
}
