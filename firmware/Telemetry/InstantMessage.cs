using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Telemetry;

/// <summary>Writes the newest readings. Nothing of it is kept or sent twice: the next one is better.</summary>
public sealed class InstantMessage
{
    private readonly string _device;
    private readonly IInstantSource _source;

    public InstantMessage(string device, IInstantSource source)
    {
        _device = device;
        _source = source;
    }

    /// <param name="json">Cleared first.</param>
    /// <param name="utcSeconds">UTC, or 0 when the time is not known: the time is then left out.</param>
    /// <param name="pendingRecords">Records not acknowledged yet.</param>
    public void Write(ByteTextWriter json, long utcSeconds, long pendingRecords)
    {
        json.Clear();
        json.BeginObject();
        json.Name("device");
        json.Value(_device);
        if (utcSeconds != 0)
        {
            json.Name("time");
            json.ValueTime(utcSeconds, _source.OffsetSeconds);
        }

        json.Name("rate");
        json.Value(_source.Rate);
        json.Name(Measurands.Name(Measurands.ImportActiveEnergy));
        json.Value(_source.ImportWattHours);
        json.Name(Measurands.Name(Measurands.ExportActiveEnergy));
        json.Value(_source.ExportWattHours);
        json.Name("sensorFaults");
        json.Value(_source.SensorFaults);
        json.Name("pendingRecords");
        json.Value(pendingRecords);
        if (_source.HasMeasurement)
        {
            InstantColumns.Write(json, _source.Measurement);
        }

        _source.WriteExtra(json);
        json.EndObject();
    }
}
