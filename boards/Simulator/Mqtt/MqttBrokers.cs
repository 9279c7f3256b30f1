using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;

namespace MeterFirmware.Boards.Simulator.Mqtt;

/// <summary>
/// The brokers of one system and the version of MQTT that each speaks: 5, or 3.1.1 where a broker does not know 5
/// (NATS, RabbitMQ and others). Any number of links may share one of these: what one has learnt holds for all, and is
/// told once.
/// </summary>
public sealed class MqttBrokers
{
    /// <summary>Connections in MQTT 5 that are closed without an answer, in a row, before a broker counts as one of
    /// 3.1.1: one that closed a single one may have been dying.</summary>
    private const int ClosingsMax = 2;

    private readonly Action<MqttClientOptionsBuilder> _configure;
    private readonly IReadOnlyList<MqttAddress> _addresses;
    private readonly Known[] _known;
    private readonly object _gate;

    /// <param name="configure">Sets the server, and TLS, user and the like where wanted.</param>
    public MqttBrokers(Action<MqttClientOptionsBuilder> configure)
        : this([], configure)
    {
    }

    /// <param name="addresses">Tried in turn. Empty: the one that <paramref name="configure"/> names.</param>
    /// <param name="configure">Sets what holds for all: TLS, user and the like; null: nothing.</param>
    public MqttBrokers(IReadOnlyList<MqttAddress> addresses, Action<MqttClientOptionsBuilder> configure = null)
    {
        _addresses = addresses;
        _configure = configure;
        _gate = new object();
        _known = [.. Enumerable.Range(0, Math.Max(addresses.Count, 1)).Select(_ => new Known())];
    }

    private MqttBrokers(MqttBrokers other, Action<MqttClientOptionsBuilder> configure)
    {
        _addresses = other._addresses;
        _configure = configure;
        _known = other._known;
        _gate = other._gate;
        Log = other.Log;
    }

    public int Count => _known.Length;

    /// <summary>Empty: the broker is named by the options.</summary>
    public IReadOnlyList<MqttAddress> Addresses => _addresses;

    /// <summary>Takes a line for people when a broker turns out to speak 3.1.1 only. Called from any thread.</summary>
    public Action<string> Log { get; init; }

    /// <summary>The same brokers, for a client with a certificate or a user of its own; what is learnt is
    /// shared.</summary>
    public MqttBrokers For(Action<MqttClientOptionsBuilder> configure) => new(this, configure);

    /// <summary>Connects a client to one of the brokers. Throws what the network or the broker had against
    /// it.</summary>
    /// <param name="client">Not connected.</param>
    /// <param name="turn">Counts on: the address of that turn is taken.</param>
    /// <param name="prepare">Sets client id, will and the like.</param>
    /// <param name="patience">Bounds the whole; MQTTnet's own time-out does not hold once a token is passed to
    /// it.</param>
    /// <param name="socketBytes">Buffer of the socket; 0: MQTTnet's own of 8 KB.</param>
    public async Task ConnectAsync(IMqttClient client, int turn, Action<MqttClientOptionsBuilder> prepare,
        CancellationToken patience, int socketBytes = 0)
    {
        int at = (int)((uint)turn % (uint)Count);
        MqttProtocolVersion first = VersionOf(at);
        MqttProtocolVersion second = first == MqttProtocolVersion.V500
            ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500;
        Exception refusal;
        try
        {
            await ConnectAsync(client, OptionsOf(at, first, prepare, socketBytes), patience).ConfigureAwait(false);
            NoteServed(at, first);
            return;
        }
        catch (Exception e) when (MayBeOfTheVersion(e, patience))
        {
            refusal = e;
        }

        MqttClientOptions options = OptionsOf(at, second, prepare, socketBytes);
        try
        {
            await ConnectAsync(client, options, patience).ConfigureAwait(false);
        }
        catch (Exception e) when (!patience.IsCancellationRequested && !Chain(e).Any(cause => cause is SocketException))
        {
            // Neither: what the broker says to the newer version is the better answer. One that is gone by now says
            // more itself.
            throw first == MqttProtocolVersion.V500 ? refusal : e;
        }

        Learn(at, second, refusal, NameOf(options));
    }

