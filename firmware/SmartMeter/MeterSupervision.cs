using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// The meter looks after itself: trusted time, configuration with trial and rollback, health report, ring log, and a watchdog
/// for parts that no longer get anywhere. Made before the product, because configuration says how that is built.
/// </summary>
public sealed class MeterSupervision
{
    // Parts that the watchdog knows; a new firmware adds at the end, for the numbers are stored.
    private const int SensorPart = 0;
    private const int LinkPart = 1;
    private const int StoragePart = 2;

    /// <summary>Restarts that somebody asked for, told apart from a loss of supply.</summary>
    public const int CommandPart = 3;

    public const int ConfigurationPart = 4;

    public const int FaultPart = 5;

    public const int LoopPart = 6;

    private const int NetworkPart = 7;

    private const int Never = 0;
    private const int LogEntries = 48;
    private const int SettleMs = 3_000;
    private const int QuarterHourMs = 900_000;
    private const int SixHoursMs = 21_600_000;
    private const int ConfirmTimeMs = 15_000;
    private const int HalfDayMs = 43_200_000;
    private const int DayMs = 86_400_000;
    private const int WeekMs = 7 * DayMs;

    private static readonly string[] _parts = { "sensor", "link", "storage", "command", "configuration", "fault", "loop", "network" };

    private readonly MeterSettings _settings;
    private SmartMeterProduct _product;
    private Journal _journal;
    private CommandReceiver _receiver;
    private long _reconnectAtMs;
    private long _restartAtMs;
    private long _births;
    private long _askTimeAtMs;
    private bool _isTimeDoubted;
    private bool _isDriftTold;
    private long _attempts;
    private int _storeFailures;
    private int _sensorFaults;
    private long _dropped;
    private int _linkState;
    private readonly IMqttLink _link;
    private string _linkError;
    private bool _isRestarting;
    private readonly bool _hasBroker;

    /// <param name="parts">The board's.</param>
    /// <param name="security">Opened.</param>
    /// <param name="configuration">Blocks of the configuration document.</param>
    /// <param name="watchdog">Blocks of the watchdog's cause.</param>
    /// <param name="buffer">Shared: nothing in it outlives a call.</param>
    /// <param name="window">Shared by all checkpoints, likewise.</param>
    public MeterSupervision(CompleteMeterParts parts, DeviceSecurity security, BlockRegion configuration, BlockRegion watchdog,
        byte[] buffer, byte[] window)
    {
        _hasBroker = parts.HasBroker;
        _link = parts.Link;
        Time = new TimeKeeper(parts.Clock);
        Log = new RingLog(LogEntries);
        _settings = new MeterSettings(parts, Time, Log);
        ConfigurationSchema schema = MeterSettings.SchemaOf(parts);
        Configuration = new ConfigurationManager(parts.Telemetry.Device, security, schema,
            new CheckpointStore(configuration, ConfigurationManager.StateBytesOf(schema), window), _settings, buffer);
        Configuration.Open();
        _settings.NoteBuilt();
        Watchdog = new SoftwareWatchdog(new CheckpointStore(watchdog, SoftwareWatchdog.StateBytes, window), _parts,
            new int[] { QuarterHourMs, DayMs, SixHoursMs, Never, Never, Never, Never, WeekMs });
        Watchdog.Open();
    }

    /// <summary>The product's clock; boards, head-end and protocols offer it their times.</summary>
    public TimeKeeper Time { get; }

    public RingLog Log { get; }

    public ConfigurationManager Configuration { get; }

    public SoftwareWatchdog Watchdog { get; }

    public HealthReport Health { get; private set; }

    /// <summary>For the product's event: 1 sensor, 2 link, 3 storage, 4 command, 5 configuration, 6 fault, 7 loop, 8 network; 0: the supply.</summary>
    public int ResetCause => Watchdog.LastCause == null ? 0 : Watchdog.LastPart + 1;

    /// <summary>True once the watchdog or a confirmed configuration wants a restart; its cause is durable.</summary>
    public bool RestartAsked { get; private set; }

    /// <summary>The product that is built from these; once, before the first tick.</summary>
    public void Attach(SmartMeterProduct product, Journal journal, CommandReceiver receiver)
    {
        _product = product;
        _journal = journal;
        _receiver = receiver;
        Health = new HealthReport(journal, Time, Watchdog)
        {
            ResetCause = Watchdog.LastCause != null ? Watchdog.LastCause : "power",
        };
        product.Telemetry.Configuration = Configuration;
        product.Telemetry.Report = Configuration;
        Log.Write(0, LogLevel.Information, "start", Watchdog.RestartsTotal);
        if (journal != null && journal.IsIdentityNew)
        {
            Log.Write(0, LogLevel.Warning, "journal: new identity, from number", journal.IdentityFrom);
        }

        if (journal != null && !journal.Report.IsClean)
        {
            Log.Write(0, LogLevel.Warning, "journal: bytes cut", journal.Report.CutBytes);
        }
    }

    /// <summary>Before the product's tick: the calendar goes on.</summary>
    public void Begin(long nowMs)
    {
        Time.Tick(nowMs);
        Health.NoteTick(nowMs);
    }

