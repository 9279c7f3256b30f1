using System;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Firmware.Tests.Commands;

/// <summary>A commissioned device that takes commands, and the sender's side of them.</summary>
internal sealed class CommandBench : ICommandTarget
{
    public const string Device = "meter-1";
    public const long Now = 1_790_000_000;

    private readonly CutBlockStore _flash = new CutBlockStore(3, 512);
    private readonly ByteTextWriter _text = new ByteTextWriter(2_048);
    private readonly MessageSigner _signer;
    private readonly byte[] _secret = new byte[DeviceSecurity.SecretBytes];
    private long _nowMs;

    public CommandBench()
    {
        for (int i = 0; i < _secret.Length; i++)
        {
            _secret[i] = (byte)(i * 7 + 1);
        }

        _signer = new MessageSigner(_secret);
        Restart();
        Security.TryCommission(_secret);
    }

    public DeviceSecurity Security { get; private set; }

    public CommandReceiver Receiver { get; private set; }

    public MqttMessage Message { get; } = new MqttMessage(4_096);

    public ByteTextWriter Reply { get; } = new ByteTextWriter(2_048);

    public byte[] Secret => _secret;

    public SafetyLimit Limit { get; } = new SafetyLimit("currentMilliamps", 32_000, 0);

    public int Executed { get; private set; }

    /// <summary>Seconds of UTC that the device knows; 0: none.</summary>
    public long UtcSeconds { get; set; } = Now;

    /// <summary>The device starts anew over the same flash.</summary>
    public void Restart() => Restart(false);

    /// <param name="storeMayLoseTail">The flash is one that may forget without a trace.</param>
    public void Restart(bool storeMayLoseTail)
    {
        Security = new DeviceSecurity(new CheckpointStore(_flash, DeviceSecurity.StateBytes))
        {
            StoreMayLoseTail = storeMayLoseTail,
        };
        Security.TryOpen();
        Receiver = new CommandReceiver(Device, Security, this);
    }

    /// <summary>After so many more appends the flash takes half of each, and no more; −1: it is whole.</summary>
    public void RefusesFrom(int appends) => _flash.AppendsLeft = appends;

    /// <summary>The block that is written next loses its last byte's content: a state that was whole and is
    /// damaged.</summary>
    public void DamageWhatIsStoredBy(int executedCommand, int role)
    {
        int[] before = new int[_flash.BlockCount];
        for (int block = 0; block < before.Length; block++)
        {
            before[block] = _flash.LengthOf(block);
        }

        Sign(executedCommand, role, "freeze", null);
        Deliver();
        for (int block = 0; block < before.Length; block++)
        {
            int length = _flash.LengthOf(block);
            if (length != before[block] && length > 0)
            {
                byte[] bytes = new byte[length];
                _flash.TryRead(block, 0, bytes, 0, length);
                bytes[length - 1] ^= 0x10;
                _flash.TryErase(block);
                _flash.TryAppend(block, bytes, 0, length);
            }
        }
    }

    /// <summary>Signs a command and leaves it in <see cref="Message"/>.</summary>
    public void Sign(long id, int role, string command, string arguments) =>
        Sign(Device, id, role, 1, command, arguments, Now - 10, Now + 60, "command", _signer);

    public void Sign(string device, long id, int role, int generation, string command, string arguments, long issued,
        long expires, string purpose, MessageSigner signer)
    {
        MessageSigner.Begin(_text, device, id, role, generation, issued, expires);
        _text.Name("command");
        _text.Value(command);
        if (arguments != null)
        {
            _text.Raw(",\"arguments\":");
            _text.Raw(arguments);
        }

        (signer ?? _signer).End(_text, purpose, role, generation);
        Array.Copy(_text.Bytes, 0, Message.Payload, 0, _text.Length);
        Message.PayloadLength = _text.Length;
    }

    /// <summary>Delivers <see cref="Message"/>; true when it was answered.</summary>
    public bool Deliver() => Deliver(1_000);

    /// <param name="laterMs">So long after the one before; 0: in the same tick.</param>
    public bool Deliver(int laterMs)
    {
        _nowMs += laterMs;
        Reply.Clear();
        return Receiver.TryHandle(_nowMs, UtcSeconds, Message, Reply);
    }

    /// <summary>The answer as text.</summary>
    public string ReplyText()
    {
        char[] characters = new char[Reply.Length];
        for (int i = 0; i < characters.Length; i++)
        {
            characters[i] = (char)Reply.Bytes[i];
        }

        return new string(characters);
    }

    public int Execute(int code, int role, FlatJson arguments, ByteTextWriter result)
    {
        Executed++;
        if (code != CommandCode.Limit)
        {
            return CommandRefusal.None;
        }

        if (!arguments.TryGetInteger("milliamps", out long milliamps))
        {
            return CommandRefusal.BadArgument;
        }

        int refusal = Limit.TrySet(role, milliamps);
        result.Name("milliamps");
        result.Value(Limit.Value);
        return refusal;
    }
}
