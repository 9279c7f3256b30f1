using System;
using System.Device.Adc;
using System.Device.Gpio;
using System.IO;
using System.Threading;
using MeterFirmware.Basics;
using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.Sensors.ModbusMeter;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.DeviceCore;
using MeterFirmware.Drivers.AnalogInputs;
using MeterFirmware.Drivers.Mfrc522;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Modbus;
using MeterFirmware.SiteBus;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.ChargerDevice;

/// <summary>
/// What all charger boards have in common: puts the product together on pins and a folder of files. A bug that reaches
/// the top opens the contactor before the device restarts; a loop that stands still no longer feeds the tick-alive
/// circuit, which opens by itself.
/// </summary>
public sealed class ChargerBoard : DeviceBoard
{
    private const int TickMs = 10;
    private const int RestMs = 1;
    private const int BlockBytes = 8192;
    private const int MeasuredTicks = 200;
    private const int RestartBlockBytes = 4096;
    private const int BillingKeyBytes = 32;
    private const int CardHertz = 4_000_000;

    // A quarter of an hour: 96 slots of a day are what this heap spares for prices.
    private const int PlanSlotSeconds = 900;

    private readonly ChargerPins _pins;
    private readonly GpioController _gpio;
    private ChargerHardware _hardware;
    private CompleteCharger _charger;
    private ISiteBus _siteBus;
    private EnergyMeterPair _meter;
    private ChargerLine _line;

    /// <param name="drive">"I:" for internal flash.</param>
    /// <param name="pins">This board's pins; functions of PWM, ADC and SPI are assigned already.</param>
    /// <param name="gpio">The board's one controller.</param>
    /// <param name="sensors">Metering chips that the image carries.</param>
    /// <param name="network">What the board starts.</param>
    public ChargerBoard(
        string drive, ChargerPins pins, GpioController gpio, SensorSource sensors, NetworkSource network)
        : base("charger", drive, sensors, network, TickMs, RestMs)
    {
        _pins = pins;
        _gpio = gpio;
    }

    protected override void OpenOutputs() => _hardware = Outputs();

