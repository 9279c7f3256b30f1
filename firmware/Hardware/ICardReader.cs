namespace MeterFirmware.Hardware;

/// <summary>An RFID reader (ISO 14443 A) that is asked and never waits.</summary>
public interface ICardReader
{
    /// <summary>True when the reader works; false from a missing or silent chip.</summary>
    bool IsReady { get; }

    /// <summary>
    /// Does the next step of looking for a card, called every tick, and copies a UID that is complete (4, 7 or 10
    /// bytes) to the front of <paramref name="uid"/>. False: not yet, no card, several, or one that did not read whole.
    /// The same card reads again and again while it lies there.
    /// </summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="uid">At least 10 bytes.</param>
    /// <param name="uidLength">Bytes of the UID.</param>
    bool TryReadUid(long nowMs, byte[] uid, out int uidLength);
}
