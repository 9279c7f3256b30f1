using System.Globalization;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Boards.ChargerDevice;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.DeviceCore;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Metering;
using MeterFirmware.SiteBus;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.MeterCtl.Commissioning;

namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>A charger as boards put it together (boards/ChargerDevice): its files here, and a simulated bench with the
/// vehicle that somebody plugs in.</summary>
internal sealed class PcCharger : IPcProduct
{
    private const int BlockBytes = 8192;
    private const int BillingKeyBytes = 32;

    // As a board's heap bears it (boards/ChargerDevice).
    private const int PlanSlotSeconds = 900;

    private readonly PcLink _link;
    private readonly PcLink? _siteLink;
    private readonly SimulatedCharger _charger;
    private readonly PcCards _cards = new();
    private readonly MqttSiteBus? _siteBus;

    public PcCharger(DeviceFolder folder, BoardSettings settings, long utcSeconds)
    {
        byte[] file = folder.Read("charger.json")
            ?? throw new InputException($"{folder.PathOf("charger.json")}: not commissioned: nothing is offered");
        ChargerSettings charger = BoardRules.ReadCharger(
            folder.PathOf("charger.json"), file, path => PcFiles.Text(folder, path));
        byte[] key = folder.Read("billing.bin") is { Length: BillingKeyBytes } good ? good
            : throw new InputException($"{folder.PathOf("billing.bin")}: {BillingKeyBytes} bytes were expected: not "
                + "commissioned, nothing is offered");
        _link = new PcLink(settings, folder);
        SiteMember? site = null;
        if (charger.SiteMember >= 0)
        {
            _siteLink = new PcLink(settings, folder, isSite: true);
            site = Member(folder, settings, charger, _siteLink, out _siteBus);
        }

        TariffTable tariff =
            PcFiles.LoadTariff(folder, ChargerLimits.RateCount, WorkplaceTariff.Table());
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = utcSeconds,
            Charger = charger.ToSafetySettings(),
            Sessions = new SessionSettings
            {
                IsFree = charger.IsFree,
                AcceptsUnknownOffline = charger.AcceptsUnknownOffline,
            },
            Metering = new MeteringSettings
            {
                PhaseCount = charger.PhaseCount,
                TierCountMax = 1,
                RateCountMax = ChargerLimits.RateCount,
                IntervalMinutes = settings.IntervalMinutes,
            },
            Telemetry = PcFiles.Telemetry("ev-charger", settings),
            Records = null!,
            Checkpoints = null!,
            ProfileStore = null!,
            TariffStore = null!,
            Flash = new FileBlockStore(Path.Combine(folder.Drive, "log"), ChargerPlan.BlockCount, BlockBytes),
            Link = settings.BrokerHost == "" ? new DisconnectedLink() : _link,
            LinkSettings = _link,
            BillingKey = key,
            SafeMilliamps = charger.SafeMilliamps,
            Cards = _cards,
            Plan = charger.PlansByPrice
                ? PlannedCharging.Create(tariff, settings.Device, charger.PhaseCount, charger.NominalMillivolts / 1000,
                    PlanSlotSeconds, charger.StartSpreadSeconds)
                : null!,
            Site = site!,
            Restarts = true,
        });
    }

    public Core Core => _charger.Firmware.Core;

    public SimulatedClock Clock => _charger.Clock;

    public int TickMs => SimulatedCharger.TickMs;

    public void Tick()
    {
        _charger.Step();
        _siteBus?.Tick(Clock.NowMs);
    }

    public void TickBetween(long nowMs)
    {
    }

    public void LosePower(long darkMs)
    {
        _link.Cut();
        _siteLink?.Cut();
        _charger.LosePower(darkMs, isWarned: true);
    }

    public string Report()
    {
        EvChargerProduct product = _charger.Product;
        return $"{ConnectorStatus.NameOf(product.Status)}, pilot {product.Controller.StateName}, offer "
            + $"{product.Controller.State.OfferMilliamps} mA, contactor "
            + $"{(_charger.Bench.AreContactsClosed ? "closed" : "open")}; import "
            + $"{product.Meter.Registers.TotalWattHours(EnergyKind.Import)} Wh; vehicle "
            + (_charger.Vehicle is { IsPlugged: true } car ? $"took {car.DrawnWattHours} Wh" : "none");
    }

    public string? Change(IReadOnlyList<string> words)
    {
        switch (words)
        {
            case ["plug"]:
                return Plug(new VehicleSettings());
            case ["plug", string text] when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture,
                out long wattHours) && wattHours is > 0 and <= 200_000:
                return Plug(new VehicleSettings { WantedWattHours = wattHours });
            case ["unplug"]:
                _charger.Vehicle?.Unplug();
                return "vehicle unplugged";
            case ["card", string text] when PcCards.TryRead(text, out byte[] uid):
                _cards.Lay(uid);
                return $"card {text} laid on";
            case ["residual", string text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture,
                out int milliamps) && milliamps <= 1_000:
                _charger.Bench.RcdAcMilliamps = milliamps;
                return $"residual current {milliamps} mA";
            default:
                return null;
        }
    }

    public void Dispose()
    {
        _link.Cut();
        _link.Dispose();
        _siteLink?.Cut();
        _siteLink?.Dispose();
    }

    private static SiteMember Member(DeviceFolder folder, BoardSettings settings, ChargerSettings charger,
        PcLink link, out MqttSiteBus? bus)
    {
        bus = null;
        if (charger.SiteLine != "")
        {
            throw new InputException("charger.json: siteLine: a PC has no such line; siteTopic was expected");
        }

        int serial = PcFiles.SerialOf(settings.Device);
        if (charger.SiteKey == "")
        {
            Console.Out.WriteLine(
                "site: charger.json has no siteKey: no leader is obeyed, the safe current is kept");
            return new SiteMember(new SilentSiteBus(), charger.SiteMember, serial, charger.SafeMilliamps);
        }

        SiteSeal seal = charger.SiteKey == "none" ? SiteSeal.Plain(serial)
            : SiteSeal.ForMember(SiteKey.Read(charger.SiteKey), serial, PcFiles.NextRestart(folder));
        bus = MqttSiteBus.ForMember(link, settings.Device + "-site", charger.SiteTopic, charger.SiteMember, seal);
        return new SiteMember(bus, charger.SiteMember, serial, charger.SafeMilliamps, seal.Restart);
    }

    private string Plug(VehicleSettings vehicle)
    {
        _charger.Vehicle = new Vehicle(vehicle);
        _charger.Vehicle.PlugIn();
        return $"vehicle plugged in, wants {vehicle.WantedWattHours} Wh";
    }
}
