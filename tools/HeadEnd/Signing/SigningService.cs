using System.Net.Sockets;
using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>The signing service: a line of JSON in, a line out, over a socket of this machine that only its owner may
/// open.</summary>
internal sealed class SigningService : IAsyncDisposable
{
    /// <summary>Longest line; a longer one ends the connection.</summary>
    private const int LineCharsMax = 16_384;

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

    /// <summary>Listens. A socket that is left from a service which was killed is replaced.</summary>
    public void Start()
    {
        File.Delete(_path);
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
        File.Delete(_path);
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
