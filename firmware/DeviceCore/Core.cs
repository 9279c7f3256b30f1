using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;

namespace MeterFirmware.DeviceCore;

/// <summary>
/// What every device has, whatever it measures or leads: keys and signed commands, trusted time, the settings document
/// with trial and rollback, health report, ring log, a watchdog for parts that no longer get anywhere, firmware images.
/// Made before the product, because the settings say how that is built:
/// <code>
///   new Core ──► settings in force ──► OpenJournal ──► the product is built ──► Connect ──► Attach
///   ──► Begin, the product's tick, End …
/// </code>
/// </summary>
public sealed class Core
{
    private const int Never = 0;
    private const int LogEntries = 48;
    private const int SettleMs = 3_000;
    private const int QuarterHourMs = 900_000;
    private const int SixHoursMs = 21_600_000;
    private const int ConfirmTimeMs = 15_000;
    private const int HalfDayMs = 43_200_000;
    private const int DayMs = 86_400_000;
    private const int WeekMs = 7 * DayMs;

    // By RestartPart.
    private static readonly string[] _parts =
    {
        "sensor", "link", "storage", "command", "configuration", "fault", "loop", "network",
    };

    private readonly DeviceSettings _settings;
    private readonly IMqttLink _link;
    private readonly bool _hasBroker;
    private readonly string _device;
    private readonly TelemetrySettings _telemetrySettings;
    private readonly IEntropySource _entropy;
    private readonly bool _storeMayLoseTail;
    private IDeviceProduct _product;
    private TelemetryAgent _telemetry;
    private Journal _journal;
    private bool _isCommandedToRestart;
    private bool _isWatchdogRestart;
    private bool _isSettingsRestart;
    private long _settingsDueMs;
    private long _reconnectAtMs;
    private long _births;
    private long _askTimeAtMs;
    private bool _isTimeDoubted;
    private bool _isDriftTold;
    private long _attempts;
    private int _storeFailures;
    private int _sensorFaults;
    private long _dropped;
    private int _linkState;
    private string _linkError;

    /// <param name="parts">The composition's.</param>
    /// <param name="settings">The product's.</param>
    public Core(CoreParts parts, DeviceSettings settings)
    {
        _settings = settings;
        _link = parts.Link;
        _hasBroker = parts.HasBroker && parts.Link != null;
        _device = parts.Telemetry.Device;
        _telemetrySettings = parts.Telemetry;
        _entropy = parts.Entropy;
        _storeMayLoseTail = parts.StoreMayLoseTail;
        byte[] window = parts.Window == null ? new byte[CheckpointStore.WindowBytes] : parts.Window;
        Security = new DeviceSecurity(new CheckpointStore(parts.SecurityBlocks, DeviceSecurity.StateBytes, window))
        {
            StoreMayLoseTail = parts.StoreMayLoseTail,
        };
        Security.TryOpen();
        Time = new TimeKeeper(parts.Clock);
        Log = new RingLog(LogEntries);
        settings.Attach(Time, Log);
        Settings = new SettingsManager(_device, Security, settings.Schema, new CheckpointStore(
            parts.SettingsBlocks, SettingsManager.StateBytesOf(settings.Schema), window), settings, parts.Buffer);
        Settings.Open();
        settings.NoteBuilt();
        Watchdog =
            new SoftwareWatchdog(new CheckpointStore(parts.WatchdogBlocks, SoftwareWatchdog.StateBytes, window), _parts,
            new int[] { QuarterHourMs, DayMs, SixHoursMs, Never, Never, Never, Never, WeekMs });
        Watchdog.Open();
        Images = parts.ImageBlocks == null ? null : new ImageReceiver(parts.ImageBlocks, Security, parts.Buffer);
    }

    /// <summary>The keys; a board that holds a secret commissions them when they are not.</summary>
    public DeviceSecurity Security { get; }

    /// <summary>The product's clock; boards, head-end and protocols offer it their times.</summary>
    public TimeKeeper Time { get; }

    public RingLog Log { get; }

    public SettingsManager Settings { get; }

    public SoftwareWatchdog Watchdog { get; }

    public HealthReport Health { get; private set; }

    /// <summary>Firmware images; null where the plan has no room for one.</summary>
    public ImageReceiver Images { get; }

