using MeterFirmware.Drivers.ClockChips;
using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.ClockChips;

[TestClass]
public class ClockChipTests
{
    // Monday 2026-11-30 13:45:59 and Tuesday 2028-02-29 23:59:58 UTC.
    private const long Monday = 1_796_046_359;
    private const long LeapDay = 1_835_481_598;

    private const int Ds3231 = ClockChipTwin.Ds3231;
    private const int Pcf8563 = ClockChipTwin.Pcf8563;
    private const int Rx8025 = ClockChipTwin.Rx8025;
    private const int Rx8025Sa = ClockChipTwin.Rx8025Sa;

    // Register images by the tables of the data sheets, typed apart from driver and twin.
    [TestMethod]
    [DataRow(Ds3231, "59 45 13 02 30 11 26 00 00 00 00 00 00 00 1C 00", 0)]
    [DataRow(Pcf8563, "00 00 59 45 13 30 01 11 26 00 00 00 00 00 00 00", 0)]
    [DataRow(Rx8025, "59 45 13 02 30 11 26 00 00 00 00 00 00 00 00 40", 0)]
    [DataRow(Rx8025Sa, "59 45 13 01 30 11 26 00 00 00 00 00 00 00 20 20", 4)]
    public void TheTableOfTheDataSheetIsReadAndWritten(int chip, string image, int shift)
    {
        ClockImageBus bus = new ClockImageBus(Hex.Bytes(image), shift);
        ClockChip clock = NewClock(chip, bus);
        Assert.IsTrue(clock.TryReadUtc(out long seconds, out int milliseconds));
        Assert.AreEqual(Monday, seconds);
        Assert.AreEqual(500, milliseconds);

        // Alarms and the like stay as they are.
        for (int i = 7; i < 16; i++)
        {
            bus.Registers[i] = chip == Pcf8563 && i < 9 ? bus.Registers[i] : (byte)(bus.Registers[i] | 0x04);
        }

        byte[] before = new byte[16];
        System.Array.Copy(bus.Registers, before, 16);
        clock.SetUtc(LeapDay - 1, 999);
        string expected = chip == Pcf8563 ? "58 59 23 29 02 02 28" : chip == Ds3231 ? "58 59 23 03 29 02 28"
            : chip == Rx8025 ? "58 59 23 04 29 02 28" : "58 59 23 02 29 02 28";
        byte[] time = new byte[7];
        System.Array.Copy(bus.Registers, chip == Pcf8563 ? 2 : 0, time, 0, 7);
        Assert.AreEqual(expected, Hex.Text(time, 7));
        for (int i = chip == Pcf8563 ? 9 : 7; i < 16; i++)
        {
            Assert.AreEqual(before[i], bus.Registers[i], "register " + i);
        }
    }

    [TestMethod]
    [DataRow(Ds3231, 0x0F, 0x80)]
    [DataRow(Ds3231, 0x0E, 0x80)]
    [DataRow(Ds3231, 0x02, 0x40)]
    [DataRow(Pcf8563, 0x02, 0x80)]
    [DataRow(Pcf8563, 0x00, 0x20)]
    [DataRow(Rx8025, 0x0E, 0x02)]
    [DataRow(Rx8025, 0x0F, 0x01)]
    [DataRow(Rx8025Sa, 0x0F, 0x10)]
    public void AChipThatDoesNotVouchForItsTimeSaysNoneUntilItIsSet(int chip, int register, int bit)
    {
        ClockChipTwin twin = new ClockChipTwin(chip);
        ClockChip clock = NewClock(chip, twin);
        clock.SetUtc(Monday, 0);
        Assert.AreEqual((int)ClockChipState.Valid, (int)clock.State);
        twin.Poke(register, twin.Peek(register) | bit);
        for (int i = 0; i < 3; i++)
        {
            Assert.IsFalse(clock.TryReadUtc(out long _, out int _));
            Assert.AreEqual((int)ClockChipState.TimeLost, (int)clock.State);
            twin.Advance(1000);
        }

        clock.SetUtc(Monday, 0);
        Assert.IsTrue(clock.TryReadUtc(out long seconds, out int _));
        Assert.AreEqual(Monday, seconds);
    }

