using System.IO.Ports;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Dlt645Text;

/// <summary>A serial port of the PC.</summary>
public sealed class PortSerialLine(string name) : ISerialLine, IDisposable
{
    private readonly SerialPort _port = new() { PortName = name, DataBits = 8, StopBits = StopBits.One, WriteTimeout = 2000 };

    public BusFault LastFault { get; private set; }

    /// <summary>What the operating system said when the port could not be used.</summary>
    public string? LastError { get; private set; }

    public bool TryConfigure(int baud, int parity) => Try(() =>
    {
        _port.BaudRate = baud;
        _port.Parity = parity == 2 ? Parity.Even : parity == 1 ? Parity.Odd : Parity.None;
        if (!_port.IsOpen)
        {
            _port.Open();
        }
    });

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        int got = 0;
        bool good = Try(() => got = _port.BytesToRead > 0 ? _port.Read(buffer, offset, count) : 0);
        received = got;
        return good;
    }

    public bool TryWrite(byte[] buffer, int offset, int count) => Try(() => _port.Write(buffer, offset, count));

    public void Dispose() => _port.Dispose();

    private bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException
            or ArgumentException or TimeoutException)
        {
            LastFault = BusFault.Other;
            LastError = e.Message;
            return false;
        }
    }
}
