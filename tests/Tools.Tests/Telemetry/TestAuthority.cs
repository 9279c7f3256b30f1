using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeterFirmware.Tools.Tests.Support;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>A certificate authority for tests whose certificates may have ended long ago.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset _start = DateTimeOffset.UtcNow.AddYears(-2);
    private static readonly DateTimeOffset _end = DateTimeOffset.UtcNow.AddYears(2);

    private int _serial;

    public TestAuthority()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=MeterFirmware test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign
            | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Root = request.CreateSelfSigned(_start, _end);
    }

    public X509Certificate2 Root { get; }

    /// <summary>A certificate with its key for loopback (server) or for a client of that name.</summary>
    public X509Certificate2 Issue(string name, bool isServer, bool isExpired)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset end = isExpired ? DateTimeOffset.UtcNow.AddDays(-1) : DateTimeOffset.UtcNow.AddDays(30);
        using X509Certificate2 bare = request.Create(Root, _start.AddDays(1), end, BitConverter.GetBytes(++_serial));
        using X509Certificate2 whole = bare.CopyWithPrivateKey(key);

        // Through PKCS #12: the server's side of .NET takes no key that lives only in memory on every system.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), "");
    }

    /// <summary>PEM files of the authority, of a valid client certificate, and of its key.</summary>
    public string[] WriteFiles(string folder, string name)
    {
        using X509Certificate2 client = Issue(name, isServer: false, isExpired: false);
        string[] paths = [Path.Combine(folder, "ca.crt"), Path.Combine(folder, name + ".crt"),
            Path.Combine(folder, name + ".key")];
        File.WriteAllText(paths[0], Root.ExportCertificatePem());
        File.WriteAllText(paths[1], client.ExportCertificatePem());
        File.WriteAllText(paths[2], client.GetECDsaPrivateKey().ExportPkcs8PrivateKeyPem());
        SecretFile.Protect(paths[2]);
        return paths;
    }

    public void Dispose() => Root.Dispose();
}
