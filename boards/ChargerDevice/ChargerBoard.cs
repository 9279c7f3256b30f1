using System;
using System.Device.Adc;
using System.Device.Gpio;
using System.IO;
using System.Threading;
using MeterFirmware.Basics;
using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Drivers.AnalogInputs;
using MeterFirmware.Drivers.Mfrc522;
using MeterFirmware.EvCharger;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.SiteBus;
using MeterFirmware.Storage;
using MeterFirmware.Supervision;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using nanoFramework.Runtime.Native;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>
/// What all charger boards have in common: puts the product together on pins and a folder of files and runs the one loop
/// of 10 ms. A bug that reaches the top opens the contactor, is written to FAULT.TXT, and the device restarts; a loop that
/// stands still no longer feeds the tick-alive circuit, which opens by itself.
/// </summary>
public sealed class ChargerBoard
{
    private const int TickMs = 10;
    private const int ReportMs = 60_000;
    private const int RestartMs = 5_000;
    private const int BlockBytes = 8192;
    private const int MeasuredTicks = 200;
    private const int RestartBlockBytes = 4096;
    private const int BillingKeyBytes = 32;
    private const int CardHertz = 4_000_000;

    // A quarter of an hour: 96 slots of a day are what this heap spares for prices.
    private const int PlanSlotSeconds = 900;

    private readonly string _drive;
    private readonly SensorTable _sensors;
    private readonly ChargerPins _pins;
    private readonly GpioController _gpio;

    // Held so that it is not collected, and its event with it.
    private GpioPin _supplyPin;
    private bool _powerFails;
    private SntpQuery _networkTime;
    private CompleteCharger _charger;
    private ISiteBus _siteBus;
    private long _longestMs;
    private LogConsole _console;

    /// <param name="drive">"I:" for internal flash.</param>
    /// <param name="pins">This board's pins; functions of PWM, ADC and SPI are assigned already.</param>
    /// <param name="gpio">The board's one controller.</param>
    /// <param name="sensors">Metering chips that the image carries.</param>
    public ChargerBoard(string drive, ChargerPins pins, GpioController gpio, SensorTable sensors)
    {
        _drive = drive;
        _sensors = sensors;
        _pins = pins;
        _gpio = gpio;
        Settings = BoardSettingsFile.Load(drive + "\\settings.json", sensors, out string problem);
        Console.WriteLine("MeterFirmware charger " + new TelemetrySettings().Firmware + " on " + SystemInfo.TargetName);
        Console.WriteLine(problem == null ? "settings: device " + Settings.Device : "settings: " + problem);
    }

    public BoardSettings Settings { get; }

    /// <summary>The network that the board starts; null: none.</summary>
    public NetworkStarter Network { get; set; }

    /// <summary>Builds the product and never returns.</summary>
    public void Run()
    {
        try
        {
            // The outputs first, all at rest, whatever the files say.
            ChargerHardware hardware = Outputs();
            ChargerSettings charger = ChargerSettings.Load(_drive + "\\charger.json", out string problem);
            byte[] key = LoadBillingKey(ref problem);
            if (charger == null || key == null)
            {
                Console.WriteLine("not commissioned: " + problem + ": nothing is offered");
                Thread.Sleep(Timeout.Infinite);
            }

            Inputs(hardware, charger);
            Build(hardware, charger, key);
            Loop();
        }
        catch (Exception e)
        {
            if (_charger != null)
            {
                _charger.Product.MakeSafe();
            }

            Console.WriteLine("FAULT: " + e.Message);
            BoardFiles.Note(_drive, e.Message);
            if (_charger != null)
            {
                BoardFiles.NoteFault(_charger.Core);
            }
        }

        Thread.Sleep(RestartMs);
        Power.RebootDevice();
    }

    private ChargerHardware Outputs()
    {
        return new ChargerHardware
        {
            Contactor = new GpioContactor(_gpio, _pins.Coil, _pins.Mirror, _pins.ThreePhases, _pins.UpstreamTrip),
            Residual = new GpioResidualMonitor(_gpio, _pins.ResidualAlternating, _pins.ResidualDirect, _pins.ResidualTest),
            Earth = new GpioEarthMonitor(_gpio, _pins.Earth),
            TickAlive = new GpioTickAlive(_gpio, _pins.TickAlive),
            Lock = _pins.LockRun < 0 ? null : new MotorLock(_gpio, _pins.LockRun, _pins.LockDirection, _pins.LockEndSwitch),
            Indicator = _pins.LampRed < 0 ? null : new GpioIndicator(_gpio, _pins.LampRed, _pins.LampGreen, _pins.LampBlue),
        };
    }

