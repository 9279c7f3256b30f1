using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>A real nats-server with JetStream as a broker: MQTT 3.1.1 only, no QoS 2, no dot in a topic.</summary>
internal sealed class NatsBroker : IDisposable
{
    private static readonly string[] _programs = ["/usr/sbin/nats-server", "/usr/bin/nats-server",
        "/usr/local/bin/nats-server", "/opt/homebrew/bin/nats-server"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mf-nats-").FullName;
    private readonly string _program;
    private Process _process;

    private NatsBroker(string program)
    {
        _program = program;
        Port = EmbeddedBroker.FreePort();
        File.WriteAllText(ConfigurationPath, $$"""
            server_name: "test"
            listen: "127.0.0.1:-1"
            jetstream { store_dir: "{{Path.Combine(_folder, "store")}}", max_memory_store: 64MB, max_file_store: 1GB }
            mqtt { listen: "127.0.0.1:{{Port}}" }
            log_file: "{{Path.Combine(_folder, "nats.log")}}"
            """);
        Start();
    }

    public int Port { get; }

    private string ConfigurationPath => Path.Combine(_folder, "nats.conf");

    /// <summary>Starts a broker, or ends the test as skipped where the program is not installed.</summary>
    public static NatsBroker StartOrSkip()
    {
        string program = Array.Find(_programs, File.Exists);
        if (program == null)
        {
            Assert.Inconclusive("skipped: nats-server not found");
        }

        return new NatsBroker(program);
    }

    /// <summary>Ends the process at once, as kill -9 does.</summary>
    public void Kill()
    {
        if (_process != null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _process = null;
        }
    }

    public void Start()
    {
        _process = Process.Start(new ProcessStartInfo(_program)
        {
            ArgumentList = { "-c", ConfigurationPath },
            RedirectStandardError = true
        });
        Until.True(IsListening, "nats-server listens");
    }

    public void Dispose()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private bool IsListening()
    {
        if (_process.HasExited)
        {
            Assert.Fail("nats-server ended at its start: " + _process.StandardError.ReadToEnd());
        }

        try
        {
            using TcpClient probe = new("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            Thread.Sleep(10);
            return false;
        }
    }
}
