using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>A real mosquitto on a free port of loopback, without persistence: what it held is gone when it is killed.</summary>
internal sealed class MosquittoBroker : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mf-mosquitto-").FullName;
    private readonly string _program;
    private Process _process;

    private MosquittoBroker(string program)
    {
        _program = program;
        Port = EmbeddedBroker.FreePort();
        File.WriteAllText(Path.Combine(_folder, "mosquitto.conf"), $"""
            listener {Port} 127.0.0.1
            allow_anonymous true
            persistence false
            set_tcp_nodelay true
            max_queued_messages 0
            log_dest file {Path.Combine(_folder, "mosquitto.log")}
            """);
        Start();
    }

    public int Port { get; }

    /// <summary>Starts a broker, or ends the test as skipped where the program is not installed.</summary>
    public static MosquittoBroker StartOrSkip()
    {
        foreach (string path in new[] { "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto" })
        {
            if (File.Exists(path))
            {
                return new MosquittoBroker(path);
            }
        }

        Assert.Inconclusive("skipped: mosquitto not found");
        return null;
    }

    /// <summary>Ends the process at once, as kill -9 does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    public void Start()
    {
        ProcessStartInfo start = new(_program) { UseShellExecute = false, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Path.Combine(_folder, "mosquitto.conf"));
        _process = Process.Start(start);
        Until.True(() => IsListening() || _process.HasExited, "mosquitto listens");
        Assert.IsFalse(_process.HasExited, "mosquitto ended at its start");
    }

    public void Dispose()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private bool IsListening()
    {
        try
        {
            using TcpClient probe = new("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
