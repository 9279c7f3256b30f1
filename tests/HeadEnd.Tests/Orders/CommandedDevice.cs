using System.Buffers;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.HeadEnds.Tests.Orders;

/// <summary>A device with the firmware's own check of signed commands, which notes what it carried out.</summary>
internal sealed class CommandedDevice : ICommandTarget, IDisposable
{
    private const int MessageBytesMax = 2_048;

    private readonly CommandReceiver _receiver;
    private readonly List<string> _done = [];
    private IMqttClient _client;
    private byte[] _arriving;
    private int _received;

    public CommandedDevice(string address)
    {
        Address = address;
        DeviceSecurity security = new(new OneState());
        Assume(security.TryCommission(Secret));
        _receiver = new CommandReceiver(address, security, this);
    }

    public string Address { get; }

    /// <summary>32 bytes that only this device has.</summary>
    public byte[] Secret { get; } = System.Security.Cryptography.RandomNumberGenerator.GetBytes(
        DeviceSecurity.SecretBytes);

    /// <summary>What it says to the next command; None: done.</summary>
    public int Refusal { get; set; }

    /// <summary>Words of the commands that it carried out.</summary>
    public IReadOnlyList<string> Done
    {
        get
        {
            lock (_done)
            {
                return [.. _done];
            }
        }
    }

    /// <summary>As `meterctl key derive` writes it.</summary>
    public string KeyLine(int role = CommandRole.Utility)
    {
        string key = Convert.ToHexStringLower(DeviceSecurity.RoleKeyOf(Secret, role, 1));
        return $"{Address} {CommandRole.NameOf(role)} 1 {key}\n";
    }

    /// <summary>Tariff tables that it took whole.</summary>
    public List<byte[]> Tables { get; } = [];

    public int Execute(int code, int role, FlatJson arguments, ByteTextWriter result)
    {
        int refusal = Refusal == CommandRefusal.None && code == CommandCode.Tariff ? TakePiece(arguments) : Refusal;
        if (refusal == CommandRefusal.None)
        {
            lock (_done)
            {
                _done.Add(CommandCatalogue.NameOf(code));
            }
        }

        return refusal;
    }

    /// <summary>Forgets what it received of a table, as after a restart.</summary>
    public void Restart() => _arriving = null;

    /// <summary>A piece of a tariff table, in the order that the meter's firmware wants.</summary>
    private int TakePiece(FlatJson arguments)
    {
        if (!arguments.TryGetInteger("bytes", out long bytes) || !arguments.TryGetInteger("at", out long at)
            || !arguments.TryFind("data", out int data))
        {
            return CommandRefusal.BadArgument;
        }

        if (at == 0)
        {
            (_arriving, _received) = (new byte[bytes], 0);
        }

        if (_arriving == null || at != _received || bytes != _arriving.Length)
        {
            return CommandRefusal.WrongState;
        }

        if (!arguments.TryGetBase64(data, _arriving, _received, out int count))
        {
            return CommandRefusal.BadArgument;
        }

        _received += count;
        if (_received == _arriving.Length)
        {
            Tables.Add(_arriving);
            _arriving = null;
        }

        return CommandRefusal.None;
    }

    /// <summary>Takes a message; null: it says nothing.</summary>
    public byte[] Handle(byte[] payload, DateTimeOffset now)
    {
        MqttMessage message = new(MessageBytesMax) { PayloadLength = payload.Length };
        payload.CopyTo(message.Payload, 0);
        ByteTextWriter reply = new(MessageBytesMax);
        return _receiver.TryHandle(now.ToUnixTimeMilliseconds(), now.ToUnixTimeSeconds(), message, reply)
            ? reply.Bytes.AsSpan(0, reply.Length).ToArray() : null;
    }

    /// <summary>Listens on its command topic, and answers on its reply topic.</summary>
    public async Task ConnectAsync(int port)
    {
        _client = new MqttClientFactory().CreateMqttClient();
        _client.ApplicationMessageReceivedAsync += async received =>
        {
            byte[] reply = Handle(received.ApplicationMessage.Payload.ToArray(), DateTimeOffset.UtcNow);
            if (reply != null)
            {
                await _client.PublishAsync(new MqttApplicationMessageBuilder().WithTopic($"mf/v1/{Address}/reply")
                    .WithPayload(reply).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
            }
        };
        await _client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port)
            .WithClientId("commanded-" + Address).Build());
        await _client.SubscribeAsync($"mf/v1/{Address}/command", MqttQualityOfServiceLevel.AtLeastOnce);
    }

    public void Dispose() => _client?.Dispose();

    private static void Assume(bool isTrue)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException("a new device takes its secret");
        }
    }

    private sealed class OneState : ICheckpointStore
    {
        private byte[] _state = [];

        public bool TryWrite(byte[] state, int count)
        {
            _state = state.AsSpan(0, count).ToArray();
            return true;
        }

        public bool TryReadNewest(byte[] into, out int count, out bool older)
        {
            count = _state.Length;
            older = false;
            _state.CopyTo(into, 0);
            return count > 0;
        }

        // A key is written whole.
        public bool TryBegin(byte[] state, int count) => false;

        public int Carry(byte[] state, int done, int bytes) => done;

        public bool TryFinish(byte[] state) => false;
    }
}
