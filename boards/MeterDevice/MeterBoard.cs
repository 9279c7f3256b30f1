using System;
using System.Device.Gpio;
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
    private const int NoFeedbackPin = -1;

    // A pulse of 30 ms follows 18.75 kW at 3200 imp/kWh; at a tick of a second the output would end at 562 W.
    private const int PulseTickMs = 10;

    // FRAM does not wear: the registers are at most so old after a cut.
    private const int FramCheckpointMs = 1_000;

    private readonly MeterPins _pins;
    private GpioController _gpio;
    private IRelay _relay;
    private IRelay _pulse;
    private IProgrammingInput _programming;
    private CaseInputs _case;
    private IStoreSource _fram;
    private IBatteryClock _batteryClock;
    private CompleteMeter _meter;
    private IPowerSensor _sensor;
    private LinePort _readout;
    private bool _wasOpen;

    /// <param name="drive">"I:" for internal flash, "D:" for an SD card.</param>
    /// <param name="pins">Functions of buses are assigned already.</param>
    /// <param name="sensors">Metering chips that the image carries.</param>
    /// <param name="network">What the board starts.</param>
    public MeterBoard(string drive, MeterPins pins, SensorSource sensors, NetworkSource network)
        : base("meter", drive, sensors, network, TickMs, TickMs)
    {
        _pins = pins;
    }

    /// <summary>How the flash is divided.</summary>
    public MeterPlan Plan { get; set; } = MeterPlan.Of4Megabytes();

    /// <summary>True where a power cut may take bytes that a good write had confirmed: FAT on an SD card.</summary>
    public bool StoreMayLoseTail { get; set; }

    /// <summary>FRAM that holds the first blocks of the plan; without one all of it are files.</summary>
    public StoreSource Fram { get; set; }

    public int FramBlocks { get; set; }

    /// <summary>Without one the board's calendar starts years ago after each loss of supply.</summary>
    public ClockSource BatteryClock { get; set; }

    /// <summary>Phases of the board's sensors, 1 to 3.</summary>
    public int PhaseCount { get; set; } = 1;

    protected override void OpenOutputs()
    {
        _gpio = new GpioController();
        _relay = OutputOf(_pins.Relay);
        _pulse = OutputOf(_pins.Pulse);
        _programming = _pins.Programming < 0 ? null : new ProgrammingPin(_gpio, _pins.Programming);
        if (_pins.SupplyFails >= 0)
        {
            WatchSupply(_gpio, _pins.SupplyFails);
        }
    }

    protected override BoardSettings LoadSettings(out string problem) =>
        MeterSettingsFile.Load(Ready(Drive) + "\\settings.json", Sensors, out problem);

    protected override Core Build(SystemClock clock, M2MqttLink link, BrokerSettings broker)
    {
        _case = _pins.Cover < 0 || !Settings.CaseInputs
            ? null : new CaseInputs(_gpio, _pins.Cover, _pins.TerminalCover, _pins.Magnet);
        _fram = Fram == null ? null : Fram();
        _batteryClock = BatteryClock == null ? null : BatteryClock();
        _sensor = Sensors.Make(Settings);
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
            _readout = new LinePort(Settings, _meter, metering, _relay, Drive + "\\dlt645");
        }

        Console.WriteLine(
            "import " + _meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import).ToString() + " Wh");
        return _meter.Core;
    }

    protected override void Begin() => CalibrationFile.TellWaiting(Drive);

    protected override void Tick(long nowMs)
    {
        if (_case != null)
        {
            _meter.Recorder.Detector.Inputs = _case.Read();
        }

        _meter.Tick(nowMs);
        if (_batteryClock != null)
        {
            TimeKeeper time = _meter.Core.Time;
            bool isBetter = time.Source != TimeSource.None && time.Source < TimeSource.Rtc;
            _batteryClock.Watch(nowMs, time, time.IsSet && isBetter);
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

        if (_pulse != null)
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
        Clock = _batteryClock == null ? (IClock)clock : new BoardClock(_batteryClock, clock),
        Sensor = _sensor,
        Programming = _programming,
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
            Pulse = _pulse,
            CalibrationErrorMillionthsMax = AccuracyLimit.Of(Settings.AccuracyClass),
            MetrologyMark = Settings.MetrologyMark(),
        },
        Quality = new QualitySettings(metering.PhaseCount) { KeepsDistributions = false },
        Relay = _relay,
        StoreMayLoseTail = StoreMayLoseTail,
    };

    private SmartMeterLimits Limits()
    {
        SmartMeterLimits limits = new SmartMeterLimits();
        limits.CheckpointMs = _fram == null ? limits.CheckpointMs : FramCheckpointMs;
        return limits;
    }

    private IBlockStore OpenStore()
    {
        FileBlockStore files = new FileBlockStore(Drive + "\\log", Plan.BlockCount, Plan.BlockBytes);
        return _fram == null ? (IBlockStore)files : new SplitBlocks(_fram.Open(), FramBlocks, files);
    }

    // Opened it rests open.
    private IRelay OutputOf(int pin) => pin < 0 ? null : new GpioRelay(_gpio, pin, true, NoFeedbackPin);
}
