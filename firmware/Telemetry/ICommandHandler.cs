using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Telemetry;

/// <summary>Takes what arrives on the command topic (or, as a second instance, on the topic of wanted
/// settings).</summary>
public interface ICommandHandler
{
    /// <summary>Handles one message within the tick. Never throws on what the message holds.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="utcSeconds">UTC, or 0 when the time is not known.</param>
    /// <param name="message">Not too long; the payload is not checked in any way. Reused after the call.</param>
    /// <param name="reply">Cleared; what is written goes out on the reply topic (or, retained, on reported).</param>
    /// <returns>True when the reply is to be published.</returns>
    bool TryHandle(long nowMs, long utcSeconds, MqttMessage message, ByteTextWriter reply);
}
