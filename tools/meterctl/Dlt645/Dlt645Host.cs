using System.Net;
using System.Net.Sockets;
using MeterFirmware.Protocols;

namespace MeterFirmware.Tools.MeterCtl.Dlt645Text;

/// <summary>The firmware's DL/T 645 server behind a TCP serial server on loopback: one master at a time, as on a line.</summary>
public sealed class Dlt645Host(int port, Dlt645Settings settings, IDlt645Meter meter, int answerBytes) : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, port);

    /// <summary>The port in use; the one that was free when 0 was asked for.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Start()
    {
        try
        {
            _listener.Start();
        }
        catch (SocketException e)
        {
            throw new InputException($"--port {port}: {e.Message}");
        }
    }

    /// <summary>Serves until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                using Socket socket = await _listener.AcceptSocketAsync(cancel).ConfigureAwait(false);
                socket.NoDelay = true;
                using TcpSerialLine line = new(socket);
                Dlt645Server server = new(line, settings, meter, answerBytes);
                while (line.IsOpen)
                {
                    server.Tick(Environment.TickCount64);
                    await Task.Delay(5, cancel).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public void Dispose() => _listener.Dispose();
}
