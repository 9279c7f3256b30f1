using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>A folder with a certificate for each client, as tools/broker/make-test-broker makes it: NAME.crt and
/// NAME.key, head-end.crt for the head-end, ca.crt of the authority.</summary>
internal sealed class CertificateFolder
{
    private const string Option = "--cert-folder";

    private readonly string _path;
    private readonly X509Certificate2Collection? _roots;

    /// <param name="path">The folder.</param>
    /// <param name="roots">The authority; null: the folder's ca.crt, or the system's authorities.</param>
    public CertificateFolder(string path, X509Certificate2Collection? roots)
    {
        if (!Directory.Exists(path))
        {
            throw new InputException($"{Option}: {path} is no folder");
        }

        _path = path;
        string authority = Path.Combine(path, "ca.crt");
        _roots = roots ?? (File.Exists(authority) ? BrokerOptions.LoadAuthority(Option, authority) : null);
    }

    /// <summary>The brokers as this client reaches them. Throws when its files are missing or bad.</summary>
    public MqttBrokers For(MqttBrokers brokers, string name)
    {
        string certificate = Path.Combine(_path, name + ".crt");
        if (!File.Exists(certificate))
        {
            throw new InputException($"{Option}: {certificate} is missing; {name}.crt and {name}.key were expected");
        }

        string key = Path.Combine(_path, name + ".key");
        PrivateFile.Require(Option, key);
        X509Certificate2 own = BrokerOptions.LoadOwn(Option, certificate, key);
        return brokers.For(BrokerOptions.Security(_roots, own));
    }
}
