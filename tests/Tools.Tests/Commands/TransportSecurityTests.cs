using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.Tests.Tools.Commands;

/// <summary>tools/broker/make-test-broker against a real mosquitto: who gets in, and who reaches what.</summary>
[TestClass]
public sealed class TransportSecurityTests
{
    private static string _folder;
    private static Process _broker;
    private static int _port;

    [ClassInitialize]
    public static void StartBroker(TestContext _)
    {
        string program = Array.Find(
            ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"], File.Exists);
        if (program == null)
        {
            return;
        }

        _folder = Directory.CreateTempSubdirectory("mf-tls-").FullName;
        _port = EmbeddedBroker.FreePort();
        using Process script = Process.Start(new ProcessStartInfo("bash")
        {
            ArgumentList = { ScriptPath(), _folder, "--port", _port.ToString(), "meter-1", "meter-2" },
            RedirectStandardOutput = true,
        });
        script.WaitForExit();
        Assert.AreEqual(0, script.ExitCode);
        _broker = Process.Start(new ProcessStartInfo(program)
        {
            ArgumentList = { "-c", Path.Combine(_folder, "mosquitto.conf") },
            RedirectStandardError = true,
        });
        long until = Environment.TickCount64 + 60_000;
        while (!IsListening() && Environment.TickCount64 < until)
        {
            Assert.IsFalse(_broker.HasExited, "mosquitto ended at its start");
            Thread.Yield();
        }
    }

    [ClassCleanup]
    public static void StopBroker()
    {
        if (_broker != null)
        {
            _broker.Kill();
            _broker.WaitForExit();
            _broker.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }

    [TestMethod]
    public async Task ADevicePublishesOnlyBelowItsOwnTopic()
    {
        SkipWithoutBroker();
        ConcurrentQueue<string> received = new();
        using SemaphoreSlim arrived = new(0);
        using IMqttClient headEnd = await Connect("head-end");
        headEnd.ApplicationMessageReceivedAsync += message =>
        {
            received.Enqueue(message.ApplicationMessage.Topic);
            arrived.Release();
            return Task.CompletedTask;
        };
        await headEnd.SubscribeAsync("mf/v1/+/record", MqttQualityOfServiceLevel.AtLeastOnce);
        using IMqttClient device = await Connect("meter-1");
        await Publish(device, "mf/v1/meter-2/record");
        await Publish(device, "mf/v1/meter-1/command");
        await Publish(device, "mf/v1/meter-1/record");

        // The broker keeps a sender's order, so what came before the last message would have arrived before it.
        Assert.IsTrue(await arrived.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.AreEqual("mf/v1/meter-1/record", string.Join(' ', received));
    }

    [TestMethod]
    public async Task ADeviceHearsOnlyWhatIsMeantForIt()
    {
        SkipWithoutBroker();
        ConcurrentQueue<string> received = new();
        using SemaphoreSlim arrived = new(0);
        using IMqttClient device = await Connect("meter-1");
        device.ApplicationMessageReceivedAsync += message =>
        {
            received.Enqueue(message.ApplicationMessage.Topic);
            arrived.Release();
            return Task.CompletedTask;
        };
        await device.SubscribeAsync("mf/v1/#", MqttQualityOfServiceLevel.AtLeastOnce);
        using IMqttClient headEnd = await Connect("head-end");
        await Publish(headEnd, "mf/v1/meter-2/command");
        await Publish(headEnd, "mf/v1/meter-1/command");
        Assert.IsTrue(await arrived.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.AreEqual("mf/v1/meter-1/command", string.Join(' ', received));
    }

    [TestMethod]
    public async Task NobodyGetsInWithoutACertificateOfTheAuthority()
    {
        SkipWithoutBroker();
        await Assert.ThrowsAsync<Exception>(() => Connect(null));
    }

    [TestMethod]
    public async Task AServerOfAnotherAuthorityIsRefused()
    {
        SkipWithoutBroker();
        string other = Directory.CreateTempSubdirectory("mf-tls-other-").FullName;
        try
        {
            using Process script = Process.Start(new ProcessStartInfo("bash")
            {
                ArgumentList = { ScriptPath(), other, "meter-1" },
                RedirectStandardOutput = true,
            });
            await script.WaitForExitAsync();
            await Assert.ThrowsAsync<Exception>(() => Connect("meter-1", Path.Combine(other, "ca.crt")));
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    private static void SkipWithoutBroker()
    {
        if (_broker == null)
        {
            Assert.Inconclusive("skipped: mosquitto not found");
        }
    }

    private static async Task<IMqttClient> Connect(string name, string authority = null)
    {
        X509Certificate2 root = X509CertificateLoader.LoadCertificateFromFile(authority ?? Path.Combine(_folder, "ca.crt"));
        MqttClientOptionsBuilder options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", _port)
            .WithTimeout(TimeSpan.FromSeconds(60))
            .WithTlsOptions(tls =>
            {
                tls.UseTls().WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13);
                tls.WithTrustChain(new X509Certificate2Collection(root));
                tls.WithRevocationMode(X509RevocationMode.NoCheck);
                if (name != null)
                {
                    tls.WithClientCertificates(
                        [X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(_folder, name + ".pfx"), "")]);
                }
            });
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(options.Build());
        return client;
    }

    private static async Task Publish(IMqttClient client, string topic)
    {
        MqttApplicationMessage message = new MqttApplicationMessageBuilder().WithTopic(topic)
            .WithPayload(Encoding.ASCII.GetBytes("{}")).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        await client.PublishAsync(message);
    }

    private static bool IsListening()
    {
        try
        {
            using TcpClient probe = new("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string ScriptPath()
    {
        string folder = AppContext.BaseDirectory;
        while (folder != null && !File.Exists(Path.Combine(folder, "MeterFirmware.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? "", "tools", "broker", "make-test-broker");
    }
}
