using System.IO.Ports;
using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>A serial port of the PC.</summary>
/// <param name="name">Such as /dev/ttyUSB0 or COM3.</param>
/// <param name="hasParity">False: no parity whatever the protocol asks for; a pseudo-terminal and some adapters have
/// none.</param>
public sealed class PortSerialLine(string name, bool hasParity) : ISerialLine, IDisposable
{
    private readonly SerialPort _port = new()
    {
        PortName = name,
        DataBits = 8,
        StopBits = StopBits.One,
        WriteTimeout = 2000
    };

    public BusFault LastFault { get; private set; }

    /// <summary>What the operating system said when the port could not be used.</summary>
    public string? LastError { get; private set; }

    public bool TryConfigure(int baud, int parity) => Try(() =>
    {
        Parity wanted = !hasParity || parity == 0 ? Parity.None : parity == 2 ? Parity.Even : Parity.Odd;
        try
        {
            _port.BaudRate = baud;
            _port.Parity = wanted;
            if (!_port.IsOpen)
            {
                _port.Open();
            }
        }
        catch (ArgumentException) when (wanted != Parity.None && _port.PortName.StartsWith('/'))
        {
            // The C library says so when the driver dropped a setting.
            throw new IOException(
                $"the port does not take {baud} baud with parity {wanted}; for a line without: --parity none");
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