    protected override Core Build(SystemClock clock, M2MqttLink link, BrokerSettings broker)
    {
        ChargerSettings charger = ChargerSettingsFile.Load(Drive + "\\charger.json", out string problem);
        byte[] key = LoadBillingKey(ref problem);
        if (charger == null || key == null)
        {
            Console.WriteLine("not commissioned: " + problem + ": nothing is offered");
            return null;
        }

        Inputs(_hardware, charger);
        _charger = new CompleteCharger(Parts(clock, link, broker, charger, key),
            new FileBlockStore(Drive + "\\log", ChargerPlan.BlockCount, BlockBytes), false);
        OpenLine(charger);
        Console.WriteLine(
            "import " + _charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Import).ToString() + " Wh");
        return _charger.Core;
    }

    // A line that cannot be served keeps nobody from charging.
    private void OpenLine(ChargerSettings charger)
    {
        if (Settings.Dlt645Line == "")
        {
            return;
        }

        string problem = ChargerLine.Problem(Settings, charger);
        if (problem == null)
        {
            _line = new ChargerLine(Settings, _charger.Product, charger.ToSafetySettings());
        }
        else
        {
            Console.WriteLine("line: " + problem + ": it is not served");
        }
    }

    protected override void Begin()
    {
        // Before the MQTT client's threads: a slice of theirs is 20 ms.
        Thread.CurrentThread.Priority = ThreadPriority.Highest;
        MeasureSafety();
    }

    protected override void Tick(long nowMs)
    {
        _charger.Tick(nowMs);
        if (_charger.Product.NeedsRestart)
        {
            throw new Exception("the safety loop fails in every tick");
        }

        if (_meter != null)
        {
            _meter.Poll(nowMs);
        }

        if (_siteBus != null)
        {
            _siteBus.Tick(nowMs);
        }

        if (_line != null)
        {
            _line.Tick(nowMs);
        }
    }

    protected override void MakeSafe()
    {
        if (_charger != null)
        {
            _charger.Product.MakeSafe();
        }
    }

    protected override string Report()
    {
        EvChargerProduct product = _charger.Product;
        return ConnectorStatus.NameOf(product.Status) + ", pilot " + product.Controller.StateName
            + ", offer " + product.Controller.State.OfferMilliamps.ToString() + " mA; loop "
            + (product.Monitor.IsSlow ? "too slow, nothing is offered: " : "")
            + product.Monitor.MeanMicroseconds.ToString() + " us, longest " + product.Monitor.TakeLongest().ToString()
            + " ms, late " + product.Monitor.LateCount.ToString()
            + "; import " + product.Meter.Registers.TotalWattHours(EnergyKind.Import).ToString() + " Wh";
    }

    private ChargerHardware Outputs()
    {
        return new ChargerHardware
        {
            Contactor = new GpioContactor(_gpio, _pins.Coil, _pins.Mirror, _pins.ThreePhases, _pins.UpstreamTrip),
            Residual = new GpioResidualMonitor(_gpio, _pins.ResidualAlternating, _pins.ResidualDirect,
                _pins.ResidualTest),
            Earth = new GpioEarthMonitor(_gpio, _pins.Earth),
            TickAlive = new GpioTickAlive(_gpio, _pins.TickAlive),
            Lock = _pins.LockRun < 0 ? null
                : new MotorLock(_gpio, _pins.LockRun, _pins.LockDirection, _pins.LockEndSwitch),
            Indicator = _pins.LampRed < 0 ? null
                : new GpioIndicator(_gpio, _pins.LampRed, _pins.LampGreen, _pins.LampBlue),
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
        IPowerSensor chip = Sensors.Make(Settings);
        _meter = ChargerSettingsFile.CreateMeter(settings, chip, out ModbusTurns shared);
        hardware.Meter = _meter == null ? chip : (IPowerSensor)_meter;
        hardware.Cards = _pins.CardSelect < 0
            ? null
            : new Mfrc522CardReader(new SpiRegisterBus(_pins.SpiBus, _pins.CardSelect, CardHertz, 0));
        hardware.GridMeter = ChargerSettingsFile.CreateGridMeter(settings, shared);
        WatchSupply(_gpio, _pins.SupplyFails);
    }

    private EvChargerParts Parts(
        SystemClock clock, M2MqttLink link, BrokerSettings broker, ChargerSettings settings, byte[] key)
    {
        TariffTable tariff = BoardFiles.LoadTariff(Drive, ChargerLimits.RateCount, WorkplaceTariff.Table());
        return new EvChargerParts
        {
            Hardware = _hardware,
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
                ? PlannedCharging.Create(tariff, Settings.Device, settings.PhaseCount,
                    settings.NominalMillivolts / 1000,
                    PlanSlotSeconds, settings.StartSpreadSeconds)
                : null,
            Site = CreateSite(settings),
        };
    }

    /// <summary>The charger's place in a site; null: it stands alone. Its serial number comes from the device's
    /// name.</summary>
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
            _siteBus = MqttSiteBus.ForMember(link, Settings.Device + "-site", settings.SiteTopic,
                settings.SiteMember, seal);
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

        IBlockStore counter = new FileBlockStore(Drive + "\\restart", RestartNumber.Blocks, RestartBlockBytes);
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

    /// <summary>billing.bin, 32 bytes, stays: every session record is signed with it.</summary>
    private byte[] LoadBillingKey(ref string problem)
    {
        string path = Drive + "\\billing.bin";
        byte[] key = File.Exists(path) ? File.ReadAllBytes(path) : new byte[0];
        if (key.Length == BillingKeyBytes)
        {
            return key;
        }

        problem = problem == null ? path + " must hold 32 bytes" : problem;
        return null;
    }
}
