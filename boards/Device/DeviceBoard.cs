using System;
using System.Device.Gpio;
using System.IO;
using System.Threading;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.DeviceCore;
using MeterFirmware.Storage;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;
using nanoFramework.Runtime.Native;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// What all boards share: the settings, the way to the broker, the one loop, and what becomes of a bug. A product's
/// board says how it is built and what a tick is. A bug that reaches the top is written to FAULT.TXT, and the device
/// restarts; so does a loop that no longer turns.
/// <code>
///   outputs at rest ──► chips, settings, network ──► built ──► loop: supply fails? ─ tick ─ network's time
///                                                      │              ─ restart asked? ─ report ─ rest
///                                                      └── null: not commissioned, and nothing is done
/// </code>
/// </summary>
public abstract class DeviceBoard
{
    private const int ReportMs = 60_000;
    private const int FirstReportMs = 5_000;
    private const int StallMs = 60_000;
    private const int StallCheckMs = 10_000;
    private const int DriveSecondsMax = 10;
    private const string InternalDrive = "I:";

    // Long enough to read the message and to stop a device that faults at every start.
    private const int RestartMs = 5_000;

    private readonly SensorSource _sensorSource;
    private readonly NetworkSource _networkSource;
    private readonly int _tickMs;
    private readonly int _restMsMax;
    private readonly AutoResetEvent _wake = new AutoResetEvent(false);

    // Held so that it is not collected, and its event with it.
    private GpioPin _supplyPin;
    private bool _powerFails;
    private SntpQuery _networkTime;
    private LogConsole _console;
    private NetworkStarter _network;
    private Core _core;

    /// <summary>Opens nothing: all that can fail is in <see cref="Run"/>.</summary>
    /// <param name="title">The product's, for the console.</param>
    /// <param name="drive">"I:" for internal flash, "D:" for an SD card.</param>
    /// <param name="sensors">Metering chips that the image carries.</param>
    /// <param name="network">What the board starts.</param>
    /// <param name="tickMs">Time between two ticks.</param>
    /// <param name="restMsMax">Longest rest between two looks at the clock.</param>
    protected DeviceBoard(
        string title, string drive, SensorSource sensors, NetworkSource network, int tickMs, int restMsMax)
    {
        Drive = drive;
        _sensorSource = sensors;
        _networkSource = network;
        _tickMs = tickMs;
        _restMsMax = restMsMax;
        Console.WriteLine(
            "MeterFirmware " + title + " " + new TelemetrySettings().Firmware + " on " + SystemInfo.TargetName);
    }

    protected BoardSettings Settings { get; private set; }

    /// <summary>Metering chips that the image carries.</summary>
    protected SensorTable Sensors { get; private set; }

    protected string Drive { get; }

    /// <summary>Longest tick since the last report, ms.</summary>
    protected long LongestMs { get; private set; }

    /// <summary>Builds the product and never returns.</summary>
    public void Run()
    {
        try
        {
            OpenOutputs();
            OpenSettings();
            SystemClock clock = new SystemClock();
            M2MqttLink link = new M2MqttLink(new TelemetrySettings().IncomingBytesMax);
            BrokerSettings broker = new BrokerSettings(Settings, link);
            broker.LoadCertificates();
            _core = Build(clock, link, broker);
            if (_core == null)
            {
                Thread.Sleep(Timeout.Infinite);
            }

            Open(clock);
            Loop();
        }
        catch (Exception e)
        {
            MakeSafe();
            Console.WriteLine("FAULT: " + e.Message);
            BoardFiles.Note(Drive, e.Message);
            if (_core != null)
            {
                BoardFiles.NoteFault(_core);
            }
        }

        Thread.Sleep(RestartMs);
        Power.RebootDevice();
    }

    /// <summary>Watches an input that falls some milliseconds before the supply does, so that all is saved with what is
    /// left.</summary>
    public void WatchSupply(GpioController gpio, int pinNumber)
    {
        _supplyPin = gpio.OpenPin(pinNumber, PinMode.InputPullUp);
        _supplyPin.ValueChanged += OnSupplyChanged;
    }

    /// <summary>The drive, once it is there: an SD card is mounted by the platform's own thread some time after the
    /// start.</summary>
    protected static string Ready(string drive)
    {
        for (int i = 0; i < DriveSecondsMax && drive != InternalDrive && !HasDrive(drive); i++)
        {
            Thread.Sleep(1000);
        }

        return drive;
    }

    /// <summary>Before everything else, whatever the files say: outputs at rest.</summary>
    protected virtual void OpenOutputs()
    {
    }