    /// <summary>What the device does on a command, once it is known to be authentic.</summary>
    public ICommandTarget Commands { get; private set; }

    /// <summary>Takes signed commands.</summary>
    public CommandReceiver Receiver { get; private set; }

    /// <summary>Null until <see cref="OpenJournal"/>, and where the records lie elsewhere.</summary>
    public Journal Journal => _journal;

    /// <summary>Null until <see cref="Connect"/>, and on a device that talks to nobody.</summary>
    public TelemetryAgent Telemetry => _telemetry;

    /// <summary>For the product's event: a <see cref="RestartPart"/> plus 1; 0: the supply.</summary>
    public int ResetCause => Watchdog.LastCause == null ? 0 : Watchdog.LastPart + 1;

    /// <summary>True once a command wants a restart, the watchdog does and it harms nobody, or a confirmed document
    /// does and nobody is served: the board calls <see cref="BeforeRestart"/> and restarts.</summary>
    public bool RestartAsked => _isCommandedToRestart || (_isWatchdogRestart && _product.MayRestart)
        || (_isSettingsRestart && _product.MayRestart && _product.IsIdle);

    /// <summary>Opens the log of the product's records; before the product, which writes to it.</summary>
    /// <param name="blocks">Of the product's flash plan.</param>
    /// <param name="layout">Of these blocks.</param>
    /// <param name="recordBytesMax">Longest record of any kind.</param>
    /// <param name="numberFloor">No number below it is given out, whatever the log has lost.</param>
    public Journal OpenJournal(IBlockStore blocks, JournalLayout layout, int recordBytesMax, long numberFloor)
    {
        _journal = new Journal(blocks, layout, recordBytesMax) { StoreMayLoseTail = _storeMayLoseTail };
        _journal.Open(numberFloor, _entropy == null ? null : JournalIdentity.Make(_entropy));
        return _journal;
    }

    /// <summary>Makes the agent that tells the head-end what the product writes and reads. Null: there is no
    /// link.</summary>
    /// <param name="records">The journal, or where else the records lie.</param>
    /// <param name="payloads">Of each kind of record.</param>
    /// <param name="buffer">Shared room; null: room of its own.</param>
    public TelemetryAgent Connect(
        IRecordLog records, IInstantSource instants, IRecordPayload[] payloads, byte[] buffer)
    {
        _telemetry = _link == null
            ? null : new TelemetryAgent(_telemetrySettings, _link, records, instants, payloads, buffer);
        return _telemetry;
    }

    /// <summary>The product that is built from these; once, before the first tick.</summary>
    /// <param name="note">Where the product says what a command should have been; null: nowhere.</param>
    public void Attach(IDeviceProduct product, RefusalNote note)
    {
        _product = product;
        TelemetryAgent telemetry = _telemetry;
        Journal journal = _journal;
        Commands = new CoreCommands(this, product, telemetry);
        Receiver = new CommandReceiver(_device, Security, Commands) { Note = note };
        Health = new HealthReport(journal, Time, Watchdog)
        {
            ResetCause = Watchdog.LastCause != null ? Watchdog.LastCause : "power",
        };
        if (telemetry != null)
        {
            telemetry.Commands = Receiver;
            telemetry.AcknowledgementKey = Security;
            telemetry.Settings = Settings;
            telemetry.Report = Settings;
        }

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
        if (Time.TryReadUtc(out long utcSeconds, out int _))
        {
            Security.NoteTime(utcSeconds);
        }
    }

    /// <summary>After the product's tick.</summary>
    public void End(long nowMs)
    {
        if (Images != null)
        {
            Images.Tick();
        }

        if (_telemetry != null)
        {
            FollowLink(nowMs);
            MakeLinkAnew(nowMs);
        }

        Settings.Tick(nowMs);
        Feed(nowMs);
        NoteChanges(nowMs);
        _isWatchdogRestart |= Watchdog.Tick(nowMs);

        // A document that takes the change back while the restart waits for a vehicle makes it needless.
        bool isDue = _settings.IsRestartDue && !Settings.IsTrial;
        _settingsDueMs = isDue ? _settingsDueMs : nowMs;
        _isSettingsRestart = isDue && nowMs - _settingsDueMs >= SettleMs;
    }

