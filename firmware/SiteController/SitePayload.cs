using MeterFirmware.Basics;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SiteController;

/// <summary>Site records as members of a record message.</summary>
public sealed class SitePayload : IRecordPayload
{
    private readonly SiteRecord _record;

    /// <param name="record">Read into; others may use it between two calls.</param>
    public SitePayload(SiteRecord record)
    {
        _record = record;
    }

    /// <inheritdoc/>
    public int Kind => RecordKind.Site;

    /// <inheritdoc/>
    public string KindName => "site";

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
        json.Name(Measurands.Name(Measurands.ImportActiveEnergy));
        json.Value(_record.ImportWattHours);
        json.Name("importActiveEnergyDelta");
        json.ValueScaled(_record.ImportMilliwattHours, 3);
        json.Name("limitMilliamps");
        json.Value(_record.LimitMilliamps);
        json.Name("limitedBy");
        json.Value(SiteLimitSource.NameOf(_record.LimitSource));
        WriteRow(json, "peakMilliamps", _record.PeakMilliamps, _record.PhaseCount);
        WriteRow(json, "memberWattHours", _record.MemberWattHours, _record.MemberCount);
        if (_record.HasTransformer)
        {
            json.Name("transformerLoadingPercent");
            json.ValueScaled(_record.LoadingPermille, 1);
            json.Name("transformerHotSpotCelsius");
            json.ValueScaled(_record.HotSpotTenths, 1);
            json.Name("transformerLifeSeconds");
            json.Value(_record.LifeSeconds);
        }
    }

    private static void WriteRow(ByteTextWriter json, string name, int[] row, int count)
    {
        json.Name(name);
        json.BeginArray();
        for (int i = 0; i < count; i++)
        {
            json.Value(row[i]);
        }

        json.EndArray();
    }
}
