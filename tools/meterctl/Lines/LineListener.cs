using System.Net;
using System.Net.Sockets;
using MeterFirmware.Hardware;
using MeterFirmware.Tools.MeterCtl.Dlt645;

namespace MeterFirmware.Tools.MeterCtl.Lines;

/// <summary>A TCP serial server on loopback with one of the firmware's servers behind it: one master at a time, as on a
/// line.</summary>
public sealed class LineListener : IDisposable
{
    private readonly TcpListener _listener;
    private TcpSerialLine? _line;
    private Action<long>? _server;

    /// <param name="port">0 takes a free one.</param>
    public LineListener(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
    }

    /// <summary>Puts the server on a line; the result is its tick. Another one holds from the next master on.</summary>
    public required Func<ISerialLine, Action<long>> Serve { get; set; }

    /// <summary>The port in use; the one that was free when 0 was asked for.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <param name="option">That named the port.</param>
    public void Start(string option)
    {
        try
        {
            _listener.Start();
        }
        catch (SocketException e)
        {
            throw new InputException($"{option} {Port}: {e.Message}");
        }
    }

    /// <summary>Ends the present master's connection.</summary>
    public void HangUp()
    {
        _line?.Dispose();
        _line = null;
        _server = null;
    }

    public void Tick(long nowMs)
    {
        if (_line is not { IsOpen: true } && _listener.Pending())
        {
            _line?.Dispose();
            Socket socket = _listener.AcceptSocket();
            socket.NoDelay = true;
            _line = new TcpSerialLine(socket);
            _server = Serve(_line);
        }

        _server?.Invoke(nowMs);
    }

    public void Dispose()
    {
        _line?.Dispose();
        _listener.Dispose();
    }
}
