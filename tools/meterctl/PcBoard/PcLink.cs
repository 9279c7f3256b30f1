using System.Text;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.MeterCtl.Devices;
using MQTTnet;

namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>
/// A device's way to its broker, as a board has it: certificates from files of the drive, the rest from settings.json
/// until a settings document names it. Without TLS only where that is said by name: a certificate that does not load
/// means no telemetry, never plain text.
/// </summary>
internal sealed class PcLink : IMqttLink, ILinkSettings, IDisposable
{
    private const string Nowhere = "link: no broker";

    private readonly BoardSettings _settings;
    private readonly Action<MqttClientOptionsBuilder>? _security;
    private MqttNetLink? _link;
    private MqttNetLink? _next;
    private string _present = "";

    /// <param name="isSite">For the site bus, which may have a certificate of its own.</param>
    public PcLink(BoardSettings settings, DeviceFolder folder, bool isSite = false)
    {
        _settings = settings;
        bool hasOwn = isSite && settings.SiteCertificateFile != "";
        _security = Security(settings, folder, hasOwn);
        Use(settings.BrokerHost, settings.BrokerPort, !settings.BrokerPlainText, settings.BrokerUser,
            settings.BrokerPassword);
    }

    public MqttLinkState State => _link?.State ?? MqttLinkState.Closed;

    public string? LastError => _link is null ? Nowhere : _link.LastError;

    public bool IsSubscribed => _link is { IsSubscribed: true };

    public int Settled => _link?.Settled ?? 0;

    public int GivenUp => _link?.GivenUp ?? 0;

    public int IncomingDropped => _link?.IncomingDropped ?? 0;

    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
        if (_link != _next)
        {
            _link?.Dispose();
            _link = _next;
        }

        _link?.Open(clientId, willTopic, willPayload);
    }

    public void Close() => _link?.Close();

    /// <summary>As a loss of supply ends it: the broker publishes the will.</summary>
    public void Cut() => _link?.Cut();

    public bool TrySubscribe(string topicFilter) => _link is not null && _link.TrySubscribe(topicFilter);

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain) =>
        _link is not null && _link.TryPublish(topic, payload, payloadLength, retain);

    public bool TryReceive(MqttMessage message) => _link is not null && _link.TryReceive(message);

    public void WriteDefaults(SettingsSchema schema)
    {
        schema.SetDefault(DeviceSchema.LinkHost, _settings.BrokerHost);
        schema.SetDefault(DeviceSchema.LinkPort, _settings.BrokerPort);
        schema.SetDefault(DeviceSchema.LinkTls, _settings.BrokerPlainText ? 0 : 1);
        schema.SetDefault(DeviceSchema.LinkUser, _settings.BrokerUser);
        schema.SetDefault(DeviceSchema.LinkPassword, _settings.BrokerPassword);
    }

    public void Use(SettingsValues values) => Use(TextOf(values, DeviceSchema.LinkHost),
        (int)values.IntegerOf(DeviceSchema.LinkPort), values.IsTrue(DeviceSchema.LinkTls),
        TextOf(values, DeviceSchema.LinkUser), TextOf(values, DeviceSchema.LinkPassword));

    public void Dispose()
    {
        _link?.Dispose();
        _next?.Dispose();
    }

    private static string TextOf(SettingsValues values, int field) =>
        Encoding.UTF8.GetString(values.Bytes, values.TextOffsetOf(field), values.TextLengthOf(field));

    private static Action<MqttClientOptionsBuilder>? Security(BoardSettings settings, DeviceFolder folder, bool hasOwn)
    {
        if (settings.BrokerAuthorityFile == "")
        {
            return null;
        }

        string certificate = hasOwn ? settings.SiteCertificateFile : settings.BrokerCertificateFile;
        string key = hasOwn ? settings.SiteKeyFile : settings.BrokerKeyFile;
        try
        {
            return BrokerOptions.Security(
                BrokerOptions.LoadAuthority("settings", folder.PathOf(settings.BrokerAuthorityFile)),
                certificate == "" ? null
                    : BrokerOptions.LoadOwn("settings", folder.PathOf(certificate), folder.PathOf(key)));
        }
        catch (InputException e)
        {
            Console.Out.WriteLine($"{e.Message}: no telemetry over TLS");
            return null;
        }
    }

    // Holds from the next connection on. A link keeps what it learnt of its brokers unless they change.
    private void Use(string host, int port, bool isSecure, string user, string password)
    {
        string wanted = $"{host} {port} {isSecure} {user} {password}";
        if (wanted == _present)
        {
            return;
        }

        _present = wanted;
        _next = null;
        if (host == "" || (isSecure && _security is null)
            || !BrokerAddresses.TryParse(host, port, out BrokerAddresses _))
        {
            return;
        }

        string scheme = isSecure ? "mqtts" : "mqtt";
        string text = string.Join(',', host.Split(',').Select(one =>
            $"{scheme}://{one}{(one.Contains(':') ? "" : $":{port}")}"));
        if (!MqttAddress.TryParseAll(text, out IReadOnlyList<MqttAddress> addresses, out string error))
        {
            Console.Out.WriteLine($"link: {error}");
            return;
        }

        _next = new MqttNetLink(new MqttBrokers(addresses, builder =>
        {
            if (isSecure)
            {
                _security!(builder);
            }

            if (user != "")
            {
                builder.WithCredentials(user, password);
            }
        }));
    }
}
