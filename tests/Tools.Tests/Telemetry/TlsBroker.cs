using System;
using System.IO;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;
using MQTTnet.Server;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>A broker that lets nobody in without a valid certificate of the authority: a real mosquitto, or the embedded one.</summary>
internal sealed class TlsBroker : IAsyncDisposable
{
    private readonly TestAuthority _authority;
    private readonly bool _isMosquitto;
    private MosquittoBroker _mosquitto;
    private MqttServer _embedded;

    public TlsBroker(TestAuthority authority, bool isMosquitto)
    {
        _authority = authority;
        _isMosquitto = isMosquitto;
        Port = EmbeddedBroker.FreePort();
    }

    public int Port { get; private set; }

    public override string ToString() => _isMosquitto ? "mosquitto" : "embedded broker";

    /// <summary>Starts, or starts again on the same port with another certificate.</summary>
    public async Task StartAsync(X509Certificate2 certificate)
    {
        if (!_isMosquitto)
        {
            await StartEmbeddedAsync(certificate);
            return;
        }

        if (_mosquitto != null)
        {
            _mosquitto.Kill();
        }
        else
        {
            _mosquitto = Mosquitto.StartOrSkip();
            _mosquitto.Kill();
            Port = _mosquitto.Port;
        }

        File.WriteAllText(_mosquitto.PathOf("ca.crt"), _authority.Root.ExportCertificatePem());
        File.WriteAllText(_mosquitto.PathOf("server.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(_mosquitto.PathOf("server.key"), certificate.GetECDsaPrivateKey().ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_mosquitto.PathOf("mosquitto.conf"), $"""
            listener {Port} 127.0.0.1
            cafile {_mosquitto.PathOf("ca.crt")}
            certfile {_mosquitto.PathOf("server.crt")}
            keyfile {_mosquitto.PathOf("server.key")}
            require_certificate true
            use_identity_as_username true
            allow_anonymous false
            persistence false
            {(Environment.UserName == "root" ? "user root" : "")}
            """);
        _mosquitto.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _mosquitto?.Dispose();
        await StopEmbeddedAsync();
    }

    private async Task StartEmbeddedAsync(X509Certificate2 certificate)
    {
        await StopEmbeddedAsync();
        _embedded = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder()
            .WithEncryptedEndpoint()
            .WithEncryptedEndpointPort(Port)
            .WithEncryptedEndpointBoundIPAddress(IPAddress.Loopback)
            .WithEncryptedEndpointBoundIPV6Address(IPAddress.None)
            .WithEncryptionCertificate(certificate)
            .WithEncryptionSslProtocol(SslProtocols.Tls12 | SslProtocols.Tls13)
            .WithClientCertificate((_, client, _, _) => client != null && IsValid(client))
            .Build());
        await _embedded.StartAsync();
    }

    private async Task StopEmbeddedAsync()
    {
        if (_embedded != null)
        {
            await _embedded.StopAsync();
            _embedded.Dispose();
            _embedded = null;
        }
    }

    private bool IsValid(X509Certificate client)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority.Root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(new X509Certificate2(client));
    }
}
