using System;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>
/// The settings' life:
/// <code>
///   Confirmed ── document valid, link untouched ──────────────────────────────► Confirmed (stored)
///       │  document valid, link touched: applied, not stored
///       ▼
///     Trial ── NoteConnected under the new values ──► Confirmed (stored)
///       │ time is up, or power fails (it was never stored)
///       ▼
///   RolledBack: the old values hold again
/// </code>
/// So no document can cut the device off for good, and power loss at any byte leaves the old one or the new one whole.
/// </summary>
public sealed class SettingsManager : ICommandHandler, IReportSource
{
    private const byte StateVersion = 1;

    private readonly string _device;
    private readonly DeviceSecurity _security;
    private readonly SettingsSchema _schema;
    private readonly ICheckpointStore _store;
    private readonly ISettingsTarget _target;
    private readonly SignedMessage _message;
    private readonly SettingsReader _reader;
    private readonly SettingsValues _confirmed;
    private readonly SettingsValues _trial;
    private readonly byte[] _state;
    private string _status = "confirmed";
    private long _deadlineMs;
    private bool _isTrial;
    private bool _isReconnecting;

    /// <param name="device">The device's name.</param>
    /// <param name="security">Opened.</param>
    /// <param name="schema">The schema; new fields are added at its end.</param>
    /// <param name="store">Blocks of its own; states of <see cref="StateBytesOf"/>.</param>
    /// <param name="target">The product.</param>
    /// <param name="buffer">Room for a state that others use too; null or too short: room of its own.</param>
    public SettingsManager(string device, DeviceSecurity security, SettingsSchema schema,
        ICheckpointStore store, ISettingsTarget target, byte[] buffer = null)
    {
        _device = device;
        _security = security;
        _schema = schema;
        _store = store;
        _target = target;
        _message = new SignedMessage(device, security, "configuration", "document", null);
        _reader = new SettingsReader(schema, _message.Json);
        _confirmed = new SettingsValues(schema);
        _trial = new SettingsValues(schema);
        int bytes = StateBytesOf(schema) + CheckpointStore.OverheadBytes;
        _state = buffer != null && buffer.Length >= bytes ? buffer : new byte[bytes];
    }

    public CommandCounters Counters { get; } = new CommandCounters();

    /// <summary>How long a trial waits for a connection under its values.</summary>
    public int TrialMs { get; set; } = 300_000;

    /// <summary>What holds now.</summary>
    public SettingsValues Current => _isTrial ? _trial : _confirmed;

    public bool IsTrial => _isTrial;

    /// <summary>True when the reported document has changed since it was last written.</summary>
    public bool IsReportDue { get; private set; }

    /// <summary>Bytes of stored settings.</summary>
    public static int StateBytesOf(SettingsSchema schema)
    {
        int bytes = 10;
        for (int i = 0; i < schema.Count; i++)
        {
            bytes += schema.At(i).Kind == SettingKind.Text ? 2 + schema.At(i).Max : 8;
        }

        return bytes;
    }

    /// <summary>Reads the stored settings and applies them; the defaults where there is none. Once at
    /// start-up.</summary>
    public void Open()
    {
        _confirmed.SetDefaults();
        if (_store.TryReadNewest(_state, out int count, out bool _) && _state[0] == StateVersion)
        {
            Load(count);
        }

        _target.Apply(_confirmed, false);
        IsReportDue = true;
    }

    /// <summary>Rolls back a trial whose time is up.</summary>
    public void Tick(long nowMs)
    {
        if (_isTrial && nowMs >= _deadlineMs)
        {
            _isTrial = false;
            _status = "rolled-back";
            _target.Apply(_confirmed, true);
            IsReportDue = true;
        }
    }

    /// <summary>The link was closed after a change; the next <see cref="NoteConnected"/> is made under the new
    /// values.</summary>
    public void NoteDisconnected() => _isReconnecting = true;

    /// <summary>The device is online again: a trial is confirmed and stored.</summary>
    public void NoteConnected()
    {
        if (_isTrial && _isReconnecting)
        {
            TryConfirm();
        }
    }

    /// <inheritdoc/>
    public bool TryHandle(long nowMs, long utcSeconds, MqttMessage message, ByteTextWriter reply)
    {
        int refusal = _message.Read(message.Payload, message.PayloadLength);
        if (refusal == CommandRefusal.None && _security.IsTaken(_message.Role, _message.Id))
        {
            // Brokers hand a retained document out on every connection: it is worth no mac and no answer.
            Counters.NoteRefused(CommandRefusal.Replayed);
            return false;
        }

        refusal = refusal != CommandRefusal.None ? refusal : _message.CheckTimes(utcSeconds, true);
        refusal = refusal != CommandRefusal.None ? refusal : _message.CheckMac(nowMs, utcSeconds, message.Payload);
        if (refusal == CommandRefusal.None && _isTrial)
        {
            refusal = CommandRefusal.Busy;
        }

        int faultField = -1;
        bool isDocument = refusal == CommandRefusal.None;
        if (isDocument)
        {
            refusal = Take(nowMs, message.Payload, ref faultField);
        }

        if (refusal == CommandRefusal.None)
        {
            Counters.Accepted++;
        }
        else
        {
            Counters.NoteRefused(refusal);
        }

        if (!_message.IsProven && (refusal == CommandRefusal.WrongSignature || !_security.Budget.MayAnswer(nowMs)))
        {
            return false;
        }

        WriteReport(reply, refusal, message.Payload, isDocument ? _reader.FaultOffset : -1, faultField);
        return true;
    }

    /// <summary>Writes the settings in force without their secrets: what the reported topic carries, and what can be
    /// sent, signed anew, to another device.</summary>
    public void WriteReport(ByteTextWriter writer) => WriteReport(writer, CommandRefusal.None, null, -1, -1);

