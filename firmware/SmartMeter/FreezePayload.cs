using MeterFirmware.Basics;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>Freezes as members of a record message: the values come out of the flash where they were frozen.</summary>
internal sealed class FreezePayload : IRecordPayload
{
    /// <summary>More rates than this do not fit a message of 2 048 bytes: then totals are sent, and rates read by
    /// command.
    /// </summary>
    public const int RateCountMax = 12;

    /// <summary>Names of the kinds, for messages and commands.</summary>
    public static readonly string[] KindNames = { "instant", "hourly", "daily", "settlement", "table-switch" };

    private readonly FreezeReader _freezes;
    private readonly FreezeRecord _record;

    /// <param name="freezes">Reads the values.</param>
    /// <param name="record">Read into; others may use it between two calls.</param>
    public FreezePayload(FreezeReader freezes, FreezeRecord record)
    {
        _freezes = freezes;
        _record = record;
    }

    public int Kind => RecordKind.Freeze;

    public string KindName => "freeze";

    public long EndUtcSeconds => _record.MadeUtcSeconds;

    public int Flags => _record.Flags;

    public bool TryRead(byte[] payload, int count) =>
        _record.TryRead(payload, 0, count) && _record.Kind < KindNames.Length;

    public void WriteMembers(ByteTextWriter json)
    {
        json.Name("freeze");
        json.Value(KindNames[_record.Kind]);
        json.Name("ordinal");
        json.Value(_record.Ordinal);
        json.Name("start");
        json.ValueTime(_record.NominalUtcSeconds, _record.OffsetSeconds);
        json.Name("end");
        json.ValueTime(_record.MadeUtcSeconds, _record.OffsetSeconds);
        json.Name(EnergyName(EnergyKind.Import));
        json.Value(_record.ImportWattHours);
        json.Name(EnergyName(EnergyKind.Export));
        json.Value(_record.ExportWattHours);
        long back = _freezes.Count(_record.Kind) - _record.Ordinal + 1;
        if (back < 1 || !_freezes.TryRead(_record.Kind, (int)back))
        {
            return;
        }

        for (int energy = EnergyKind.ReactiveQuadrant1; energy <= EnergyKind.ReactiveQuadrant4; energy++)
        {
            json.Name(EnergyName(energy));
            json.Value(_freezes.WattHours(energy, -1));
        }

        int rates = _freezes.RateCount <= RateCountMax ? _freezes.RateCount : 0;
        WriteRates(json, "importRates", EnergyKind.Import, rates);
        WriteRates(json, "exportRates", EnergyKind.Export, rates);
        WriteDemand(json, "importDemand", false, rates);
        WriteDemand(json, "exportDemand", true, rates);
        if (_record.Kind == FreezeKind.Settlement)
        {
            WriteSettlement(json, rates);
        }
    }

    /// <summary>Measurands begin with the energies, in the order of <see cref="EnergyKind"/>. Asked for each time: a
    /// static table of another assembly may not be there yet when this one's is made on the device.</summary>
    private static string EnergyName(int energy) => Measurands.Name(Measurands.ImportActiveEnergy + energy);

    private void WriteRates(ByteTextWriter json, string name, int energy, int rates)
    {
        json.Name(name);
        json.BeginArray();
        for (int rate = 0; rate < rates; rate++)
        {
            json.Value(_freezes.WattHours(energy, rate));
        }

        json.EndArray();
    }

    /// <summary>The maximum and, with a calendar, when its window ended; nothing when there was none. By rate in W, 0
    /// where there was none.</summary>
    private void WriteDemand(ByteTextWriter json, string name, bool isExport, int rates)
    {
        if (!_freezes.TryDemand(isExport, -1, out long milliwatts, out long end))
        {
            return;
        }

        json.Name(name);
        json.ValueScaled(milliwatts, 3);
        if (end > 0)
        {
            json.Name(isExport ? "exportDemandEnd" : "importDemandEnd");
            json.ValueTime(end, _record.OffsetSeconds);
        }

        json.Name(isExport ? "exportDemandRates" : "importDemandRates");
        json.BeginArray();
        for (int rate = 0; rate < rates; rate++)
        {
            json.ValueScaled(_freezes.TryDemand(isExport, rate, out milliwatts, out long _) ? milliwatts : 0, 3);
        }

        json.EndArray();
    }

    /// <summary>Cost by rate, each tier rounded for display; the total is of all rates, also of those that are not
    /// sent.
    /// </summary>
    private void WriteSettlement(ByteTextWriter json, int rates)
    {
        long total = 0;
        long paid = 0;
        long milligrams = 0;
        json.Name("costRates");
        json.BeginArray();
        for (int rate = 0; rate < _freezes.RateCount; rate++)
        {
            long cost = 0;
            for (int tier = 0; tier < _freezes.TierCount; tier++)
            {
                cost += _freezes.ImportCost(rate, tier);
            }

            if (rate < rates)
            {
                json.ValueMoney(cost);
            }

            total += cost;
        }

        json.EndArray();
        for (int rate = 0; rate < _freezes.RateCount; rate++)
        {
            paid += _freezes.ExportCost(rate);
        }

        json.Name("cost");
        json.ValueMoney(total);
        json.Name("exportCost");
        json.ValueMoney(paid);
        if (!_freezes.HasCarbon)
        {
            return;
        }

        for (int rate = 0; rate < _freezes.RateCount; rate++)
        {
            milligrams += _freezes.CarbonMilligrams(rate);
        }

        json.Name("carbonMilligrams");
        json.Value(milligrams);
        json.Name("carbonCoveredMilligrams");
        json.Value(_freezes.CarbonCoveredMilligrams);
    }
}
