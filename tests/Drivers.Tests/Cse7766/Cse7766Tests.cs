using MeterFirmware.Drivers.Cse7766;
using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Cse7766;

[TestClass]
public class Cse7766Tests
{
    private const string Recorded = "555A02F7600003AB00401002605D51A65803E9EF710B7A36";

    private static readonly Measurement _measurement = new Measurement();
    private static ScriptedLine _line;
    private static Cse7766Twin _twin;
    private static Cse7766PowerSensor _sensor;
    private static long _nowMs;
    private static long _import;

    [TestMethod]
    [DataRow("F25A02F76000036100401005724051A65863101BE17F4D4E", 224_740, 46, 0)]
    [DataRow("555A02F76000035A004010048B9F51A65818727561ACA130", 226_573, 55, 3_340)]
    [DataRow(Recorded, 207_029, 105, 20_862)]
    public void RecordedFramesAreRead(string frame, int millivolts, int milliamps, int milliwatts)
    {
        StartScripted(new Cse7766Settings());
        Assert.AreEqual(4_800, _line.Baud);
        Assert.AreEqual(2, _line.Parity);
        _line.Put(frame);
        Assert.IsFalse(TryScripted(), "the first period is not a whole one");
        _line.Put(frame);
        Assert.IsTrue(TryScripted(), "faults " + _sensor.Faults);
        Assert.AreEqual(millivolts, _measurement.VoltageMillivolts[0]);
        Assert.AreEqual(milliamps, _measurement.CurrentMilliamps[0]);
        Assert.AreEqual(milliwatts, _measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(0L, _measurement.ImportMicrojoules[0]);
    }

    [TestMethod]
    public void ARecordedFrameOfAnHlw8032IsScaled()
    {
        // The fourth frame of the facts, 99.0 V and 1.172 A by its own coefficients.
        StartScripted(Cse7766Settings.ForHlw8032());
        const string Frame = "555A02F1E800079D003F3E0035F850DB3800B2A2F1D6973E";
        _line.Put(Frame);
        TryScripted();
        _line.Put(Frame);
        Assert.IsTrue(TryScripted());
        Assert.AreEqual(186_167, _measurement.VoltageMillivolts[0]);
        Assert.AreEqual(1_172, _measurement.CurrentMilliamps[0]);
        Assert.AreEqual(217_847, _measurement.ActivePowerMilliwatts[0]);
    }

    [TestMethod]
    public void AnIdleChipWithoutVoltageReadsZeroAndDividesByNothing()
    {
        StartScripted(Cse7766Settings.ForHlw8032());
        const string Frame = "FA5A02EEC8FEFF01003F66000000512188FADB2901000054";
        _line.Put(Frame);
        TryScripted();
        _line.Put(Frame);
        Assert.IsTrue(TryScripted());
        Assert.AreEqual(0, _measurement.VoltageMillivolts[0]);
        Assert.AreEqual(0, _measurement.CurrentMilliamps[0]);
        Assert.AreEqual(0, _measurement.ActivePowerMilliwatts[0]);
    }

    [TestMethod]
    public void PulsesAreEnergyByTheChipsCoefficientAndTheTurnBitIsTheirSeventeenth()
    {
        // CF FFF0 with bit 7, then 0010 without: 32 pulses of 0x51A658 µJ.
        StartScripted(new Cse7766Settings());
        Put("51A658", "F1", "FFF0");
        TryScripted();
        Put("51A658", "F1", "FFF0");
        Assert.IsTrue(TryScripted());
        Put("51A658", "71", "0010");
        Assert.IsTrue(TryScripted());
        Assert.AreEqual(32L * 0x51A658, _measurement.ImportMicrojoules[0]);
        Put("51A658", "F1", "0010");
        Assert.IsFalse(TryScripted(), "65 536 pulses in a second are no energy");
        Assert.AreEqual(SensorFault.Implausible, _sensor.Faults);
    }

    [TestMethod]
    public void EveryByteOfAFrameIsGuarded()
    {
        // Any bit of any byte: no reading, or the same reading.
        byte[] good = Hex.Bytes(Recorded);
        for (int bit = 0; bit < 24 * 8; bit++)
        {
            StartScripted(new Cse7766Settings());
            _line.Put(good);
            TryScripted();
            _line.Put(good);
            Assert.IsTrue(TryScripted());
            byte[] bad = Hex.Bytes(Recorded);
            bad[bit / 8] ^= (byte)(1 << bit % 8);
            _line.Put(bad);
            bool isRead = TryScripted();
            bool isSame = _measurement.VoltageMillivolts[0] == 207_029 && _measurement.ImportMicrojoules[0] == 0;
            Assert.IsTrue(!isRead || (bit < 8 && isSame), "bit " + bit);
            _line.Put(good);
            _line.Put(good);
            Assert.IsTrue(TryScripted(), "found again behind bit " + bit);
        }
    }

    [TestMethod]
    public void AFrameWithAnotherCoefficientIsDamagedUnlessItStays()
    {
        StartScripted(new Cse7766Settings());
        Put("51A658", "71", "0010");
        TryScripted();
        Put("51A658", "71", "0010");
        Assert.IsTrue(TryScripted());
        for (int i = 0; i < 2; i++)
        {
            Put("51A659", "71", "0020");
            Assert.IsFalse(TryScripted());
            Assert.AreEqual(SensorFault.Implausible, _sensor.Faults);
        }

        Put("51A658", "71", "0020");
        Assert.IsTrue(TryScripted());
        Assert.AreEqual(16L * 0x51A658, _measurement.ImportMicrojoules[0]);
        for (int i = 0; i < 6; i++)
        {
            Put(i % 2 == 0 ? "51A659" : "51A65A", "71", "0020");
            Assert.IsFalse(TryScripted(), "two that do not agree are no other chip");
        }

        for (int i = 0; i < 3; i++)
        {
            Put("51A659", "71", "0030");
            Assert.AreEqual(i == 2, TryScripted());
        }

        Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, _sensor.Faults);
        Assert.AreEqual(0L, _measurement.ImportMicrojoules[0]);
        Put("F1A659", "71", "0030");
        Assert.IsFalse(TryScripted(), "no chip has that");
    }

