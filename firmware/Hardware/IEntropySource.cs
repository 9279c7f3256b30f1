namespace MeterFirmware.Hardware;

/// <summary>
/// What tells this board and this moment from all others: the chip's own number, clocks at their finest, a chance
/// generator where there is one. Whoever asks hashes it, so it need not be evenly spread, and much of it may be known:
/// it makes names, never keys.
/// </summary>
public interface IEntropySource
{
    /// <summary>Fills the front of an array of 64 bytes or more; returns how many bytes. Never throws.</summary>
    int Read(byte[] into);
}
