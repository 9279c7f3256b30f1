using MeterFirmware.Drivers.Mfrc522;
using MeterFirmware.Drivers.Twins;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Cards;

[TestClass]
public class Mfrc522Tests
{
    [TestMethod]
    [DataRow(4)]
    [DataRow(7)]
    [DataRow(10)]
    // Cascade levels 1, 2 and 3 of ISO/IEC 14443-3.
    public void AUidOfEachSizeIsReadWhole(int length)
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        bench.Twin.Card = CardUids.Card(length);
        Assert.IsTrue(bench.Run(300) > 0);
        Assert.AreEqual(length, bench.UidLength);
        CardUids.AssertUid(bench.Uid, length);
    }

    [TestMethod]
    public void ACardThatLiesThereReadsAgainAndAgain()
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        bench.Twin.Card = CardUids.Card(4);
        int reads = bench.Run(3_000);
        Assert.IsTrue(reads >= 13 && reads <= 16, reads.ToString());
        Assert.IsTrue(bench.Twin.Card.IsHalted, "each read ends with HLTA, and WUPA wakes a halted card");
    }

    [TestMethod]
    public void WithoutACardNothingIsRead()
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        Assert.AreEqual(0, bench.Run(2_000));
        Assert.IsTrue(bench.Reader.IsReady);
    }

    [TestMethod]
    public void AWrongCheckByteIsNoCard()
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        bench.Twin.Card = CardUids.Card(7);
        bench.Twin.Card.HasWrongBcc = true;
        Assert.AreEqual(0, bench.Run(2_000));
        bench.Twin.Card.HasWrongBcc = false;
        Assert.IsTrue(bench.Run(250) > 0, "and nothing of it sticks");
        CardUids.AssertUid(bench.Uid, 7);
    }

    [TestMethod]
    public void AWrongChecksumOfTheSelectIsNoCard()
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        bench.Twin.Card = CardUids.Card(4);
        bench.Twin.Card.HasWrongCrc = true;
        Assert.AreEqual(0, bench.Run(2_000));
    }

    [TestMethod]
    // A UID of 7 bytes must never pass as the four bytes of its first level.
    public void AUidThatEndsAfterACascadeTagIsNoCard()
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        bench.Twin.Card = CardUids.Card(7);
        bench.Twin.Card.EndsEarly = true;
        Assert.AreEqual(0, bench.Run(2_000));
    }

    [TestMethod]
    public void ACardThatIsPulledAwayIsNoCard()
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        bench.Twin.Card = CardUids.Card(4);
        bench.Twin.Card.IsPulledAway = true;
        Assert.AreEqual(0, bench.Run(2_000));
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(7)]
    public void TwoCardsAtOnceAreNoCard(int length)
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        bench.Twin.Card = CardUids.Card(length);
        bench.Twin.OtherCard = new CardTwin(new byte[] { 0x11, 0x22, 0x33, 0x44 });
        Assert.AreEqual(0, bench.Run(2_000));
        bench.Twin.OtherCard = null;
        Assert.IsTrue(bench.Run(500) > 0);
        CardUids.AssertUid(bench.Uid, length);
    }

    [TestMethod]
    [DataRow(TwinFault.Unplugged)]
    [DataRow(TwinFault.AllOnes)]
    [DataRow(TwinFault.Slow)]
    public void AReaderThatIsGoneIsNotReadyAndComesBack(int fault)
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        bench.Twin.Card = CardUids.Card(4);
        Assert.IsTrue(bench.Run(300) > 0);
        bench.Twin.Faults = fault;
        Assert.AreEqual(0, bench.Run(500));
        Assert.IsFalse(bench.Reader.IsReady);
        bench.Twin.Faults = TwinFault.None;
        bench.Twin.Reset();
        Assert.IsTrue(bench.Run(3_000) > 0);
        Assert.IsTrue(bench.Reader.IsReady);
    }

    [TestMethod]
    // A disturbance resets the chip: its antenna is off, and it is set up anew.
    public void AResetOfTheChipIsNoticed()
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        bench.Twin.Card = CardUids.Card(4);
        Assert.IsTrue(bench.Run(300) > 0);
        bench.Run(50);
        bench.Twin.Reset();
        bench.Twin.Advance(50);
        Assert.IsTrue(bench.Run(3_000) > 0);
    }

    [TestMethod]
    public void OneCallDoesABoundedNumberOfTransfers()
    {
        Mfrc522Bench bench = new Mfrc522Bench();
        bench.Twin.Card = CardUids.Card(10);
        bench.Run(5_000);
        Assert.IsTrue(bench.TransfersMax <= 30, bench.TransfersMax.ToString());
    }
}
