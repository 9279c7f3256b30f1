using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>The options by which a command reaches a broker: addresses, certificate of its authority, certificate and
/// key of ours.</summary>
internal sealed class BrokerOptions
{
    private readonly Option<string?> _broker;
    private readonly Option<string?> _authority =
        new("--ca") { Description = "PEM file of the broker's authority (mqtts)" };
    private readonly Option<string?> _certificate =
        new("--cert") { Description = "PEM file of our certificate (mqtts)" };
    private readonly Option<string?> _key = new("--key") { Description = "PEM file of our certificate's key (mqtts)" };

    /// <param name="withoutIt">What happens without the option, for its help.</param>
    public BrokerOptions(string withoutIt = "")
    {
        _broker = new Option<string?>("--broker")
        {
            Description =
            "mqtts://HOST:PORT, or mqtt://HOST:PORT in plain text; several, separated by commas, are tried in turn"
            + withoutIt
        };
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
    public MqttBrokers Read(ParseResult parsed)
    {
        string text = parsed.GetValue(_broker)
            ?? throw new InputException("--broker: mqtts://HOST:PORT or mqtt://HOST:PORT was expected");
        if (!MqttAddress.TryParseAll(text, out IReadOnlyList<MqttAddress> addresses, out string error))
        {
            throw new InputException($"--broker: {error}");
        }

        string? authority = parsed.GetValue(_authority);
        string? certificate = parsed.GetValue(_certificate);
        string? key = parsed.GetValue(_key);
        if (!addresses[0].IsTls)
        {
            return authority == null && certificate == null && key == null ? new MqttBrokers(addresses) { Log = Tell }
                : throw new InputException("--ca, --cert, --key: only with an mqtts:// address");
        }

        if ((certificate == null) != (key == null))
        {
            throw new InputException("--cert, --key: one needs the other");
        }

        if (key != null)
        {
            PrivateFile.Require("--key", key);
        }

        X509Certificate2? own = certificate == null ? null : LoadOwn("--cert", certificate, key!);
        return new MqttBrokers(addresses, Security(AuthorityOf(parsed), own)) { Log = Tell };
    }

    /// <summary>What `--ca` names; null: nothing, the system's authorities count.</summary>
    public X509Certificate2Collection? AuthorityOf(ParseResult parsed) =>
        parsed.GetValue(_authority) is { } path ? LoadAuthority("--ca", path) : null;

    /// <summary>The files that the options name, by what a board calls them: ca.crt, device.crt,
    /// device.key.</summary>
    public IReadOnlyDictionary<string, string> Files(ParseResult parsed) =>
        new[] { ("ca.crt", _authority), ("device.crt", _certificate), ("device.key", _key) }
            .Where(one => parsed.GetValue(one.Item2) is not null)
            .ToDictionary(one => one.Item1, one => parsed.GetValue(one.Item2)!);

    /// <summary>True when one certificate is given for everybody.</summary>
    public bool HasCertificate(ParseResult parsed) => parsed.GetValue(_certificate) != null;

    public static X509Certificate2Collection LoadAuthority(string option, string path) =>
        [Load(option, path, X509CertificateLoader.LoadCertificateFromFile)];

    /// <summary>A certificate with its key from two PEM files.</summary>
    public static X509Certificate2 LoadOwn(string option, string certificate, string key) =>
        Load(option, certificate, path => X509Certificate2.CreateFromPemFile(path, key));

    /// <summary>TLS with this authority and this certificate of ours; null: the system's authorities, no
    /// certificate.</summary>
    public static Action<MQTTnet.MqttClientOptionsBuilder> Security(X509Certificate2Collection? roots,
        X509Certificate2? own) =>
        builder => builder.WithTlsOptions(tls =>
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

    private static void Tell(string line) => Console.Error.WriteLine($"meterctl: {line}");

    private static X509Certificate2 Load(string option, string path, Func<string, X509Certificate2> load)
    {
        try
        {
            return load(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException)
        {
            // A key of another certificate is an ArgumentException, which names a parameter of .NET.
            throw new InputException($"{option}: {path}: {e.Message.Split(" (Parameter")[0]}");
        }
    }
}
