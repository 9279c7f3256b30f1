using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MeterFirmware.Tools.HeadEnds.Alarms;

namespace MeterFirmware.Tools.HeadEnds.Web.Live;

/// <summary>Tells webhooks of every alarm that begins: POST with the alarm as JSON and an HMAC over it. Three tries
/// each; what does not arrive stands in the list of alarms still.</summary>
internal sealed class WebhookSender : BackgroundService
{
    private const int WaitingMax = 10_000;
    private const int TriesMax = 3;
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    private readonly WebhookStore _hooks;
    private readonly Action<string> _log;
    private readonly Channel<Alarm> _waiting = Waiting<Alarm>();

    // No redirect: the address is the one that an admin wrote.
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    public WebhookSender(WebhookStore hooks, AlarmStore alarms, Action<string> log,
        TimeSpan answerMax)
    {
        _log = log;
        _client.Timeout = answerMax;
        _hooks = hooks;
        alarms.Began += alarm => _waiting.Writer.TryWrite(alarm);
    }

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Dictionary<string, Channel<Call>> lines = [];
        await foreach (Alarm alarm in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                byte[] body = JsonSerializer.SerializeToUtf8Bytes(alarm, JsonSerializerOptions.Web);
                foreach ((Webhook hook, string secret) in _hooks.Secrets())
                {
                    if (!lines.TryGetValue(hook.Name, out Channel<Call>? line))
                    {
                        lines[hook.Name] = line = Waiting<Call>();
                        _ = WorkAsync(line, stoppingToken);
                    }

                    line.Writer.TryWrite(new Call(hook, secret, body));
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // The database is away, or a fault of ours: it must not end the host, and with it the intake.
                Tell(e);
            }
        }
    }

    private static Channel<T> Waiting<T>() => Channel.CreateBounded<T>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Each webhook's own line: one that does not answer holds up its own calls only.</summary>
    private async Task WorkAsync(Channel<Call> calls, CancellationToken stopping)
    {
        await foreach (Call call in calls.Reader.ReadAllAsync(stopping))
        {
            try
            {
                await SendAsync(call.Hook, call.Secret, call.Body, stopping);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                Tell(e);
            }
        }
    }

    private void Tell(Exception e) => _log($"webhooks: {e.Message.ReplaceLineEndings(" ")}");

    private async Task SendAsync(Webhook hook, string secret, byte[] body, CancellationToken cancel)
    {
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), body));
        for (int i = 1; i <= TriesMax; i++)
        {
            try
            {
                using HttpRequestMessage request = new(HttpMethod.Post, hook.Address)
                {
                    Content = new ByteArrayContent(body),
                };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                request.Headers.Add("X-Signature", $"sha256={signature}");
                using HttpResponseMessage answer = await _client.SendAsync(request, cancel);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException
                && !cancel.IsCancellationRequested)
            {
                // The next try, or the list of alarms.
            }

            if (i < TriesMax)
            {
                await Task.Delay(_pause, cancel);
            }
        }
    }

    private sealed record Call(Webhook Hook, string Secret, byte[] Body);
}
