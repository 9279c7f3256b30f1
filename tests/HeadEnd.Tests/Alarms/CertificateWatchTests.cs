using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds.Alarms;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Alarms;

/// <summary>Certificates of ours that expire soon are alarms.</summary>
[TestClass]
public sealed class CertificateWatchTests : StoreTest<SqlitePlace>
{
    private static readonly DateTimeOffset _made = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _now = _made;

    [TestMethod]
    public void ACertificateThatExpiresWithinAMonthIsAnAlarmUntilItIsReplaced()
    {
        using TestedStore store = Open();
        string folder = Directory.CreateTempSubdirectory("mf-certificates-").FullName;
        try
        {
            string path = Path.Combine(folder, "broker.crt");
            File.WriteAllText(path, Pem(days: 90));
            AlarmStore alarms = new(store.Behind, () => _now);
            CertificateWatch watch = new(alarms, new AlarmLimits(), new Dictionary<string, string>
            {
                ["BrokerAuthority"] = path,
                ["BrokerCertificate"] = Path.Combine(folder, "not-there.crt"),
            }, () => _now);
            watch.Look();
            StringAssert.StartsWith(Told(alarms), "BrokerCertificate not-there.crt: ");
            File.WriteAllText(Path.Combine(folder, "not-there.crt"), Pem(days: 700));
            _now = _made.AddDays(59);
            watch.Look();
            Assert.AreEqual("", Told(alarms));
            _now = _made.AddDays(61);
            watch.Look();
            Assert.AreEqual("BrokerAuthority broker.crt: expires 2026-04-01", Told(alarms));
            _now = _made.AddDays(91);
            watch.Look();
            Assert.AreEqual("BrokerAuthority broker.crt: expired 2026-04-01", Told(alarms));
            File.WriteAllText(path, Pem(days: 400));
            _now = _now.AddMinutes(59);
            watch.Look();
            Assert.AreNotEqual("", Told(alarms), "once an hour");
            _now = _now.AddMinutes(1);
            watch.Look();
            Assert.AreEqual("", Told(alarms));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Told(AlarmStore alarms) => string.Join('\n', alarms.List(null, 10, isOpen: true)
        .Select(alarm => $"{alarm.Subject} {alarm.Detail}"));

    private static string Pem(int days)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=broker", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(_made, _made.AddDays(days));
        return certificate.ExportCertificatePem();
    }
}
