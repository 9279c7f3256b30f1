using System.Net;
using System.Net.Sockets;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>An MQTT broker in this process, on loopback: for demonstrations and tests without an installed
/// one.</summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private readonly MqttServer _server;

    private EmbeddedBroker(MqttServer server, int port)
    {
        _server = server;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts a broker; port 0 takes a free one.</summary>
    /// <param name="port">On loopback.</param>
    /// <param name="speaksMqtt5">False: it refuses MQTT 5, as a broker of 3.1.1 does.</param>
    public static async Task<EmbeddedBroker> StartAsync(int port = 0, bool speaksMqtt5 = true)
    {
        if (port == 0)
        {
            port = FreePort();
        }

        MqttServer server = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithDefaultEndpointPort(port)
            .WithMaxPendingMessagesPerClient(10_000)
            .Build());
        if (!speaksMqtt5)
        {
            server.ValidatingConnectionAsync += connecting =>
            {
                connecting.ReasonCode = connecting.ProtocolVersion == MqttProtocolVersion.V500
                    ? MqttConnectReasonCode.UnsupportedProtocolVersion : connecting.ReasonCode;
                return Task.CompletedTask;
            };
        }

        await server.StartAsync().ConfigureAwait(false);
        return new EmbeddedBroker(server, port);
    }

    /// <summary>A port on loopback that nobody listens on at this moment.</summary>
    public static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync().ConfigureAwait(false);
        _server.Dispose();
    }
}
