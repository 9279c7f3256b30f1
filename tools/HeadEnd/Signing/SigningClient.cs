using System.Net.Sockets;
using System.Text.Json;
using MeterFirmware.Tools.HeadEnds.Orders;

namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>Asks the signing service; a connection a message.</summary>
internal sealed class SigningClient(string path, string token) : ICommandSigner
{
    private const int LineCharsMax = 16_384;
    private static readonly TimeSpan _answerMax = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<SignedCommand> SignAsync(CommandOrder order, string device, long above, int validSeconds,
        CancellationToken cancel)
    {
        SigningAnswer answer;
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(_answerMax);
        try
        {
            answer = await AskAsync(new SigningRequest(token, device, order.Role, order.Command, order.Arguments, above,
                validSeconds), patience.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or JsonException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new SignerException($"the signing service at {path} does not answer: {e.Message}", isLater: true);
        }

        return answer.Message != null ? new SignedCommand(answer.Id, answer.Message)
            : throw new SignerException(answer.Error ?? "nothing was signed", answer.IsLater);
    }

    private async Task<SigningAnswer> AskAsync(SigningRequest request, CancellationToken cancel)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        await using NetworkStream stream = new(socket, ownsSocket: true);
        using StreamReader reader = new(stream);
        await using StreamWriter writer = new(stream) { AutoFlush = true };
        await writer.WriteLineAsync(JsonSerializer.Serialize(request, JsonSerializerOptions.Web).AsMemory(), cancel);
        return await BoundedLine.ReadAsync(reader, LineCharsMax, cancel) is { } line
            ? JsonSerializer.Deserialize<SigningAnswer>(line, JsonSerializerOptions.Web)
                ?? throw new IOException("it answered nothing")
            : throw new IOException("it ended the connection");
    }
}
