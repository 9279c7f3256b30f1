using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Each example of each message is read by the code of the side that receives it: none is left out.</summary>
[TestClass]
public class AsyncApiExampleTests
{
    private const string Device = "000012345678";

    private readonly AsyncApiDocument _document = AsyncApiDocument.Load();
    private readonly byte[] _secret = [.. Enumerable.Range(0, DeviceSecurity.SecretBytes).Select(i => (byte)i)];

    [TestMethod]
    public void TheDocumentIsOfTheVersionThatBirthsName()
    {
        string version = (string)_document.Root["info"]["version"];
        Assert.AreEqual($"{_document.Example("birth")["protocol"]}.0", version);
    }

    [TestMethod]
    public void EveryExampleIsReadByTheSideThatReceivesIt()
    {
        HashSet<string> left = [.. _document.Messages.Select(message => message.Key)];
        foreach ((string name, JsonNode operation) in _document.Root["operations"].AsObject())
        {
            string channel = ((string)operation["channel"]["$ref"]).Split('/').Last();
            bool isDevices = (string)operation["action"] == "send";
            foreach (string message in _document.Root["channels"][channel]["messages"].AsObject()
                .Select(one => one.Key))
            {
                left.Remove(message);
                if (message == "configuration")
                {
                    // The product's: settings.schema.json and its tests.
                    continue;
                }

                foreach (JsonObject example in _document.Examples(message))
                {
                    string text = example.ToJsonString();
                    Assert.IsTrue(isDevices ? HeadEndReads(channel, text) : DeviceReads(channel, text),
                        $"{name}: {text}");
                    Assert.IsFalse(isDevices ? HeadEndReads(channel, text[..^1]) : DeviceReads(channel, text[..^1]),
                        $"{name}: cut, {text}");
                }
            }
        }

        Assert.IsEmpty(left, "messages of no channel");
    }

    [TestMethod]
    public void TheHeadEndAsksAsTheExampleOfAQueryDoes()
    {
        JsonObject query = _document.Example("query");
        string written = HeadEnd.QueryMessage(Device, (string)query["id"],
            DateTimeOffset.FromUnixTimeSeconds((long)query["fromUtcSeconds"].GetValue<decimal>()),
            DateTimeOffset.FromUnixTimeSeconds((long)query["toUtcSeconds"].GetValue<decimal>()));
        Assert.AreEqual(query.ToJsonString(), written);
    }

    private static bool HeadEndReads(string channel, string text)
    {
        byte[] payload = Encoding.UTF8.GetBytes(text);
        switch (channel)
        {
            case "record":
                return ArrivalReader.TryReadRecord(Device, payload, out _, out _);
            case "status":
                return ArrivalReader.TryReadStatus(Device, payload, out _, out _);
            case "reply":
                // A refusal of an acknowledgement is the one reply that the head-end itself reads; the others are its
                // user's.
                bool isRefusal = ArrivalReader.TryReadRefusal(Device, payload, Topics.Of(Device, "ack"),
                    out string reason);
                return isRefusal ? reason == "mac-missing" : IsWholeFor(text)
                    && !text.Contains("/ack\"", StringComparison.Ordinal);
            default:
                return IsWholeFor(text);
        }
    }

    private static bool IsWholeFor(string text)
    {
        try
        {
            return (string)JsonNode.Parse(text)["device"] == Device;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private bool DeviceReads(string channel, string text)
    {
        MemoryRecordLog log = new(100, 128, "7c19e0b2a4d3586f");
        for (int i = 0; i < 3; i++)
        {
            log.TryAppend(77, new byte[1], 0, 1, out _);
        }

        DeviceSecurity security = new(new CheckpointStore(new RamBlockStore(2, 1024), DeviceSecurity.StateBytes));
        Assert.IsTrue(security.TryCommission(_secret));
        MemoryLink link = new();
        TelemetryAgent agent = new(new TelemetrySettings { Device = Device, SpreadMs = 0 }, link, log, null, [])
        {
            AcknowledgementKey = security,
            Commands = new CommandReceiver(Device, security, new Obeys()),
        };
        for (int ms = 0; ms < 3_000; ms += 100)
        {
            agent.Tick(ms, 1_767_225_600);
        }

        link.Arrive($"mf/v1/{Device}/{channel}", Encoding.UTF8.GetBytes(text));
        long answers = link.Published.Count(one => one.Topic.EndsWith("/reply", StringComparison.Ordinal));
        for (int ms = 3_000; ms < 5_000; ms += 100)
        {
            agent.Tick(ms, 1_767_225_601);
        }

        bool isAnswered = link.Published.Count(one => one.Topic.EndsWith("/reply", StringComparison.Ordinal)) > answers;
        return channel == "ack" ? log.AcknowledgedNumber == 2 && !isAnswered
            : isAnswered && link.Last("reply").Contains("\"ok\":true", StringComparison.Ordinal);
    }

    private sealed class Obeys : ICommandTarget
    {
        public int Execute(int command, int role, FlatJson arguments, ByteTextWriter result) => CommandRefusal.None;
    }
}
