using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>
/// A wire between devices and a broker, which can do to their bytes what networks and brokers do: stop and go on, take
/// a connection and answer nothing, close one half, cut in the middle of a packet, delay, swallow.
/// </summary>
internal sealed class FaultyWire : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _brokerPort;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TcpClient> _connections = [];
    private readonly Task _accepting;
    private volatile WireFault _fault;
    private volatile TaskCompletionSource _mayGo = Gone();
    private int _cuts;

    public FaultyWire(int brokerPort)
    {
        _brokerPort = brokerPort;
        Port = EmbeddedBroker.FreePort();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    /// <summary>Times that a fault met bytes or a connection.</summary>
    public int Met { get; private set; }

    /// <summary>What happens from now on.</summary>
    public void Set(WireFault fault)
    {
        Volatile.Write(ref _cuts, 1);
        _fault = fault;
        if (fault == WireFault.Stop)
        {
            _mayGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        else
        {
            _mayGo.TrySetResult();
        }
    }

    /// <summary>Breaks every connection.</summary>
    public void Cut()
    {
        lock (_connections)
        {
            _connections.ForEach(connection => connection.Dispose());
            _connections.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        _mayGo.TrySetResult();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Gone()
    {
        TaskCompletionSource gone = new();
        gone.SetResult();
        return gone;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient device = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (_fault == WireFault.NoAnswer)
                {
                    Met++;
                    Keep(device);
                    continue;
                }

                TcpClient broker = new();
                Keep(device);
                Keep(broker);
                _ = Task.Run(async () =>
                {
                    try
                    {
                        await broker.ConnectAsync(IPAddress.Loopback, _brokerPort, _stop.Token);
                        await Task.WhenAll(PumpAsync(device, broker, true), PumpAsync(broker, device, false));
                    }
                    catch (Exception)
                    {
                        device.Dispose();
                        broker.Dispose();
                    }
                });
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The end of the test.
        }
    }

    private void Keep(TcpClient client)
    {
        lock (_connections)
        {
            _connections.Add(client);
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool isToBroker)
    {
        byte[] buffer = new byte[4_096];
        try
        {
            while (true)
            {
                int count = await from.GetStream().ReadAsync(buffer, _stop.Token);
                if (count == 0)
                {
                    to.Client.Shutdown(SocketShutdown.Send);
                    return;
                }

                await PassAsync(from, to, buffer, count, isToBroker);
            }
        }
        catch (Exception)
        {
            from.Dispose();
            to.Dispose();
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, byte[] buffer, int count, bool isToBroker)
    {
        Met += _fault == WireFault.None ? 0 : 1;
        await _mayGo.Task;
        switch (_fault)
        {
            case WireFault.SwallowAnswers when !isToBroker:
            case WireFault.SwallowAll:
                return;
            case WireFault.CutInPacket when count > 1 && Interlocked.Exchange(ref _cuts, 0) == 1:
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count / 2), _stop.Token);
                from.Dispose();
                to.Dispose();
                return;
            case WireFault.HalfClose when Interlocked.Exchange(ref _cuts, 0) == 1:
                // The device may send on; nothing comes back any more.
                (isToBroker ? from : to).Client.Shutdown(SocketShutdown.Send);
                break;
            case WireFault.Delay:
                await Task.Delay(80, _stop.Token);
                break;
        }

        await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
    }
}
