using System.Security.Cryptography;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>
/// Gives simulated devices their secrets, made for one run, and keeps what a head-end may hold of them: the
/// acknowledgement keys. Such a device takes no plain acknowledgement, so a run whose journals become empty has shown
/// that every one was signed.
/// </summary>
public sealed class FleetSecrets
{
    /// <summary>For the head-end.</summary>
    public AcknowledgementKeys Keys { get; } = new();

    /// <summary>Makes a device's secret and turns plain acknowledgements off for it.</summary>
    public byte[] Give(TelemetrySettings device)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(DeviceSecurity.SecretBytes);
        Keys.Set(device.Device, DeviceSecurity.AcknowledgementKeyOf(secret));
        device.TakesPlainAcknowledgements = false;
        return secret;
    }
}
