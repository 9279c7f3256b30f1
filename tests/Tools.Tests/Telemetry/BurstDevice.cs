using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>A device that publishes faster than any client package would: bytes of MQTT 3.1.1, QoS 1, many under
/// way.</summary>
internal sealed class BurstDevice : IDisposable
{
    private const int PubAckBytes = 4;

    private readonly TcpClient _client;
    private readonly SemaphoreSlim _underWay;
    private readonly int _underWayMax;
    private readonly Task _reading;
    private ushort _id;

    private BurstDevice(TcpClient client, int underWayMax)
    {
        _client = client;
        _underWayMax = underWayMax;
        _underWay = new SemaphoreSlim(underWayMax);
        _reading = Task.Run(ReadAsync);
    }

    public static async Task<BurstDevice> ConnectAsync(string clientId, int port, int underWayMax)
    {
        TcpClient client = new("127.0.0.1", port) { NoDelay = true };
        byte[] id = Encoding.ASCII.GetBytes(clientId);

        // MQTT 3.1.1, section 3.1: "MQTT", level 4, clean session, no keep-alive.
        List<byte> connect = [0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, (byte)id.Length, .. id];
        await client.GetStream().WriteAsync(connect.ToArray());
        byte[] answer = new byte[4];
        await client.GetStream().ReadExactlyAsync(answer);
        return answer[3] == 0
            ? new BurstDevice(client, underWayMax) : throw new InvalidOperationException($"CONNACK {answer[3]}");
    }

    /// <summary>Publishes; waits only when too many are under way.</summary>
    public async Task PublishAsync(string topic, string payload, CancellationToken cancel = default)
    {
        await _underWay.WaitAsync(cancel);
        _id = _id == ushort.MaxValue ? (ushort)1 : (ushort)(_id + 1);
        byte[] name = Encoding.ASCII.GetBytes(topic);
        byte[] body = Encoding.UTF8.GetBytes(payload);
        List<byte> packet = [0x32];
        for (int length = 2 + name.Length + 2 + body.Length; ; length >>= 7)
        {
            packet.Add((byte)((length & 127) | (length > 127 ? 128 : 0)));
            if (length <= 127)
            {
                break;
            }
        }

        packet.AddRange([(byte)(name.Length >> 8), (byte)name.Length, .. name, (byte)(_id >> 8), (byte)_id, .. body]);
        await _client.GetStream().WriteAsync(packet.ToArray(), cancel);
    }

    /// <summary>Waits until the broker has confirmed all.</summary>
    public async Task FlushAsync()
    {
        for (int i = 0; i < _underWayMax; i++)
        {
            await _underWay.WaitAsync();
        }

        _underWay.Release(_underWayMax);
    }

    public void Dispose()
    {
        _client.Dispose();
        _reading.Wait();
        _underWay.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] answer = new byte[PubAckBytes];
        try
        {
            while (true)
            {
                await _client.GetStream().ReadExactlyAsync(answer);
                _underWay.Release();
            }
        }
        catch (Exception e) when (
            e is IOException or ObjectDisposedException or SocketException or InvalidOperationException)
        {
            // The end of the test.
        }
    }
}
