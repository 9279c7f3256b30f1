namespace MeterFirmware.Hardware;

/// <summary>Pulses of one pin, counted by the board's own hardware, so that none depends on when the loop comes round.
/// </summary>
public interface IPulseCounter
{
    /// <summary>Rising edges since the counter was started; one that is smaller than before was started anew.
    /// False: it could not be read.</summary>
    bool TryRead(out long pulses);
}
