using System;
using System.Collections.Generic;
using MQTTnet;

namespace MeterFirmware.Boards.Simulator.Mqtt;

/// <summary>A broker's address as people write it: mqtt://HOST:PORT (plain text) or mqtts://HOST:PORT (TLS).</summary>
public sealed class MqttAddress
{
    private MqttAddress(string host, int port, bool isTls)
    {
        Host = host;
        Port = port;
        IsTls = isTls;
    }

    public string Host { get; }

    public int Port { get; }

    public bool IsTls { get; }

    /// <summary>A broker in plain text on this machine.</summary>
    public static MqttAddress Loopback(int port) => new("127.0.0.1", port, isTls: false);

    /// <summary>Reads an address. False: <paramref name="error"/> says what was expected.</summary>
    public static bool TryParse(string text, out MqttAddress address, out string error)
    {
        address = null;
        error = "";
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri uri) || (uri.Scheme != "mqtt" && uri.Scheme != "mqtts") ||
            uri.Host.Length == 0 || uri.PathAndQuery.Trim('/').Length > 0 || uri.UserInfo.Length > 0)
        {
            error = $"'{text}' is no broker address; expected mqtt://HOST:PORT or mqtts://HOST:PORT";
            return false;
        }

        bool isTls = uri.Scheme == "mqtts";
        address = new MqttAddress(uri.Host, uri.Port > 0 ? uri.Port : isTls ? 8883 : 1883, isTls);
        return true;
    }

    /// <summary>Reads addresses separated by commas: brokers of one system, so all in plain text or all over
    /// TLS.</summary>
    public static bool TryParseAll(string text, out IReadOnlyList<MqttAddress> addresses, out string error)
    {
        List<MqttAddress> all = [];
        addresses = all;
        error = "";
        foreach (string part in text.Split(','))
        {
            if (!TryParse(part.Trim(), out MqttAddress address, out error))
            {
                return false;
            }

            all.Add(address);
        }

        if (all.Exists(address => address.IsTls != all[0].IsTls))
        {
            error = $"'{text}' mixes mqtt:// and mqtts://; all in plain text or all over TLS was expected";
            return false;
        }

        return true;
    }

    /// <summary>Sets server and TLS on a client's options.</summary>
    public void Configure(MqttClientOptionsBuilder builder)
    {
        builder.WithTcpServer(Host, Port);
        if (IsTls)
        {
            builder.WithTlsOptions(tls => tls.UseTls());
        }
    }

    public override string ToString() => $"{(IsTls ? "mqtts" : "mqtt")}://{Host}:{Port}";
}
