using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>What an older broker does with MQTT 5, in front of a real one: it closes, or says no in the words of 3.1.1.
/// Clients of 3.1.1 are passed on.</summary>
internal sealed class OldBroker : IAsyncDisposable
{
    /// <summary>CONNACK, "unacceptable protocol version": MQTT 3.1.1, section 3.2.2.3.</summary>
    private static readonly byte[] _refusal = [0x20, 2, 0, 1];

    private readonly TcpListener _listener;
    private readonly int _brokerPort;
    private readonly bool _answers;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TcpClient> _connections = [];
    private readonly Task _accepting;
    private int _refused;

    /// <param name="brokerPort">The real one.</param>
    /// <param name="answers">False: it closes without a word.</param>
    public OldBroker(int brokerPort, bool answers)
    {
        _brokerPort = brokerPort;
        _answers = answers;
        Port = EmbeddedBroker.FreePort();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    /// <summary>False: MQTT 5 is passed on too, as by a broker that closed a connection only because it was
    /// dying.</summary>
    public bool RefusesMqtt5 { get; set; } = true;

    /// <summary>Connections of MQTT 5 that were refused so far.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        lock (_connections)
        {
            _connections.ForEach(connection => connection.Dispose());
        }

        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient broker = new();
        lock (_connections)
        {
            _connections.Add(client);
            _connections.Add(broker);
        }

        try
        {
            // Fixed header (the length of a short CONNECT takes 1 byte, of ours 1 or 2), "MQTT" with its length, then
            // the level.
            byte[] first = new byte[4_096];
            int count = await client.GetStream().ReadAtLeastAsync(first, 10, cancellationToken: _stop.Token);
            int level = first[first[1] < 128 ? 8 : 9];
            if (level == 5 && RefusesMqtt5)
            {
                Interlocked.Increment(ref _refused);
                await client.GetStream().WriteAsync(_answers ? _refusal : [], _stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);
                return;
            }

            await broker.ConnectAsync(IPAddress.Loopback, _brokerPort, _stop.Token);
            await broker.GetStream().WriteAsync(first.AsMemory(0, count), _stop.Token);
            await Task.WhenAny(client.GetStream().CopyToAsync(broker.GetStream(), _stop.Token),
                broker.GetStream().CopyToAsync(client.GetStream(), _stop.Token));
        }
        catch (Exception)
        {
            // One of the two is gone: so is the other.
        }
        finally
        {
            client.Dispose();
        }
    }
}
