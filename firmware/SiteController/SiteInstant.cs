using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SiteController;

/// <summary>The site's instant reading: the building's meter's columns, and the member "site" beside them.</summary>
public sealed class SiteInstant : IInstantSource
{
    private readonly SiteProduct _product;
    private readonly SiteSettings _settings;
    private readonly SiteLimit _limit;

    public SiteInstant(SiteProduct product, SiteSettings settings, SiteLimit limit)
    {
        _product = product;
        _settings = settings;
        _limit = limit;
    }

    /// <summary>Monotonic ms of the last tick.</summary>
    public long NowMs { get; set; }

    public Measurement Measurement => _product.Reading;

    public bool HasMeasurement => _product.IsMeterHeard;

    public long ImportWattHours => _product.Energy.WattHours;

    public long ExportWattHours => 0;

    public int Rate => 0;

    public int OffsetSeconds => _product.Site.OffsetSeconds;

    public int SensorFaults => _product.SensorFaults;

    public void WriteExtra(ByteTextWriter json)
    {
        SiteLeader leader = _product.Site.Leader;
        json.Name("site");
        json.BeginObject();
        json.Name("leads");
        json.Value(leader.IsLeading);
        json.Name("heard");
        json.Value(leader.HeardCount);
        json.Name("members");
        json.Value(_settings.MemberCount);
        json.Name("limitMilliamps");
        json.Value(_limit.Milliamps);
        json.Name("limitedBy");
        json.Value(SiteLimitSource.NameOf(_limit.Source));
        json.Name("phaseMilliamps");
        json.BeginArray();
        for (int phase = 0; phase < _settings.Phases; phase++)
        {
            json.Value(_product.PhaseMilliamps(phase, NowMs));
        }

        json.EndArray();
        json.Name("plans");
        json.Value(_product.Site.PlanCount);
        json.Name("tier");
        json.Value(_product.Site.Tier + 1);
        if (_product.Transformer != null)
        {
            WriteTransformer(json, _product.Transformer);
        }

        json.EndObject();
    }

    private void WriteTransformer(ByteTextWriter json, SiteTransformer transformer)
    {
        json.Name("transformer");
        json.BeginObject();
        json.Name("loadingPercent");
        json.BeginArray();
        for (int phase = 0; phase < _settings.Phases; phase++)
        {
            json.ValueScaled(transformer.Monitor.LoadingPermille[phase], 1);
        }

        json.EndArray();
        json.Name("unbalancePercent");
        json.ValueScaled(transformer.Monitor.UnbalancePermille, 1);
        json.Name("oilCelsius");
        json.ValueScaled(transformer.ValueOf(SiteTransformer.Oil), 1);
        json.Name("hotSpotCelsius");
        json.ValueScaled(transformer.ValueOf(SiteTransformer.HotSpot), 1);
        json.Name("ageingRate");
        json.ValueScaled((long)(transformer.Monitor.Thermal.AgeingRate * 1000 + 0.5), 3);
        json.Name("warnings");
        json.BeginArray();
        for (int warning = 0; warning < SiteTransformer.WarningCount; warning++)
        {
            if (transformer.LevelOf(warning) > 0)
            {
                json.Value(SiteTransformer.NameOf(warning));
            }
        }

        json.EndArray();
        json.EndObject();
    }
}
