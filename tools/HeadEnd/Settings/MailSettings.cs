using System.Net;
using MailKit.Security;
using MeterFirmware.Tools.HeadEnds.Web.Signing;
using MimeKit;

namespace MeterFirmware.Tools.HeadEnds.Web.Settings;

/// <summary>Where mails go out, from whom and to whom.</summary>
/// <param name="Host">The mail server.</param>
/// <param name="Port">… and its port.</param>
/// <param name="Security">TLS from the start, or STARTTLS.</param>
/// <param name="From">Sender.</param>
/// <param name="To">Receivers.</param>
/// <param name="User">Name at the server; empty: none.</param>
/// <param name="Password">… and its password.</param>
internal sealed record MailSettings(
    string Host,
    int Port,
    SecureSocketOptions Security,
    MailboxAddress From,
    IReadOnlyList<MailboxAddress> To,
    string User,
    string Password)
{
    private const int SubmissionPort = 587;
    private const int TlsPort = 465;

    /// <summary>Reads them; null: there is no mail.</summary>
    /// <exception cref="SettingsException">Names the setting and what was expected.</exception>
    public static MailSettings? Read(HeadEndSettings settings)
    {
        if (settings.MailServer.Length == 0)
        {
            return null;
        }

        if (!Uri.TryCreate(settings.MailServer, UriKind.Absolute, out Uri? server)
            || server.Scheme is not ("smtp" or "smtps") || server.Host.Length == 0 || server.UserInfo.Length > 0
            || server.PathAndQuery is not ("" or "/"))
        {
            // Not the setting itself: somebody may have written a password into it.
            throw new SettingsException("HeadEnd:MailServer: smtps://HOST:PORT or smtp://HOST:PORT was expected");
        }

        List<MailboxAddress> to = [.. settings.MailTo.Split(',', StringSplitOptions.TrimEntries
            | StringSplitOptions.RemoveEmptyEntries).Select(one => Mailbox("MailTo", one))];
        if (to.Count == 0)
        {
            throw new SettingsException("HeadEnd:MailTo: an address was expected");
        }

        bool isTls = server.Scheme == "smtps";
        int port = server.Port > 0 ? server.Port : isTls ? TlsPort : SubmissionPort;

        // Alarms and passwords go over no other machine's wire in the clear.
        bool isHere = server.IsLoopback
            || (IPAddress.TryParse(server.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip));
        return new MailSettings(server.Host, port, isTls ? SecureSocketOptions.SslOnConnect
            : isHere ? SecureSocketOptions.StartTlsWhenAvailable : SecureSocketOptions.StartTls,
            Mailbox("MailFrom", settings.MailFrom), to, settings.MailUser, settings.MailUser.Length == 0
                ? "" : SecretFile.ReadLine("HeadEnd:MailPassword", settings.MailPassword));
    }

    private static MailboxAddress Mailbox(string setting, string text) =>
        MailboxAddress.TryParse(text, out MailboxAddress? mailbox) && mailbox.Address.Contains('@') ? mailbox
            : throw new SettingsException(
                $"HeadEnd:{setting}: '{text}': an address such as a@example.com was expected");
}
