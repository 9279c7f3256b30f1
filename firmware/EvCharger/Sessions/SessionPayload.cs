using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>Session records as members of a record message. The raw record goes along in hexadecimal, because the HMAC
/// is over its bytes.</summary>
public sealed class SessionPayload : IRecordPayload
{
    private readonly SessionRecord _record = new SessionRecord();
    private byte[] _raw;
    private int _rawLength;

    /// <inheritdoc/>
    public int Kind => RecordKind.Session;

    /// <inheritdoc/>
    public string KindName => "session";

    /// <inheritdoc/>
    public long EndUtcSeconds => _record.EndUtcSeconds;

    /// <inheritdoc/>
    public int Flags => _record.Flags;

    /// <inheritdoc/>
    public bool TryRead(byte[] payload, int count)
    {
        if (count > SessionRecord.BytesMax || !_record.TryRead(payload, 0, count))
        {
            return false;
        }

        _raw = payload;
        _rawLength = count;
        return true;
    }

    /// <inheritdoc/>
    public void WriteMembers(ByteTextWriter json)
    {
        json.Name("session");
        json.Value(_record.Number);
        json.Name("start");
        json.ValueTime(_record.StartUtcSeconds, _record.OffsetSeconds);
        json.Name("end");
        json.ValueTime(_record.EndUtcSeconds, _record.OffsetSeconds);
        json.Name("reason");
        json.Value(SessionReason.NameOf(_record.Reason));
        json.Name("token");
        json.ValueHex(_record.Token, 0, _record.TokenLength);
        json.Name("startWh");
        json.Value(_record.StartWattHours);
        json.Name("endWh");
        json.Value(_record.EndWattHours);
        json.Name("rates");
        json.BeginArray();
        for (int rate = 0; rate < _record.RateCount; rate++)
        {
            json.BeginObject();
            json.Name("wh");
            json.Value(_record.RateWattHours[rate]);
            json.Name("cost");
            json.ValueMoney(_record.RateCost[rate]);
            json.EndObject();
        }

        json.EndArray();
        json.Name("serviceCost");
        json.ValueMoney(_record.ServiceCost);
        if (_record.HasFees)
        {
            WriteFees(json);
        }

        json.Name("cost");
        json.ValueMoney(_record.TotalCost());
        if (_record.ExportCount > 0)
        {
            WriteExport(json);
        }

        json.Name("chargingSeconds");
        json.Value(_record.ChargingSeconds);
        if (_record.GridName != null)
        {
            json.Name("gridProfile");
            json.Value(_record.GridName);
            json.Name("gridProfileCrc");
            json.Value(_record.GridCrc);
        }

        json.Name("raw");
        json.ValueHex(_raw, 0, _rawLength);
    }

    private void WriteFees(ByteTextWriter json)
    {
        json.Name("occupancySeconds");
        json.Value(_record.OccupancySeconds);
        json.Name("occupancyCost");
        json.ValueMoney(_record.OccupancyCost);
        json.Name("reservationSeconds");
        json.Value(_record.ReservationSeconds);
        json.Name("reservationCost");
        json.ValueMoney(_record.ReservationCost);
    }

    private void WriteExport(ByteTextWriter json)
    {
        json.Name("exports");
        json.BeginArray();
        for (int line = 0; line < _record.ExportCount; line++)
        {
            json.BeginObject();
            json.Name("wh");
            json.Value(_record.ExportWattHours[line]);
            json.Name("earned");
            json.ValueMoney(_record.ExportEarned[line]);
            json.EndObject();
        }

        json.EndArray();
    }
}
