using System;
using MeterFirmware.Dlt645;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645;

/// <summary>Random and mutated frames: 1 000 000 with METER_LONG=1, 20 000 otherwise.</summary>
[TestClass]
public class Dlt645FuzzTests
{
    private static readonly int _runs = LongRun.IsAsked ? 1_000_000 : 20_000;

    [TestMethod]
    public void DecodeOfEncodeIsTheFrameAndEncodeOfDecodeTheBytes()
    {
        Random random = new(645);
        Dlt645Frame frame = new();
        Dlt645Frame back = new();
        byte[] line = new byte[Dlt645Protocol.FrameLengthMax + 4];
        byte[] again = new byte[Dlt645Protocol.FrameLengthMax + 4];
        for (int i = 0; i < _runs; i++)
        {
            Randomise(frame, random);
            int wake = random.Next(5);
            int count = frame.Encode(wake, line, 0);
            Assert.AreEqual(Dlt645Check.None, back.Decode(line, wake, count - wake, out int used));
            Assert.AreEqual(count - wake, used);
            Assert.AreEqual(count, back.Encode(wake, again, 0));
            Assert.IsTrue(line.AsSpan(0, count).SequenceEqual(again.AsSpan(0, count)));
        }
    }

    [TestMethod]
    public void RandomAndMutatedFramesNeverThrowNorAllocateInTheReceiver()
    {
        Random random = new(2007);
        Dlt645Receiver receiver = new(500);
        Dlt645Frame frame = new();
        Dlt645Item item = new();
        Dlt645Block block = new();
        Dlt645Counts counts = new();
        byte[] line = new byte[Dlt645Protocol.FrameLengthMax + 8];
        long good = 0;
        Walk(receiver, item, block, counts, line, 0, 0);
        long now = 0;
        Allocation.AssertNone(() =>
        {
            for (int i = 0; i < _runs; i++, now += 20)
            {
                int count = Mutate(frame, line, random);
                good += Walk(receiver, item, block, counts, line, count, now);
            }
        });
        Assert.IsTrue(good > _runs / 10, $"only {good} frames got through: the test tests nothing");
        Assert.IsTrue(receiver.FailureCount > _runs / 10);
    }

    [TestMethod]
    public void TheDecoderOfTheToolNeverThrows()
    {
        Random random = new(1997);
        Dlt645Decoder decoder = new();
        Dlt645Frame frame = new();
        byte[] line = new byte[Dlt645Protocol.FrameLengthMax + 8];
        for (int i = 0; i < _runs / 10; i++)
        {
            int count = Mutate(frame, line, random);
            Assert.IsTrue(decoder.Decode(line[..count]).Count > 0 || count == 0);
        }
    }

    private static int Walk(
        Dlt645Receiver receiver, Dlt645Item item, Dlt645Block block, Dlt645Counts counts, byte[] line,
        int count, long now)
    {
        int good = 0;
        for (int i = 0; i < count; i++)
        {
            bool got = receiver.Feed(line[i], now);
            while (got)
            {
                good++;
                Read(receiver.Frame, item, block, counts);
                got = receiver.TryTake();
            }
        }

        return good;
    }

    private static void Read(Dlt645Frame frame, Dlt645Item item, Dlt645Block block, Dlt645Counts counts)
    {
        if (!frame.TryReadIdentifier(out int di) || !block.Begin(di, counts))
        {
            return;
        }

        while (block.TryNext(out int element))
        {
            if (Dlt645Catalogue.TryDescribe(element, item) && item.Length <= frame.Length - 4)
            {
                int at = 4;
                for (int f = 0; f < item.FieldCount; f++)
                {
                    Dlt645Format.TryRead(item.FormatOf(f), frame.Data, at, out _);
                    at += Dlt645Format.BytesOf(item.FormatOf(f));
                }
            }
        }
    }

    private static void Randomise(Dlt645Frame frame, Random random)
    {
        for (int i = 0; i < 6; i++)
        {
            frame.Address[i] = random.Next(8) == 0 ? (byte)0xAA : (byte)((random.Next(10) << 4) | random.Next(10));
        }

        frame.Control = random.Next(256);
        frame.Length = random.Next(Dlt645Frame.LengthMaxOf(frame.Control) + 1);
        random.NextBytes(frame.Data.AsSpan(0, frame.Length));
        if (frame.Length >= 4 && random.Next(2) == 0)
        {
            // Often an identifier that exists, or nearly.
            frame.WriteIdentifier((random.Next(8) << 24) | (random.Next(0x20) << 16) | (Edge(random) << 8)
                | Edge(random));
        }
    }

    private static int Edge(Random random) => random.Next(3) == 0 ? 0xFF : random.Next(0x12);

    private static int Mutate(Dlt645Frame frame, byte[] line, Random random)
    {
        Randomise(frame, random);
        int count = frame.Encode(random.Next(4), line, 0);
        switch (random.Next(5))
        {
            case 0:
                return count;
            case 1:
                line[random.Next(count)] ^= (byte)(1 << random.Next(8));
                return count;
            case 2:
                return random.Next(count);
            case 3:
                line[random.Next(count)] = 0x68;
                return count;
            default:
                random.NextBytes(line.AsSpan(0, count));
                line[0] = 0x68;
                return count;
        }
    }
}
