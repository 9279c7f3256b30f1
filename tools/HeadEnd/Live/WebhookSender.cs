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
    private static readonly TimeSpan _answerMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    private readonly WebhookStore _hooks;
    private readonly IHeadEndStore _store;
    private readonly Channel<Alarm> _waiting = Channel.CreateBounded<Alarm>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropOldest });

    // No redirect: the address is the one that an admin wrote.
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = _answerMax };

    public WebhookSender(WebhookStore hooks, AlarmStore alarms, IHeadEndStore store)
    {
        _hooks = hooks;
        _store = store;
        alarms.Began += alarm => _waiting.Writer.TryWrite(alarm);
    }

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (Alarm alarm in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(alarm, JsonSerializerOptions.Web);
            foreach ((Webhook hook, string secret) in Hooks())
            {
                await SendAsync(hook, secret, body, stoppingToken);
            }
        }
    }

    private IReadOnlyList<(Webhook Hook, string Secret)> Hooks()
    {
        try
        {
            return _hooks.Secrets();
        }
        catch (Exception e) when (_store.IsUnavailable(e))
        {
            return [];
        }
    }

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
}
