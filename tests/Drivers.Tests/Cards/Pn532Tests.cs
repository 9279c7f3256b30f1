using MeterFirmware.Drivers.Twins;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Cards;

[TestClass]
public class Pn532Tests
{
    [TestMethod]
    [DataRow(4)]
    [DataRow(7)]
    [DataRow(10)]
    public void AUidOfEachSizeIsReadWhole(int length)
    {
        Pn532Bench bench = new Pn532Bench();
        bench.Twin.Card = CardUids.Card(length);
        Assert.IsTrue(bench.Run(300) > 0);
        Assert.AreEqual(length, bench.UidLength);
        CardUids.AssertUid(bench.Uid, length);
        Assert.IsTrue(bench.Run(1_000) >= 4, "it reads again while it lies there");
    }

    [TestMethod]
    public void WithoutACardTheChipSaysSoAndStaysReady()
    {
        Pn532Bench bench = new Pn532Bench();
        Assert.AreEqual(0, bench.Run(2_000));
        Assert.IsTrue(bench.Reader.IsReady);
        bench.Twin.Card = CardUids.Card(4);
        Assert.IsTrue(bench.Run(250) > 0);
    }

    [TestMethod]
    public void TwoCardsAtOnceAreNoCard()
    {
        Pn532Bench bench = new Pn532Bench();
        bench.Twin.Card = CardUids.Card(4);
        bench.Twin.OtherCard = CardUids.Card(7);
        Assert.AreEqual(0, bench.Run(2_000));
        bench.Twin.OtherCard = null;
        Assert.IsTrue(bench.Run(500) > 0);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(5)]
    [DataRow(8)]
    [DataRow(14)]
    [DataRow(17)]
    // A frame of 4-byte UID has 19 bytes with its postamble; the last one says nothing.
    public void AnAnswerThatBreaksOffIsNoCard(int bytes)
    {
        Pn532Bench bench = new Pn532Bench();
        bench.Run(200);
        Assert.IsTrue(bench.Reader.IsReady);
        bench.Twin.Card = CardUids.Card(4);
        bench.Twin.TruncateAfter = bytes;
        Assert.AreEqual(0, bench.Run(1_000));
        bench.Twin.TruncateAfter = 0;
        Assert.IsTrue(bench.Run(3_000) > 0, "and it recovers");
        CardUids.AssertUid(bench.Uid, 4);
    }

    [TestMethod]
    public void AFlippedByteAnywhereIsNoCard()
    {
        for (int at = 0; at < 19; at++)
        {
            Pn532Bench bench = new Pn532Bench();
            bench.Run(200);
            bench.Twin.Card = CardUids.Card(4);
            bench.Twin.CorruptAt = at;
            int reads = bench.Run(1_000);

            // The first of the leading zeros may be anything: the start code is the 00 FF after it. The postamble, too.
            Assert.IsTrue(reads == 0 || ((at == 0 || at == 18) && IsWhole(bench)), at.ToString());
        }
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(5)]
    [DataRow(7)]
    [DataRow(10)]
    [DataRow(255)]
    // The length field lies: a length that no UID has, or more than the frame holds.
    public void AFalseLengthIsNoCard(int length)
    {
        Pn532Bench bench = new Pn532Bench();
        bench.Twin.Card = CardUids.Card(4);
        bench.Twin.FalseLength = length;
        Assert.AreEqual(0, bench.Run(1_000));
    }

    [TestMethod]
    public void AUidThatSaysItGoesOnIsNoCard()
    {
        Pn532Bench bench = new Pn532Bench();
        bench.Twin.Card = CardUids.Card(4);
        bench.Twin.Card.EndsEarly = true;
        Assert.AreEqual(0, bench.Run(1_000));
    }

    [TestMethod]
    public void AChipThatIsGoneIsNotReadyAndComesBack()
    {
        Pn532Bench bench = new Pn532Bench();
        bench.Twin.Card = CardUids.Card(4);
        Assert.IsTrue(bench.Run(500) > 0);
        bench.Twin.Faults = TwinFault.Unplugged;
        bench.Run(1_000);
        Assert.IsFalse(bench.Reader.IsReady);
        bench.Twin.Reset();
        bench.Twin.Faults = TwinFault.None;
        Assert.IsTrue(bench.Run(3_000) > 0);
        bench.Twin.FailsNextRead = true;
        Assert.IsTrue(bench.Run(3_000) > 0, "and a framing error is got over");
    }

    private static bool IsWhole(Pn532Bench bench)
    {
        CardUids.AssertUid(bench.Uid, 4);
        return bench.UidLength == 4;
    }
}
