using System.Net.Sockets;
using System.Text.Json;
using MeterFirmware.Tools.HeadEnds.Web.Settings;

namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>The signing service: a line of JSON in, a line out, over a socket of this machine that only its owner may
/// open.</summary>
internal sealed class SigningService : IAsyncDisposable
{
    /// <summary>Longest line; a longer one ends the connection.</summary>
    private const int LineCharsMax = 16_384;

    /// <summary>ENXIO, EOPNOTSUPP: what opening a socket as a file ends with.</summary>
    private const int NoDeviceLinux = 6, NotSupportedMac = 102;

    private readonly SigningDesk _desk;
    private readonly string _path;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public SigningService(SigningDesk desk, string path)
    {
        _desk = desk;
        _path = path;
    }

    /// <summary>Listens. A socket that is left from a service which was killed is replaced; anything else that
    /// stands there stays.</summary>
    /// <exception cref="SettingsException">Something else stands there.</exception>
    public void Start()
    {
        if (Path.Exists(_path))
        {
            DeleteLeftSocket();
        }

        _socket.Bind(new UnixDomainSocketEndPoint(_path));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        _socket.Listen();
        _running = Task.Run(AcceptAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _running;
        _stop.Dispose();
    }

    private void DeleteLeftSocket()
    {
        if (!IsSocket())
        {
            throw new SettingsException($"--socket: {_path}: something else stands there");
        }

        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            client.Connect(new UnixDomainSocketEndPoint(_path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(_path);
            return;
        }

        throw new SettingsException($"--socket: {_path}: a service answers there");
    }

    /// <summary>No file's kind is told by .NET: a socket is what cannot be opened for that reason.</summary>
    private bool IsSocket()
    {
        if (new FileInfo(_path).LinkTarget != null)
        {
            return false;
        }

        if (OperatingSystem.IsWindows())
        {
            return File.GetAttributes(_path).HasFlag(FileAttributes.ReparsePoint);
        }

        try
        {
            // For both: a pipe that is opened for one only would wait for the other side.
            File.Open(_path, FileMode.Open, FileAccess.ReadWrite).Dispose();
            return false;
        }
        catch (IOException e) when (e.HResult is NoDeviceLinux or NotSupportedMac)
        {
            return true;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _socket.AcceptAsync(_stop.Token);
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Ended, or a client that went at once.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            await using NetworkStream stream = new(client, ownsSocket: true);
            using StreamReader reader = new(stream);
            await using StreamWriter writer = new(stream) { AutoFlush = true };
            while (await BoundedLine.ReadAsync(reader, LineCharsMax, _stop.Token) is { } line)
            {
                await writer.WriteLineAsync(JsonSerializer.Serialize(Answer(line), JsonSerializerOptions.Web));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException
            or ObjectDisposedException)
        {
            // The other side went.
        }
    }

    private SigningAnswer Answer(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<SigningRequest>(line, JsonSerializerOptions.Web) is { } request
                ? _desk.Sign(request) : new SigningAnswer(0, null, "a request was expected", false);
        }
        catch (JsonException)
        {
            return new SigningAnswer(0, null, "a request was expected", false);
        }
    }
}