    [TestMethod]
    [DataRow(Ds3231)]
    [DataRow(Pcf8563)]
    [DataRow(Rx8025)]
    [DataRow(Rx8025Sa)]
    public void ABatteryThatFailedIsNoTime(int chip)
    {
        ClockChipTwin twin = new ClockChipTwin(chip);
        ClockChip clock = NewClock(chip, twin);
        clock.SetUtc(Monday, 0);
        Assert.IsTrue(clock.TryReadUtc(out long _, out int _));
        twin.LoseBattery();
        twin.Advance(60_000);
        Assert.IsFalse(clock.TryReadUtc(out long _, out int _));
        Assert.AreEqual((int)ClockChipState.TimeLost, (int)clock.State);
    }

    [TestMethod]
    [DataRow(Ds3231)]
    [DataRow(Pcf8563)]
    [DataRow(Rx8025)]
    [DataRow(Rx8025Sa)]
    public void TheChipCountsOnOverLeapDayAndYear(int chip)
    {
        ClockChipTwin twin = new ClockChipTwin(chip);
        ClockChip clock = NewClock(chip, twin);
        clock.SetUtc(LeapDay, 0);
        long passed = 0;
        for (int day = 0; day < 400; day++)
        {
            twin.Advance(86_399_000);
            passed += 86_399;
            Assert.IsTrue(clock.TryReadUtc(out long seconds, out int _));
            Assert.AreEqual(LeapDay + passed, seconds);
        }
    }

    [TestMethod]
    [DataRow(Ds3231, 0x04, 0x32)]
    [DataRow(Ds3231, 0x04, 0x31)]
    [DataRow(Ds3231, 0x05, 0x00)]
    [DataRow(Ds3231, 0x00, 0x5A)]
    [DataRow(Ds3231, 0x00, 0x60)]
    [DataRow(Pcf8563, 0x04, 0x24)]
    [DataRow(Rx8025, 0x06, 0xA1)]
    public void DigitsThatAreNoTimeAreNone(int chip, int register, int value)
    {
        ClockChipTwin twin = new ClockChipTwin(chip);
        ClockChip clock = NewClock(chip, twin);
        clock.SetUtc(Monday, 0);
        twin.Poke(register, value);
        Assert.IsFalse(clock.TryReadUtc(out long _, out int _), "30 days has November");
        Assert.AreEqual((int)ClockChipState.Implausible, (int)clock.State);
    }

    [TestMethod]
    [DataRow(TwinFault.Unplugged)]
    [DataRow(TwinFault.AllOnes)]
    [DataRow(TwinFault.Slow)]
    public void AChipThatIsNotThereSaysNoTimeAndIsNotTrustedWhenItComesBackUnset(int fault)
    {
        ClockChipTwin twin = new ClockChipTwin(Ds3231);
        ClockChip clock = NewClock(Ds3231, twin);
        twin.Faults = fault;
        clock.SetUtc(Monday, 0);
        Assert.AreEqual((int)ClockChipState.Missing, (int)clock.State);
        Assert.IsFalse(clock.TryReadUtc(out long _, out int _));
        twin.Faults = TwinFault.None;
        Assert.IsFalse(clock.TryReadUtc(out long _, out int _));
        Assert.AreEqual((int)ClockChipState.TimeLost, (int)clock.State);
    }

    [TestMethod]
    public void TheFlagNeverGoesWithoutANewTime()
    {
        // Every transfer of a setting fails once: then the flag stands, or the time is the new one.
        for (int chip = 0; chip < 4; chip++)
        {
            for (int after = 0; after < 6; after++)
            {
                ClockChipTwin twin = new ClockChipTwin(chip);
                ClockChip clock = NewClock(chip, twin);
                twin.FailTransfers(1, after);
                clock.SetUtc(Monday, 0);
                twin.FailTransfers(0, 0);
                bool isRead = clock.TryReadUtc(out long seconds, out int _);
                Assert.IsTrue(!isRead || seconds == Monday, "chip " + chip + " after " + after + ": " + seconds);
            }
        }
    }

