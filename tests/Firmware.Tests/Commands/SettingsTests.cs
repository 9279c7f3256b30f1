using MeterFirmware.Commands;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Commands;

[TestClass]
public class SettingsTests
{
    [TestMethod]
    public void WithoutADocumentTheDefaultsHold()
    {
        SettingsBench bench = new SettingsBench();
        Assert.AreEqual(15L, bench.Manager.Current.IntegerOf(MeterSchema.TelemetryIntervalMinutes));
        Assert.IsTrue(bench.Manager.Current.IsTrue(MeterSchema.LinkTls), "plain text only when asked for by name");
        Assert.AreEqual(0, bench.Manager.Current.TextLengthOf(MeterSchema.LinkPassword), "no default password");
    }

    [TestMethod]
    public void AValidDocumentHoldsAtOnceAndAfterARestart()
    {
        SettingsBench bench = new SettingsBench();
        bench.Send("{\"version\":1,\"revision\":3,\"telemetry\":{\"intervalMinutes\":30}}");
        Assert.Contains("\"ok\":true", bench.ReplyText());
        Assert.AreEqual(30L, bench.AppliedInterval);
        Assert.IsFalse(bench.Manager.IsTrial);
        bench.Start();
        Assert.AreEqual(30L, bench.Manager.Current.IntegerOf(MeterSchema.TelemetryIntervalMinutes));
        Assert.AreEqual(3L, bench.Manager.Current.Revision);
    }

    [TestMethod]
    [DataRow("{\"version\":1,\"revision\":2,\"telemetry\":{\"intervalMinutes\":61}}", "out-of-range")]
    [DataRow("{\"version\":1,\"revision\":2,\"telemetry\":{\"intervalMinutes\":7}}", "out-of-range")]
    [DataRow("{\"version\":1,\"revision\":2,\"telemetry\":{\"intervalMinutes\":\"15\"}}", "bad-argument")]
    [DataRow("{\"version\":1,\"revision\":2,\"telemetry\":{\"intervalMinutes\":30,\"colour\":1}}", "unknown-member")]
    [DataRow("{\"version\":1,\"revision\":2,\"telemetry\":{\"intervalMinutes\":30},\"paint\":{}}", "unknown-member")]
    [DataRow("{\"version\":1,\"revision\":2,\"telemetry\":5}", "malformed")]
    [DataRow("{\"version\":2,\"revision\":2}", "out-of-range")]
    [DataRow("{\"version\":1,\"revision\":0}", "out-of-range")]
    [DataRow("{\"version\":1}", "missing-member")]
    [DataRow("{\"version\":1,\"revision\":2,\"demand\":{\"periodMinutes\":15,\"slipMinutes\":4}}", "out-of-range")]
    [DataRow("{\"version\":1,\"revision\":2,\"link\":{\"tls\":1}}", "bad-argument")]
    public void AWrongFieldChangesNothing(string document, string error)
    {
        SettingsBench bench = new SettingsBench();
        int before = bench.Applied;
        bench.Send(document);
        Assert.Contains("\"error\":\"" + error + "\"", bench.ReplyText());
        Assert.AreEqual(before, bench.Applied);
        Assert.AreEqual(0L, bench.Manager.Current.Revision);
        Assert.AreEqual(15L, bench.Manager.Current.IntegerOf(MeterSchema.TelemetryIntervalMinutes));
    }

    [TestMethod]
    public void AChangeOfTheLinkIsConfirmedByAReconnect()
    {
        SettingsBench bench = new SettingsBench();
        bench.Send("{\"version\":1,\"revision\":1,\"link\":{\"host\":\"broker.example\"}}");
        Assert.IsTrue(bench.Reconnect);
        Assert.Contains("\"status\":\"trial\"", bench.ReplyText());
        bench.Manager.NoteConnected();
        Assert.IsTrue(bench.Manager.IsTrial, "the connection was made under the old values");
        bench.Manager.NoteDisconnected();
        bench.Manager.NoteConnected();
        Assert.IsFalse(bench.Manager.IsTrial);
        bench.Start();
        Assert.AreEqual(14, bench.Manager.Current.TextLengthOf(MeterSchema.LinkHost));
    }

    [TestMethod]
    public void AnUnconfirmedChangeRollsBackByItselfAfterItsTime()
    {
        SettingsBench bench = new SettingsBench();
        bench.Send("{\"version\":1,\"revision\":1,\"link\":{\"host\":\"broker.example\"},\"log\":{\"level\":4}}");
        bench.Manager.NoteDisconnected();
        bench.Manager.Tick(1_000 + 299_999);
        Assert.IsTrue(bench.Manager.IsTrial);
        bench.Manager.Tick(1_000 + 300_000);
        Assert.IsFalse(bench.Manager.IsTrial);
        Assert.AreEqual(0, bench.Manager.Current.TextLengthOf(MeterSchema.LinkHost));
        Assert.AreEqual(2L, bench.Manager.Current.IntegerOf(MeterSchema.LogLevel));
        Assert.IsTrue(bench.Manager.IsReportDue);
        bench.Reply.Clear();
        bench.Manager.WriteReport(bench.Reply);
        Assert.Contains("\"status\":\"rolled-back\"", bench.ReplyText());
    }

    [TestMethod]
    public void PowerLossDuringATrialRollsBack()
    {
        SettingsBench bench = new SettingsBench();
        bench.Send("{\"version\":1,\"revision\":1,\"link\":{\"host\":\"broker.example\"}}");
        bench.Start();
        Assert.AreEqual(0L, bench.Manager.Current.Revision);
        Assert.AreEqual(0, bench.Manager.Current.TextLengthOf(MeterSchema.LinkHost));
    }

