using System;
using System.Linq;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>What needs the host's measuring: allocation, and a flood of hostile messages.</summary>
[TestClass]
public class AgentLoadTests
{
    private const string Device = "m1";
    private const long Utc = 1_767_225_600;

    [TestMethod]
    public void ADayWithRecordsAcknowledgementsResendsALostLinkAndRefusalsAllocatesNothing()
    {
        World world = new();
        world.RunDay();
        Allocation.AssertNone(world.RunDay);
        TelemetryCounters counters = world.Agent.Counters;
        Assert.IsTrue(counters.Births >= 4 && counters.RecordsResent > 0 && counters.Refused > 0
            && counters.RecordsReread > 0
            && counters.RecordsDropped > 0 && counters.InstantsSent > 1_000, "the day held all of it");
    }

    // Issue 4: random, mutated, oversized; 0 accepted, 0 exceptions out of the loop, memory flat.
    [TestMethod]
    public void HostileMessagesAreAllRefusedAndChangeNothing()
    {
        int count = LongRun.IsAsked ? 1_000_000 : 30_000;
        World world = new();
        world.Append(10);
        for (int i = 0; i < 400; i++)
        {
            world.Tick(100);
        }

        Random random = new(4);
        byte[] good = Encoding.UTF8.GetBytes("""{"device":"m1","upTo":9}""");
        byte[] query =
            Encoding.UTF8.GetBytes(
                """{"device":"m1","id":"a","query":"records","fromUtcSeconds":0,"toUtcSeconds":9}""");
        long refused = world.Agent.Counters.Refused;
        int sent = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] message = Hostile(random, i % 2 == 0 ? good : query);
            if (message.AsSpan().SequenceEqual(good) || IsStillGood(message))
            {
                continue;
            }

