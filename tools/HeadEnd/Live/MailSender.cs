using System.Text;
using System.Threading.Channels;
using MailKit.Net.Smtp;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Web.Pages;
using MeterFirmware.Tools.HeadEnds.Web.Settings;
using MimeKit;

namespace MeterFirmware.Tools.HeadEnds.Web.Live;

/// <summary>Mails alarms that begin. Those that begin within a few seconds go in one mail; a mail server that is away
/// delays nothing else, and what waits for it is bounded. Three tries a mail; what does not arrive stands in the list
/// of alarms still.</summary>
internal sealed class MailSender : BackgroundService
{
    private const int WaitingMax = 10_000;
    private const int LinesMax = 200;
    private const int TriesMax = 3;

    private readonly MailSettings _settings;
    private readonly Action<string> _log;
    private readonly Channel<Alarm> _waiting = Channel.CreateBounded<Alarm>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropOldest });

    public MailSender(MailSettings settings, AlarmStore alarms, Action<string> log)
    {
        _settings = settings;
        _log = log;
        alarms.Began += alarm => _waiting.Writer.TryWrite(alarm);
    }

    /// <summary>From the first alarm of a mail to its sending.</summary>
    public TimeSpan Gathering { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two tries.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait for the server's answer.</summary>
    public TimeSpan AnswerMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Alarms that wait for a mail.</summary>
    public int Waiting => _waiting.Reader.Count;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            try
            {
                await Task.Delay(Gathering, stoppingToken);
                List<Alarm> alarms = [];
                while (alarms.Count < LinesMax && _waiting.Reader.TryRead(out Alarm? alarm))
                {
                    // A mail leaves the house: it says nothing of a single home.
                    alarms.Add(alarm.WithoutHome());
                }

                await SendAsync(alarms, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // A fault of ours: it must not end the host, and with it the intake.
                _log($"mail: {e.Message.ReplaceLineEndings(" ")}");
            }
        }
    }

    /// <summary>The mail of some alarms.</summary>
    internal MimeMessage Message(IReadOnlyList<Alarm> alarms)
    {
        Words words = Words.Of("en");
        StringBuilder text = new();
        foreach (Alarm alarm in alarms)
        {
            text.AppendLine($"{words.Time(alarm.Since)} {words["alarm-" + alarm.Kind]}: {alarm.Subject} {alarm.Detail}"
                .ReplaceLineEndings(" ").TrimEnd());
        }

        MimeMessage message = new(
            [_settings.From], _settings.To, alarms.Count == 1
                ? $"HeadEnd: {words["alarm-" + alarms[0].Kind]}: {alarms[0].Subject}".ReplaceLineEndings(" ")
                : $"HeadEnd: {alarms.Count} alarms",
            new TextPart("plain") { Text = text.ToString() });
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }

    private async Task SendAsync(IReadOnlyList<Alarm> alarms, CancellationToken cancel)
    {
        using MimeMessage message = Message(alarms);
        for (int i = 1; i <= TriesMax; i++)
        {
            try
            {
                await TryAsync(message, cancel);
                return;
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                _log($"mail: {_settings.Host}: {e.Message.ReplaceLineEndings(" ")}"
                    + (i == TriesMax ? $"; {alarms.Count} alarms were not mailed" : ""));
            }

            if (i < TriesMax)
            {
                await Task.Delay(Pause, cancel);
            }
        }
    }

    private async Task TryAsync(MimeMessage message, CancellationToken cancel)
    {
        using CancellationTokenSource bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(AnswerMax);
        using SmtpClient client = new();
        await client.ConnectAsync(_settings.Host, _settings.Port, _settings.Security, bounded.Token);
        if (_settings.User.Length > 0)
        {
            await client.AuthenticateAsync(_settings.User, _settings.Password, bounded.Token);
        }

        await client.SendAsync(message, bounded.Token);
        await client.DisconnectAsync(quit: true, bounded.Token);
    }
}
