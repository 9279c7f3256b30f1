namespace MeterFirmware.Hardware;

/// <summary>An asynchronous serial line (UART, RS-485, optical head, or TCP on the host). Never blocks for input,
/// never throws.</summary>
public interface ISerialLine
{
    /// <summary>Why the last call returned false; None after a good one.</summary>
    BusFault LastFault { get; }

    /// <summary>Speed in baud, 8 data bits, and parity: 0 none, 1 odd, 2 even; one stop bit. False: the line
    /// cannot.</summary>
    bool TryConfigure(int baud, int parity);

    /// <summary>Takes what has arrived, at most <paramref name="count"/> bytes; 0 when nothing has.
    /// False: framing, parity or overrun error, or the line is gone; what arrived before it is lost.</summary>
    bool TryRead(byte[] buffer, int offset, int count, out int received);

    /// <summary>Queues bytes for sending, all or nothing.</summary>
    bool TryWrite(byte[] buffer, int offset, int count);
}