    /// <summary>After the product's tick.</summary>
    public void End(long nowMs)
    {
        FollowLink(nowMs);
        Configuration.Tick(nowMs);
        Feed(nowMs);
        NoteChanges(nowMs);
        if (_settings.IsReconnectDue)
        {
            // The answer goes out under the old settings first.
            _settings.IsReconnectDue = false;
            _reconnectAtMs = nowMs + SettleMs;
        }

        if (_reconnectAtMs != 0 && nowMs >= _reconnectAtMs)
        {
            _reconnectAtMs = 0;
            Log.Write(nowMs, LogLevel.Information, "link: new settings", Configuration.Current.Revision);
            _product.Telemetry.Reconnect(nowMs);
            Configuration.NoteDisconnected();
        }

        if (!RestartAsked && Watchdog.Tick(nowMs))
        {
            RestartAsked = true;
        }

        if (_settings.IsRestartDue && !Configuration.IsTrial && !_isRestarting)
        {
            _isRestarting = true;
            _restartAtMs = nowMs + SettleMs;
        }

        if (_isRestarting && nowMs >= _restartAtMs)
        {
            NoteRestart(ConfigurationPart);
            RestartAsked = true;
        }
    }

    /// <summary>The head-end's time is far from ours: it is asked once more before it is followed.</summary>
    public void DoubtTime() => _isTimeDoubted = true;

    /// <summary>Makes the cause of a restart that is not the watchdog's durable.</summary>
    public void NoteRestart(int part) => Watchdog.NoteRestart(part);

    /// <summary>Fills the report and writes its members into an open JSON object.</summary>
    public void WriteHealth(ByteTextWriter writer)
    {
        TelemetryCounters counters = _product.Telemetry.Counters;
        Health.Connects = counters.Births;
        Health.RefusedMessages = counters.Refused + _receiver.Counters.Refused + Configuration.Counters.Refused;
        Health.DroppedMessages = counters.IncomingDropped;
        Health.StuckLinks = counters.StuckLinks;
        Health.UnsentAcknowledged = counters.AcknowledgedUnsent;
        Health.SensorFaults = _sensorFaults;
        Health.WriteJson(writer);
    }

    private void FollowLink(long nowMs)
    {
        if (_product.Telemetry.Counters.Births != _births)
        {
            _births = _product.Telemetry.Counters.Births;
            Configuration.NoteConnected();
        }

        if (_isTimeDoubted)
        {
            _isTimeDoubted = false;
            _askTimeAtMs = nowMs + ConfirmTimeMs;
        }

        // Twice a day, so that the head-end's word outlives its hold of 36 hours, and drift has its baseline.
        if (nowMs >= _askTimeAtMs)
        {
            _askTimeAtMs = nowMs + HalfDayMs;
            _product.Telemetry.AskForTime();
        }

        int state = (int)_product.Telemetry.State;
        if (state != _linkState)
        {
            _linkState = state;
            Log.Write(nowMs, LogLevel.Debug, "link: state", state);
        }

        // Once for each reason, not for each attempt, or a night without a network would push out all else.
        string error = _link.LastError;
        if (error != _linkError)
        {
            _linkError = error;
            if (error != null)
            {
                Log.Write(nowMs, LogLevel.Warning, error, _product.Telemetry.Counters.Connects);
            }
        }
    }

    private void Feed(long nowMs)
    {
        if (_product.HasReading)
        {
            Watchdog.Feed(SensorPart, nowMs);
        }

        // A meter that has nobody to call is not stuck. Nor is one whose calls fail: a call that comes to its end shows a
        // link that lives, and a network that does not is no better after a restart, which a relay that does not latch
        // would feel. Only a network stack that has lost its way altogether is: a week without an answer tries that.
        long attempts = _product.Telemetry.Counters.Connects;
        bool isServed = _product.Telemetry.State == LinkState.Online || !_hasBroker;
        if (isServed || attempts != _attempts)
        {
            _attempts = attempts;
            Watchdog.Feed(LinkPart, nowMs);
        }

        if (isServed)
        {
            Watchdog.Feed(NetworkPart, nowMs);
        }

        if (_product.IsStoring)
        {
            Watchdog.Feed(StoragePart, nowMs);
        }
    }

    private void NoteChanges(long nowMs)
    {
        TelemetryCounters counters = _product.Telemetry.Counters;
        if (counters.IncomingDropped != _dropped)
        {
            _dropped = counters.IncomingDropped;
            Log.Write(nowMs, LogLevel.Warning, "link: messages dropped", _dropped);
        }

        if (Time.IsDriftBeyondLimit != _isDriftTold)
        {
            _isDriftTold = Time.IsDriftBeyondLimit;
            string text = _isDriftTold ? "clock: drifts beyond its limit" : "clock: drifts within its limit";
            Log.Write(nowMs, LogLevel.Warning, text, Time.DriftPartsPerBillion);
        }

        int faults = _product.SensorFaults;
        if (faults != _sensorFaults)
        {
            _sensorFaults = faults;
            Log.Write(nowMs, LogLevel.Warning, "sensor: faults", faults);
        }

        int failures = _journal == null ? 0 : (int)_journal.StoreFailures;
        if (failures != _storeFailures)
        {
            _storeFailures = failures;
            Log.Write(nowMs, LogLevel.Warning, "journal: refused writes", failures);
        }
    }
}
