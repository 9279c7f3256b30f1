using System.Net.Sockets;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>A TCP connection as a serial line, as a serial server gives it: speed and parity are the server's
/// own.</summary>
public sealed class TcpSerialLine(Socket socket) : ISerialLine, IDisposable
{
    public BusFault LastFault { get; private set; }

    /// <summary>False once the other side has closed or the connection broke.</summary>
    public bool IsOpen { get; private set; } = true;

    public bool TryConfigure(int baud, int parity) => IsOpen;

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        received = 0;
        if (!IsOpen)
        {
            return false;
        }

        try
        {
            if (!socket.Poll(0, SelectMode.SelectRead))
            {
                return true;
            }

            received = socket.Receive(buffer, offset, count, SocketFlags.None);
            return received > 0 || Close();
        }
        catch (SocketException)
        {
            return Close();
        }
    }

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        if (!IsOpen)
        {
            return false;
        }

        try
        {
            while (count > 0)
            {
                int sent = socket.Send(buffer, offset, count, SocketFlags.None);
                offset += sent;
                count -= sent;
            }

            return true;
        }
        catch (SocketException)
        {
            return Close();
        }
    }

    public void Dispose() => socket.Dispose();

    private bool Close()
    {
        IsOpen = false;
        LastFault = BusFault.Other;
        return false;
    }
}
