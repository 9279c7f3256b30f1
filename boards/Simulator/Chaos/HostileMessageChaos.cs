using System;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;
using static MeterFirmware.Boards.Simulator.Chaos.ChaosFailure;

namespace MeterFirmware.Boards.Simulator.Chaos;

/// <summary>
/// Random, mutated, truncated, deeply nested, replayed and wrongly signed messages on the command and settings
/// topics: none is obeyed, none throws, none allocates on the device's side.
/// </summary>
public sealed class HostileMessageChaos : ICommandTarget, ISettingsTarget
{
    private const string Device = "meter-1";
    private const long Now = 1_790_000_000;
    private const int Samples = 400;

    private readonly Random _random;
    private readonly byte[] _secret = new byte[DeviceSecurity.SecretBytes];
    private readonly byte[][] _samples = new byte[Samples][];
    private readonly MqttMessage _message = new(4_096);
    private readonly ByteTextWriter _reply = new(4_096);
    private readonly CommandReceiver _receiver;
    private readonly SettingsManager _manager;
    private int _executed;
    private int _applied;

    public HostileMessageChaos(int seed)
    {
        _random = new Random(seed);
        _random.NextBytes(_secret);
        DeviceSecurity security = new(new CheckpointStore(new RamBlockStore(2, 512), DeviceSecurity.StateBytes));
        security.TryCommission(_secret);
        _receiver = new CommandReceiver(Device, security, this);
        MeterSchema schema = new();
        _manager = new SettingsManager(Device, security, schema,
            new CheckpointStore(new RamBlockStore(2, 1_024), SettingsManager.StateBytesOf(schema)), this);
        _manager.Open();
    }

    public ChaosResult Run(int messages)
    {
        MakeSamples();
        int appliedBefore = _applied;
        long nowMs = 0;
        long allocated = 0;
        for (int i = 0; i < messages; i++)
        {
            Load(_samples[i % Samples]);
            if (i % Samples > 1)
            {
                Mutate();
            }

            nowMs += 300;
            long before = GC.GetAllocatedBytesForCurrentThread();
            _reply.Clear();
            _receiver.TryHandle(nowMs, i % 50 == 0 ? 0 : Now, _message, _reply);
            _reply.Clear();
            _manager.TryHandle(nowMs, Now, _message, _reply);
            _manager.Tick(nowMs);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        CommandCounters counters = _receiver.Counters;
        Require(_executed == 1 && _applied == appliedBefore, "a hostile message was obeyed");
        Require(counters.Refused == messages, $"{counters.Refused} of {messages} were counted as refused");
        Require(allocated == 0, $"{allocated} bytes were allocated");
        Require(counters.RefusedFor(CommandRefusal.WrongSignature) > messages / 100, "too few reached the signature");
        Require(counters.RefusedFor(CommandRefusal.Malformed) > messages / 100, "too few were malformed");
        Require(counters.RefusedFor(CommandRefusal.Replayed) > 0, "none was a replay");
        return new ChaosResult("hostile messages", messages, 0, 0,
            $"0 accepted, 0 exceptions, 0 bytes; {counters.RefusedFor(CommandRefusal.WrongSignature)} wrong "
                + "signatures");
    }

    int ICommandTarget.Execute(int code, int role, FlatJson arguments, ByteTextWriter result)
    {
        _executed++;
        return CommandRefusal.None;
    }

    int ISettingsTarget.FindConflict(SettingsValues values) => MeterSchema.FindConflict(values);

    void ISettingsTarget.Apply(SettingsValues values, bool reconnect) => _applied++;

    /// <summary>One good message each is taken first, so that the rest can replay and mutate what was once
    /// accepted.</summary>
    private void MakeSamples()
    {
        _samples[0] = Signed(_secret, "command", ",\"command\":\"limit\",\"arguments\":{\"milliamps\":6000}", 10);
        _samples[1] = Signed(_secret, "configuration", ",\"document\":{\"version\":1,\"revision\":2}", 11);
        Load(_samples[0]);
        _receiver.TryHandle(0, Now, _message, _reply);
        _reply.Clear();
        Load(_samples[1]);
        _manager.TryHandle(0, Now, _message, _reply);
        Require(_executed == 1 && _receiver.Counters.Accepted == 1 && _manager.Counters.Accepted == 1,
            "the good messages were not taken");
        for (int i = 2; i < Samples; i++)
        {
            _samples[i] = Hostile(_samples[i % 2]);
        }
    }

    private byte[] Hostile(byte[] good)
    {
        switch (_random.Next(6))
        {
            case 0:
                byte[] noise = new byte[_random.Next(1_500)];
                _random.NextBytes(noise);
                return noise;
            case 1:
                return Encoding.ASCII.GetBytes(new string('{', _random.Next(1, 2_000)) + "\"a\":"
                    + new string('[', 900));
            case 2:
                // Well formed and fresh, but signed by somebody else.
                byte[] stranger = (byte[])_secret.Clone();
                stranger[_random.Next(32)] ^= (byte)(1 << _random.Next(8));
                return Signed(stranger, "command", ",\"command\":\"relay\",\"arguments\":{\"closed\":false}", 1_000);
            case 3:
                // Rightly signed, for another purpose.
                return Signed(_secret, _random.Next(2) == 0 ? "other" : "", ",\"command\":\"relay\"", 1_001);
            case 4:
                return good.AsSpan(0, _random.Next(good.Length)).ToArray();
            default:
                return (byte[])good.Clone();
        }
    }

    private void Mutate()
    {
        if (_message.PayloadLength == 0)
        {
            return;
        }

        int changes = _random.Next(4) == 0 ? _random.Next(1, 20) : 1;
        for (int i = 0; i < changes; i++)
        {
            int at = _random.Next(_message.PayloadLength);
            byte before = _message.Payload[at];
            _message.Payload[at] =
                (byte)(_random.Next(3) == 0 ? '0' + _random.Next(10) : before ^ (1 << _random.Next(8)));
        }
    }

    private void Load(byte[] bytes)
    {
        Array.Copy(bytes, _message.Payload, bytes.Length);
        _message.PayloadLength = bytes.Length;
    }

    private static byte[] Signed(byte[] secret, string purpose, string body, long id)
    {
        ByteTextWriter text = new(2_048);
        MessageSigner.Begin(text, Device, id, CommandRole.Utility, 1, Now, Now + 600);
        text.Raw(body);
        new MessageSigner(secret).End(text, purpose, CommandRole.Utility, 1);
        return text.Bytes.AsSpan(0, text.Length).ToArray();
    }
}
