namespace MeterFirmware.Hardware;

/// <summary>A clock that runs through a loss of supply, and drifts: a better time corrects it.</summary>
public interface IBatteryClock : IClock
{
    /// <summary>Compares with a better time once a day, and sets the chip when it is wrong. Call it in every tick.
    /// </summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="trusted">The time keeper, always the same.</param>
    /// <param name="isTrusted">Its time rests on a source above this clock: a command, the head-end, a time server.
    /// </param>
    void Watch(long nowMs, IClock trusted, bool isTrusted);
}
