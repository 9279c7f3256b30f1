using System.Net;
using System.Net.Sockets;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Web.Live;
using MeterFirmware.Tools.HeadEnds.Web.Settings;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Alarms;

/// <summary>Alarms by mail.</summary>
[TestClass]
public sealed class MailTests : StoreTest<SqlitePlace>
{
    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(1);

    [TestMethod]
    public async Task AlarmsThatBeginTogetherGoInOneMailAndNameNoHomesEnergies()
    {
        using TestedStore store = Open();
        AlarmStore alarms = new(store.Behind, () => DateTimeOffset.UtcNow);
        using MailServer server = new();
        using MailSender sender = new(Settings(server.Port), alarms, _ => { }) { Gathering = _soon };
        alarms.Set(AlarmKinds.Loss, new Dictionary<string, string> { ["T1"] = "9 %\r\nBcc: x@example.com" });
        alarms.Set(AlarmKinds.Bill, new Dictionary<string, string> { ["m1"] = "7 mWh frozen" });
        await sender.StartAsync(CancellationToken.None);
        Until.True(() => !server.Mails.IsEmpty, "a mail came");
        await sender.StopAsync(CancellationToken.None);
        string mail = server.Mails.Single();
        foreach (string part in new[]
        {
            "RCPT TO:<crew@example.com>", "RCPT TO:<desk@example.com>", "From: head-end@example.com",
            "Subject: HeadEnd: 2 alarms", "Auto-Submitted: auto-generated", "Line loss: T1 9 % Bcc: x@example.com",
            "Bill and meter differ: m1",
        })
        {
            StringAssert.Contains(mail, part);
        }

        Assert.IsFalse(mail.Contains("mWh frozen", StringComparison.Ordinal));
        Assert.IsFalse(mail.Contains("\nBcc:", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task AServerThatRefusesForNowIsAskedAgain()
    {
        using TestedStore store = Open();
        AlarmStore alarms = new(store.Behind, () => DateTimeOffset.UtcNow);
        using MailServer server = new(refusals: 2);
        List<string> told = [];
        using MailSender sender = new(Settings(server.Port), alarms, told.Add) { Gathering = _soon, Pause = _soon };
        alarms.Set(AlarmKinds.Loss, new Dictionary<string, string> { ["T1"] = "9 %" });
        await sender.StartAsync(CancellationToken.None);
        Until.True(() => !server.Mails.IsEmpty, "a mail came");
        await sender.StopAsync(CancellationToken.None);
        StringAssert.Contains(server.Mails.Single(), "Subject: HeadEnd: Line loss: T1");
        Assert.AreEqual(2, told.Count);
    }

    [TestMethod]
    public async Task AServerThatNeverAnswersDelaysNoAlarmAndWhatWaitsIsBounded()
    {
        using TestedStore store = Open();
        AlarmStore alarms = new(store.Behind, () => DateTimeOffset.UtcNow);
        using TcpListener dead = new(IPAddress.Loopback, 0);
        dead.Start();
        using MailSender sender = new(Settings(((IPEndPoint)dead.LocalEndpoint).Port), alarms, _ => { })
        {
            Gathering = _soon,
            AnswerMax = Timeout.InfiniteTimeSpan,
        };
        await sender.StartAsync(CancellationToken.None);
        alarms.Set(AlarmKinds.Loss, new Dictionary<string, string> { ["T1"] = "9 %" });
        using TcpClient waiting = await dead.AcceptTcpClientAsync();
        alarms.Set(AlarmKinds.Silent, Enumerable.Range(0, 10_500).ToDictionary(i => $"m{i}", _ => ""));
        Assert.AreEqual(10_501, alarms.Counts().Sum(one => one.Open));
        Assert.AreEqual(10_000, sender.Waiting);
        await sender.StopAsync(CancellationToken.None);
    }

    [TestMethod]
    [DataRow("http://example.com", "a@example.com", "b@example.com", "HeadEnd:MailServer")]
    [DataRow("smtp://user:secret@example.com", "a@example.com", "b@example.com", "HeadEnd:MailServer")]
    [DataRow("smtp://example.com", "nobody", "b@example.com", "HeadEnd:MailFrom")]
    [DataRow("smtp://example.com", "a@example.com", "", "HeadEnd:MailTo")]
    [DataRow("smtp://example.com", "a@example.com", "b@example.com,x", "HeadEnd:MailTo")]
    public void ASettingThatCannotBeIsNamedAndNoPasswordIsTold(string server, string from, string to, string named)
    {
        SettingsException error = Assert.ThrowsExactly<SettingsException>(() => MailSettings.Read(
            new HeadEndSettings { MailServer = server, MailFrom = from, MailTo = to }));
        StringAssert.StartsWith(error.Message, named);
        Assert.IsFalse(error.Message.Contains("secret", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("smtps://mail.example.com", 465, "SslOnConnect")]
    [DataRow("smtp://mail.example.com", 587, "StartTls")]
    [DataRow("smtp://mail.example.com:25", 25, "StartTls")]
    [DataRow("smtp://127.0.0.1:25", 25, "StartTlsWhenAvailable")]
    public void AnotherMachineIsOnlySpokenToWithTls(string server, int port, string security)
    {
        MailSettings settings = MailSettings.Read(new HeadEndSettings
        {
            MailServer = server,
            MailFrom = "a@example.com",
            MailTo = "b@example.com",
        });
        Assert.AreEqual((port, security), (settings.Port, settings.Security.ToString()));
    }

    private static MailSettings Settings(int port) => MailSettings.Read(new HeadEndSettings
    {
        MailServer = $"smtp://127.0.0.1:{port}",
        MailFrom = "head-end@example.com",
        MailTo = "crew@example.com, desk@example.com",
    });
}
