using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Commands;

/// <summary>
/// Takes commands from the network: checks, takes the number for good, lets the product carry it out, answers. What is
/// refused is answered with the reason: at once when the mac was right, else at most once a second, a wrong mac never.
/// A second delivery is not carried out; its answer names the highest number taken, so that the sender can go on above
/// it.
/// </summary>
public sealed class CommandReceiver : ICommandHandler
{
    private static readonly byte[] _noArguments = { (byte)'{', (byte)'}' };

    private readonly string _device;
    private readonly DeviceSecurity _security;
    private readonly ICommandTarget _target;
    private readonly SignedMessage _message;
    private readonly FlatJson _arguments;
    private readonly byte[] _secret = new byte[DeviceSecurity.SecretBytes];
    private readonly byte[] _proof = new byte[HmacSha256.TagBytes];

    /// <param name="device">The device's name.</param>
    /// <param name="security">Opened.</param>
    /// <param name="target">The product.</param>
    public CommandReceiver(string device, DeviceSecurity security, ICommandTarget target)
    {
        _device = device;
        _security = security;
        _target = target;
        _message = new SignedMessage(device, security, "command", "command", "arguments");
        _arguments = new FlatJson(memberCountMax: 16, depthMax: 4, _message.Json);
    }

    public CommandCounters Counters { get; } = new CommandCounters();

    /// <summary>Where the product says what it expected; null: it says nothing more than a word.</summary>
    public RefusalNote Note { get; set; }

    /// <inheritdoc/>
    public bool TryHandle(long nowMs, long utcSeconds, MqttMessage message, ByteTextWriter reply)
    {
        reply.BeginObject();
        reply.Name("device");
        reply.Value(_device);
        int start = reply.Length;
        int refusal = Check(nowMs, message.Payload, message.PayloadLength, utcSeconds, out int code);
        WriteHead(reply, code, refusal);
        if (refusal == CommandRefusal.None)
        {
            refusal = Execute(code, reply, start);
        }

        if (refusal == CommandRefusal.None)
        {
            Counters.Accepted++;
        }
        else
        {
            Counters.NoteRefused(refusal);
        }

        reply.EndObject();
        return _message.IsProven
            || (refusal != CommandRefusal.WrongSignature && _security.Budget.MayAnswer(nowMs));
    }

    private int Check(long nowMs, byte[] bytes, int count, long utcSeconds, out int code)
    {
        code = CommandCode.None;
        int refusal = _message.Read(bytes, count);
        if (refusal != CommandRefusal.None)
        {
            return refusal;
        }

        int asked = CodeOf();
        if (asked == CommandCode.Time)
        {
            // The head-end's time is for a clock that is wrong. It is fresh by the birth that it names, not by this
            // clock, and its numbers are counted apart: those of a wrong clock must not use up the utility's.
            _message.Window = DeviceSecurity.TimeWindow;
            refusal = _message.CheckTimes(0, false);
        }
        else
        {
            refusal = _message.CheckTimes(utcSeconds, asked != CommandCode.Clock);
        }

        if (refusal == CommandRefusal.None)
        {
            refusal = _message.CheckMac(nowMs, utcSeconds, bytes);
        }

        if (refusal != CommandRefusal.None)
        {
            return refusal;
        }

        code = asked;
        if (code == CommandCode.None)
        {
            return CommandRefusal.UnknownCommand;
        }

        if (!CommandCatalogue.IsAllowed(code, _message.Role))
        {
            return CommandRefusal.RoleNotAllowed;
        }

        if (!TryReadArguments(bytes))
        {
            return CommandRefusal.BadArgument;
        }

        if (!_message.TryTake())
        {
            return CommandRefusal.StorageFailed;
        }

        return CommandRefusal.None;
    }

    /// <summary>Carries the command out; its result goes straight into the answer. What a refusal left there is taken
    /// back, and so is a result that does not fit.</summary>
    private int Execute(int code, ByteTextWriter reply, int start)
    {
        int before = reply.Length;
        if (Note != null)
        {
            Note.Expected = null;
        }

        reply.Name("result");
        reply.BeginObject();
        int open = reply.Length;
        int refusal = code == CommandCode.RotateKey
            ? Rotate(reply) : _target.Execute(code, _message.Role, _arguments, reply);
        bool isEmpty = reply.Length == open;
        reply.EndObject();
        if (refusal != CommandRefusal.None)
        {
            reply.CutTo(start);
            WriteHead(reply, code, refusal);
            if (Note != null && Note.Expected != null)
            {
                reply.Name("expected");
                reply.Value(Note.Expected);
            }
        }
        else if (isEmpty || reply.Overflowed || reply.Length == reply.Bytes.Length)
        {
            reply.CutTo(before);
        }

        return refusal;
    }

    private bool TryReadArguments(byte[] bytes)
    {
        if (!_message.Json.TryFind("arguments", out int member))
        {
            return _arguments.TryRead(_noArguments, 0, _noArguments.Length);
        }

        int start = _message.Json.StartOf(member);
        return _message.Json.KindOf(member) == JsonKind.Object
            && _arguments.TryRead(bytes, start, _message.Json.EndOf(member) - start);
    }

    private int CodeOf()
    {
        if (!_message.Json.TryFind("command", out int member))
        {
            return CommandCode.None;
        }

        for (int code = 1; code <= CommandCode.CodeMax; code++)
        {
            if (_message.Json.TextEquals(member, CommandCatalogue.NameOf(code)))
            {
                return code;
            }
        }

        return CommandCode.None;
    }

    private int Rotate(ByteTextWriter result)
    {
        if (_arguments.Count == 2 && _arguments.TryFind("secret", out int _))
        {
            return _arguments.TryGetHex("secret", _secret, out int digits) && digits == DeviceSecurity.SecretBytes
                && _arguments.TryGetHex("proof", _proof, out digits) && digits == HmacSha256.TagBytes
                ? _security.TakeSecret(_message.Id, _secret, _proof) : CommandRefusal.BadArgument;
        }

        bool endsCurrent = false;
        bool hasNow = _arguments.TryFind("now", out int _);
        if (_arguments.Count != (hasNow ? 2 : 1) || !_arguments.TryFind("role", out int member)
            || (hasNow && !_arguments.TryGetBoolean("now", out endsCurrent)))
        {
            return CommandRefusal.BadArgument;
        }

        for (int role = 0; role < CommandRole.Count; role++)
        {
            if (_arguments.TextEquals(member, CommandRole.NameOf(role)))
            {
                int next = _security.GenerationOf(role) + 1;
                result.Name("nextKey");
                result.Value(next);
                return next > DeviceSecurity.GenerationMax ? CommandRefusal.OutOfRange
                    : _security.TryRotate(role, endsCurrent) ? CommandRefusal.None : CommandRefusal.StorageFailed;
            }
        }

        return CommandRefusal.UnknownRole;
    }

    /// <summary>All of the answer but the device and a result.</summary>
    private void WriteHead(ByteTextWriter reply, int code, int refusal)
    {
        if (_message.Id > 0)
        {
            reply.Name("id");
            reply.Value(_message.Id);
        }

        if (code != CommandCode.None)
        {
            reply.Name("command");
            reply.Value(CommandCatalogue.NameOf(code));
        }

        reply.Name("ok");
        reply.Value(refusal == CommandRefusal.None);
        if (refusal != CommandRefusal.None)
        {
            reply.Name("error");
            reply.Value(CommandRefusal.NameOf(refusal));
        }

        if (refusal == CommandRefusal.Replayed)
        {
            reply.Name("highest");
            reply.Value(_message.Highest);
        }
    }
}
