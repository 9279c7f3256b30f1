using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger;

/// <summary>The charger's instant reading: the meter's columns, and the member "connector" beside them.</summary>
public sealed class ChargerInstant : IInstantSource
{
    private readonly EvChargerProduct _product;
    private readonly SafetyLoop _loop;
    private readonly IPowerSensor _meter;
    private readonly ByteTextWriter _plan;

    public ChargerInstant(EvChargerProduct product, SafetyLoop loop, IPowerSensor meter)
    {
        _product = product;
        _loop = loop;
        _meter = meter;
        _plan = product.Plan == null && product.Limits.Site == null ? null : new ByteTextWriter(PlanText.BytesMax);
    }

    public Measurement Measurement => _loop.Measurement;

    public bool HasMeasurement => _loop.Inputs.MeterReadable;

    public long ImportWattHours => _product.Meter.Registers.TotalWattHours(EnergyKind.Import);

    public long ExportWattHours => _product.Meter.Registers.TotalWattHours(EnergyKind.Export);

    public int Rate => _product.Meter.Rate;

    public int OffsetSeconds => _product.Meter.OffsetSeconds;

    public int SensorFaults => _meter.Faults;

    public void WriteExtra(ByteTextWriter json)
    {
        json.Name("connector");
        json.BeginObject();
        json.Name("status");
        json.Value(ConnectorStatus.NameOf(_product.Status));
        json.Name("pilot");
        json.Value(_loop.Controller.StateName);
        json.Name("dutyPercent");
        json.ValueScaled(_loop.Controller.DutyHundredths, 2);
        json.Name("offerMilliamps");
        json.Value(_loop.Controller.State.OfferMilliamps);
        json.Name("contactor");
        json.Value(_loop.Controller.IsClosed);
        json.Name("faults");
        json.BeginArray();
        for (int fault = 0; fault < ChargerFault.Count; fault++)
        {
            if (_loop.Controller.State.Has(fault))
            {
                json.Value(ChargerFault.NameOf(fault));
            }
        }

        json.EndArray();
        if (_plan != null)
        {
            _plan.Clear();
            WritePlan();
            json.Name("plan");
            json.ValueText(_plan.Bytes, 0, _plan.Length);
        }

        int wait = _product.Return.SecondsLeft(_product.NowMs);
        if (wait > 0)
        {
            json.Name("mainsWaitSeconds");
            json.Value(wait);
        }

        WriteEnergy(json);
        if (_product.Sessions.IsActive)
        {
            json.Name("session");
            json.Value(_product.Sessions.Record.Number);
            json.Name("sessionWh");
            json.Value(_product.Meter.Registers.TotalWattHours(EnergyKind.Import)
                - _product.Sessions.Record.StartWattHours);
            json.Name("sessionCost");
            json.ValueMoney(_product.Sessions.CostSoFar());
            if (_product.Ledger != null)
            {
                json.Name("sessionExportWh");
                json.Value(_product.Ledger.ExportWattHours);
                json.Name("sessionEarned");
                json.ValueMoney(_product.Ledger.Earned);
            }
        }

        json.EndObject();
    }

    // The site's plan while a leader plans, else the charger's own.
    private void WritePlan()
    {
        SitePlace site = _product.Limits.Site;
        if (site != null && site.IsPlanned && _product.TryReadUtc(out long utcSeconds))
        {
            site.Write(_plan, utcSeconds, OffsetSeconds);
        }
        else if (_product.Plan != null)
        {
            _product.Plan.Write(_plan);
        }
    }

    private void WriteEnergy(ByteTextWriter json)
    {
        SurplusCharging surplus = _product.Limits.Surplus;
        if (surplus != null)
        {
            json.Name("surplus");
            json.Value(SurplusCharging.NameOf(surplus.Mode));
            if (surplus.IsGridKnown)
            {
                json.Name("gridWatts");
                json.Value(surplus.GridWatts);
            }
        }

        VehicleDischarge discharge = _product.Limits.Discharge;
        if (discharge != null)
        {
            json.Name("dischargeWatts");
            json.Value(discharge.Watts);
            if (discharge.StoredPermille >= 0)
            {
                json.Name("storedPermille");
                json.Value(discharge.StoredPermille);
            }
        }
    }
}
