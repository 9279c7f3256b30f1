using System.Globalization;
using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Carbon;
using MeterFirmware.DeviceCore;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>A meter as boards put it together (boards/MeterDevice): registers and records in files, one simulated phase
/// of 230 V in front.</summary>
internal sealed class PcMeter : IPcProduct
{
    // A disk does not wear as flash does: as boards with FRAM, the registers are at most so old after a cut.
    private const int CheckpointMs = 1_000;
    private const int WattsMax = 12_000;

    private readonly SimulatedMeter _meter;
    private readonly PcLink _link;
    private readonly MeterLines _lines;
    private int _watts;

    public PcMeter(DeviceFolder folder, BoardSettings settings, LineOptions lines, int watts, long utcSeconds)
    {
        _watts = watts;
        _link = new PcLink(settings, folder);
        MeterPlan plan = MeterPlan.Of4Megabytes();
        SimulatedRelay relay = new();
        MeteringSettings metering = new() { IntervalMinutes = settings.IntervalMinutes };
        _meter = new SimulatedMeter(new SimulatedMeterParts
        {
            Tariff = PcFiles.LoadTariff(folder, metering.RateCountMax, ShanghaiHousehold.Table()),
            StartUtcSeconds = utcSeconds,
            Telemetry = PcFiles.Telemetry(new TelemetrySettings().Product, settings),
            Metering = metering,
            Limits = new SmartMeterLimits { CheckpointMs = CheckpointMs },
            Records = null!,
            Plan = plan,
            Flash = new FileBlockStore(Path.Combine(folder.Drive, "log"), plan.BlockCount, plan.BlockBytes),
            Link = settings.BrokerHost == "" ? new Boards.Bench.DisconnectedLink() : _link,
            LinkSettings = _link,
            History = new HistoryParts
            {
                Factors = new EmissionFactors(),
                CalibrationErrorMillionthsMax = Calibration.AccuracyLimit.Of(settings.AccuracyClass),
                MetrologyMark = settings.MetrologyMark(),
            },
            Quality = new QualitySettings(metering.PhaseCount) { KeepsDistributions = false },
            Relay = relay,
            Restarts = true,
        });
        _lines = new MeterLines(lines, settings, _meter.Firmware, metering, relay, folder);
        Storage.Journal journal = _meter.Firmware.Journal;
        Console.Out.WriteLine($"records: {journal.Report.Records} kept, next {journal.NextNumber}"
            + (journal.Report.IsClean ? "" : ", damage found"));
        foreach (string place in _lines.Places)
        {
            Console.Out.WriteLine(place);
        }
    }

    public Core Core => _meter.Firmware.Core;

    public Boards.Bench.SimulatedClock Clock => _meter.Clock;

    public int TickMs => 1_000;

    public void Tick()
    {
        _meter.Step(TickMs, _watts * 1_000L * TickMs);
        _lines.Use(_meter.Firmware);
    }

    public void TickBetween(long nowMs) => _lines.Tick(nowMs);

    public void LosePower(long darkMs)
    {
        _meter.PowerDown();
        _link.Cut();
        _meter.StayDark(darkMs);
        _meter.Restore(_watts * 1_000L);
        _lines.Use(_meter.Firmware);
    }

    public string Report()
    {
        Hardware.Measurement reading = _meter.Product.Reading;
        string values = _meter.Product.HasReading
            ? $"{reading.VoltageMillivolts[0]} mV, {reading.CurrentMilliamps[0]} mA, "
                + $"{reading.ActivePowerMilliwatts[0]} mW"
            : "no reading";
        long wattHours = _meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        return $"{values}; import {wattHours} Wh; load {_watts} W; seal "
            + (_meter.Programming.IsClosed ? "pressed" : "not pressed");
    }

    public string? Change(IReadOnlyList<string> words)
    {
        switch (words)
        {
            case ["load", string text] when int.TryParse(text, NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out int watts) && watts is >= -WattsMax and <= WattsMax:
                _watts = watts;
                return $"load {watts} W";
            case ["seal", "press"]:
                _meter.Programming.IsClosed = true;
                return "seal pressed";
            case ["seal", "release"]:
                _meter.Programming.IsClosed = false;
                return "seal released";
            default:
                return null;
        }
    }

    public void Dispose()
    {
        _link.Cut();
        _link.Dispose();
        _lines.Dispose();
    }
}
