using System;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tests.Tools.Commands;

/// <summary>Whatever arrives on the command and configuration topics: nothing unsigned is obeyed, nothing throws, nothing
/// is allocated. A million messages under METER_LONG=1.</summary>
[TestClass]
public sealed class HostileMessageTests : ICommandTarget, IConfigurationTarget
{
    private const string Device = "meter-1";
    private const long Now = 1_790_000_000;
    private const int Samples = 400;

    private int _executed;
    private int _applied;

    [TestMethod]
    public void NoHostileMessageIsAcceptedThrowsOrAllocates()
    {
        int messages = Environment.GetEnvironmentVariable("METER_LONG") == "1" ? 1_000_000 : 20_000;
        byte[] secret = new byte[DeviceSecurity.SecretBytes];
        Random random = new(6);
        random.NextBytes(secret);
        DeviceSecurity security = new(new CheckpointStore(new RamBlockStore(2, 512), DeviceSecurity.StateBytes));
        Assert.IsTrue(security.TryCommission(secret));
        CommandReceiver receiver = new(Device, security, this, 512);
        ConfigurationField[] fields = MeterConfiguration.Fields();
        ConfigurationManager manager = new(Device, security, fields,
            new CheckpointStore(new RamBlockStore(2, 1_024), ConfigurationManager.StateBytesOf(fields)), this);
        manager.Open();
        MqttMessage message = new(4_096);
        ByteTextWriter reply = new(4_096);

        // One good message each, so that the rest can replay and mutate what was once accepted.
        byte[][] samples = new byte[Samples][];
        samples[0] = Signed(secret, "command", ",\"command\":\"limit\",\"arguments\":{\"milliamps\":6000}", 10);
        samples[1] = Signed(secret, "configuration", ",\"document\":{\"version\":1,\"revision\":2}", 11);
        Load(message, samples[0]);
        Assert.IsTrue(receiver.TryHandle(0, Now, message, reply));
        reply.Clear();
        Load(message, samples[1]);
        Assert.IsTrue(manager.TryHandle(0, Now, message, reply));
        Assert.AreEqual(1, _executed);
        int appliedBefore = _applied;
        for (int i = 2; i < Samples; i++)
        {
            samples[i] = Hostile(random, secret, samples[i % 2]);
        }

        long nowMs = 0;
        long allocated = 0;
        for (int i = 0; i < messages; i++)
        {
            byte[] sample = samples[i % Samples];
            Load(message, sample);
            if (i % Samples > 1)
            {
                Mutate(random, message);
            }

            nowMs += 300;
            long before = GC.GetAllocatedBytesForCurrentThread();
            reply.Clear();
            receiver.TryHandle(nowMs, i % 50 == 0 ? 0 : Now, message, reply);
            reply.Clear();
            manager.TryHandle(nowMs, Now, message, reply);
            manager.Tick(nowMs);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.AreEqual(1, _executed);
        Assert.AreEqual(appliedBefore, _applied);
        Assert.AreEqual(messages, receiver.Counters.Refused, "every refusal is counted");
        Assert.AreEqual(0, allocated);
        Assert.IsTrue(receiver.Counters.RefusedFor(CommandRefusal.WrongSignature) > messages / 100);
        Assert.IsTrue(receiver.Counters.RefusedFor(CommandRefusal.Malformed) > messages / 100);
        Assert.IsTrue(receiver.Counters.RefusedFor(CommandRefusal.Replayed) > 0);
    }

    public int Execute(int code, int role, FlatJson arguments, ByteTextWriter result)
    {
        _executed++;
        return CommandRefusal.None;
    }

    public int FindConflict(ConfigurationValues values) => MeterConfiguration.FindConflict(values);

    public void Apply(ConfigurationValues values, bool reconnect) => _applied++;

    private static byte[] Hostile(Random random, byte[] secret, byte[] good)
    {
        switch (random.Next(6))
        {
            case 0:
                byte[] noise = new byte[random.Next(1_500)];
                random.NextBytes(noise);
                return noise;
            case 1:
                return Encoding.ASCII.GetBytes(new string('{', random.Next(1, 2_000)) + "\"a\":" + new string('[', 900));
            case 2:
                // Well formed and fresh, but signed by somebody else.
                byte[] stranger = (byte[])secret.Clone();
                stranger[random.Next(32)] ^= (byte)(1 << random.Next(8));
                return Signed(stranger, "command", ",\"command\":\"relay\",\"arguments\":{\"closed\":false}", 1_000);
            case 3:
                // A mac for one purpose used for the other.
                return Signed(secret, random.Next(2) == 0 ? "other" : "", ",\"command\":\"relay\"", 1_001);
            case 4:
                return good.AsSpan(0, random.Next(good.Length)).ToArray();
            default:
                return (byte[])good.Clone();
        }
    }

    /// <summary>Changes at least one byte. A fresh number in a replayed message leaves the rest as it was signed.</summary>
    private static void Mutate(Random random, MqttMessage message)
    {
        if (message.PayloadLength == 0)
        {
            return;
        }

        int changes = random.Next(4) == 0 ? random.Next(1, 20) : 1;
        for (int i = 0; i < changes; i++)
        {
            int at = random.Next(message.PayloadLength);
            byte before = message.Payload[at];
            message.Payload[at] = (byte)(random.Next(3) == 0 ? '0' + random.Next(10) : before ^ (1 << random.Next(8)));
        }
    }

    private static void Load(MqttMessage message, byte[] bytes)
    {
        Array.Copy(bytes, message.Payload, bytes.Length);
        message.PayloadLength = bytes.Length;
    }

    private static byte[] Signed(byte[] secret, string purpose, string body, long id)
    {
        ByteTextWriter text = new(2_048);
        MessageSigner.Begin(text, Device, id, CommandRole.Utility, 1, Now, Now + 600);
        text.Raw(body);
        new MessageSigner(secret).End(text, purpose, CommandRole.Utility, 1);
        return text.Bytes.AsSpan(0, text.Length).ToArray();
    }
}
