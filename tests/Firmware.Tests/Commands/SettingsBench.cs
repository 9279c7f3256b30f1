using System;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;

namespace MeterFirmware.Firmware.Tests.Commands;

/// <summary>A device with a configuration, and the sender of documents.</summary>
internal sealed class SettingsBench : ISettingsTarget
{
    private const string Device = "meter-1";
    private const long Now = 1_790_000_000;

    private readonly byte[] _secret = new byte[DeviceSecurity.SecretBytes];
    private SettingsSchema _schema = new MeterSchema();
    private readonly RamBlockStore _keys = new RamBlockStore(2, 512);
    private readonly RamBlockStore _flash = new RamBlockStore(2, 1_024);
    private readonly MqttMessage _message = new MqttMessage(4_096);
    private DeviceSecurity _security;
    private long _id;
    private long _nowMs;

    public SettingsBench()
    {
        Start();
    }

    /// <summary>A device with another list of settings.</summary>
    public SettingsBench(SettingsSchema schema)
    {
        StartWith(schema);
    }

    public SettingsManager Manager { get; private set; }

    public MacBudget Budget => _security.Budget;

    public ByteTextWriter Reply { get; } = new ByteTextWriter(2_048);

    /// <summary>How often values were applied, and with what.</summary>
    public int Applied { get; private set; }

    public bool Reconnect { get; private set; }

    public long AppliedInterval { get; private set; }

    public int FindConflict(SettingsValues values) =>
        _schema is MeterSchema ? MeterSchema.FindConflict(values) : -1;

    public void Apply(SettingsValues values, bool reconnect)
    {
        Applied++;
        Reconnect = reconnect;
        AppliedInterval = _schema is MeterSchema ? values.IntegerOf(MeterSchema.TelemetryIntervalMinutes) : 0;
    }

    /// <summary>The device starts anew with a firmware that has another list.</summary>
    public void StartWith(SettingsSchema schema)
    {
        _schema = schema;
        Start();
    }

    /// <summary>The device starts, or starts anew over the same flash.</summary>
    public void Start()
    {
        _security = new DeviceSecurity(new CheckpointStore(_keys, DeviceSecurity.StateBytes));
        if (!_security.TryOpen())
        {
            _security.TryCommission(_secret);
        }

        int bytes = SettingsManager.StateBytesOf(_schema);
        Manager = new SettingsManager(Device, _security, _schema, new CheckpointStore(_flash, bytes), this);
        Manager.Open();
    }

    /// <summary>Signs a document and delivers it.</summary>
    public void Send(string document) => Send(document, CommandRole.Utility);

    public void Send(string document, int role)
    {
        _id++;
        Sign(document, role);
        Deliver();
    }

    /// <summary>The last document once more.</summary>
    public bool Deliver()
    {
        _nowMs += 1_000;
        Reply.Clear();
        return Manager.TryHandle(_nowMs, Now, _message, Reply);
    }

    /// <summary>A document that nobody signed, at this time; true when it was answered.</summary>
    public bool SendForged(long nowMs)
    {
        Sign("{\"version\":1,\"revision\":9}", CommandRole.Utility, 4_000_000);
        _message.Payload[_message.PayloadLength - 4] = (byte)'0';
        _message.Payload[_message.PayloadLength - 5] = (byte)'0';
        Reply.Clear();
        return Manager.TryHandle(nowMs, Now, _message, Reply);
    }

    private void Sign(string document, int role) => Sign(document, role, _id);

    private void Sign(string document, int role, long id)
    {
        ByteTextWriter text = new ByteTextWriter(2_048);
        MessageSigner.Begin(text, Device, id, role, 1, Now, Now + 60);
        text.Raw(",\"document\":");
        text.Raw(document);
        new MessageSigner(_secret).End(text, "configuration", role, 1);
        Array.Copy(text.Bytes, 0, _message.Payload, 0, text.Length);
        _message.PayloadLength = text.Length;
    }

    public string ReplyText()
    {
        char[] characters = new char[Reply.Length];
        for (int i = 0; i < characters.Length; i++)
        {
            characters[i] = (char)Reply.Bytes[i];
        }

        return new string(characters);
    }
}
