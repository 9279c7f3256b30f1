using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>A real mosquitto as tools/broker/make-test-broker sets it up.</summary>
internal sealed class CertifiedBroker : IDisposable
{
    private readonly Process _process;

    private CertifiedBroker(string program, string[] arguments)
    {
        Folder = Directory.CreateTempSubdirectory("mf-tls-").FullName;
        Port = EmbeddedBroker.FreePort();
        (int code, string errors) = Make([Folder, "--port", Port.ToString(), .. arguments]);
        Assert.AreEqual(0, code, errors);
        _process = Process.Start(new ProcessStartInfo(program)
        {
            ArgumentList = { "-c", Path.Combine(Folder, "mosquitto.conf") },
            RedirectStandardError = true,
        });
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        Until.True(IsListening, "mosquitto listens");
    }

    public string Folder { get; }

    public int Port { get; }

    /// <summary>Starts a broker; null: mosquitto is not installed.</summary>
    /// <param name="arguments">As make-test-broker takes them behind the folder.</param>
    public static CertifiedBroker TryStart(params string[] arguments) =>
        MosquittoBroker.Program is { } program ? new CertifiedBroker(program, arguments) : null;

    /// <summary>Runs make-test-broker.</summary>
    public static (int Code, string Errors) Make(params string[] arguments)
    {
        ProcessStartInfo start = new("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(ScriptPath());
        Array.ForEach(arguments, start.ArgumentList.Add);
        using Process script = Process.Start(start);
        script.OutputDataReceived += (_, _) => { };
        script.BeginOutputReadLine();
        string errors = script.StandardError.ReadToEnd();
        script.WaitForExit();
        return (script.ExitCode, errors);
    }

    /// <summary>TLS with the authority's and a client's files; no client: without a certificate of its own.</summary>
    public Action<MqttClientOptionsBuilder> Security(string name, string authority = null)
    {
        X509Certificate2 root = X509CertificateLoader.LoadCertificateFromFile(authority
            ?? Path.Combine(Folder, "ca.crt"));
        return builder => builder.WithTcpServer("127.0.0.1", Port).WithTlsOptions(tls =>
        {
            tls.UseTls();
            tls.WithTrustChain(new X509Certificate2Collection(root));
            tls.WithRevocationMode(X509RevocationMode.NoCheck);
            if (name != null)
            {
                tls.WithClientCertificates(
                    [X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(Folder, name + ".pfx"), "")]);
            }
        });
    }

    public async Task<IMqttClient> ConnectAsync(string name, string clientId = null, string authority = null)
    {
        MqttClientOptionsBuilder options = new MqttClientOptionsBuilder().WithTimeout(TimeSpan.FromSeconds(60));
        Security(name, authority)(options);
        if (clientId != null)
        {
            options.WithClientId(clientId);
        }

        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(options.Build());
        return client;
    }

    public static Task PublishAsync(IMqttClient client, string topic, int bytes = 2) => client.PublishAsync(
        new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(Encoding.ASCII.GetBytes("{}".PadRight(bytes)))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string ScriptPath() => Path.Combine(Checkout.Root, "tools", "broker", "make-test-broker");

    private bool IsListening()
    {
        Assert.IsFalse(_process.HasExited, "mosquitto ended at its start");
        try
        {
            using TcpClient probe = new("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            Thread.Yield();
            return false;
        }
    }
}