    [TestMethod]
    public void ADateOutsideOfTheChipsCenturyIsNotWritten()
    {
        ClockChipTwin twin = new ClockChipTwin(Ds3231);
        ClockChip clock = NewClock(Ds3231, twin);
        clock.SetUtc(Monday, 0);
        clock.SetUtc(4_102_444_800, 0);
        clock.SetUtc(946_684_799, 0);
        Assert.IsTrue(clock.TryReadUtc(out long seconds, out int _));
        Assert.AreEqual(Monday, seconds);
    }

    [TestMethod]
    [DataRow(2_600, 26, 0)]
    [DataRow(-4_000, -40, 0)]
    [DataRow(20_000, 127, 7_300)]
    [DataRow(-20_000, -128, -7_200)]
    public void AgingTakesAMeasuredDriftOut(int partsPerBillion, int aging, int left)
    {
        ClockChipTwin twin = new ClockChipTwin(Ds3231) { FastPartsPerBillion = partsPerBillion };
        Ds3231Clock clock = new Ds3231Clock(twin);
        clock.SetUtc(Monday, 0);
        Assert.IsTrue(clock.TryTrim(partsPerBillion, out int leftOver));
        Assert.AreEqual(left, leftOver);
        Assert.AreEqual(aging, (sbyte)twin.Peek(0x10));
        Assert.IsTrue((twin.Peek(0x0E) & 0x20) != 0, "the new value counts from a conversion on");
        clock.SetUtc(Monday, 0);
        twin.Advance(30L * 86_400_000);
        Assert.IsTrue(clock.TryReadUtc(out long seconds, out int _));
        long apart = seconds - Monday - 30L * 86_400;
        long expected = 30L * 86_400 * left / 1_000_000_000;
        Assert.IsTrue(apart >= expected - 1 && apart <= expected + 1, "apart " + apart);

        // A second trim starts from the first.
        Assert.IsTrue(clock.TryTrim(-partsPerBillion, out leftOver));
        Assert.IsTrue((sbyte)twin.Peek(0x10) == 0 || left != 0);
    }

    [TestMethod]
    [DataRow(0x19, 0x40, 252)]
    [DataRow(0x00, 0x00, 0)]
    [DataRow(0xFF, 0xC0, -2)]
    [DataRow(0xF5, 0x80, -105)]
    public void TheTemperatureIsSigned(int high, int low, int tenths)
    {
        ClockChipTwin twin = new ClockChipTwin(Ds3231);
        twin.Poke(0x11, high);
        twin.Poke(0x12, low);
        Assert.IsTrue(new Ds3231Clock(twin).TryRead(out int read));
        Assert.AreEqual(tenths, read);
    }

    [TestMethod]
    public void AStoppedCompensationIsAWarningOnly()
    {
        ClockChipTwin twin = new ClockChipTwin(Rx8025);
        Rx8025Clock clock = new Rx8025Clock(twin);
        clock.SetUtc(Monday, 0);
        Assert.IsFalse(clock.HasDrifted);
        twin.Poke(0x0E, 0x01);
        Assert.IsTrue(clock.TryReadUtc(out long _, out int _));
        Assert.IsTrue(clock.HasDrifted);
    }

    private static ClockChip NewClock(int chip, IRegisterBus bus)
    {
        switch (chip)
        {
            case Ds3231:
                return new Ds3231Clock(bus);
            case Pcf8563:
                return new Pcf8563Clock(bus);
            case Rx8025:
                return new Rx8025Clock(bus);
            default:
                return new Rx8025SaClock(bus);
        }
    }
}
