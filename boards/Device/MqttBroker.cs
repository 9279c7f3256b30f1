using System.Security.Cryptography.X509Certificates;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.Device;

/// <summary>Where and how to connect.</summary>
public sealed class MqttBroker
{
    /// <summary>Tried in turn, "HOST,HOST:PORT": <see cref="BrokerAddresses"/>.</summary>
    public string Host { get; set; } = "";

    /// <summary>Of a broker that names none.</summary>
    public int Port { get; set; } = 8883;

    /// <summary>Null: none.</summary>
    public string User { get; set; }

    public string Password { get; set; }

    /// <summary>Not null: TLS 1.2, and the broker's certificate must descend from this one. The calendar has to be set
    /// before: TLS checks dates.</summary>
    public X509Certificate Authority { get; set; }

    /// <summary>Our own certificate with its key; null: the broker asks for none.</summary>
    public X509Certificate2 Certificate { get; set; }

    public int KeepAliveSeconds { get; set; } = 60;
}
