using System;
using System.IO.Ports;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// A UART, or RS-485 with its direction line driven by the port. This runtime reports no framing or parity errors:
/// the protocols' checksums have to find those. A full receive buffer counts as overrun.
/// </summary>
public sealed class SerialPortLine : ISerialLine
{
    private const int BufferBytes = 512;

    private readonly string _portName;
    private readonly bool _isRs485;
    private readonly byte[] _discard = new byte[64];

    // Made by whoever speaks there: a sensor that the settings do not name holds no port.
    private SerialPort _port;

    /// <param name="portName">COM1 to COM4; its pins have to be assigned before.</param>
    /// <param name="isRs485">True: the RTS pin switches the transceiver to sending.</param>
    public SerialPortLine(string portName, bool isRs485)
    {
        _portName = portName;
        _isRs485 = isRs485;
    }

    public BusFault LastFault { get; private set; }

    public bool TryConfigure(int baud, int parity)
    {
        try
        {
            if (_port == null)
            {
                _port = MakePort();
            }

            if (_port.IsOpen)
            {
                _port.Close();
            }

            _port.BaudRate = baud;
            _port.Parity = parity == 1 ? Parity.Odd : parity == 2 ? Parity.Even : Parity.None;
            _port.Open();
            LastFault = BusFault.None;
        }
        catch (Exception)
        {
            LastFault = BusFault.Other;
        }

        return LastFault == BusFault.None;
    }

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        received = 0;
        if (_port == null)
        {
            LastFault = BusFault.Other;
            return false;
        }

        try
        {
            int waiting = _port.BytesToRead;
            if (waiting >= BufferBytes)
            {
                // Bytes were lost at an unknown place: none of them is worth anything.
                Discard(waiting);
                LastFault = BusFault.Other;
                return false;
            }

            int wanted = waiting < count ? waiting : count;
            if (wanted > 0)
            {
                received = _port.Read(buffer, offset, wanted);
            }

            LastFault = BusFault.None;
            return true;
        }
        catch (Exception)
        {
            received = 0;
            LastFault = BusFault.Other;
            return false;
        }
    }

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        if (_port == null || count > BufferBytes)
        {
            LastFault = BusFault.Other;
            return false;
        }

        try
        {
            _port.Write(buffer, offset, count);
            LastFault = BusFault.None;
        }
        catch (TimeoutException)
        {
            LastFault = BusFault.TimeOut;
        }
        catch (Exception)
        {
            LastFault = BusFault.Other;
        }

        return LastFault == BusFault.None;
    }

    // The runtime has one object a port and throws where a second one is made.
    private SerialPort MakePort() => new SerialPort(_portName)
    {
        DataBits = 8,
        StopBits = StopBits.One,
        Mode = _isRs485 ? SerialMode.RS485 : SerialMode.Normal,
        ReadBufferSize = BufferBytes,
        WriteBufferSize = BufferBytes,
        WriteTimeout = 1000,
    };

    private void Discard(int count)
    {
        while (count > 0)
        {
            int taken = _port.Read(_discard, 0, count < _discard.Length ? count : _discard.Length);
            if (taken <= 0)
            {
                return;
            }

            count -= taken;
        }
    }
}
