using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Telemetry;

/// <summary>Interval records as members of a record message.</summary>
public sealed class IntervalPayload : IRecordPayload
{
    private readonly IntervalRecord _record;

    /// <param name="record">Read into; others may use it between two calls.</param>
    public IntervalPayload(IntervalRecord record)
    {
        _record = record;
    }

    /// <inheritdoc/>
    public int Kind => RecordKind.Interval;

    /// <inheritdoc/>
    public string KindName => "interval";

    /// <inheritdoc/>
    public long EndUtcSeconds => _record.EndUtcSeconds;

    /// <inheritdoc/>
    public int Flags => _record.Flags;

    /// <inheritdoc/>
    public bool TryRead(byte[] payload, int count) => _record.TryRead(payload, 0, count);

    /// <inheritdoc/>
    public void WriteMembers(ByteTextWriter json)
    {
        json.Name("start");
        json.ValueTime(_record.StartUtcSeconds, _record.OffsetSeconds);
        json.Name("end");
        json.ValueTime(_record.EndUtcSeconds, _record.OffsetSeconds);
        json.Name("rate");
        json.Value(_record.Rate);
        json.Name(Measurands.Name(Measurands.ImportActiveEnergy));
        json.Value(_record.ImportWattHours);
        json.Name(Measurands.Name(Measurands.ExportActiveEnergy));
        json.Value(_record.ExportWattHours);
        json.Name("importActiveEnergyDelta");
        json.ValueScaled(_record.ImportMilliwattHours, 3);
        json.Name("exportActiveEnergyDelta");
        json.ValueScaled(_record.ExportMilliwattHours, 3);
        for (int quadrant = 0; quadrant < 4; quadrant++)
        {
            json.Name(Measurands.Name(Measurands.ReactiveEnergy1 + quadrant));
            json.Value(_record.ReactiveVarHours[quadrant]);
        }

        json.Name(Measurands.Name(Measurands.Frequency));
        json.ValueScaled(_record.FrequencyMillihertz, Measurands.Digits(Measurands.Frequency));
        Columns.Write(json, Measurands.Voltage, _record.VoltageMillivolts, _record.PhaseCount);
        Columns.Write(json, "voltageMin", _record.VoltageMillivoltsMin, _record.PhaseCount, 3);
        Columns.Write(json, "voltageMax", _record.VoltageMillivoltsMax, _record.PhaseCount, 3);
        Columns.Write(json, Measurands.Current, _record.CurrentMilliamps, _record.PhaseCount);
        Columns.Write(json, Measurands.ActivePower, _record.ActivePowerMilliwatts, _record.PhaseCount);
    }
}
