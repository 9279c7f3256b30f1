namespace MeterFirmware.SiteBus;

/// <summary>
/// What leader and members talk over: MQTT topics of a broker on the site, or an RS-485 line. Everybody hears every
/// frame. Frames may be lost, doubled, late or in another order; the protocol allows for all of it. Never blocks.
/// </summary>
public interface ISiteBus
{
    /// <summary>Keeps the connection, takes turns; call in every tick, after leader or member.</summary>
    void Tick(long nowMs);

    /// <summary>Sends a frame to all. False: it was not sent.</summary>
    bool TrySend(byte[] frame, int length);

    /// <summary>Takes the oldest waiting frame. False: none.</summary>
    bool TryReceive(byte[] frame, out int length);
}
