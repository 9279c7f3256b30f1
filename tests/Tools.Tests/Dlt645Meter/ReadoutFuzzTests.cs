using System;
using System.Text;
using MeterFirmware.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Tests.Dlt645;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645Meter;

/// <summary>Random and mutated frames against the whole meter.</summary>
[TestClass]
public class ReadoutFuzzTests
{
    private static readonly int _runs = LongRun.IsAsked ? 1_000_000 : 21_000;

    [TestMethod]
    public void NoFrameWithoutAPasswordThrowsAllocatesOrChangesARegisterOrATable()
    {
        ReadoutBench bench = Filled();
        Array.Fill(bench.Settings.Passwords, Dlt645Settings.NoPassword);
        bench.Settings.WrongPasswordsMax = int.MaxValue;
        string before = Picture(bench);
        long replies = Play(bench, 1_000, 645);

        // The generator's own objects are counted apart.
        int frames = 0;
        Assert.AreEqual(0L, Allocation.Least(() =>
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            Play(bench, 0, frames);
            long own = GC.GetAllocatedBytesForCurrentThread() - start;
            replies += Play(bench, _runs, 2007 + frames);
            frames += _runs;
            return GC.GetAllocatedBytesForCurrentThread() - start - 2 * own;
        }));
        Assert.IsTrue(replies > frames / 2, $"only {replies} replies: the test tests nothing");
        Assert.AreEqual(before, Picture(bench));
    }

    [TestMethod]
    public void WrongPasswordsLockWritingAndNothingElse()
    {
        ReadoutBench bench = Filled();
        for (int i = 0; i < bench.Settings.WrongPasswordsMax; i++)
        {
            Assert.AreEqual(Dlt645Protocol.ErrorPassword, bench.Write(0x04000601, "09", "04 99 99 99"));
        }

        Assert.AreEqual(Dlt645Protocol.ErrorPassword, bench.Write(0x04000601, "09"), "the right one, locked");
        Assert.AreEqual("05", bench.Text(0x04000601));
        bench.PowerUp();
        Assert.AreEqual(Dlt645Protocol.ErrorPassword, bench.Write(0x04000601, "09"), "a restart buys no new tries");
    }

    [TestMethod]
    public void FramesWithTheRightPasswordNeverThrowAndEnergyStays()
    {
        ReadoutBench bench = Filled();
        Array.Fill(bench.Settings.Passwords, Dlt645Settings.NoPassword);
        bench.Settings.Passwords[2] = 0;
        bench.Settings.WrongPasswordsMax = int.MaxValue;
        long import = bench.Meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Play(bench, _runs / 4, 14);
        Assert.AreEqual(import, bench.Meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import));
        bench.Run(3_600, 1_000);
        Assert.AreEqual(import + 1_000, bench.Meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import), 1);
    }

    [TestMethod]
    public void ASensorOnALossyLineOneByteAtATimeCountsWhatTheMeterCounts()
    {
        ReadoutBench bench = Filled();
        Random random = new(9);
        bench.Master.ReadMax = 1;
        bench.Master.Other.ReadMax = 1;
        Dlt645PowerSensor sensor = new(new Dlt645Client(bench.Master, 64), bench.Settings.Address, 1);
        Measurement m = new();
        long energy = 0;
        long first = -1;
        long now = bench.Meter.Clock.NowMs;
        for (int i = 0; i < 200_000; i++)
        {
            bench.Master.LoseWrites = random.Next(3_000) == 0 ? 1 : 0;
            now += 20;
            bool has = sensor.TryRead(now, m);
            energy += has ? m.ImportMicrojoules[0] : 0;
            first = has && first < 0 ? Hundredths(bench) : first;
            bench.Server.Tick(now);
            if (i % 50 == 0)
            {
                bench.Meter.Step(1_000, 2_000_000_000);
            }
        }

        Assert.IsTrue(sensor.RoundCount > 100);
        Assert.AreEqual(2_000_000, m.ActivePowerMilliwatts[0], 20_000);
        Assert.AreEqual(Hundredths(bench) - first, energy / 36_000_000_000L, 2);
        Assert.IsTrue(energy > 0);
    }

    private static long Hundredths(ReadoutBench bench) =>
        bench.Meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import) / 10;

    private static ReadoutBench Filled()
    {
        ReadoutBench bench = new();
        bench.Run(2 * 86_400, 1_000);
        return bench;
    }

    private static long Play(ReadoutBench bench, int count, int seed)
    {
        Random random = new(seed);
        Dlt645Frame request = new();
        Dlt645Frame reply = new();
        byte[] line = new byte[Dlt645Protocol.FrameLengthMax + 4];
        long now = bench.Meter.Clock.NowMs;
        long replies = 0;
        for (int i = 0; i < count; i++)
        {
            int length = Dlt645ServerFuzzTests.Request(request, bench.Settings, line, random);
            bench.Master.TryWrite(line, 0, length);
            bench.Readout.Tick(now);
            bench.Server.Tick(now);
            bench.Server.Tick(now + 20);
            now += 2_000;
            bench.Server.Tick(now);
            replies += bench.Master.TryTakeFrame(reply) ? 1 : 0;
        }

        return replies;
    }

    /// <summary>Everything that only a password may change: registers, maxima, tables, parameters, relay.</summary>
    private static string Picture(ReadoutBench bench)
    {
        StringBuilder text = new();
        byte[] registers = new byte[8192];
        int length = bench.Meter.Product.Meter.Save(registers, 0);
        text.Append(Convert.ToHexString(registers, 0, length)).Append(bench.Relay.IsClosed);
        for (int part = 0; part < 4; part++)
        {
            text.Append(bench.Sets.Before((TariffPart)part).Crc).Append(bench.Sets.After((TariffPart)part).Crc)
                .Append(bench.Sets.SwitchUtc((TariffPart)part));
        }

        foreach (uint di in new uint[]
        {
            0x04000103, 0x04000104, 0x04000201, 0x04000203, 0x04000402, 0x04000601, 0x04000602, 0x04000603,
            0x04000901, 0x04000902,
            0x04000905, 0x04000A01, 0x04000A02, 0x04000B01, 0x04000B02, 0x04020000, 0x04020001, 0x04050201,
            0x03300000, 0x03300100,
            0x03300200, 0x03300300,
        })
        {
            text.AppendLine(bench.Text(di));
        }

        return text.ToString();
    }
}
