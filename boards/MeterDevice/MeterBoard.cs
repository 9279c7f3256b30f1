using System;
using System.Device.Gpio;
using System.IO;
using System.Threading;
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
using nanoFramework.Runtime.Native;

namespace MeterFirmware.Boards.MeterDevice;

/// <summary>
/// What all meter boards share: puts the product together on a folder of files and runs the one loop. A bug
/// that reaches the top is written to FAULT.TXT, and the device restarts.
/// </summary>
public sealed class MeterBoard
{
    private const int TickMs = 1000;

    // A pulse of 30 ms follows 18.75 kW at 3200 imp/kWh; at a tick of a second the output would end at 562 W.
    private const int PulseTickMs = 10;
    private const int ReportMs = 60_000;
    private const int StallMs = 60_000;
    private const int StallCheckMs = 10_000;
    private const int DriveSecondsMax = 10;
    private const string InternalDrive = "I:";

    // Long enough to read the message and to stop a device that faults at every start.
    private const int RestartMs = 5_000;

    private readonly string _drive;
    private readonly SensorTable _sensors;
    private readonly AutoResetEvent _wake = new AutoResetEvent(false);

    // Held so that it is not collected, and its event with it.
    private GpioPin _supplyPin;
    private bool _powerFails;
    private CompleteMeter _meter;
    private IPowerSensor _sensor;
    private SystemClock _clock;
    private SntpQuery _networkTime;
    private LogConsole _console;
    private LinePort _readout;

    /// <param name="drive">"I:" for internal flash, "D:" for an SD card.</param>
    /// <param name="sensors">Metering chips that the image carries.</param>
    public MeterBoard(string drive, SensorTable sensors)
    {
        _drive = drive;
        _sensors = sensors;
        WaitForDrive();
        Settings = MeterSettingsFile.Load(drive + "\\settings.json", sensors, out string problem);
        Console.WriteLine("MeterFirmware " + new TelemetrySettings().Firmware + " on " + SystemInfo.TargetName);
        Console.WriteLine(problem == null ? "settings: device " + Settings.Device : "settings: " + problem);
    }

    public BoardSettings Settings { get; }

    /// <summary>The network that the board starts; null: none.</summary>
    public NetworkStarter Network { get; set; }

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

    /// <summary>Watches an input that falls some milliseconds before the supply does, so that the registers are
    /// saved with what is left.</summary>
    public void WatchSupply(GpioController gpio, int pinNumber)
    {
        _supplyPin = gpio.OpenPin(pinNumber, PinMode.InputPullUp);
        _supplyPin.ValueChanged += OnSupplyChanged;
    }

    /// <summary>Phases of the board's sensors, 1 to 3.</summary>
    public int PhaseCount { get; set; } = 1;

    /// <summary>Builds the product on the sensor that the settings name, and never returns.</summary>
    public void Run()
    {
        try
        {
            Build(_sensors.Make(Settings));
            Loop();
        }
        catch (Exception e)
        {
            Console.WriteLine("FAULT: " + e.Message);
            BoardFiles.Note(_drive, e.Message);
            if (_meter != null)
            {
                BoardFiles.NoteFault(_meter.Core);
            }
        }

        Thread.Sleep(RestartMs);
        Power.RebootDevice();
    }

