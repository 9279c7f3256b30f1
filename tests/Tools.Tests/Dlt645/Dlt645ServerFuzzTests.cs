using System;
using MeterFirmware.Dlt645;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645;

/// <summary>The server and the client under random requests: never an exception, never an allocation.</summary>
[TestClass]
public class Dlt645ServerFuzzTests
{
    private static readonly int _runs = LongRun.IsAsked ? 1_000_000 : 20_000;
    private static readonly int[] _controls =
        [0x03, 0x08, 0x11, 0x11, 0x11, 0x12, 0x13, 0x14, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1F];

    [TestMethod]
    public void TheServerNeverThrowsNorAllocates()
    {
        Random random = new(645);
        ScriptedLine master = ScriptedLine.Pair();
        FakeDlt645Meter meter = new();
        meter.Counts.Rates = 8;
        Dlt645Settings settings = new() { WrongPasswordsMax = int.MaxValue };
        settings.Passwords[2] = 0;
        Dlt645Server server = new(master.Other, settings, meter, 1024);
        Dlt645Frame request = new();
        Dlt645Frame reply = new();
        byte[] line = new byte[Dlt645Protocol.FrameLengthMax + 4];
        long replies = 0;
        long now = 0;
        Run(1_000);
        Allocation.AssertNone(() => Run(_runs));
        Assert.IsTrue(replies > _runs / 2, $"only {replies} replies: the test tests nothing");

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                int length = Request(request, settings, line, random);
                master.TryWrite(line, 0, length);
                server.Tick(now);
                server.Tick(now + 20);
                now += 2_000;
                server.Tick(now);
                replies += master.TryTakeFrame(reply) ? 1 : 0;
            }
        }
    }

    [TestMethod]
    public void ASensorOnANoisyLineNeverThrowsNorAllocatesNorInventsEnergy()
    {
        Random random = new(2007);
        ScriptedLine master = ScriptedLine.Pair();
        FakeDlt645Meter meter = new();
        Dlt645Settings settings = new();
        Dlt645Server server = new(master.Other, settings, meter, 1024);
        Dlt645PowerSensor sensor = new(new Dlt645Client(master, 64) { Tries = 1 }, settings.Address, 3);
        Measurement m = new();
        byte[] noise = new byte[16];
        long start = meter.Import;
        long energy = 0;
        long now = 0;
        Run(2_000);
        Allocation.AssertNone(() => Run(_runs / 4));
        Assert.IsTrue(sensor.RoundCount > 10);
        Assert.AreEqual(0, sensor.Faults & SensorFault.EnergyGap);
        Assert.IsTrue(energy <= (meter.Import - start) * 36_000_000_000L);
        Assert.IsTrue(energy > (meter.Import - start - 500) * 36_000_000_000L);

        void Run(int ticks)
        {
            for (int i = 0; i < ticks; i++)
            {
                if (random.Next(200) == 0)
                {
                    random.NextBytes(noise);
                    (random.Next(2) == 0 ? master : master.Other).TryWrite(noise, 0, 1 + random.Next(15));
                }

                if (random.Next(100) == 0)
                {
                    master.Other.LoseWrites = 1;
                }

                meter.Import += random.Next(50) == 0 ? 1 : 0;
                energy += sensor.TryRead(now, m) ? m.ImportMicrojoules[0] : 0;
                server.Tick(now);
                now += 25;
            }
        }
    }

    internal static int Request(Dlt645Frame request, Dlt645Settings settings, byte[] line, Random random)
    {
        request.SetAddress(settings.Address);
        if (random.Next(10) == 0)
        {
            for (int i = 0; i < 6; i++)
            {
                request.Address[i] = random.Next(2) == 0 ? (byte)0xAA : (byte)0x99;
            }
        }

        request.Control = _controls[random.Next(_controls.Length)];
        request.Length = random.Next(4) == 0 ? random.Next(60) : LikelyLength(request.Control, random);
        for (int i = 0; i < request.Length; i++)
        {
            request.Data[i] = random.Next(3) == 0 ? (byte)random.Next(256)
                : (byte)((random.Next(10) << 4) | random.Next(10));
        }

        if (request.Length >= 4 && random.Next(8) > 0)
        {
            int di = (random.Next(8) << 24) | (random.Next(0x20) << 16) | (Edge(random) << 8) | Edge(random);
            request.WriteIdentifier(request.Control >= 0x19 ? 2 : di);
            for (int i = 4; i < 8 && i < request.Length && request.Control == Dlt645Protocol.Write; i++)
            {
                request.Data[i] = i == 4 ? (byte)2 : (byte)0;
            }
        }

        int length = request.Encode(random.Next(4), line, 0);
        if (random.Next(10) == 0)
        {
            line[random.Next(length)] ^= (byte)(1 << random.Next(8));
        }

        return length;
    }

    private static int Edge(Random random) => random.Next(3) == 0 ? 0xFF : random.Next(0x12);

    private static int LikelyLength(int control, Random random) => control switch
    {
        Dlt645Protocol.Read => random.Next(3) == 0 ? 10 : 4,
        Dlt645Protocol.ReadNext => 5,
        Dlt645Protocol.ReadAddress => 0,
        Dlt645Protocol.Write => 12 + random.Next(8),
        Dlt645Protocol.WriteAddress or Dlt645Protocol.BroadcastTime => 6,
        Dlt645Protocol.Freeze => 4,
        Dlt645Protocol.BaudRate => 1,
        Dlt645Protocol.Relay => 16,
        Dlt645Protocol.ClearDemand or Dlt645Protocol.ClearMeter => 8,
        _ => 12,
    };
}
