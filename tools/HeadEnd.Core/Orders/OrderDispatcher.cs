using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MeterFirmware.Tools.HeadEnds.Fleets;

namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>Sends what is ordered, as fast as is allowed, and notes what the devices answer.</summary>
/// <param name="orders">What is ordered.</param>
/// <param name="fleet">Knows who is never to be disconnected.</param>
/// <param name="signer">Signs.</param>
/// <param name="limits">How fast.</param>
/// <param name="isReady">Connected, and answers arrive.</param>
/// <param name="publish">Hands a device's message to the broker.</param>
/// <param name="log">Takes lines for people.</param>
/// <param name="utcNow">Now.</param>
public sealed class OrderDispatcher(OrderStore orders, FleetStore fleet, ICommandSigner signer, OrderLimits limits,
    Func<bool> isReady, Func<string, string, Task> publish, Action<string> log, Func<DateTimeOffset> utcNow)
{
    private const int BatchMax = 50;
    private const int RepliesWaitingMax = 100_000;

    private readonly Channel<(string Device, long Id, bool IsDone, long Highest, string Text)> _replies =
        Channel.CreateBounded<(string, long, bool, long, string)>(RepliesWaitingMax);

    private string _away = "";

    /// <summary>Takes a device's reply; called by the receiving thread, returns at once.</summary>
    public void Take(string device, ReadOnlyMemory<byte> reply)
    {
        try
        {
            using JsonDocument message = JsonDocument.Parse(reply);
            JsonElement root = message.RootElement;
            if (root.ValueKind == JsonValueKind.Object && Number(root, "id") is { } id
                && root.TryGetProperty("ok", out JsonElement ok)
                && ok.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                _replies.Writer.TryWrite(
                    (device, id, ok.GetBoolean(), Number(root, "highest") ?? 0, Encoding.UTF8.GetString(reply.Span)));
            }
        }
        catch (JsonException)
        {
            // No answer to a command; who sent it is counted elsewhere.
        }
    }

    /// <summary>Notes what was answered, sends what may be sent now.</summary>
    public async Task StepAsync(CancellationToken cancel)
    {
        while (_replies.Reader.TryRead(out (string Device, long Id, bool IsDone, long Highest, string Text) reply))
        {
            orders.Answer(reply.Device, reply.Id, reply.IsDone, reply.Highest, reply.Text);
        }

        orders.Expire();

        // Most of the time nothing runs: then nothing is written beside the intake.
        if (!orders.HasRunning())
        {
            return;
        }

        orders.Close();
        if (!isReady())
        {
            return;
        }

        int room = limits.DangerousDevicesAMinuteMax - orders.PacedSince(utcNow().AddMinutes(-1));
        if (room > 0)
        {
            await SendAsync(orders.Waiting(Math.Min(room, BatchMax), isPaced: true), fleet.Protected(), cancel)
                .ConfigureAwait(false);
        }

        await SendAsync(orders.Waiting(BatchMax, isPaced: false), new HashSet<string>(), cancel)
            .ConfigureAwait(false);
    }

    private async Task SendAsync(IReadOnlyList<WaitingTarget> targets, IReadOnlySet<string> kept,
        CancellationToken cancel)
    {
        foreach (WaitingTarget target in targets)
        {
            if (target.Order.IsDangerous && kept.Contains(target.Address))
            {
                orders.End(target.Order.Id, target.Address, TargetStates.Protected, "never to be disconnected");
                continue;
            }

            try
            {
                SignedCommand signed = await signer.SignAsync(target.Order, target.Address, target.HighestId,
                    limits.SignedSeconds, cancel).ConfigureAwait(false);
                _away = "";
                if (orders.MarkSent(target.Order.Id, target.Address, signed.Id, limits.ValidSeconds))
                {
                    await PublishAsync(target, signed.Message).ConfigureAwait(false);
                }
            }
            catch (SignerException e) when (e.IsLater)
            {
                Tell(e.Message);
                return;
            }
            catch (SignerException e)
            {
                orders.End(target.Order.Id, target.Address, TargetStates.Failed, e.Message);
            }
        }
    }

    // It is not sent a second time: the broker may have it, and a top-up must not be booked twice. The device may
    // still answer.
    private async Task PublishAsync(WaitingTarget target, string message)
    {
        try
        {
            await publish(target.Address, message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            orders.End(target.Order.Id, target.Address, TargetStates.Silent,
                $"no answer; it may have been carried out: {e.Message}");
        }
    }

    private void Tell(string why)
    {
        if (_away != why)
        {
            _away = why;
            log($"commands wait: {why}");
        }
    }

    private static long? Number(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement member)
        && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out long value) ? value : null;
}
