using System.Globalization;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.DeviceCore;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Tools.MeterCtl.Commissioning;

namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>A site controller as its board puts it together (boards/Esp32SiteController): its files here, its members
/// on the broker, a building of constant load.</summary>
internal sealed class PcSite : IPcProduct
{
    private const int TariffRates = 63;
    private const int BlockBytes = 8192;
    private const int WattsMax = 1_000_000;

    private readonly DeviceFolder _folder;
    private readonly BoardSettings _settings;
    private readonly SiteSettings _site;
    private readonly PcLink _link;
    private readonly PcLink _siteLink;
    private readonly FileBlockStore _flash;
    private readonly GridPoint _building;
    private CompleteSite _firmware;

    public PcSite(DeviceFolder folder, BoardSettings settings, int watts, long utcSeconds)
    {
        _folder = folder;
        _settings = settings;
        string path = folder.PathOf("site.txt");
        _site = BoardRules.ReadSite(path, folder.Read("site.txt")
            ?? throw new InputException($"{path}: not commissioned: nothing is led"));
        if (_site.Line != "")
        {
            throw new InputException($"{path}: line: a PC has no such line; topic was expected");
        }

        Clock = new SimulatedClock(utcSeconds);
        _building = new GridPoint { HouseWatts = watts };
        _link = new PcLink(settings, folder);
        _siteLink = new PcLink(settings, folder, isSite: true);
        _flash = new FileBlockStore(Path.Combine(folder.Drive, "site"), SiteFlashPlan.BlockCount, BlockBytes);
        _firmware = Build();
    }

    public Core Core => _firmware.Core;

    public SimulatedClock Clock { get; }

    public int TickMs => 10;

    public void Tick()
    {
        Clock.Advance(TickMs);
        _firmware.Tick(Clock.NowMs);
        if (Core.RestartAsked)
        {
            Core.BeforeRestart(Clock.NowMs);
            _firmware = Build();
        }
    }

    public void TickBetween(long nowMs)
    {
    }

    public void LosePower(long darkMs)
    {
        Core.PowerFails(Clock.NowMs);
        _link.Cut();
        _siteLink.Cut();
        Clock.Advance(darkMs);
        _firmware = Build();
    }

    public string Report()
    {
        SiteLeader leader = _firmware.Product.Site.Leader;
        return $"{(leader.IsLeading ? "leads" : "stands by")}, hears {leader.HeardCount} members, plans made "
            + $"{_firmware.Product.Site.PlanCount}, building's meter "
            + $"{(_firmware.Product.IsMeterHeard ? "heard" : "not heard")}; building {_building.HouseWatts} W";
    }

    public string? Change(IReadOnlyList<string> words)
    {
        switch (words)
        {
            case ["load", string text] when int.TryParse(text, NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out int watts) && watts is >= -WattsMax and <= WattsMax:
                _building.HouseWatts = watts;
                return $"building {watts} W";
            case ["meter", "on" or "off"]:
                _building.Answers = words[1] == "on";
                return $"building's meter {words[1]}";
            default:
                return null;
        }
    }

    public void Dispose()
    {
        _link.Cut();
        _link.Dispose();
        _siteLink.Cut();
        _siteLink.Dispose();
    }

    private CompleteSite Build()
    {
        int serial = PcFiles.SerialOf(_settings.Device + "-site");
        SiteSeal seal = _site.Key is null ? SiteSeal.Plain(serial)
            : SiteSeal.ForLeader(_site.Key, serial, PcFiles.NextRestart(_folder), _site.MemberCount);
        return new CompleteSite(new CompleteSiteParts
        {
            Settings = _site,
            Bus = MqttSiteBus.ForLeader(
                _siteLink, _settings.Device + "-site", _site.Topic, _site.MemberCount, seal),
            Seal = seal,
            Clock = Clock,
            Tariff = PcFiles.LoadTariff(_folder, TariffRates, WorkplaceTariff.Table()),
            Meter = _site.MeterPlace == SiteSettings.MeterNone ? null : _building,
            Link = _link,
            LinkSettings = _link,
            HasBroker = _settings.BrokerHost != "",
            Telemetry = PcFiles.Telemetry("site-controller", _settings),
            IntervalMinutes = _settings.IntervalMinutes,
            Flash = _flash,
            Entropy = new HostEntropy(),
        });
    }
}
