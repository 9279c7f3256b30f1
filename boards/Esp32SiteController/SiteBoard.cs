using System;
using System.IO;
using System.Text;
using System.Threading;
using MeterFirmware.Basics;
using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Boards.Device;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;
using nanoFramework.Runtime.Native;

namespace MeterFirmware.Boards.Esp32SiteController;

/// <summary>
/// Puts the site controller together from a folder of files and runs the one loop of 10 ms. Without a good site.txt
/// nothing is led. A bug that reaches the top is written to FAULT.TXT and the device restarts; until then the members
/// fall to their safe currents by themselves.
/// </summary>
public sealed class SiteBoard
{
    private const int TickMs = 10;
    private const int ReportMs = 60_000;
    private const int RestartMs = 5_000;
    private const int TariffRates = 63;

    // A state of what 64 members taught fits into a block.
    private const int BlockBytes = 8192;
    private const int RestartBlockBytes = 4096;
    private const int EventBytesMax = 96;

    private readonly string _drive;
    private readonly SensorTable _sensors;
    private SntpQuery _networkTime;
    private LogConsole _console;
    private CompleteSite _site;
    private readonly ByteTextWriter _eventText = new ByteTextWriter(EventBytesMax);
    private int _eventsTold;
    private long _longestMs;

    /// <param name="drive">"I:" for internal flash.</param>
    /// <param name="sensors">Metering chips that the image carries, for the building's meter.</param>
    public SiteBoard(string drive, SensorTable sensors)
    {
        _drive = drive;
        _sensors = sensors;
        Settings = BoardSettingsFile.Load(drive + "\\settings.json", sensors, out string problem);
        Console.WriteLine("MeterFirmware site controller on " + SystemInfo.TargetName);
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
            SiteSettings settings = LoadSite();
            if (settings == null)
            {
                Thread.Sleep(Timeout.Infinite);
            }

            SiteSeal seal = CreateSeal(settings);
            Build(settings, seal);
            Loop();
        }
        catch (Exception e)
        {
            Console.WriteLine("FAULT: " + e.Message);
            BoardFiles.Note(_drive, e.Message);
            if (_site != null)
            {
                BoardFiles.NoteFault(_site.Core);
            }
        }

        Thread.Sleep(RestartMs);
        Power.RebootDevice();
    }

    private void Build(SiteSettings settings, SiteSeal seal)
    {
        SystemClock clock = new SystemClock();
        M2MqttLink link = new M2MqttLink(new TelemetrySettings().IncomingBytesMax);
        BrokerSettings broker = new BrokerSettings(Settings, link);
        broker.LoadCertificates();
        _site = new CompleteSite(new CompleteSiteParts
        {
            Settings = settings,
            Bus = CreateBus(settings, seal),
            Seal = seal,
            Clock = clock,
            Tariff = BoardFiles.LoadTariff(_drive, TariffRates, WorkplaceTariff.Table()),
            Meter = settings.MeterPlace == SiteSettings.MeterNone ? null : _sensors.Make(Settings),
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
            Flash = new FileBlockStore(_drive + "\\site", SiteFlashPlan.BlockCount, BlockBytes),
            Entropy = new BoardEntropy(),
        });
        _networkTime = new SntpQuery(
            clock, _site.Core.Time, new NetworkTime(Settings.TimeServer, Settings.SecondTimeServer));
        _console = new LogConsole(_site.Core.Log);
        if (!_site.Core.Security.IsCommissioned)
        {
            Console.WriteLine(BoardFiles.TryCommission(_drive, _site.Core.Security)
                ? "commands: commissioned" : "commands: none, no secret was given");
        }

        Console.WriteLine(_site.Product.Memory.WasRestored ? "usual arrivals: known" : "usual arrivals: none yet");
        Console.WriteLine("heap free " + nanoFramework.Runtime.Native.GC.Run(true).ToString() + " bytes");
    }

    private SiteSettings LoadSite()
    {
        string path = _drive + "\\site.txt";
        byte[] text = File.Exists(path) ? File.ReadAllBytes(path) : new byte[0];
        if (!SiteSettings.TryParse(text, text.Length, out SiteSettings settings, out string error))
        {
            Console.WriteLine("not commissioned: " + path + ": " + error + ": nothing is led");
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

        IBlockStore counter = new FileBlockStore(_drive + "\\restart", RestartNumber.Blocks, RestartBlockBytes);
        int restart;
        while (!RestartNumber.TryNext(counter, SiteSeal.RestartMax, out restart))
        {
            Console.WriteLine("site: the restart number cannot be stored: nothing is led");
            Thread.Sleep(ReportMs);
        }

        return SiteSeal.ForLeader(settings.Key, serial, restart, settings.MemberCount);
    }

    private void Loop()
    {
        Thread.CurrentThread.Priority = ThreadPriority.Highest;
        long nextMs = Environment.TickCount64;
        long reportMs = nextMs + ReportMs;
        while (true)
        {
            long nowMs = Environment.TickCount64;
            if (nowMs >= nextMs)
            {
                _site.Tick(nowMs);
                if (Network != null && Network.IsReady)
                {
                    _networkTime.Tick(nowMs);
                }

                long elapsedMs = Environment.TickCount64 - nowMs;
                _longestMs = elapsedMs > _longestMs ? elapsedMs : _longestMs;
                nextMs = nowMs - nextMs > TickMs ? nowMs + TickMs : nextMs + TickMs;
            }

            if (_site.Core.RestartAsked)
            {
                _site.Core.BeforeRestart(nowMs);
                _console.Print();
                Power.RebootDevice();
            }

            if (_eventsTold < _site.Product.Events.Count)
            {
                TellEvent();
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

    private void TellEvent()
    {
        _eventText.Clear();
        _site.Product.Events.Write(_eventsTold++, _eventText);
        Console.WriteLine("event: " + Encoding.UTF8.GetString(_eventText.Bytes, 0, _eventText.Length));
    }

    private void Report()
    {
        SiteLeader leader = _site.Product.Site.Leader;
        Console.WriteLine((leader.IsLeading ? "leads" : "stands by") + ", hears " + leader.HeardCount.ToString()
            + " members, plans made " + _site.Product.Site.PlanCount.ToString() + ", building's meter "
            + (_site.Product.IsMeterHeard ? "heard" : "not heard") + ", tier "
            + (_site.Product.Site.Tier + 1).ToString() + " after "
            + _site.Product.Consumption.WattHours.ToString() + " Wh, longest tick "
            + _longestMs.ToString() + " ms; heap free "
            + nanoFramework.Runtime.Native.GC.Run(false).ToString());
        _longestMs = 0;
        BoardFiles.NoteHeap(_site.Core.Health);
    }
}