    [TestMethod]
    public void ReadingsShowTheLoadAndEnergyItsIntegral()
    {
        Start();
        _twin.SetLoad(230_000, 4_000, 900_000);
        Assert.IsTrue(TryTick(1000));
        _import = 0;
        for (int i = 0; i < 3_600; i++)
        {
            Assert.IsTrue(TryTick(1000));
        }

        AssertNear(230_000, _measurement.VoltageMillivolts[0], 150);
        AssertNear(4_000, _measurement.CurrentMilliamps[0], 2);
        AssertNear(900_000, _measurement.ActivePowerMilliwatts[0], 150);
        AssertNear(9_783, _measurement.PowerFactorTenThousandths[0], 20);
        AssertNear(3_240_000_000_000, _import, 200_000_000);
        Assert.AreEqual(0, _sensor.Faults);
    }

    [TestMethod]
    public void NoCallWaitsAndCallsBetweenFramesAreNoFault()
    {
        Start();
        _twin.SetLoad(230_000, 4_000, 900_000);
        int good = 0;
        for (int i = 0; i < 200; i++)
        {
            good += TryTick(11) ? 1 : 0;
            Assert.AreEqual(0, _sensor.Faults);
        }

        Assert.IsTrue(good >= 39 && good <= 41, "2.2 s are 40 frames, got " + good);
    }

    [TestMethod]
    public void BelowItsLimitTheChipShowsNoPowerAndCountsNothing()
    {
        Start();
        _twin.SetLoad(230_000, 10, 900);
        for (int i = 0; i < 600; i++)
        {
            Assert.IsTrue(TryTick(1000));
        }

        Assert.AreEqual(0, _measurement.ActivePowerMilliwatts[0]);
        AssertNear(230_000, _measurement.VoltageMillivolts[0], 150);
        Assert.AreEqual(0L, _import);
    }