    /// <summary>What <see cref="WriteReport(ByteTextWriter)"/> wrote is on its way.</summary>
    public void NoteReported() => IsReportDue = false;

    private int Take(long nowMs, byte[] bytes, ref int faultField)
    {
        if (_message.Role != CommandRole.Utility && _message.Role != CommandRole.Technician)
        {
            return CommandRefusal.RoleNotAllowed;
        }

        _message.Json.TryFind("document", out int member);
        int start = _message.Json.StartOf(member);
        int refusal = _reader.Read(bytes, start, _message.Json.EndOf(member) - start, _confirmed, _trial);
        if (refusal != CommandRefusal.None)
        {
            return refusal;
        }

        faultField = _message.Role == CommandRole.Utility ? -1 : FindUtilityField();
        if (faultField >= 0)
        {
            return CommandRefusal.RoleNotAllowed;
        }

        faultField = _target.FindConflict(_trial);
        if (faultField >= 0)
        {
            return CommandRefusal.OutOfRange;
        }

        if (!_message.TryTake())
        {
            return CommandRefusal.StorageFailed;
        }

        bool reconnect = NeedsReconnect();
        _isTrial = true;
        _isReconnecting = false;
        _deadlineMs = nowMs + TrialMs;
        _status = "trial";
        if (!reconnect && !TryConfirm())
        {
            _isTrial = false;
            _status = "confirmed";
            return CommandRefusal.StorageFailed;
        }

        _target.Apply(Current, reconnect);
        return CommandRefusal.None;
    }

    /// <summary>Stores the trial; when that fails it stays a trial, to be rolled back in its time.</summary>
    private bool TryConfirm()
    {
        if (!_store.TryWrite(_state, Save(_trial)))
        {
            return false;
        }

        _confirmed.CopyFrom(_trial);
        _isTrial = false;
        _status = "confirmed";
        IsReportDue = true;
        return true;
    }

    /// <summary>A changed setting that is the utility's alone; −1: none. Who says where the device reports to, or that
    /// it does so in plain text, has the device.</summary>
    private int FindUtilityField()
    {
        for (int i = 0; i < _schema.Count; i++)
        {
            if (_schema.At(i).IsUtilityOnly && !_trial.IsSame(_confirmed, i))
            {
                return i;
            }
        }

        return -1;
    }

    private bool NeedsReconnect()
    {
        for (int i = 0; i < _schema.Count; i++)
        {
            if (_schema.At(i).NeedsReconnect && !_trial.IsSame(_confirmed, i))
            {
                return true;
            }
        }

        return false;
    }

    private void WriteReport(ByteTextWriter writer, int refusal, byte[] message, int faultOffset, int faultField)
    {
        writer.BeginObject();
        writer.Name("device");
        writer.Value(_device);
        if (_message.Id > 0 && message != null)
        {
            writer.Name("id");
            writer.Value(_message.Id);
        }

        writer.Name("ok");
        writer.Value(refusal == CommandRefusal.None);
        if (refusal != CommandRefusal.None)
        {
            writer.Name("error");
            writer.Value(CommandRefusal.NameOf(refusal));
            WriteFault(writer, faultOffset, faultField);
            if (refusal == CommandRefusal.Replayed)
            {
                writer.Name("highest");
                writer.Value(_message.Highest);
            }
        }

        writer.Name("status");
        writer.Value(_status);
        writer.Name("document");
        SettingsWriter.Write(writer, _schema, Current);
        writer.EndObject();
    }

    private void WriteFault(ByteTextWriter writer, int faultOffset, int faultField)
    {
        if (faultField >= 0)
        {
            writer.Name("field");
            writer.Value(_schema.At(faultField).Name);
        }
        else if (faultOffset >= 0)
        {
            writer.Name("at");
            writer.Value(faultOffset);
        }
    }

    private int Save(SettingsValues values)
    {
        _state[0] = StateVersion;
        _state[1] = (byte)_schema.Count;
        LittleEndian.WriteInt64(_state, 2, values.Revision);
        int at = 10;
        for (int place = 0; place < _schema.Count; place++)
        {
            int i = _schema.FieldAt(place);
            if (_schema.At(i).Kind == SettingKind.Text)
            {
                int length = values.TextLengthOf(i);
                LittleEndian.WriteUInt16(_state, at, length);
                Array.Copy(values.Bytes, values.TextOffsetOf(i), _state, at + 2, length);
                at += 2 + length;
            }
            else
            {
                LittleEndian.WriteInt64(_state, at, values.IntegerOf(i));
                at += 8;
            }
        }

        return at;
    }

    /// <summary>Fields that an older firmware did not know keep their defaults; what is out of range now does
    /// too.</summary>
    private void Load(int count)
    {
        int stored = _state[1];
        _confirmed.Revision = LittleEndian.ReadInt64(_state, 2);
        int at = 10;
        for (int place = 0; place < _schema.Count && place < stored; place++)
        {
            int i = _schema.FieldAt(place);
            if (_schema.At(i).Kind == SettingKind.Text)
            {
                int length = at + 2 <= count ? LittleEndian.ReadUInt16(_state, at) : 0;
                if (at + 2 + length > count)
                {
                    return;
                }

                if (length >= _schema.At(i).Min && length <= _schema.At(i).Max)
                {
                    _confirmed.SetText(i, _state, at + 2, length);
                }

                at += 2 + length;
                continue;
            }

            if (at + 8 > count)
            {
                return;
            }

            long value = LittleEndian.ReadInt64(_state, at);
            if (value >= _schema.At(i).Min && value <= _schema.At(i).Max)
            {
                _confirmed.SetInteger(i, (int)value);
            }

            at += 8;
        }
    }
}
