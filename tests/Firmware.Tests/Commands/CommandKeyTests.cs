using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Storage;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Commands;

/// <summary>Numbers that are used up, keys that leaked, what an older release stored.</summary>
[TestClass]
public class CommandKeyTests
{
    private const long Year2086 = 3_680_000_000_000;
    private const long Year2026 = 1_790_000_000_000;

    [TestMethod]
    public void ATimeWithAWrongNumberUsesUpNoneOfTheUtilitys()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(Year2086, CommandRole.Utility, "time", "{}");
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(1, bench.Executed);
        bench.Sign(Year2026, CommandRole.Utility, "freeze", null);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(2, bench.Executed);
        bench.Sign(Year2026 + 1, CommandRole.Utility, "time", "{}");
        bench.Deliver();
        Assert.Contains("\"error\":\"replayed\",\"highest\":3680000000000", bench.ReplyText());
        bench.Restart();
        bench.Sign(Year2086 + 1, CommandRole.Utility, "time", "{}");
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(3, bench.Executed, "the head-end goes on above the highest");
        bench.Sign(Year2026 + 2, CommandRole.Utility, "freeze", null);
        bench.Deliver();
        Assert.AreEqual(4, bench.Executed);
    }

    [TestMethod]
    public void NoNumberEndsCommandsForGood()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(SignedMessage.IdMax, CommandRole.Utility, "freeze", null);
        Assert.IsTrue(bench.Deliver());
        Assert.Contains("out-of-range", bench.ReplyText());
        bench.Sign(Year2026, CommandRole.Utility, "freeze", null);
        bench.Deliver();
        Assert.AreEqual(1, bench.Executed);
    }

    [TestMethod]
    public void AKeyThatLeakedEndsAtOnceAndCannotPutItselfBack()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(1, CommandRole.Utility, "rotate-key", "{\"role\":\"technician\",\"now\":true}");
        Assert.IsTrue(bench.Deliver());
        Assert.Contains("\"nextKey\":2", bench.ReplyText());
        bench.Sign(1, CommandRole.Technician, "freeze", null);
        bench.Deliver();
        Assert.Contains("unknown-key", bench.ReplyText());

        // Nor does the holder of a leaked utility key: the next generation is not his, and generations only grow.
        bench.Sign(2, CommandRole.Utility, "rotate-key", "{\"role\":\"utility\",\"now\":true}");
        bench.Deliver();
        bench.Sign(3, CommandRole.Utility, "rotate-key", "{\"role\":\"utility\",\"now\":true}");
        bench.Deliver();
        Assert.Contains("unknown-key", bench.ReplyText());
        Assert.AreEqual(2, bench.Security.GenerationOf(CommandRole.Utility));
        byte[] key = DeviceSecurity.RoleKeyOf(bench.Secret, CommandRole.Technician, 2);
        MessageSigner holder = new MessageSigner(key, CommandRole.Technician, 2);
        long now = CommandBench.Now;
        bench.Sign(CommandBench.Device, 4, CommandRole.Technician, 2, "freeze", null, now, now + 60, "command", holder);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(1, bench.Executed, "who holds the role's key needs no secret");
    }

    [TestMethod]
    public void TheNextSecretIsTakenFromWhoHoldsTheOneInForceOnly()
    {
        CommandBench bench = new CommandBench();
        byte[] next = new byte[DeviceSecurity.SecretBytes];
        byte[] proof = new byte[HmacSha256.TagBytes];
        byte[] stranger = new byte[DeviceSecurity.SecretBytes];
        DeviceSecurity.WrapSecret(stranger, 1, next, proof);
        bench.Sign(1, CommandRole.Utility, "rotate-key", Secret(next, proof));
        bench.Deliver();
        Assert.Contains("bad-argument", bench.ReplyText(), "the utility's key alone does not do");
        byte[] fresh = NewSecret();
        DeviceSecurity.WrapSecret(bench.Secret, 2, fresh, proof);
        bench.Sign(2, CommandRole.Utility, "rotate-key", Secret(fresh, proof));
        Assert.IsTrue(bench.Deliver());
        Assert.Contains("\"ok\":true", bench.ReplyText());
        bench.Restart();
        bench.Sign(3, CommandRole.Utility, "freeze", null);
        Assert.IsFalse(bench.Deliver(), "the old secret signs nothing any more");
        long now = CommandBench.Now;
        bench.Sign(CommandBench.Device, 1, CommandRole.Utility, 1, "freeze", null, now, now + 60, "command",
            new MessageSigner(NewSecret()));
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(1, bench.Executed);
    }

    [TestMethod]
    public void WhatRelease010StoredIsRead()
    {
        byte[] old = new byte[130 + CheckpointStore.OverheadBytes];
        old[0] = 1;
        for (int i = 0; i < DeviceSecurity.SecretBytes; i++)
        {
            old[2 + i] = (byte)i;
        }

        for (int role = 0; role < CommandRole.Count; role++)
        {
            int at = 34 + role * 24;
            LittleEndian.WriteInt32(old, at, role + 1);
            LittleEndian.WriteInt64(old, at + 8, 100 + role);
            LittleEndian.WriteInt64(old, at + 16, 1);
        }

        RamBlockStore flash = new RamBlockStore(2, 512);
        Assert.IsTrue(new CheckpointStore(flash, 130).TryWrite(old, 130));
        DeviceSecurity security = new DeviceSecurity(new CheckpointStore(flash, DeviceSecurity.StateBytes));
        Assert.IsTrue(security.TryOpen());
        Assert.AreEqual(3, security.GenerationOf(CommandRole.Owner));
        Assert.IsFalse(security.IsFresh(CommandRole.Owner, 102));
        Assert.IsTrue(security.IsFresh(CommandRole.Owner, 103));
        Assert.IsFalse(security.IsFresh(DeviceSecurity.TimeWindow, 100), "it was counted among the utility's");
        Assert.IsTrue(security.TryTake(CommandRole.Owner, CommandRole.Owner, 103, 3));
        DeviceSecurity again = new DeviceSecurity(new CheckpointStore(flash, DeviceSecurity.StateBytes));
        Assert.IsTrue(again.TryOpen());
        Assert.IsFalse(again.IsFresh(CommandRole.Owner, 103));
    }

    /// <summary>A file system that loses the newest state whole leaves an older one that looks sound.</summary>
    [TestMethod]
    public void OnAMediumThatMayForgetWhatWasIssuedBeforeTheStartIsRefused()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(7, CommandRole.Utility, "freeze", null);
        bench.Restart(true);
        bench.Deliver();
        Assert.Contains("replayed", bench.ReplyText());
        Assert.AreEqual(0, bench.Executed, "it may have been carried out before the cut");
        long now = CommandBench.Now;
        bench.Sign(CommandBench.Device, 8, CommandRole.Utility, 1, "freeze", null, now, now + 60, "command", null);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(1, bench.Executed);
        bench.UtcSeconds = 0;
        bench.Restart(true);
        bench.Sign(9, CommandRole.Utility, "time", "{}");
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(2, bench.Executed, "the time still comes");
    }

    private static byte[] NewSecret()
    {
        byte[] secret = new byte[DeviceSecurity.SecretBytes];
        for (int i = 0; i < secret.Length; i++)
        {
            secret[i] = (byte)(200 - i);
        }

        return secret;
    }

    private static string Secret(byte[] wrapped, byte[] proof) => "{\"secret\":\"" + Hex(wrapped) + "\",\"proof\":\""
        + Hex(proof) + "\"}";

    private static string Hex(byte[] bytes)
    {
        const string Digits = "0123456789abcdef";
        char[] text = new char[2 * bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            text[2 * i] = Digits[bytes[i] >> 4];
            text[2 * i + 1] = Digits[bytes[i] & 0xF];
        }

        return new string(text);
    }
}
