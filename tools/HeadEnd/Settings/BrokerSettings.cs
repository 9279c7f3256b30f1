using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeterFirmware.Boards.Simulator.Mqtt;
using MQTTnet;

namespace MeterFirmware.Tools.HeadEnds.Web.Settings;

/// <summary>Makes the brokers of the settings.</summary>
internal static class BrokerSettings
{
    /// <summary>The brokers named; null: none is, so the embedded one serves.</summary>
    /// <exception cref="SettingsException">Names the setting and what was expected.</exception>
    public static MqttBrokers? Read(HeadEndSettings settings, Action<string> log)
    {
        if (settings.Brokers.Length == 0)
        {
            return null;
        }

        if (!MqttAddress.TryParseAll(settings.Brokers, out IReadOnlyList<MqttAddress> addresses, out string error))
        {
            throw new SettingsException($"HeadEnd:Brokers: {error}");
        }

        if (!addresses[0].IsTls)
        {
            return settings.BrokerAuthority.Length + settings.BrokerCertificate.Length == 0
                ? new MqttBrokers(addresses) { Log = log }
                : throw new SettingsException(
                    "HeadEnd:BrokerAuthority, HeadEnd:BrokerCertificate: only with an mqtts:// address");
        }

        X509Certificate2? authority = Load("BrokerAuthority", settings.BrokerAuthority,
            X509CertificateLoader.LoadCertificateFromFile);
        X509Certificate2? own = Load("BrokerCertificate", settings.BrokerCertificate,
            path => X509Certificate2.CreateFromPemFile(path, settings.BrokerKey));
        return new MqttBrokers(addresses, builder => builder.WithTlsOptions(tls =>
        {
            tls.UseTls();
            if (authority != null)
            {
                tls.WithTrustChain([authority]);
            }

            if (own != null)
            {
                tls.WithClientCertificates([own]);
            }
        }))
        { Log = log };
    }

    private static X509Certificate2? Load(string setting, string path, Func<string, X509Certificate2> load)
    {
        try
        {
            return path.Length == 0 ? null : load(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"HeadEnd:{setting}: {path}: {e.Message}");
        }
    }
}