            world.Link.Arrive(world.Topics[random.Next(world.Topics.Length)], message);
            sent++;
            world.Tick(1);
        }

        Assert.AreEqual(refused + sent, world.Agent.Counters.Refused, "each one refused");
        Assert.AreEqual(0, world.Log.AcknowledgedNumber, "none accepted");
        Assert.AreEqual(LinkState.Online, world.Agent.State);
        Assert.AreEqual(0, world.Agent.Counters.RecordsReread);
        long before = GC.GetAllocatedBytesForCurrentThread();
        world.Link.Arrive(world.Topics[0], new byte[100_000]);
        world.Tick(1);
        Assert.IsTrue(GC.GetAllocatedBytesForCurrentThread() - before < 110_000, "memory stays flat");
    }

    private static byte[] Hostile(Random random, byte[] good)
    {
        switch (random.Next(5))
        {
            case 0:
                byte[] noise = new byte[random.Next(300)];
                random.NextBytes(noise);
                return noise;
            case 1:
                byte[] cut = new byte[random.Next(good.Length)];
                Array.Copy(good, cut, cut.Length);
                return cut;
            case 2:
                return new byte[random.Next(4_097, 20_000)];
            case 3:
                return Encoding.UTF8.GetBytes("{\"device\":"
                    + new string("[{\""[random.Next(3)], random.Next(1, 4_000)));
            default:
                byte[] mutated = (byte[])good.Clone();
                for (int i = random.Next(1, 4); i > 0; i--)
                {
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                }

                return mutated;
        }
    }

    // A mutation can hit white space, a digit of upTo, a letter of an id: another message that is as good as the first.
    private static bool IsStillGood(byte[] message)
    {
        FlatJson json = new(16, 4);
        return json.TryRead(message, 0, message.Length) && json.TryFind("device", out int device)
            && json.TextEquals(device, Device)
            && ((json.TryGetInteger("upTo", out long upTo) && upTo is >= 0 and <= 10)
                || (json.TryFind("query", out int query) && json.TextEquals(query, "records") && json.Count == 5));
    }

    /// <summary>An agent on a link that allocates nothing itself.</summary>
    private sealed class World : IInstantSource
    {
        private readonly byte[] _payload = new byte[IntervalRecord.BytesMax];
        private readonly IntervalRecord _record = new();
        private readonly byte[] _bad = Encoding.UTF8.GetBytes("""{"device":"m2","upTo":1}""");
        private readonly byte[] _query = Encoding.UTF8.GetBytes(
            """{"device":"m1","id":"a","query":"records","fromUtcSeconds":0,"toUtcSeconds":9999999999}""");

        private readonly ByteTextWriter _ack = new(64);
        private long _nowMs;

        public World()
        {
            TelemetrySettings options = new() { Device = Device, SpreadMs = 0, InstantIntervalMs = 10_000 };
            Agent = new TelemetryAgent(options, Link, Log, this,
                [new IntervalPayload(new IntervalRecord()), new EventPayload(new EventRecord())]);
            TelemetryTopics topics = new(Device);
            Topics = [topics.Acknowledge, topics.Query, topics.Acknowledge, "mf/v1/m2/ack"];
        }

        public QuietLink Link { get; } = new();

        public MemoryRecordLog Log { get; } = new(40, 128);

        public TelemetryAgent Agent { get; }

        public string[] Topics { get; }

        public Measurement Measurement { get; } = new();

        public bool HasMeasurement => true;

        public long ImportWattHours => 1;

        public long ExportWattHours => 0;

        public int Rate => 0;

        public int OffsetSeconds => 28_800;

        public int SensorFaults => 0;

        public void WriteExtra(ByteTextWriter json)
        {
        }

        public void Tick(int milliseconds)
        {
            _nowMs += milliseconds;
            Agent.Tick(_nowMs, Utc + _nowMs / 1_000);
        }

        public void Append(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _record.EndUtcSeconds = Utc + _nowMs / 1_000;
                Log.TryAppend(RecordKind.Interval, _payload, 0, _record.Write(_payload, 0), out long _);
            }
        }

        public void RunDay()
        {
            for (int second = 0; second < 86_400; second++)
            {
                bool isOutage = second is > 20_000 and < 70_000;
                if (second % 900 == 0)
                {
                    Append(1);
                    Link.Arrive(Topics[0], _bad);
                    Link.Arrive(Topics[1], _query);
                }

                if (isOutage)
                {
                    Link.Break();
                }
                else if (second % 700 == 0)
                {
                    Acknowledge();
                }

                if (second % 40_000 == 1)
                {
                    Link.Break();
                }

                Tick(1_000);
            }
        }

        private void Acknowledge()
        {
            _ack.Clear();
            _ack.BeginObject();
            _ack.Name("device");
            _ack.Value(Device);
            _ack.Name("upTo");
            _ack.Value(Log.NextNumber - 1);
            _ack.EndObject();
            Link.Arrive(Topics[0], _ack.Bytes, _ack.Length);
        }
    }

    /// <summary>Takes everything, keeps nothing, hands over from a ring made at construction.</summary>
    private sealed class QuietLink : IMqttLink
    {
        private readonly MqttMessage[] _ring = [.. Enumerable.Range(0, 16).Select(_ => new MqttMessage(20_000))];
        private int _head;
        private int _tail;

        public MqttLinkState State { get; private set; }

        public string LastError => null;

        public bool IsSubscribed => State == MqttLinkState.Open;

        public int Settled { get; private set; }

        public int GivenUp => 0;

        public int IncomingDropped => 0;

        public void Open(string clientId, string willTopic, byte[] willPayload)
        {
            Settled = 0;
            State = MqttLinkState.Open;
        }

        public void Close() => State = MqttLinkState.Closed;

        public void Break() => State = MqttLinkState.Closed;

        public bool TrySubscribe(string topicFilter) => true;

        public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain)
        {
            Settled++;
            return true;
        }

        public bool TryReceive(MqttMessage message)
        {
            if (_head == _tail)
            {
                return false;
            }

            MqttMessage arrived = _ring[_tail];
            _tail = (_tail + 1) % _ring.Length;
            message.Topic = arrived.Topic;
            message.PayloadLength = arrived.PayloadLength;
            if (!message.IsTooLong)
            {
                Array.Copy(arrived.Payload, message.Payload, arrived.PayloadLength);
            }

            return true;
        }

        public void Arrive(string topic, byte[] payload) => Arrive(topic, payload, payload.Length);

        public void Arrive(string topic, byte[] payload, int length)
        {
            int next = (_head + 1) % _ring.Length;
            if (next == _tail)
            {
                return;
            }

            MqttMessage slot = _ring[_head];
            slot.Topic = topic;
            slot.PayloadLength = length;
            Array.Copy(payload, slot.Payload, Math.Min(length, slot.Payload.Length));
            _head = next;
        }
    }
}
