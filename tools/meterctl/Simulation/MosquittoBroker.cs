using System.Diagnostics;
using System.Net.Sockets;
using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>A real mosquitto on a free port of loopback, without persistence: what it held is gone when it is killed.</summary>
public sealed class MosquittoBroker : IDisposable
{
    private const int StartMsMax = 30_000;

    private static readonly string[] _programs = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto",
        "/opt/homebrew/sbin/mosquitto"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mf-mosquitto-").FullName;
    private readonly string _program;
    private Process? _process;

    private MosquittoBroker(string program)
    {
        _program = program;
        Port = EmbeddedBroker.FreePort();
        File.WriteAllText(PathOf("mosquitto.conf"), $"""
            listener {Port} 127.0.0.1
            allow_anonymous true
            persistence false
            set_tcp_nodelay true
            max_queued_messages 0
            log_dest file {PathOf("mosquitto.log")}
            """);
        Start();
    }

    public int Port { get; }

    /// <summary>The installed program; null: none.</summary>
    public static string? Program => Array.Find(_programs, File.Exists);

    /// <summary>Starts a broker. Null: the program is not installed.</summary>
    public static MosquittoBroker? TryStart() => Program is { } program ? new MosquittoBroker(program) : null;

    /// <summary>A file in the broker's own folder: its mosquitto.conf may be replaced between kill and start.</summary>
    public string PathOf(string file) => Path.Combine(_folder, file);

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

    /// <summary>Starts it again on the same port, and waits until it listens.</summary>
    public void Start()
    {
        ProcessStartInfo start = new(_program) { UseShellExecute = false, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(PathOf("mosquitto.conf"));
        _process = Process.Start(start)!;
        Stopwatch watch = Stopwatch.StartNew();
        while (!IsListening())
        {
            if (_process.HasExited || watch.ElapsedMilliseconds > StartMsMax)
            {
                throw new InvalidOperationException("mosquitto does not start");
            }

            Thread.Sleep(1);
        }
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