    private void Inputs(ChargerHardware hardware, ChargerSettings settings)
    {
        AdcController adc = new AdcController();
        hardware.Pilot = new PwmControlPilot(
            _pins.PilotPwm,
            adc.OpenChannel(_pins.PilotHighChannel),
            new LinearInput(settings.HighCountsAt12, 12_000, settings.HighCountsAt6, 6_000),
            adc.OpenChannel(_pins.PilotLowChannel),
            new LinearInput(settings.LowCountsAt12, -12_000, settings.LowCountsAt6, -6_000));
        hardware.Temperature = new AdcTemperature(adc.OpenChannel(_pins.TemperatureChannel));
        hardware.Proximity = settings.HasSocket ? new AdcProximity(adc.OpenChannel(_pins.ProximityChannel)) : null;
        hardware.Lock = settings.HasSocket ? hardware.Lock : null;
        hardware.Meter = _sensors.Make(Settings);
        hardware.Cards = _pins.CardSelect < 0
            ? null
            : new Mfrc522CardReader(new SpiRegisterBus(_pins.SpiBus, _pins.CardSelect, CardHertz, 0));
        hardware.GridMeter = settings.CreateGridMeter();
        _supplyPin = _gpio.OpenPin(_pins.SupplyFails, PinMode.InputPullUp);
        _supplyPin.ValueChanged += OnSupplyChanged;
    }

