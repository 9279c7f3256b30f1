using MeterFirmware.Commands;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Commands;

[TestClass]
public class CommandReceiverTests
{
    private const string Sixteen = "{\"milliamps\":16000}";

    [TestMethod]
    public void AnAuthenticCommandIsCarriedOutAndAnsweredWithItsResult()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(1, CommandRole.Utility, "limit", Sixteen);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(
            "{\"device\":\"meter-1\",\"id\":1,\"command\":\"limit\",\"ok\":true,\"result\":{\"milliamps\":16000}}",
            bench.ReplyText());
        Assert.AreEqual(16_000, bench.Limit.Value);
        Assert.AreEqual(1, bench.Receiver.Counters.Accepted);
    }

    [TestMethod]
    public void ACommandDeliveredTwiceIsDoneOnceAndItsSenderIsToldTheHighestNumber()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(5, CommandRole.Utility, "freeze", null);
        Assert.IsTrue(bench.Deliver());
        bench.Sign(1, CommandRole.Utility, "freeze", null);
        Assert.IsTrue(bench.Deliver());
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual("{\"device\":\"meter-1\",\"id\":1,\"ok\":false,\"error\":\"replayed\",\"highest\":5}",
            bench.ReplyText());
        Assert.AreEqual(2, bench.Executed);
        Assert.AreEqual(1, bench.Receiver.Counters.RefusedFor(CommandRefusal.Replayed));
    }

    [TestMethod]
    public void TheReplayWindowSurvivesARestart()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(7, CommandRole.Utility, "freeze", null);
        Assert.IsTrue(bench.Deliver());
        bench.Restart();
        Expect(bench, CommandRefusal.Replayed);
        Assert.AreEqual(1, bench.Executed);
        bench.Sign(5, CommandRole.Utility, "freeze", null);
        Assert.IsTrue(bench.Deliver(), "a number that was overtaken is still fresh");
        Assert.AreEqual(2, bench.Executed);
    }

    [TestMethod]
    public void NumbersFarBelowTheHighestAreReplays()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(100, CommandRole.Utility, "freeze", null);
        bench.Deliver();
        bench.Sign(36, CommandRole.Utility, "freeze", null);
        Expect(bench, CommandRefusal.Replayed);
        bench.Sign(37, CommandRole.Utility, "freeze", null);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(2, bench.Executed);
    }

    [TestMethod]
    public void EachRoleHasItsOwnNumbers()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(100, CommandRole.Utility, "freeze", null);
        bench.Deliver();
        bench.Sign(1, CommandRole.Technician, "freeze", null);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(2, bench.Executed);
    }

    [TestMethod]
    public void AChangedByteAnywhereIsRefused()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(1, CommandRole.Utility, "limit", Sixteen);
        int length = bench.Message.PayloadLength;
        for (int i = 0; i < length; i++)
        {
            bench.Message.Payload[i] ^= 0x01;
            bench.Deliver();
            bench.Message.Payload[i] ^= 0x01;
        }

        Assert.AreEqual(0, bench.Executed);
        Assert.IsTrue(bench.Receiver.Counters.RefusedFor(CommandRefusal.WrongSignature) > 40);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(1, bench.Executed);
    }

    [TestMethod]
    public void ASignatureForAnotherPurposeKeyRoleOrDeviceIsRefused()
    {
        CommandBench bench = new CommandBench();
        long from = CommandBench.Now - 10;
        long to = CommandBench.Now + 60;
        bench.Sign(CommandBench.Device, 1, CommandRole.Utility, 1, "freeze", null, from, to, "configuration", null);
        ExpectSilence(bench, CommandRefusal.WrongSignature);
        MessageSigner stranger = new MessageSigner(new byte[DeviceSecurity.SecretBytes]);
        bench.Sign(CommandBench.Device, 1, CommandRole.Utility, 1, "freeze", null, from, to, "command", stranger);
        ExpectSilence(bench, CommandRefusal.WrongSignature);
        bench.Sign("meter-2", 1, CommandRole.Utility, 1, "freeze", null, from, to, "command", null);
        Expect(bench, CommandRefusal.WrongDevice);
        bench.Sign(CommandBench.Device, 1, CommandRole.Utility, 2, "freeze", null, from, to, "command", null);
        Expect(bench, CommandRefusal.UnknownKey);
    }

    [TestMethod]
    public void ARoleGivesOnlyItsCommands()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(1, CommandRole.Reader, "relay", null);
        Expect(bench, CommandRefusal.RoleNotAllowed);
        bench.Sign(1, CommandRole.Owner, "tariff", null);
        Expect(bench, CommandRefusal.RoleNotAllowed);
        bench.Sign(1, CommandRole.Reader, "health", null);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(1, bench.Executed);
    }

    [TestMethod]
    public void ACommandHoldsFromItsIssueToItsExpiry()
    {
        CommandBench bench = new CommandBench();
        long now = CommandBench.Now;
        bench.Sign(CommandBench.Device, 1, CommandRole.Utility, 1, "freeze", null, now - 90, now - 1, "command", null);
        Expect(bench, CommandRefusal.Expired);
        bench.Sign(CommandBench.Device, 1, CommandRole.Utility, 1, "freeze", null, now + 301, now + 400,
            "command", null);
        Expect(bench, CommandRefusal.NotYetValid);
        bench.Sign(CommandBench.Device, 1, CommandRole.Utility, 1, "freeze", null, now, now + 86_401, "command", null);
        Expect(bench, CommandRefusal.TooLongValid);
        bench.Sign(CommandBench.Device, 1, CommandRole.Utility, 1, "freeze", null, now + 300, now + 300,
            "command", null);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(1, bench.Executed);
    }

    [TestMethod]
    public void WithoutTimeOnlyTheClockCanBeSet()
    {
        CommandBench bench = new CommandBench();
        bench.UtcSeconds = 0;
        bench.Sign(1, CommandRole.Utility, "freeze", null);
        Expect(bench, CommandRefusal.NoTime);
        bench.Sign(1, CommandRole.Utility, "clock", null);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(1, bench.Executed);
    }

    [TestMethod]
    public void ALimitIsNeverRaisedAboveTheCommissionedCeiling()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(1, CommandRole.Utility, "limit", "{\"milliamps\":10000}");
        bench.Deliver();
        bench.Sign(2, CommandRole.Utility, "limit", "{\"milliamps\":32001}");
        Expect(bench, CommandRefusal.AboveCommissioned);
        Assert.AreEqual(10_000, bench.Limit.Value);
        bench.Sign(3, CommandRole.Utility, "limit", "{\"milliamps\":-1}");
        Expect(bench, CommandRefusal.OutOfRange);
        bench.Sign(4, CommandRole.Utility, "limit", "{\"milliamps\":32000}");
        bench.Deliver();
        Assert.AreEqual(32_000, bench.Limit.Value);
    }

    [TestMethod]
    public void ARotatedKeyReplacesTheOldOneWithItsFirstUse()
    {
        CommandBench bench = new CommandBench();
        long from = CommandBench.Now;
        long to = CommandBench.Now + 60;
        bench.Sign(1, CommandRole.Utility, "rotate-key", "{\"role\":\"technician\"}");
        Assert.IsTrue(bench.Deliver());
        Assert.Contains("\"nextKey\":2", bench.ReplyText());
        bench.Sign(1, CommandRole.Technician, "freeze", null);
        Assert.IsTrue(bench.Deliver(), "the old key holds until the new one is used");
        bench.Sign(CommandBench.Device, 2, CommandRole.Technician, 2, "freeze", null, from, to, "command", null);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(2, bench.Executed);
        bench.Restart();
        bench.Sign(3, CommandRole.Technician, "freeze", null);
        Expect(bench, CommandRefusal.UnknownKey);
    }

    [TestMethod]
    public void ADeviceWithoutASecretAcceptsNothing()
    {
        CommandBench signer = new CommandBench();
        signer.Sign(1, CommandRole.Utility, "freeze", null);
        MeterFirmware.Storage.RamBlockStore flash = new MeterFirmware.Storage.RamBlockStore(2, 512);
        DeviceSecurity security = new DeviceSecurity(
            new MeterFirmware.Storage.CheckpointStore(flash, DeviceSecurity.StateBytes));
        Assert.IsFalse(security.TryOpen());
        CommandReceiver receiver = new CommandReceiver(CommandBench.Device, security, signer);
        signer.Reply.Clear();
        receiver.TryHandle(1_000, CommandBench.Now, signer.Message, signer.Reply);
        Assert.AreEqual(1, receiver.Counters.RefusedFor(CommandRefusal.NotCommissioned));
        Assert.AreEqual(0, signer.Executed);
    }

    /// <summary>The flash forgets that number 6 was taken. A message of before the start is refused; and 6 stays
    /// refused when a newer number, or another role's, has been taken and the device has started once more.</summary>
    [TestMethod]
    public void ACommandThatADamagedFlashForgotIsNeverTakenAgain()
    {
        CommandBench bench = new CommandBench();
        bench.Sign(5, CommandRole.Utility, "freeze", null);
        Assert.IsTrue(bench.Deliver());
        bench.DamageWhatIsStoredBy(6, CommandRole.Utility);
        Assert.AreEqual(2, bench.Executed);
        bench.Restart();
        bench.Sign(6, CommandRole.Utility, "freeze", null);
        Expect(bench, CommandRefusal.Replayed);
        bench.Sign(CommandBench.Device, 3, CommandRole.Technician, 1, "freeze", null, CommandBench.Now + 1,
            CommandBench.Now + 60, "command", null);
        Assert.IsTrue(bench.Deliver(), "another role's");
        bench.Restart();
        bench.Sign(6, CommandRole.Utility, "freeze", null);
        Expect(bench, CommandRefusal.Replayed);
        bench.Sign(CommandBench.Device, 7, CommandRole.Utility, 1, "freeze", null, CommandBench.Now + 1,
            CommandBench.Now + 60, "command", null);
        Assert.IsTrue(bench.Deliver());
        bench.Sign(6, CommandRole.Utility, "freeze", null);
        Expect(bench, CommandRefusal.Replayed);
        bench.Restart();
        bench.Sign(6, CommandRole.Utility, "freeze", null);
        Expect(bench, CommandRefusal.Replayed);
        bench.Sign(8, CommandRole.Utility, "freeze", null);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(5, bench.Executed);
    }

    /// <summary>Power fails at each write of a rotation and of the first use of the new key: the sender is never locked
    /// out, and the old key is refused once the new one was obeyed.</summary>
    [TestMethod]
    public void ARotationThatPowerCutsInTwoLeavesAKeyThatHolds()
    {
        for (int cut = 0; cut < 2; cut++)
        {
            CommandBench bench = new CommandBench();
            SignNow(bench, 1, 1, "rotate-key", "{\"role\":\"utility\"}");
            bench.RefusesFrom(cut);
            bench.Deliver();
            bench.RefusesFrom(-1);
            bench.Restart();

            // The answer is lost: the sender does not know which key holds, tries the old one and then the next.
            SignNow(bench, 2, 1, "rotate-key", "{\"role\":\"utility\"}");
            Assert.IsTrue(bench.Deliver());
            Assert.Contains("\"nextKey\":2", bench.ReplyText());
            bench.Restart();
            SignNow(bench, 3, 2, "freeze", null);
            bench.RefusesFrom(0);
            bench.Deliver();
            Assert.AreEqual(0, bench.Executed, "its number could not be kept");
            bench.RefusesFrom(-1);
            bench.Restart();
            SignNow(bench, 4, 1, "freeze", null);
            Assert.IsTrue(bench.Deliver(), "the old one holds until the new one was obeyed");
            SignNow(bench, 5, 2, "freeze", null);
            Assert.IsTrue(bench.Deliver());
            bench.Restart();
            SignNow(bench, 6, 1, "freeze", null);
            Expect(bench, CommandRefusal.UnknownKey);
        }
    }

    private static void SignNow(CommandBench bench, long id, int generation, string command,
        string arguments) => bench.Sign(
        CommandBench.Device, id, CommandRole.Utility, generation, command, arguments, CommandBench.Now,
        CommandBench.Now + 60, "command", null);

    private static void Expect(CommandBench bench, int refusal)
    {
        int before = bench.Receiver.Counters.RefusedFor(refusal);
        Assert.IsTrue(bench.Deliver());
        Assert.AreEqual(before + 1, bench.Receiver.Counters.RefusedFor(refusal), bench.ReplyText());
        Assert.Contains("\"error\":\"" + CommandRefusal.NameOf(refusal) + "\"", bench.ReplyText());
    }

    private static void ExpectSilence(CommandBench bench, int refusal)
    {
        int before = bench.Receiver.Counters.RefusedFor(refusal);
        Assert.IsFalse(bench.Deliver());
        Assert.AreEqual(before + 1, bench.Receiver.Counters.RefusedFor(refusal));
    }
}
