namespace MeterFirmware.Hardware;

/// <summary>One chip on an I²C or SPI bus. Both calls may block for the length of the transfer (I²C on the
/// device: up to 1 s when the bus hangs) and never throw.</summary>
public interface IRegisterBus
{
    /// <summary>Why the last call returned false; None after a good one.</summary>
    BusFault LastFault { get; }

    /// <summary>Sends the first <paramref name="count"/> bytes. False: nothing may be assumed of the chip.</summary>
    bool TryWrite(byte[] buffer, int count);

    /// <summary>Sends <paramref name="writeCount"/> bytes, then reads <paramref name="readCount"/> bytes in the same
    /// transfer (repeated start, chip select held). False: the contents of <paramref name="read"/> mean
    /// nothing.</summary>
    bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount);
}