    /// <summary>Reads settings.json. Never throws.</summary>
    /// <param name="problem">What is wrong with it; null: nothing.</param>
    protected virtual BoardSettings LoadSettings(out string problem) =>
        BoardSettingsFile.Load(Drive + "\\settings.json", Sensors, out problem);

    /// <summary>Builds the product. Null: it is not commissioned, and the console says why.</summary>
    protected abstract Core Build(SystemClock clock, M2MqttLink link, BrokerSettings broker);

    /// <summary>Once, before the first tick.</summary>
    protected virtual void Begin()
    {
    }

    protected abstract void Tick(long nowMs);

    /// <summary>What needs the processor between two ticks. Returns how long it may rest at most, ms.</summary>
    protected virtual int TickBetween(long nowMs) => _restMsMax;

    /// <summary>One line for the console, once a minute.</summary>
    protected abstract string Report();

    /// <summary>A bug reached the top: whatever could harm is let go.</summary>
    protected virtual void MakeSafe()
    {
    }

    private static bool HasDrive(string drive)
    {
        try
        {
            return Directory.Exists(drive + "\\");
        }
        catch (Exception)
        {
            return false;
        }
    }

    private void OpenSettings()
    {
        Sensors = _sensorSource();
        Settings = LoadSettings(out string problem);
        Console.WriteLine(problem == null ? "settings: device " + Settings.Device : "settings: " + problem);
        _network = _networkSource(Settings);
    }

    private void Open(SystemClock clock)
    {
        _console = new LogConsole(_core.Log);
        _networkTime =
            new SntpQuery(clock, _core.Time, new NetworkTime(Settings.TimeServer, Settings.SecondTimeServer));
        if (!_core.Security.IsCommissioned)
        {
            Console.WriteLine(BoardFiles.TryCommission(Drive, _core.Security)
                ? "commands: commissioned" : "commands: none, no secret was given");
        }

        Console.WriteLine("heap free " + nanoFramework.Runtime.Native.GC.Run(true).ToString() + " bytes");
    }

    private void Loop()
    {
        Begin();
        new Thread(WatchLoop).Start();
        long nextMs = Environment.TickCount64;
        long reportMs = nextMs + FirstReportMs;
        while (true)
        {
            long nowMs = Environment.TickCount64;
            if (_powerFails)
            {
                _powerFails = false;
                _core.PowerFails(nowMs);
            }

            // A supply that failed and came back wakes the loop between two ticks.
            if (nowMs >= nextMs)
            {
                Turn(nowMs);
                nextMs = nowMs - nextMs > _tickMs ? nowMs + _tickMs : nextMs + _tickMs;
            }

            if (nowMs >= reportMs)
            {
                reportMs = nowMs + ReportMs;
                Tell();
            }

            Rest(nextMs, TickBetween(nowMs));
        }
    }

    private void Turn(long nowMs)
    {
        Tick(nowMs);
        if (_network != null && _network.IsReady)
        {
            _networkTime.Tick(nowMs);
        }

        long elapsedMs = Environment.TickCount64 - nowMs;
        LongestMs = elapsedMs > LongestMs ? elapsedMs : LongestMs;
        if (_core.RestartAsked)
        {
            _core.BeforeRestart(nowMs);
            _console.Print();
            Power.RebootDevice();
        }
    }

    private void Rest(long nextMs, int restMsMax)
    {
        if (Environment.TickCount64 >= nextMs)
        {
            return;
        }

        _console.PrintOne();
        int restMs = (int)(nextMs - Environment.TickCount64);
        restMs = restMs < restMsMax ? restMs : restMsMax;
        if (restMs > 0)
        {
            _wake.WaitOne(restMs, false);
        }
    }

    private void Tell()
    {
        BoardFiles.NoteHeap(_core.Health);
        Journal journal = _core.Journal;
        Console.WriteLine(Report() + "; network " + (_network == null ? "none" : _network.LastStatus)
            + "; records to send " + (journal.NextNumber - 1 - journal.AcknowledgedNumber).ToString()
            + "; longest tick " + LongestMs.ToString() + " ms; heap free "
            + _core.Health.HeapFreeBytes.ToString());
        LongestMs = 0;
    }

    /// <summary>On a thread of its own: a loop that no longer turns is restarted. A native call holds this thread too,
    /// so a stall counts only when it is seen twice with managed code running in between.</summary>
    private void WatchLoop()
    {
        bool wasStalled = false;
        while (true)
        {
            Thread.Sleep(StallCheckMs);
            bool isStalled = _core.Watchdog.IsStalled(Environment.TickCount64, StallMs);
            if (isStalled && wasStalled)
            {
                _core.NoteRestart(RestartPart.Loop);
                Power.RebootDevice();
            }

            wasStalled = isStalled;
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