    /// <summary>What a person can do something about: "see inner exception" says nothing.</summary>
    public static string Innermost(Exception e) => e.GetBaseException().Message;

    private static async Task ConnectAsync(IMqttClient client, MqttClientOptions options, CancellationToken patience)
    {
        MqttClientConnectResult result = await client.ConnectAsync(options, patience).ConfigureAwait(false);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new MqttRefusedException(result.ResultCode, result.ReasonString);
        }
    }

    /// <summary>False when the other version would fare no better: unreachable, not trusted, unanswered, or refused for
    /// another reason.</summary>
    private static bool MayBeOfTheVersion(Exception e, CancellationToken patience)
    {
        if (patience.IsCancellationRequested
            || Chain(e).Any(cause => cause is SocketException or AuthenticationException or OperationCanceledException))
        {
            return false;
        }

        return e is not MqttRefusedException refused || refused.IsOfTheVersion;
    }

    private static bool IsOfTheWay(Exception cause) =>
        cause is SocketException or AuthenticationException or OperationCanceledException;

    private static IEnumerable<Exception> Chain(Exception e)
    {
        for (; e != null; e = e.InnerException)
        {
            yield return e;
        }
    }

    private static string NameOf(MqttClientOptions options) =>
        (options.ChannelOptions as MqttClientTcpOptions)?.RemoteEndpoint switch
        {
            DnsEndPoint name => $"{name.Host}:{name.Port}",
            { } other => other.ToString(),
            null => "broker",
        };

    private MqttClientOptions OptionsOf(int at, MqttProtocolVersion version, Action<MqttClientOptionsBuilder> prepare,
        int socketBytes)
    {
        MqttClientOptionsBuilder builder = new();
        if (_addresses.Count > 0)
        {
            _addresses[at].Configure(builder);
        }

        _configure?.Invoke(builder);
        prepare(builder);
        MqttClientOptions options = builder.WithProtocolVersion(version).Build();
        if (socketBytes > 0 && options.ChannelOptions is MqttClientTcpOptions tcp)
        {
            tcp.BufferSize = socketBytes;
        }

        return options;
    }

    private MqttProtocolVersion VersionOf(int at)
    {
        lock (_gate)
        {
            return _known[at].Version;
        }
    }

    private void NoteServed(int at, MqttProtocolVersion version)
    {
        if (version == MqttProtocolVersion.V500)
        {
            lock (_gate)
            {
                _known[at].Closings = 0;
            }
        }
    }

    private void Learn(int at, MqttProtocolVersion version, Exception refusal, string name)
    {
        bool isTold;
        lock (_gate)
        {
            Known known = _known[at];
            known.Closings += version == MqttProtocolVersion.V311 ? 1 : 0;
            bool isCertain = refusal is MqttRefusedException or MqttProtocolViolationException
                || known.Closings >= ClosingsMax;
            known.Version = version == MqttProtocolVersion.V500 || isCertain ? version : MqttProtocolVersion.V500;
            isTold = known.Told == version
                || (version == MqttProtocolVersion.V500 && known.Told == MqttProtocolVersion.Unknown);
            known.Told = version;
        }

        if (!isTold)
        {
            (string refused, string taken) = version == MqttProtocolVersion.V311 ? ("5", "3.1.1") : ("3.1.1", "5");
            Log?.Invoke($"{name}: MQTT {refused} was refused ({Innermost(refusal)}); connected with MQTT {taken}");
        }
    }

    private sealed class Known
    {
        public MqttProtocolVersion Version { get; set; } = MqttProtocolVersion.V500;

        public MqttProtocolVersion Told { get; set; } = MqttProtocolVersion.Unknown;

        public int Closings { get; set; }
    }
}