    [TestMethod]
    public void ASecretNeverLeavesTheDeviceAndIsKeptWhenItIsNotNamed()
    {
        SettingsBench bench = new SettingsBench();
        bench.Send("{\"version\":1,\"revision\":1,\"link\":{\"password\":\"hunter2\"}}");
        bench.Manager.NoteDisconnected();
        bench.Manager.NoteConnected();
        bench.Send("{\"version\":1,\"revision\":2,\"log\":{\"level\":1}}");
        Assert.AreEqual(7, bench.Manager.Current.TextLengthOf(MeterSchema.LinkPassword));
        Assert.IsTrue(bench.ReplyText().IndexOf("hunter2") < 0);
        Assert.IsTrue(bench.ReplyText().IndexOf("password") < 0);
    }

    [TestMethod]
    public void AReportedDocumentCanBeSentToAnotherDevice()
    {
        SettingsBench bench = new SettingsBench();
        bench.Send(
            "{\"version\":1,\"revision\":5,\"telemetry\":{\"intervalMinutes\":5},"
                + "\"time\":{\"server\":\"ntp.example\"}}");
        string report = bench.ReplyText();
        int start = report.IndexOf("\"document\":") + 11;
        string document = report.Substring(start, report.Length - 1 - start);
        SettingsBench other = new SettingsBench();
        other.Start();
        other.Send(document);
        Assert.Contains("\"ok\":true", other.ReplyText());
        Assert.AreEqual(5L, other.AppliedInterval);
        Assert.AreEqual(11, other.Manager.Current.TextLengthOf(MeterSchema.TimeServer));
    }

    [TestMethod]
    public void OnlyUtilityAndTechnicianConfigure()
    {
        SettingsBench bench = new SettingsBench();
        bench.Send("{\"version\":1,\"revision\":1}", CommandRole.Owner);
        Assert.Contains("role-not-allowed", bench.ReplyText());
        Assert.AreEqual(0L, bench.Manager.Current.Revision);
    }

    [TestMethod]
    [DataRow("{\"version\":1,\"revision\":2,\"link\":{\"host\":\"evil.example\"}}", "host")]
    [DataRow("{\"version\":1,\"revision\":2,\"link\":{\"host\":\"broker.example\",\"tls\":false}}", "tls")]
    [DataRow("{\"version\":1,\"revision\":2}", "host")]
    public void OnlyTheUtilitySaysWhereADeviceReportsToAndThatItMayInPlainText(string document, string field)
    {
        SettingsBench bench = new SettingsBench();
        bench.Send("{\"version\":1,\"revision\":1,\"link\":{\"host\":\"broker.example\"}}");
        bench.Manager.NoteDisconnected();
        bench.Manager.NoteConnected();
        bench.Send(document, CommandRole.Technician);
        Assert.Contains("\"error\":\"role-not-allowed\",\"field\":\"" + field + "\"", bench.ReplyText());
        Assert.AreEqual(1L, bench.Manager.Current.Revision);
        bench.Send("{\"version\":1,\"revision\":2,\"link\":{\"host\":\"broker.example\"},\"log\":{\"level\":3}}",
            CommandRole.Technician);
        Assert.Contains("\"ok\":true", bench.ReplyText());
    }

    [TestMethod]
    public void NoRevisionEndsDocumentsForGood()
    {
        SettingsBench bench = new SettingsBench();
        bench.Send("{\"version\":1,\"revision\":9007199254740991}");
        Assert.Contains("\"error\":\"out-of-range\"", bench.ReplyText());
        bench.Send("{\"version\":1,\"revision\":1790000000}");
        Assert.Contains("\"ok\":true", bench.ReplyText(), "the time in seconds is a good revision");

        // Stored by release 0.1.0, which took the last one.
        bench.Manager.Current.Revision = SignedMessage.IdMax;
        bench.Send("{\"version\":1,\"revision\":1790000001}");
        Assert.Contains("\"ok\":true", bench.ReplyText());
        Assert.AreEqual(1_790_000_001L, bench.Manager.Current.Revision);
    }

    [TestMethod]
    public void ARetainedDocumentThatComesAgainIsNotAnswered()
    {
        SettingsBench bench = new SettingsBench();
        bench.Send("{\"version\":1,\"revision\":1}");
        Assert.IsFalse(bench.Deliver());
        Assert.AreEqual(1, bench.Manager.Counters.RefusedFor(CommandRefusal.Replayed));
    }

    /// <summary>The document keeps a section together; what is stored keeps its place. An update mixes nothing
    /// up.</summary>
    [TestMethod]
    public void ASettingThatCameLaterIsStoredBehindThoseThatWereThere()
    {
        SettingsBench bench = new SettingsBench(new GrownSchema(false));
        bench.Send("{\"version\":1,\"revision\":1,\"first\":{\"one\":50},\"second\":{\"two\":70}}");
        bench.StartWith(new GrownSchema(true));
        Assert.AreEqual(50, bench.Manager.Current.IntegerOf(0));
        Assert.AreEqual(3, bench.Manager.Current.IntegerOf(1), "what was not stored has its default");
        Assert.AreEqual(70, bench.Manager.Current.IntegerOf(2));
        bench.Send("{\"version\":1,\"revision\":2,\"first\":{\"one\":51,\"late\":30},\"second\":{\"two\":71}}");
        bench.Start();
        Assert.AreEqual(30, bench.Manager.Current.IntegerOf(1));
        Assert.AreEqual(51, bench.Manager.Current.IntegerOf(0));
        Assert.AreEqual(71, bench.Manager.Current.IntegerOf(2));
    }
}
