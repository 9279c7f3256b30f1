using System;
using System.Buffers;
using System.IO;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>A device that answers, but not as the protocol has it: one line and exit code 1, never a trace.</summary>
[TestClass]
public sealed class MalformedAnswerTests
{
    private const string Good = """{"status":"confirmed","document":{"version":1,"revision":3}}""";

    private string _folder;
    private string _secret;
    private EmbeddedBroker _broker;
    private IMqttClient _device;
    private string _reply;

    [TestInitialize]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("mf-answer-").FullName;
        _secret = SecretFile.Write(_folder, "m.secret", new byte[32]);
        _broker = await EmbeddedBroker.StartAsync();
        _device = new MqttClientFactory().CreateMqttClient();
        _device.ApplicationMessageReceivedAsync += AnswerAsync;
        await _device.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _broker.Port).Build());
        await _device.SubscribeAsync("mf/v1/m/+", MqttQualityOfServiceLevel.AtLeastOnce);
    }

    [TestCleanup]
    public async Task Stop()
    {
        _device.Dispose();
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    [DataRow("""{"id":ID,"ok":false}""", "'error'")]
    [DataRow("""{"id":ID,"ok":false,"error":5}""", "'error'")]
    [DataRow("""{"id":ID,"ok":false,"error":"\ud800"}""", "'error'")]
    [DataRow("""{"id":ID,"ok":false,"error":"no","expected":[]}""", "'expected'")]
    public void ARefusalOfACommand(string reply, string expected) =>
        AssertOneLine(reply, expected, "command", "health");

    [TestMethod]
    [DataRow("""{"id":ID,"ok":false}""", "'error'")]
    [DataRow("""{"id":ID,"ok":true}""", "'result'")]
    [DataRow("""{"id":ID,"ok":true,"result":{}}""", "'state'")]
    [DataRow("""{"id":ID,"ok":true,"result":{"state":"receiving","bytes":3}}""", "'received'")]
    [DataRow("""{"id":ID,"ok":true,"result":{"state":"receiving","bytes":3,"received":-1}}""", "'received'")]
    [DataRow("""{"id":ID,"ok":true,"result":{"state":"receiving","bytes":3,"received":1e30}}""", "'received'")]
    [DataRow("""{"id":ID,"ok":true,"result":{"state":"receiving","bytes":3,"received":0}}""",
        "takes no more than 0 of 3 bytes")]
    public void AnAnswerToAnImage(string reply, string expected)
    {
        string image = Path.Combine(_folder, "image.bin");
        File.WriteAllBytes(image, [1, 2, 3]);
        AssertOneLine(reply, expected, "command", "update", "--image", image);
    }

    [TestMethod]
    [DataRow("""{"id":ID}""", "'ok'")]
    [DataRow("""{"id":ID,"ok":true}""", "'status'")]
    [DataRow("""{"id":ID,"ok":true,"status":7}""", "'status'")]
    [DataRow("""{"id":ID,"ok":true,"status":"confirmed"}""", "'document'")]
    [DataRow("""{"id":ID,"ok":false}""", "'error'")]
    [DataRow("""{"id":ID,"ok":false,"error":"no","field":1}""", "'field'")]
    public async Task AReportAfterADocument(string reply, string expected)
    {
        await ReportAsync(Good);
        string document = Path.Combine(_folder, "document.json");
        await File.WriteAllTextAsync(document, """{"version":1,"revision":1}""");
        AssertOneLine(reply, expected, "configure", "send", document);
    }

    [TestMethod]
    [DataRow("""{"status":"confirmed","document":[]}""", "'document'")]
    [DataRow("""{"document":{"revision":3}}""", "'status'")]
    public async Task AReportThatIsShown(string report, string expected)
    {
        await ReportAsync(report);
        AssertOneLine(null, expected, "configure", "show");
    }

    [TestMethod]
    public async Task AReportWithoutARevisionIsNotCloned()
    {
        await ReportAsync("""{"status":"confirmed","document":{"version":1}}""");
        AssertOneLine(null, "'revision'", "configure", "clone", "--from", "m");
    }

    [TestMethod]
    public async Task AReportThatSaysOneThingTwiceIsNone()
    {
        LongRun.AskedOrSkip();
        await ReportAsync("""{"status":"confirmed","document":{"revision":1,"revision":2}}""");
        AssertOneLine(null, "m has reported no configuration", "configure", "show");
    }

    private void AssertOneLine(string reply, string expected, params string[] arguments)
    {
        _reply = reply;
        string[] signer = arguments[1] == "show" ? [] : ["--secret", _secret];
        CommandLine run = CommandLine.Run([.. arguments, "--device", "m", .. signer, "--broker",
            $"mqtt://127.0.0.1:{_broker.Port}"]);
        Assert.AreEqual(Program.AnswerIsNo, run.ExitCode, run.Errors);
        string[] lines = run.Errors.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        StringAssert.StartsWith(lines[^1], "meterctl: ");
        StringAssert.Contains(lines[^1], expected);
        Assert.IsFalse(run.Errors.Contains("   at ", StringComparison.Ordinal), run.Errors);
    }

    private Task ReportAsync(string report) =>
        _device.PublishAsync(new MqttApplicationMessageBuilder().WithTopic("mf/v1/m/reported")
        .WithPayload(report).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).WithRetainFlag().Build());

    private async Task AnswerAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        string channel = received.ApplicationMessage.Topic.Split('/')[^1];
        if (channel is "command" or "desired")
        {
            JsonNode message = JsonNode.Parse(Encoding.UTF8.GetString(received.ApplicationMessage.Payload.ToArray()));
            string text = _reply.Replace("ID", ((long)message["id"]).ToString(), StringComparison.Ordinal);
            await _device.PublishStringAsync($"mf/v1/m/{(channel == "command" ? "reply" : "reported")}", text,
                MqttQualityOfServiceLevel.AtLeastOnce);
        }
    }
}
