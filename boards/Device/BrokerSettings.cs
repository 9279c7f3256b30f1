using System;
using System.IO;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// The way to the broker: certificates from files beside settings.json, the rest from settings.json until a settings
/// document names it. Without TLS only where "brokerPlainText" (or the document's "tls":false) says so by name: a
/// certificate that does not load means no telemetry, never plain text.
/// </summary>
public sealed class BrokerSettings : ILinkSettings
{
    private readonly BoardSettings _settings;
    private readonly M2MqttLink _link;
    private X509Certificate _authority;
    private X509Certificate2 _own;

    /// <param name="settings">Checked.</param>
    /// <param name="link">Told where to connect.</param>
    public BrokerSettings(BoardSettings settings, M2MqttLink link)
    {
        _settings = settings;
        _link = link;
    }

    /// <summary>Loads the certificates; says which one is bad.</summary>
    /// <param name="isSite">True: for the connection of the site bus, which may have a certificate of its own.</param>
    public void LoadCertificates(bool isSite = false)
    {
        bool hasOwn = isSite && _settings.SiteCertificateFile != "";
        string path = _settings.BrokerAuthorityFile;
        try
        {
            if (path != "")
            {
                _authority = Load(path);
            }

            path = hasOwn ? _settings.SiteCertificateFile : _settings.BrokerCertificateFile;
            if (path != "")
            {
                _own = LoadOwn(path, hasOwn ? _settings.SiteKeyFile : _settings.BrokerKeyFile);
            }
        }
        catch (Exception e)
        {
            _authority = null;
            Console.WriteLine("settings: " + path + ": " + e.Message + ": no telemetry over TLS");
        }
    }

    /// <summary>For a device without a settings document: what the settings say.</summary>
    public void UseSettings() => Use(_settings.BrokerHost, _settings.BrokerPort, !_settings.BrokerPlainText,
        _settings.BrokerUser,
        _settings.BrokerPassword);

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

    private void Use(string host, int port, bool isSecure, string user, string password)
    {
        _link.Broker = host == "" || (isSecure && _authority == null) ? null : new MqttBroker
        {
            Host = host,
            Port = port,
            User = user == "" ? null : user,
            Password = password == "" ? null : password,
            Authority = isSecure ? _authority : null,
            Certificate = isSecure ? _own : null,
        };
    }

    private static string TextOf(SettingsValues values, int field) =>
        Encoding.UTF8.GetString(values.Bytes, values.TextOffsetOf(field), values.TextLengthOf(field));

    private static X509Certificate Load(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);

        // PEM must reach the parser with its terminating zero, which the constructor from a string adds.
        return IsPem(bytes) ? new X509Certificate(TextOf(bytes)) : new X509Certificate(bytes);
    }

    private static X509Certificate2 LoadOwn(string path, string keyPath)
    {
        byte[] bytes = File.ReadAllBytes(path);
        byte[] key = File.ReadAllBytes(keyPath);
        return IsPem(bytes) ? new X509Certificate2(TextOf(bytes), TextOf(key), "")
            : new X509Certificate2(bytes, key, "");
    }

    private static bool IsPem(byte[] bytes) => bytes.Length > 0 && bytes[0] == '-';

    private static string TextOf(byte[] bytes) => Encoding.UTF8.GetString(bytes, 0, bytes.Length);
}
