using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>A small mail server (RFC 5321) on loopback that keeps what it is sent.</summary>
internal sealed class MailServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private int _refusals;

    /// <param name="refusals">Mails that it refuses for now before it takes one.</param>
    public MailServer(int refusals = 0)
    {
        _refusals = refusals;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Each mail: envelope, header and text.</summary>
    public ConcurrentQueue<string> Mails { get; } = [];

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            using StreamReader lines = new(stream, Encoding.UTF8);
            await using StreamWriter answer = new(stream, new UTF8Encoding(false))
            {
                AutoFlush = true,
                NewLine = "\r\n",
            };
            StringBuilder mail = new();
            await answer.WriteLineAsync("220 here");
            while (await lines.ReadLineAsync() is { } line)
            {
                string word = line.Split(' ', ':')[0].ToUpperInvariant();
                if (word == "MAIL" && Interlocked.Decrement(ref _refusals) >= 0)
                {
                    await answer.WriteLineAsync("451 later");
                    continue;
                }

                mail.AppendLine(word is "MAIL" or "RCPT" ? line : "");
                await answer.WriteLineAsync(word switch
                {
                    "EHLO" or "HELO" or "MAIL" or "RCPT" or "RSET" => "250 ok",
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    _ => "500 what?",
                });
                if (word == "DATA")
                {
                    while (await lines.ReadLineAsync() is { } text && text != ".")
                    {
                        mail.AppendLine(text);
                    }

                    Mails.Enqueue(mail.ToString());
                    mail.Clear();
                    await answer.WriteLineAsync("250 taken");
                }
            }
        }
    }
}
