using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Tools.HeadEnds.Orders;

namespace MeterFirmware.Tools.HeadEnds.Web.Signing;

/// <summary>Decides what is signed, whoever asks: the token, the role's command, and at most so many devices a minute
/// for what is dangerous. No key leaves the service over its socket. Both run as one user today: code that runs inside
/// the head-end can read the files of keys and passphrase, and neither this nor the number a minute holds against
/// it.</summary>
internal sealed class SigningDesk(IReadOnlyList<RoleKey> keys, string token, int dangerousAMinuteMax,
    Func<DateTimeOffset> utcNow)
{
    private const int MessageBytesMax = 2_048;

    private readonly Dictionary<(string Device, string Role), RoleKey> _keys = keys
        .GroupBy(key => (key.Device, key.Role)).ToDictionary(one => one.Key, one => one.MaxBy(key => key.Generation)!);

    /// <summary>A device's own time, where it is not ours: a simulated town's; null: ours.</summary>
    public Func<string, DateTimeOffset>? TimeOf { get; init; }

    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);
    private readonly Dictionary<(string Device, string Role), long> _lastIds = [];
    private readonly Queue<DateTimeOffset> _dangerous = new();
    private readonly Lock _signing = new();

    /// <summary>Signs a command, or says why not.</summary>
    public SigningAnswer Sign(SigningRequest request)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Token ?? ""), _token))
        {
            return No("the token is wrong");
        }

        int code = OrderDesk.Commands.ToList().IndexOf(request.Command) + 1;
        int role = OrderDesk.RoleOf(request.Role ?? "");
        if (code == 0 || role < 0 || !CommandCatalogue.IsAllowed(code, role))
        {
            return No($"{request.Role} may not give {request.Command}");
        }

        if (OrderDesk.Compact(request.Arguments ?? "") is not { } arguments)
        {
            return No("arguments: a JSON object was expected");
        }

        if (request.ValidSeconds is < 1 or > SignedMessage.ValidSecondsMax || request.Above is < 0
            or >= SignedMessage.IdMax)
        {
            return No("validSeconds, above: out of range");
        }

        if (!_keys.TryGetValue((request.Device ?? "", request.Role!), out RoleKey? key))
        {
            return No($"no {request.Role} key of {request.Device}");
        }

        lock (_signing)
        {
            bool isDangerous = IsDangerous(request.Command!, arguments);
            if (isDangerous && !HasRoom())
            {
                return new SigningAnswer(0, null, $"{dangerousAMinuteMax} devices a minute are reached", IsLater: true);
            }

            SigningAnswer answer = Sign(key, role, request, arguments);
            if (isDangerous && answer.Message != null)
            {
                _dangerous.Enqueue(utcNow());
            }

            return answer;
        }
    }

    private static bool IsDangerous(string command, string arguments)
    {
        using JsonDocument parsed = JsonDocument.Parse(arguments);
        return CommandDanger.Is(command, parsed.RootElement);
    }

    private bool HasRoom()
    {
        DateTimeOffset now = utcNow();
        while (_dangerous.TryPeek(out DateTimeOffset first) && first <= now.AddMinutes(-1))
        {
            _dangerous.Dequeue();
        }

        return _dangerous.Count < dangerousAMinuteMax;
    }

    private SigningAnswer Sign(RoleKey key, int role, SigningRequest request, string arguments)
    {
        // Numbers only grow: the time in ms, as meterctl counts, and never one that was used.
        DateTimeOffset now = TimeOf?.Invoke(key.Device) ?? utcNow();
        long id = Math.Max(now.ToUnixTimeMilliseconds(),
            Math.Max(request.Above, _lastIds.GetValueOrDefault((key.Device, key.Role))) + 1);
        ByteTextWriter writer = new(MessageBytesMax);
        MessageSigner.Begin(writer, key.Device, id, role, key.Generation, now.ToUnixTimeSeconds(),
            now.ToUnixTimeSeconds() + request.ValidSeconds);
        writer.Name("command");
        writer.Value(request.Command);
        writer.Raw(",\"arguments\":" + arguments);
        new MessageSigner(key.Key, role, key.Generation).End(writer, "command", role, key.Generation);
        if (writer.Overflowed)
        {
            return No($"the message is longer than the {MessageBytesMax} bytes that a device takes");
        }

        _lastIds[(key.Device, key.Role)] = id;
        return new SigningAnswer(id, Encoding.ASCII.GetString(writer.Bytes, 0, writer.Length), null, false);
    }

    private static SigningAnswer No(string why) => new(0, null, why, IsLater: false);
}