    [TestMethod]
    [DataRow(TwinFault.Unplugged, SensorFault.Missing)]
    [DataRow(TwinFault.AllOnes, SensorFault.Implausible)]
    [DataRow(TwinFault.WrongCheck, SensorFault.Implausible)]
    public void AFaultOfTheLineTakesNothingAndHeals(int fault, int expected)
    {
        Start();
        _twin.SetLoad(230_000, 4_000, 900_000);
        Assert.IsTrue(TryTick(1000));
        _import = 0;
        _twin.SetFaults(fault);
        for (int i = 0; i < 30; i++)
        {
            TryTick(110);
        }

        Assert.AreEqual(expected, _sensor.Faults);
        Assert.IsTrue(_import < 100_000_000);
        _twin.SetFaults(TwinFault.None);
        for (int i = 0; i < 10; i++)
        {
            TryTick(110);
        }

        Assert.AreEqual(0, _sensor.Faults);
        AssertNear(900_000L * 110 * 40, _import, 120_000_000);
    }

    [TestMethod]
    public void NoiseBetweenFramesCostsNothing()
    {
        Start();
        _twin.SetLoad(230_000, 4_000, 900_000);
        TryTick(1000);
        _import = 0;
        _twin.SetFaults(TwinFault.Noise);
        for (int i = 0; i < 1000; i++)
        {
            TryTick(200);
        }

        AssertNear(900_000L * 200_000, _import, 400_000_000);
        Assert.AreEqual(0, _sensor.Faults & SensorFault.EnergyGap);
    }

    [TestMethod]
    public void ASilenceInWhichARestartCouldHideIsAGap()
    {
        Start();
        _twin.SetLoad(230_000, 4_000, 900_000);
        Assert.IsTrue(TryTick(1000));
        Assert.IsTrue(TryTick(10_000));
        Assert.AreEqual(0, _sensor.Faults);
        _import = 0;
        Assert.IsTrue(TryTick(10_100));
        Assert.AreEqual(SensorFault.EnergyGap, _sensor.Faults);
        Assert.AreEqual(0L, _import);
    }

    [TestMethod]
    public void ACounterThatFellIsCountedFromThereWhenThreeFramesAgree()
    {
        Start();
        _twin.SetLoad(230_000, 4_000, 900_000);
        for (int i = 0; i < 300; i++)
        {
            TryTick(1000);
        }

        _twin.Reset();
        int seen = 0;
        _import = 0;
        for (int i = 0; i < 20 && (seen & SensorFault.EnergyGap) == 0; i++)
        {
            TryTick(110);
            seen |= _sensor.Faults;
        }

        Assert.AreEqual(SensorFault.Implausible | SensorFault.EnergyGap, seen);
        Assert.AreEqual(0L, _import);
        TryTick(1100);
        AssertNear(990_000_000, _import, 60_000_000);
        Assert.AreEqual(0, _sensor.Faults);
    }

    private static void Put(string coefficient, string state, string pulses)
    {
        byte[] frame = Hex.Bytes("555A02F7600003AB00401002605D" + coefficient + "03E9EF" + state + pulses + "00");
        int sum = 0;
        for (int i = 2; i < 23; i++)
        {
            sum += frame[i];
        }

        frame[23] = (byte)sum;
        _line.Put(frame);
    }

    private static void StartScripted(Cse7766Settings settings)
    {
        _line = new ScriptedLine();
        _sensor = new Cse7766PowerSensor(_line, settings);
        TryScripted();
    }

    private static bool TryScripted()
    {
        _nowMs += 900;
        return _sensor.TryRead(_nowMs, _measurement);
    }

    private static void Start()
    {
        _twin = new Cse7766Twin();
        _sensor = new Cse7766PowerSensor(_twin, new Cse7766Settings());
        _twin.SetLoad(230_000, 0, 0);
        TryTick(0);
        TryTick(500);
        Assert.IsTrue(TryTick(500), "faults " + _sensor.Faults);
        _import = 0;
    }

    private static bool TryTick(int milliseconds)
    {
        _twin.Advance(milliseconds);
        _nowMs += milliseconds;
        bool isRead = _sensor.TryRead(_nowMs, _measurement);
        _import += isRead ? _measurement.ImportMicrojoules[0] : 0;
        return isRead;
    }

    private static void AssertNear(long expected, long actual, long tolerance) => Assert.IsTrue(
        actual >= expected - tolerance && actual <= expected + tolerance, "expected " + expected + ", got " + actual);
}
