using System;
using System.IO;
using System.Text;
using System.Threading;
using MeterFirmware.Basics;
using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.DeviceCore;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.Esp32SiteController;

/// <summary>
/// Puts the site controller together from a folder of files. Without a good site.txt nothing is led. While the device
/// restarts the members fall to their safe currents by themselves.
/// </summary>
public sealed class SiteBoard : DeviceBoard
{
    private const int TickMs = 10;
    private const int RestMs = 1;
    private const int RetryMs = 60_000;
    private const int TariffRates = 63;

    // A state of what 64 members taught fits into a block.
    private const int BlockBytes = 8192;
    private const int RestartBlockBytes = 4096;
    private const int EventBytesMax = 96;

    private readonly int _heapBytes;
    private readonly ByteTextWriter _eventText = new ByteTextWriter(EventBytesMax);
    private CompleteSite _site;
    private int _eventsTold;

    /// <param name="drive">"I:" for internal flash.</param>
    /// <param name="sensors">Metering chips that the image carries, for the building's meter.</param>
    /// <param name="network">What the board starts.</param>
    /// <param name="heapBytes">What the firmware's own objects may take; 0: anything.</param>
    public SiteBoard(string drive, SensorSource sensors, NetworkSource network, int heapBytes)
        : base("site controller", drive, sensors, network, TickMs, RestMs)
    {
        _heapBytes = heapBytes;
    }

    protected override Core Build(SystemClock clock, M2MqttLink link, BrokerSettings broker)
    {
        SiteSettings settings = LoadSite();
        if (settings == null)
        {
            return null;
        }

        if (settings.MeterPlace != SiteSettings.MeterNone && settings.Line != ""
            && settings.Line == Sensors.LineOf(Settings))
        {
            Console.WriteLine("not commissioned: site.txt: line " + settings.Line
                + " is the building's Modbus meter's: nothing is led");
            return null;
        }

        SiteSeal seal = CreateSeal(settings);
        _site = new CompleteSite(new CompleteSiteParts
        {
            Settings = settings,
            Bus = CreateBus(settings, seal),
            Seal = seal,
            Clock = clock,
            Tariff = BoardFiles.LoadTariff(Drive, TariffRates, WorkplaceTariff.Table()),
            Meter = settings.MeterPlace == SiteSettings.MeterNone ? null : Sensors.Make(Settings),
            Link = link,
            LinkSettings = broker,
            HasBroker = Settings.BrokerHost != "",
            Telemetry = new TelemetrySettings
            {
                Product = "site-controller",
                Device = Settings.Device,
                InstantIntervalMs = Settings.InstantSeconds * 1000,
            },
            IntervalMinutes = Settings.IntervalMinutes,
            Flash = new FileBlockStore(Drive + "\\site", SiteFlashPlan.BlockCount, BlockBytes),
            Entropy = new BoardEntropy(),
        });
        Console.WriteLine(_site.Product.Memory.WasRestored ? "usual arrivals: known" : "usual arrivals: none yet");
        return _site.Core;
    }

    protected override void Begin() => Thread.CurrentThread.Priority = ThreadPriority.Highest;

    protected override void Tick(long nowMs) => _site.Tick(nowMs);

    protected override int TickBetween(long nowMs)
    {
        if (_eventsTold < _site.Product.Events.Count)
        {
            TellEvent();
        }

        return RestMs;
    }

    protected override string Report()
    {
        SiteLeader leader = _site.Product.Site.Leader;
        return (leader.IsLeading ? "leads" : "stands by") + ", hears " + leader.HeardCount.ToString()
            + " members, plans made " + _site.Product.Site.PlanCount.ToString() + ", building's meter "
            + (_site.Product.IsMeterHeard ? "heard" : "not heard") + ", tier "
            + (_site.Product.Site.Tier + 1).ToString() + " after "
            + _site.Product.Consumption.WattHours.ToString() + " Wh";
    }

    private SiteSettings LoadSite()
    {
        string path = Drive + "\\site.txt";
        byte[] text = File.Exists(path) ? File.ReadAllBytes(path) : new byte[0];
        if (!SiteSettings.TryParse(text, text.Length, out SiteSettings settings, out string error))
        {
            Console.WriteLine("not commissioned: " + path + ": " + error + ": nothing is led");
            return null;
        }

        HeapBudget heap = new HeapBudget(_heapBytes);
        heap.Add("site controller", 1, HeapCost.Site);
        heap.Add("members", settings.MemberCount, HeapCost.SiteMember);
        string problem = heap.FindProblem();
        if (problem != null)
        {
            Console.WriteLine("not commissioned: " + path + ": " + problem + ": nothing is led");
            return null;
        }

        return settings;
    }

    private ISiteBus CreateBus(SiteSettings settings, SiteSeal seal)
    {
        if (settings.Line != "")
        {
            return SerialSiteBus.ForLeader(new SerialPortLine(settings.Line, true), settings.MemberCount, seal);
        }

        M2MqttLink link = new M2MqttLink(SiteFrame.Length);
        BrokerSettings broker = new BrokerSettings(Settings, link);
        broker.LoadCertificates(isSite: true);
        broker.UseSettings();
        return MqttSiteBus.ForLeader(link, Settings.Device + "-site", settings.Topic, settings.MemberCount, seal);
    }

    // The serial number comes from the device's name, as a charger's does.
    private SiteSeal CreateSeal(SiteSettings settings)
    {
        byte[] name = Encoding.UTF8.GetBytes(Settings.Device + "-site");
        int serial = (int)(long)(Crc32.Of(name, 0, name.Length) >> 1) | 1;
        if (settings.Key == null)
        {
            Console.WriteLine("site: no key: whoever reaches the bus can lead");
            return SiteSeal.Plain(serial);
        }

        IBlockStore counter = new FileBlockStore(Drive + "\\restart", RestartNumber.Blocks, RestartBlockBytes);
        int restart;
        while (!RestartNumber.TryNext(counter, SiteSeal.RestartMax, out restart))
        {
            Console.WriteLine("site: the restart number cannot be stored: nothing is led");
            Thread.Sleep(RetryMs);
        }

        return SiteSeal.ForLeader(settings.Key, serial, restart, settings.MemberCount);
    }

    private void TellEvent()
    {
        _eventText.Clear();
        _site.Product.Events.Write(_eventsTold++, _eventText);
        Console.WriteLine("event: " + Encoding.UTF8.GetString(_eventText.Bytes, 0, _eventText.Length));
    }
}
