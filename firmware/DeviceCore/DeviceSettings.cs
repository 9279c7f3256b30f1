using MeterFirmware.Commands;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;

namespace MeterFirmware.DeviceCore;

/// <summary>
/// The settings document in force, put where it holds. What the board was commissioned with are the document's
/// defaults. Some settings hold at once, the link's from the next connection on, and those that records are built on
/// from a restart, which the device makes by itself once the document is confirmed. A product adds its own.
/// </summary>
public abstract class DeviceSettings : ISettingsTarget
{
    private const int MinuteMs = 60_000;

    private readonly TelemetrySettings _telemetry;
    private readonly ILinkSettings _link;
    private readonly CoreFields _fields;
    private readonly int _instantIntervalMs;
    private readonly int _checkpointMs;
    private TimeKeeper _time;
    private RingLog _log;
    private bool _isBuilt;

    /// <param name="schema">The product's list; the board's own become its defaults here.</param>
    /// <param name="fields">Where the core's settings stand in it.</param>
    /// <param name="telemetry">Its instants' interval follows the document.</param>
    /// <param name="link">Null: the document's link section does nothing.</param>
    /// <param name="intervalMinutes">As commissioned.</param>
    /// <param name="checkpointMs">As commissioned.</param>
    protected DeviceSettings(SettingsSchema schema, CoreFields fields, TelemetrySettings telemetry, ILinkSettings link,
        int intervalMinutes, int checkpointMs)
    {
        Schema = schema;
        _fields = fields;
        _telemetry = telemetry;
        _link = link;
        _instantIntervalMs = telemetry.InstantIntervalMs;
        _checkpointMs = checkpointMs;
        if (link != null)
        {
            link.WriteDefaults(schema);
        }

        int checkpointMinutes = checkpointMs / MinuteMs;
        schema.SetDefault(DeviceSchema.TelemetryInstantSeconds, telemetry.InstantIntervalMs / 1000);
        schema.SetDefault(DeviceSchema.TelemetryIntervalMinutes, intervalMinutes);
        schema.SetDefault(DeviceSchema.TelemetryHistoricalAfterSeconds, telemetry.HistoricalAfterSeconds);
        schema.SetDefault(fields.CheckpointMinutes, checkpointMinutes < 1 ? 1 : checkpointMinutes);
        schema.SetDefault(fields.PlainAcknowledgements, telemetry.TakesPlainAcknowledgements ? 1 : 0);
    }

    public SettingsSchema Schema { get; }

    /// <summary>True when the link is to be made anew; cleared by whoever does it.</summary>
    public bool IsReconnectDue { get; set; }

    /// <summary>True when a setting is in force that holds from the next start on.</summary>
    public bool IsRestartDue { get; private set; }

    public int FindConflict(SettingsValues values)
    {
        int wrong = FindConflictOfAll(values);
        return wrong >= 0 ? wrong : FindOwnConflict(values);
    }

    /// <summary>Rules between the settings that every device has. Returns the wrong field; −1: none.</summary>
    public static int FindConflictOfAll(SettingsValues values)
    {
        int host = DeviceSchema.LinkHost;
        if (!BrokerAddresses.IsList(values.Bytes, values.TextOffsetOf(host), values.TextLengthOf(host)))
        {
            return host;
        }

        // Intervals end on the hour.
        return 60 % values.IntegerOf(DeviceSchema.TelemetryIntervalMinutes) != 0
            ? DeviceSchema.TelemetryIntervalMinutes : -1;
    }

    public void Apply(SettingsValues values, bool reconnect)
    {
        // Without a document the board's own hold, which may be finer than a document can say.
        bool isDocument = values.Revision > 0;
        _telemetry.InstantIntervalMs = isDocument
            ? values.IntegerOf(DeviceSchema.TelemetryInstantSeconds) * 1000 : _instantIntervalMs;
        _telemetry.TakesPlainAcknowledgements = values.IsTrue(_fields.PlainAcknowledgements);
        _time.SlewMsMax = values.IntegerOf(_fields.SlewSecondsMax) * 1000;
        _log.Level = values.IntegerOf(_fields.LogLevel);
        if (_link != null)
        {
            _link.Use(values);
        }


        // A board that saves oftener than a document can say has a store that does not wear.
        bool takesMinutes = isDocument && _checkpointMs >= MinuteMs;
        ApplyOwn(values, isDocument,
            takesMinutes ? values.IntegerOf(_fields.CheckpointMinutes) * MinuteMs : _checkpointMs);
        IsReconnectDue |= reconnect;
        int historicalAfterSeconds = values.IntegerOf(DeviceSchema.TelemetryHistoricalAfterSeconds);
        if (_isBuilt)
        {
            IsRestartDue = _telemetry.HistoricalAfterSeconds != historicalAfterSeconds || !IsOwnAsBuilt(values);
        }
        else if (isDocument)
        {
            _telemetry.HistoricalAfterSeconds = historicalAfterSeconds;
            BuildOwn(values);
        }
    }

    /// <summary>Before the first document is applied.</summary>
    internal void Attach(TimeKeeper time, RingLog log)
    {
        _time = time;
        _log = log;
    }

    /// <summary>From now on what cannot change in a running product waits for a restart.</summary>
    internal void NoteBuilt() => _isBuilt = true;

    /// <summary>Rules between the product's own fields. Returns the wrong one; −1: none.</summary>
    protected virtual int FindOwnConflict(SettingsValues values) => -1;

    /// <summary>Makes hold what holds at once.</summary>
    /// <param name="isDocument">False: these are the board's own.</param>
    /// <param name="checkpointMs">Time between two savings.</param>
    protected abstract void ApplyOwn(SettingsValues values, bool isDocument, int checkpointMs);

    /// <summary>Takes what the product will be built on, the record interval among it.</summary>
    protected abstract void BuildOwn(SettingsValues values);

    /// <summary>What <see cref="BuildOwn"/> takes is as the running product was built.</summary>
    protected abstract bool IsOwnAsBuilt(SettingsValues values);
}
