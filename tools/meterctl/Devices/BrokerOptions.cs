using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeterFirmware.Boards.Simulator;
using MQTTnet;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>The options by which a command reaches a broker: address, certificate of its authority, certificate and key of ours.</summary>
internal sealed class BrokerOptions
{
    private readonly Option<string?> _broker;
    private readonly Option<string?> _authority = new("--ca") { Description = "PEM file of the broker's authority (mqtts)" };
    private readonly Option<string?> _certificate = new("--cert") { Description = "PEM file of our certificate (mqtts)" };
    private readonly Option<string?> _key = new("--key") { Description = "PEM file of our certificate's key (mqtts)" };

    /// <param name="withoutIt">What happens without the option, for its help.</param>
    public BrokerOptions(string withoutIt = "")
    {
        _broker = new Option<string?>("--broker") { Description = "mqtts://HOST:PORT, or mqtt://HOST:PORT in plain text" + withoutIt };
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_broker);
        command.Options.Add(_authority);
        command.Options.Add(_certificate);
        command.Options.Add(_key);
    }

    /// <summary>True when a broker was named.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetValue(_broker) != null;

    /// <summary>Reads and checks the options.</summary>
    public Action<MqttClientOptionsBuilder> Read(ParseResult parsed) => Read(parsed, out _);

    /// <summary>Reads and checks the options, and says which broker they name.</summary>
    public Action<MqttClientOptionsBuilder> Read(ParseResult parsed, out MqttAddress address)
    {
        string text = parsed.GetValue(_broker) ?? throw new InputException("--broker: mqtts://HOST:PORT or mqtt://HOST:PORT was expected");
        if (!MqttAddress.TryParse(text, out address, out string error))
        {
            throw new InputException($"--broker: {error}");
        }

        string? authority = parsed.GetValue(_authority);
        string? certificate = parsed.GetValue(_certificate);
        string? key = parsed.GetValue(_key);
        if (!address.IsTls)
        {
            return authority == null && certificate == null && key == null ? address.Configure
                : throw new InputException("--ca, --cert, --key: only with an mqtts:// address");
        }

        if ((certificate == null) != (key == null))
        {
            throw new InputException("--cert, --key: one needs the other");
        }

        X509Certificate2Collection? roots = authority == null ? null : [Load("--ca", authority, X509CertificateLoader.LoadCertificateFromFile)];
        X509Certificate2? own = certificate == null ? null
            : Load("--cert", certificate, path => X509Certificate2.CreateFromPemFile(path, key));
        string host = address.Host;
        int port = address.Port;
        return builder => builder.WithTcpServer(host, port).WithTlsOptions(tls =>
        {
            tls.UseTls();
            if (roots != null)
            {
                tls.WithTrustChain(roots);
            }

            if (own != null)
            {
                tls.WithClientCertificates([own]);
            }
        });
    }

    private static X509Certificate2 Load(string option, string path, Func<string, X509Certificate2> load)
    {
        try
        {
            return load(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new InputException($"{option}: {path}: {e.Message}");
        }
    }
}