    /// <summary>The head-end's time is far from ours: it is asked once more before it is followed.</summary>
    public void DoubtTime() => _isTimeDoubted = true;

    /// <summary>A command asks for a restart.</summary>
    public void AskForRestart() => _isCommandedToRestart = true;

    /// <summary>Makes the cause of a restart that is not the watchdog's durable.</summary>
    /// <param name="part">A <see cref="RestartPart"/>.</param>
    public void NoteRestart(int part) => Watchdog.NoteRestart(part);

    /// <summary>Saves all, with the cause, before the board restarts by its own will.</summary>
    public void BeforeRestart(long nowMs)
    {
        // Not before: whoever loses its supply while a restart waits restarts by that loss.
        if (_isCommandedToRestart)
        {
            NoteRestart(RestartPart.Command);
        }
        else if (_isSettingsRestart && !_isWatchdogRestart)
        {
            NoteRestart(RestartPart.Settings);
        }

        PowerFails(nowMs);
    }

    /// <summary>Saves all with the supply's last milliseconds, or before a restart.</summary>
    public void PowerFails(long nowMs)
    {
        _product.PowerFails(nowMs);
        if (_journal != null)
        {
            _journal.Flush();
        }
    }

    /// <summary>Fills the report and writes its members, and the product's, into an open JSON object.</summary>
    public void WriteHealth(ByteTextWriter json)
    {
        if (_telemetry != null)
        {
            TelemetryCounters counters = _telemetry.Counters;
            Health.Connects = counters.Births;
            Health.RefusedMessages = counters.Refused + Receiver.Counters.Refused + Settings.Counters.Refused;
            Health.DroppedMessages = counters.IncomingDropped;
            Health.StuckLinks = counters.StuckLinks;
            Health.UnsentAcknowledged = counters.AcknowledgedUnsent;
        }

        Health.SensorFaults = _sensorFaults;
        Health.WriteJson(json);
        _product.WriteHealth(json);
    }

    private void FollowLink(long nowMs)
    {
        if (_telemetry.Counters.Births != _births)
        {
            _births = _telemetry.Counters.Births;
            Settings.NoteConnected();
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
            _telemetry.AskForTime();
        }

        int state = (int)_telemetry.State;
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
                Log.Write(nowMs, LogLevel.Warning, error, _telemetry.Counters.Connects);
            }
        }
    }

    private void MakeLinkAnew(long nowMs)
    {
        if (_settings.IsReconnectDue)
        {
            // The answer goes out under the old settings first.
            _settings.IsReconnectDue = false;
            _reconnectAtMs = nowMs + SettleMs;
        }

        if (_reconnectAtMs != 0 && nowMs >= _reconnectAtMs)
        {
            _reconnectAtMs = 0;
            Log.Write(nowMs, LogLevel.Information, "link: new settings", Settings.Current.Revision);
            _telemetry.Reconnect(nowMs);
            Settings.NoteDisconnected();
        }
    }

    private void Feed(long nowMs)
    {
        if (_product.HasReading)
        {
            Watchdog.Feed(RestartPart.Sensor, nowMs);
        }

        // A device that has nobody to call is not stuck. Nor is one whose calls fail: a call that comes to its end
        // shows a link that lives, and a network that does not is no better after a restart, which a relay that does
        // not latch would feel. Only a network stack that has lost its way altogether is: a week without an answer
        // tries that.
        long attempts = _telemetry == null ? 0 : _telemetry.Counters.Connects;
        bool isServed = !_hasBroker || _telemetry.State == LinkState.Online;
        if (isServed || attempts != _attempts)
        {
            _attempts = attempts;
            Watchdog.Feed(RestartPart.Link, nowMs);
        }

        if (isServed)
        {
            Watchdog.Feed(RestartPart.Network, nowMs);
        }

        if (_product.IsStoring)
        {
            Watchdog.Feed(RestartPart.Storage, nowMs);
        }
    }

    private void NoteChanges(long nowMs)
    {
        long dropped = _telemetry == null ? 0 : _telemetry.Counters.IncomingDropped;
        if (dropped != _dropped)
        {
            _dropped = dropped;
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