    private void Build(IPowerSensor sensor)
    {
        _sensor = sensor;
        _clock = new SystemClock();
        M2MqttLink link = new M2MqttLink(new TelemetrySettings().IncomingBytesMax);
        BrokerSettings broker = new BrokerSettings(Settings, link);
        broker.LoadCertificates();
        MeteringSettings metering = new MeteringSettings
        {
            PhaseCount = PhaseCount,
            IntervalMinutes = Settings.IntervalMinutes,
        };
        _meter = new CompleteMeter(new CompleteMeterParts
        {
            Clock = _clock,
            Sensor = sensor,
            Programming = Programming,
            Link = link,
            Entropy = new BoardEntropy(),
            LinkSettings = broker,
            HasBroker = Settings.BrokerHost != "",
            Flash = new FileBlockStore(_drive + "\\log", Plan.BlockCount, Plan.BlockBytes),
            Plan = Plan,
            Tariff = BoardFiles.LoadTariff(_drive, new MeteringSettings().RateCountMax, ShanghaiHousehold.Table()),
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
        });
        Journal journal = _meter.Journal;
        Console.WriteLine("records: " + journal.Report.Records.ToString() + " kept, next "
            + journal.NextNumber.ToString() + (journal.Report.IsClean ? "" : ", damage found"));
        if (!_meter.Core.Security.IsCommissioned)
        {
            Console.WriteLine(BoardFiles.TryCommission(_drive, _meter.Core.Security)
                ? "commands: commissioned" : "commands: none, no secret was given");
        }

        _console = new LogConsole(_meter.Core.Log);
        _networkTime = new SntpQuery(_clock, _meter.Core.Time,
            new NetworkTime(Settings.TimeServer, Settings.SecondTimeServer));
        if (Settings.Dlt645Line != "")
        {
            _readout = new LinePort(Settings, _meter, metering, Relay, _drive + "\\dlt645");
        }

        Console.WriteLine("import " + _meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import).ToString()
            + " Wh, heap free " + nanoFramework.Runtime.Native.GC.Run(true).ToString() + " bytes");
    }

    private void Loop()
    {
        long nextMs = Environment.TickCount64;
        long reportMs = nextMs + 5000;
        new Thread(WatchLoop).Start();
        CalibrationFile.TellWaiting(_drive);
        bool wasOpen = false;
        while (true)
        {
            long nowMs = Environment.TickCount64;
            if (_powerFails)
            {
                _powerFails = false;
                _meter.Core.PowerFails(nowMs);
            }

            // A supply that failed and came back wakes the loop between two ticks.
            if (nowMs >= nextMs)
            {
                if (Case != null)
                {
                    _meter.Recorder.Detector.Inputs = Case.Read();
                }

                _meter.Tick(nowMs);
                nextMs = nowMs - nextMs > TickMs ? nowMs + TickMs : nextMs + TickMs;
                if (_meter.Programming.IsOpen && !wasOpen)
                {
                    _meter.Core.Time.TryReadUtc(out long utcSeconds, out int _);
                    bool isTimed = _meter.Product.Meter.IsTimed;
                    CalibrationFile.Take(_drive, _meter.Calibration, isTimed ? utcSeconds : 0);
                }

                wasOpen = _meter.Programming.IsOpen;
                if (_meter.Core.RestartAsked)
                {
                    _meter.Core.BeforeRestart(nowMs);
                    _console.Print();
                    Power.RebootDevice();
                }

                _console.Print();
            }

            if (Network != null && Network.IsReady)
            {
                _networkTime.Tick(nowMs);
            }

            if (nowMs >= reportMs)
            {
                reportMs = nowMs + ReportMs;
                Report();
            }

            int restMs = (int)(nextMs - Environment.TickCount64);
            if (_readout != null)
            {
                _readout.Tick(nowMs);
                restMs = restMs > LinePort.TickMs ? LinePort.TickMs : restMs;
            }

            if (Pulse != null)
            {
                _meter.Recorder.Pulse.Tick(nowMs);
                restMs = restMs > PulseTickMs ? PulseTickMs : restMs;
            }

            if (restMs > 0)
            {
                _wake.WaitOne(restMs, false);
            }
        }
    }

    /// <summary>On a thread of its own: a loop that no longer turns is restarted. A native call holds this thread too,
    /// so a stall counts only when it is seen twice with managed code running in between.</summary>
    private void WatchLoop()
    {
        bool wasStalled = false;
        while (true)
        {
            Thread.Sleep(StallCheckMs);
            bool isStalled = _meter.Core.Watchdog.IsStalled(Environment.TickCount64, StallMs);
            if (isStalled && wasStalled)
            {
                _meter.Core.NoteRestart(RestartPart.Loop);
                Power.RebootDevice();
            }

            wasStalled = isStalled;
        }
    }

    private void Report()
    {
        HealthReport health = _meter.Core.Health;
        BoardFiles.NoteHeap(health);
        Measurement reading = _meter.Product.Reading;
        string values = _meter.Product.HasReading
            ? reading.VoltageMillivolts[0].ToString() + " mV, " + reading.CurrentMilliamps[0].ToString() + " mA, "
                + reading.ActivePowerMilliwatts[0].ToString() + " mW"
            : "no reading, sensor faults " + _sensor.Faults.ToString();
        Console.WriteLine(values
            + "; import " + _meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import).ToString()
            + " Wh; network " + (Network == null ? "none" : Network.LastStatus)
            + "; records to send " + (_meter.Records.NextNumber - 1 - _meter.Records.AcknowledgedNumber).ToString()
            + "; heap free " + health.HeapFreeBytes.ToString());
    }

    /// <summary>An SD card is mounted by the platform's own thread some time after the start.</summary>
    private void WaitForDrive()
    {
        for (int i = 0; i < DriveSecondsMax && _drive != InternalDrive && !HasDrive(); i++)
        {
            Thread.Sleep(1000);
        }
    }

    private bool HasDrive()
    {
        try
        {
            return Directory.Exists(_drive + "\\");
        }
        catch (Exception)
        {
            return false;
        }
    }

    // In the interrupt's dispatch: sets a latch only.
    private void OnSupplyChanged(object sender, PinValueChangedEventArgs e)
    {
        if (e.ChangeType == PinEventTypes.Falling)
        {
            _powerFails = true;
            _wake.Set();
        }
    }
}