    private void Build(ChargerHardware hardware, ChargerSettings settings, byte[] key)
    {
        TariffTable tariff = BoardFiles.LoadTariff(_drive, ChargerLimits.RateCount, WorkplaceTariff.Table());
        SystemClock clock = new SystemClock();
        M2MqttLink link = new M2MqttLink(new TelemetrySettings().IncomingBytesMax);
        BrokerSettings broker = new BrokerSettings(Settings, link);
        broker.LoadCertificates();
        EvChargerParts parts = new EvChargerParts
        {
            Hardware = hardware,
            Charger = settings.ToSafetySettings(),
            Sessions = new SessionSettings
            {
                IsFree = settings.IsFree,
                AcceptsUnknownOffline = settings.AcceptsUnknownOffline,
            },
            Metering = new MeteringSettings
            {
                PhaseCount = settings.PhaseCount,
                TierCountMax = 1,
                RateCountMax = ChargerLimits.RateCount,
                IntervalMinutes = Settings.IntervalMinutes,
            },
            Clock = clock,
            Link = link,
            LinkSettings = broker,
            HasBroker = Settings.BrokerHost != "",
            Entropy = new BoardEntropy(),
            Telemetry = new TelemetrySettings
            {
                Product = "ev-charger",
                Device = Settings.Device,
                InstantIntervalMs = Settings.InstantSeconds * 1000,
            },
            Tariff = tariff,
            BillingKey = key,
            SafeMilliamps = settings.SafeMilliamps,
            Plan = settings.PlansByPrice
                ? PlannedCharging.Create(tariff, Settings.Device, settings.PhaseCount, settings.NominalMillivolts / 1000,
                    PlanSlotSeconds, settings.StartSpreadSeconds)
                : null,
            Site = CreateSite(settings),
        };
        _charger = new CompleteCharger(
            parts, new FileBlockStore(_drive + "\\log", ChargerPlan.BlockCount, BlockBytes), false);
        _networkTime = new SntpQuery(
            clock, _charger.Core.Time, new NetworkTime(Settings.TimeServer, Settings.SecondTimeServer));
        _console = new LogConsole(_charger.Core.Log);
        if (!_charger.Core.Security.IsCommissioned)
        {
            Console.WriteLine(BoardFiles.TryCommission(_drive, _charger.Core.Security)
                ? "commands: commissioned" : "commands: none, no secret was given");
        }

        Console.WriteLine("import " + _charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Import).ToString()
            + " Wh, heap free " + nanoFramework.Runtime.Native.GC.Run(true).ToString() + " bytes");
    }

    /// <summary>The charger's place in a site; null: it stands alone. Its serial number comes from the device's name.</summary>
    private SiteMember CreateSite(ChargerSettings settings)
    {
        if (settings.SiteMember < 0)
        {
            return null;
        }

        byte[] name = System.Text.Encoding.UTF8.GetBytes(Settings.Device);
        int serial = (int)(long)(Crc32.Of(name, 0, name.Length) >> 1) | 1;
        SiteSeal seal = CreateSeal(settings.SiteKey, serial, out string problem);
        if (seal == null)
        {
            Console.WriteLine("site: " + problem + ": no leader is obeyed, the safe current is kept");
            return new SiteMember(new SilentSiteBus(), settings.SiteMember, serial, settings.SafeMilliamps);
        }

        if (settings.SiteLine != "")
        {
            _siteBus = SerialSiteBus.ForMember(new SerialPortLine(settings.SiteLine, true), settings.SiteMember, seal);
        }
        else
        {
            M2MqttLink link = new M2MqttLink(SiteFrame.Length);
            BrokerSettings broker = new BrokerSettings(Settings, link);
            broker.LoadCertificates(isSite: true);
            broker.UseSettings();
            _siteBus = MqttSiteBus.ForMember(link, Settings.Device + "-site", settings.SiteTopic, settings.SiteMember, seal);
        }

        return new SiteMember(_siteBus, settings.SiteMember, serial, settings.SafeMilliamps, seal.Restart);
    }

    private SiteSeal CreateSeal(string text, int serial, out string problem)
    {
        problem = text == "" ? "charger.json has no siteKey" : null;
        if (problem != null || text == "none")
        {
            return problem == null ? SiteSeal.Plain(serial) : null;
        }

        IBlockStore counter = new FileBlockStore(_drive + "\\restart", RestartNumber.Blocks, RestartBlockBytes);
        if (RestartNumber.TryNext(counter, SiteSeal.RestartMax, out int restart))
        {
            return SiteSeal.ForMember(SiteKey.Read(text), serial, restart);
        }

        problem = "the restart number cannot be stored";
        return null;
    }

    // Many in a row, because the clock counts whole milliseconds:
    // everything is at rest, and nothing is offered before this.
    private void MeasureSafety()
    {
        EvChargerProduct product = _charger.Product;
        long begin = Environment.TickCount64;
        for (int i = 0; i < MeasuredTicks; i++)
        {
            product.TickSafety(Environment.TickCount64);
        }

        product.Monitor.NoteStart(MeasuredTicks, Environment.TickCount64 - begin);
        Console.WriteLine("safety part " + product.Monitor.SafetyMicroseconds.ToString() + " us of at most "
            + LoopMonitor.SafetyMicrosecondsMax.ToString());
    }

    private void Loop()
    {
        // Before the MQTT client's threads: a slice of theirs is 20 ms.
        Thread.CurrentThread.Priority = ThreadPriority.Highest;
        MeasureSafety();
        long nextMs = Environment.TickCount64;
        long reportMs = nextMs + 5_000;
        while (true)
        {
            long nowMs = Environment.TickCount64;
            if (_powerFails)
            {
                _powerFails = false;
                _charger.Core.PowerFails(nowMs);
            }

            if (nowMs >= nextMs)
            {
                _charger.Tick(nowMs);
                if (Network != null && Network.IsReady)
                {
                    _networkTime.Tick(nowMs);
                }

                if (_charger.Product.NeedsRestart)
                {
                    throw new Exception("the safety loop fails in every tick");
                }

                if (_siteBus != null)
                {
                    _siteBus.Tick(nowMs);
                }

                long elapsedMs = Environment.TickCount64 - nowMs;
                _longestMs = elapsedMs > _longestMs ? elapsedMs : _longestMs;
                nextMs = nowMs - nextMs > TickMs ? nowMs + TickMs : nextMs + TickMs;
                if (_charger.Core.RestartAsked)
                {
                    _charger.Core.BeforeRestart(nowMs);
                    _console.Print();
                    Power.RebootDevice();
                }
            }

            if (nowMs >= reportMs)
            {
                reportMs = nowMs + ReportMs;
                Report();
            }

            if (Environment.TickCount64 < nextMs)
            {
                _console.PrintOne();
                Thread.Sleep(1);
            }
        }
    }

    private void Report()
    {
        EvChargerProduct product = _charger.Product;
        Console.WriteLine(ConnectorStatus.NameOf(product.Status) + ", pilot " + product.Controller.StateName
            + ", offer " + product.Controller.State.OfferMilliamps.ToString() + " mA, longest tick "
            + _longestMs.ToString() + " ms; loop " + (product.Monitor.IsSlow ? "too slow, nothing is offered: " : "")
            + product.Monitor.MeanMicroseconds.ToString() + " us, longest " + product.Monitor.TakeLongest().ToString()
            + " ms, late " + product.Monitor.LateCount.ToString()
            + "; import " + product.Meter.Registers.TotalWattHours(EnergyKind.Import).ToString()
            + " Wh; records to send " + (_charger.Journal.NextNumber - 1 - _charger.Journal.AcknowledgedNumber).ToString()
            + "; heap free " + nanoFramework.Runtime.Native.GC.Run(false).ToString());
        _longestMs = 0;
        BoardFiles.NoteHeap(_charger.Core.Health);
    }

    /// <summary>billing.bin, 32 bytes, stays: every session record is signed with it.</summary>
    private byte[] LoadBillingKey(ref string problem)
    {
        string path = _drive + "\\billing.bin";
        byte[] key = File.Exists(path) ? File.ReadAllBytes(path) : new byte[0];
        if (key.Length == BillingKeyBytes)
        {
            return key;
        }

        problem = problem == null ? path + " must hold 32 bytes" : problem;
        return null;
    }

    // In the interrupt's dispatch: sets a latch only.
    private void OnSupplyChanged(object sender, PinValueChangedEventArgs e)
    {
        _powerFails |= e.ChangeType == PinEventTypes.Falling;
    }
}
