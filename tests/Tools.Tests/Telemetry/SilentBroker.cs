using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;
using MQTTnet.Packets;
using MQTTnet.Server;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>MQTTnet's broker, which keeps packets back from one client while its connection stays up.</summary>
internal sealed class SilentBroker : IAsyncDisposable
{
    private readonly MqttServer _server;
    private readonly Lock _gate = new();
    private string _clientId = "";
    private SwallowedPacket _packet;
    private int _left;

    private SilentBroker(int port)
    {
        Port = port;
        _server = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithDefaultEndpointPort(port)
            .WithMaxPendingMessagesPerClient(10_000)
            .Build());
        _server.InterceptingOutboundPacketAsync += Intercept;
        _server.ClientConnectedAsync += Connected;
    }

    public int Port { get; }

    /// <summary>Packets kept back so far.</summary>
    public int Swallowed { get; private set; }

    /// <summary>True: the client that connects anew gets everything again.</summary>
    public bool ForgetOnReconnect { get; set; }

    public static async Task<SilentBroker> StartAsync()
    {
        SilentBroker broker = new(EmbeddedBroker.FreePort());
        await broker._server.StartAsync();
        return broker;
    }

    /// <summary>Keeps the client's next packets of a kind back.</summary>
    public void Swallow(string clientId, SwallowedPacket packet, int count)
    {
        lock (_gate)
        {
            _clientId = clientId;
            _packet = packet;
            _left = count;
        }
    }

    public void Disconnect(string clientId) =>
        _server.DisconnectClientAsync(clientId, MQTTnet.Protocol.MqttDisconnectReasonCode.AdministrativeAction)
            .GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        _server.Dispose();
    }

    private Task Connected(ClientConnectedEventArgs connected)
    {
        lock (_gate)
        {
            _left = ForgetOnReconnect && connected.ClientId == _clientId ? 0 : _left;
        }

        return Task.CompletedTask;
    }

    private Task Intercept(InterceptingPacketEventArgs packet)
    {
        lock (_gate)
        {
            bool isMeant = _left > 0 && packet.ClientId == _clientId && packet.Packet switch
            {
                MqttConnAckPacket => _packet == SwallowedPacket.ConnAck,
                MqttPubAckPacket => _packet == SwallowedPacket.PubAck,
                MqttPublishPacket => _packet == SwallowedPacket.Publish,
                _ => false,
            };
            if (isMeant)
            {
                _left--;
                Swallowed++;
                packet.ProcessPacket = false;
            }
        }

        return Task.CompletedTask;
    }
}
