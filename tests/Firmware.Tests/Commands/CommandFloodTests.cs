using MeterFirmware.Commands;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Commands;

/// <summary>Whoever may publish on a device's topics, but holds no key.</summary>
[TestClass]
public class CommandFloodTests
{
    private const int Genuine = 50;
    private const int ForgedPerSecond = 8;

    /// <summary>8 forged messages a second, in the meter's tick of a second and in a charger's of 10 ms: a sender that
    /// goes on above the highest number is heard at its first or second try, and no forged message is
    /// answered.</summary>
    [TestMethod]
    [DataRow(1_000)]
    [DataRow(10)]
    public void AGenuineCommandWithTheNextNumberPassesUnderAFlood(int tickMs)
    {
        CommandBench bench = new CommandBench();
        int tries = 0;
        for (int i = 1; i <= Genuine; i++)
        {
            int before = bench.Executed;
            for (int again = 0; again < 2 && bench.Executed == before; again++)
            {
                Flood(bench, tickMs);
                bench.Sign(i, CommandRole.Utility, "freeze", null);
                bench.Deliver(tickMs == 1_000 ? 0 : tickMs);
                tries++;
            }
        }

        Assert.AreEqual(Genuine, bench.Executed);
        Assert.IsTrue(tries <= Genuine + 1, "all but the one in whose tick the flood began, at the first try: "
            + tries.ToString());
    }

    /// <summary>Any other number is one among many: it is drawn in the end, for a sender repeats what is not
    /// answered.</summary>
    [TestMethod]
    [DataRow(1_000)]
    [DataRow(10)]
    public void AGenuineCommandWithAnyNumberIsDrawnWhenItIsRepeated(int tickMs)
    {
        CommandBench bench = new CommandBench();
        for (int i = 1; i <= Genuine; i++)
        {
            int tries = 0;
            for (; tries < 60 && bench.Executed < i; tries++)
            {
                Flood(bench, tickMs);
                bench.Sign(i * 1_000L, CommandRole.Utility, "freeze", null);
                bench.Deliver(tickMs == 1_000 ? 0 : tickMs);
            }

            Assert.AreEqual(i, bench.Executed);
        }
    }

    [TestMethod]
    public void AFloodCostsFewMacsATickAndFourASecond()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(40, CommandRole.Utility, "freeze", null);
        Forge(bench);
        int answers = 0;
        for (int i = 0; i < 1_000; i++)
        {
            answers += bench.Deliver(1) ? 1 : 0;
        }

        int macs = bench.Receiver.Counters.RefusedFor(CommandRefusal.WrongSignature);
        Assert.IsTrue(macs >= 1 && macs <= MacBudget.ChecksPerSecondMax, macs.ToString());
        Assert.AreEqual(1_000, macs + bench.Receiver.Counters.RefusedFor(CommandRefusal.Busy));
        Assert.AreEqual(1, answers, "one word a second");
        for (int i = 0; i < 1_000; i++)
        {
            bench.Deliver(i == 0 ? 1_000 : 0);
        }

        Assert.IsTrue(bench.Receiver.Counters.RefusedFor(CommandRefusal.WrongSignature) <= macs + 3,
            "three a slow tick");
    }

    [TestMethod]
    public void DocumentsAndCommandsDrawOnOneBudgetAndAWrongMacIsNotReported()
    {
        SettingsBench bench = new SettingsBench();
        int answers = 0;
        for (int i = 0; i < 1_000; i++)
        {
            answers += bench.SendForged(1_000) ? 1 : 0;
        }

        Assert.IsTrue(bench.Manager.Counters.RefusedFor(CommandRefusal.WrongSignature) <= 3, "one tick");
        Assert.IsTrue(answers <= 1, "retained messages of some 900 bytes");
        Assert.IsFalse(bench.Budget.TryTake(1_000, false), "the commands' too");
    }

    private static void Flood(CommandBench bench, int tickMs)
    {
        // What the forger cannot know is the highest number, which is small here.
        bench.Sign(4_000_000, CommandRole.Utility, "freeze", null);
        Forge(bench);
        for (int i = 0; i < ForgedPerSecond; i++)
        {
            bool isSameTick = tickMs == 1_000 && i > 0;
            bench.Deliver(isSameTick ? 0 : tickMs == 1_000 ? 1_000 : 124);
        }
    }

    private static void Forge(CommandBench bench)
    {
        int at = bench.Message.PayloadLength - 4;
        bench.Message.Payload[at] = (byte)(bench.Message.Payload[at] == '0' ? '1' : '0');
    }
}
