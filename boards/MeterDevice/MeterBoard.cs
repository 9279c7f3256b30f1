using System;
using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Calibration;
using MeterFirmware.Carbon;
using MeterFirmware.DeviceCore;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>What all meter boards share: puts the product together on a folder of files.</summary>
public sealed class MeterBoard : DeviceBoard
{
    private const int TickMs = 1000;

    // A pulse of 30 ms follows 18.75 kW at 3200 imp/kWh; at a tick of a second the output would end at 562 W.
    private const int PulseTickMs = 10;

    // FRAM does not wear: the registers are at most so old after a cut.
    private const int FramCheckpointMs = 1_000;

    private readonly SensorTable _sensors;
    private CompleteMeter _meter;
    private IPowerSensor _sensor;
    private LinePort _readout;
    private bool _wasOpen;

    /// <param name="drive">"I:" for internal flash, "D:" for an SD card.</param>
    /// <param name="sensors">Metering chips that the image carries.</param>
    public MeterBoard(string drive, SensorTable sensors)
        : base("meter", drive,
            MeterSettingsFile.Load(Ready(drive) + "\\settings.json", sensors, out string problem),
            problem, TickMs, TickMs)
    {
        _sensors = sensors;
    }

    /// <summary>The load relay that commands may drive; null: none.</summary>
    public IRelay Relay { get; set; }

    /// <summary>How the flash is divided.</summary>
    public MeterPlan Plan { get; set; } = MeterPlan.Of4Megabytes();

    /// <summary>The pulse output's opto-coupler; null: none.</summary>
    public IRelay Pulse { get; set; }

    /// <summary>Contacts of the case; null: none, and none of their events.</summary>
    public CaseInputs Case { get; set; }

    /// <summary>The button or link under the seal; null: none, and no metrological parameter is changed.</summary>
    public IProgrammingInput Programming { get; set; }

    /// <summary>True where a power cut may take bytes that a good write had confirmed: FAT on an SD card.</summary>
    public bool StoreMayLoseTail { get; set; }

    /// <summary>FRAM that holds the first blocks of the plan; null: all of it are files.</summary>
    public IStoreSource Fram { get; set; }

    public int FramBlocks { get; set; }

    /// <summary>Null: the board's calendar starts years ago after each loss of supply.</summary>
    public IBatteryClock BatteryClock { get; set; }

    /// <summary>Phases of the board's sensors, 1 to 3.</summary>
    public int PhaseCount { get; set; } = 1;

    protected override Core Build(SystemClock clock, M2MqttLink link, BrokerSettings broker)
    {
        _sensor = _sensors.Make(Settings);
        MeteringSettings metering = new MeteringSettings
        {
            PhaseCount = PhaseCount,
            IntervalMinutes = Settings.IntervalMinutes,
        };
        _meter = new CompleteMeter(Parts(clock, link, broker, metering));
        Journal journal = _meter.Journal;
        Console.WriteLine("records: " + journal.Report.Records.ToString() + " kept, next "
            + journal.NextNumber.ToString() + (journal.Report.IsClean ? "" : ", damage found"));
        if (Settings.Dlt645Line != "")
        {
            _readout = new LinePort(Settings, _meter, metering, Relay, Drive + "\\dlt645");
        }

        Console.WriteLine(
            "import " + _meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import).ToString() + " Wh");
        return _meter.Core;
    }

    protected override void Begin() => CalibrationFile.TellWaiting(Drive);

    protected override void Tick(long nowMs)
    {
        if (Case != null)
        {
            _meter.Recorder.Detector.Inputs = Case.Read();
        }

        _meter.Tick(nowMs);
        if (BatteryClock != null)
        {
            TimeKeeper time = _meter.Core.Time;
            bool isBetter = time.Source != TimeSource.None && time.Source < TimeSource.Rtc;
            BatteryClock.Watch(nowMs, time, time.IsSet && isBetter);
        }

        bool isOpen = _meter.Programming.IsOpen;
        if (isOpen && !_wasOpen)
        {
            _meter.Core.Time.TryReadUtc(out long utcSeconds, out int _);
            CalibrationFile.Take(Drive, _meter.Calibration, _meter.Product.Meter.IsTimed ? utcSeconds : 0);
        }

        _wasOpen = isOpen;
    }

    protected override int TickBetween(long nowMs)
    {
        int restMs = TickMs;
        if (_readout != null)
        {
            _readout.Tick(nowMs);
            restMs = LinePort.TickMs;
        }

        if (Pulse != null)
        {
            _meter.Recorder.Pulse.Tick(nowMs);
            restMs = restMs < PulseTickMs ? restMs : PulseTickMs;
        }

        return restMs;
    }

    protected override string Report()
    {
        Measurement reading = _meter.Product.Reading;
        string values = _meter.Product.HasReading
            ? reading.VoltageMillivolts[0].ToString() + " mV, " + reading.CurrentMilliamps[0].ToString() + " mA, "
                + reading.ActivePowerMilliwatts[0].ToString() + " mW"
            : "no reading, sensor faults " + _sensor.Faults.ToString();
        return values + "; import "
            + _meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import).ToString() + " Wh";
    }

    private CompleteMeterParts Parts(
        SystemClock clock, M2MqttLink link, BrokerSettings broker, MeteringSettings metering) => new CompleteMeterParts
    {
        Clock = BatteryClock == null ? (IClock)clock : new BoardClock(BatteryClock, clock),
        Sensor = _sensor,
        Programming = Programming,
        Link = link,
        Entropy = new BoardEntropy(),
        LinkSettings = broker,
        HasBroker = Settings.BrokerHost != "",
        Flash = OpenStore(),
        Limits = Limits(),
        Plan = Plan,
        Tariff = BoardFiles.LoadTariff(Drive, new MeteringSettings().RateCountMax, ShanghaiHousehold.Table()),
        Metering = metering,
        Telemetry = new TelemetrySettings
        {
            Device = Settings.Device,
            InstantIntervalMs = Settings.InstantSeconds * 1000,
        },
        History = new HistoryParts
        {
            Factors = new EmissionFactors(),
            Pulse = Pulse,
            CalibrationErrorMillionthsMax = AccuracyLimit.Of(Settings.AccuracyClass),
            MetrologyMark = Settings.MetrologyMark(),
        },
        Quality = new QualitySettings(metering.PhaseCount) { KeepsDistributions = false },
        Relay = Relay,
        StoreMayLoseTail = StoreMayLoseTail,
    };

    private SmartMeterLimits Limits()
    {
        SmartMeterLimits limits = new SmartMeterLimits();
        limits.CheckpointMs = Fram == null ? limits.CheckpointMs : FramCheckpointMs;
        return limits;
    }

    private IBlockStore OpenStore()
    {
        FileBlockStore files = new FileBlockStore(Drive + "\\log", Plan.BlockCount, Plan.BlockBytes);
        return Fram == null ? (IBlockStore)files : new SplitBlocks(Fram.Open(), FramBlocks, files);
    }
}
