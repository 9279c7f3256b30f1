using MeterFirmware.Basics;

namespace MeterFirmware.Telemetry;

/// <summary>Has the key that the head-end signs acknowledgements with.</summary>
public interface IAcknowledgementKey
{
    /// <summary>False: the device has no secret yet, so nobody can sign for it.</summary>
    bool IsCommissioned { get; }

    /// <summary>The key, ready for the text; shared, finish it at once.</summary>
    HmacSha256 LoadAcknowledgementKey();
}
