using MeterFirmware.Hardware;
using MeterFirmware.Quality;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Quality;

/// <summary>Which values count in the statistics: GB/T 12325, 14549, 15543, 15945 and IEC 61000-4-30, 4.7,
/// 5.1.</summary>
[TestClass]
public class QualityMonitorTests
{
    // A multiple of two hours.
    private const long Base = 1_800_000_000_000;

    private static IntervalRecorder _recorder;
    private static Measurement _reading;
    private static QualityMonitor _monitor;

    [TestMethod]
    public void AReadingBelongsToTheTenSecondsInWhichItBegins()
    {
        Fresh();
        Start();

        // The reading at second 10 is of 9 to 10: 10 readings from 0 to 10, of which this one is 1 Hz off.
        for (int second = 0; second <= 11; second++)
        {
            _reading.FrequencyMillihertz = second == 10 ? 51_000 : 50_000;
            Add(second, 220_000);
        }

        Assert.AreEqual(1L, _monitor.Frequency.Total);
        Assert.AreEqual(50_100, _monitor.Frequency.Maximum);
    }

    [TestMethod]
    [DataRow(60_000, 0, 60_000)]
    [DataRow(50_100, 0, 50_000)]
    [DataRow(49_700, 1, 50_000)]
    [DataRow(60_300, 1, 60_000)]
    // GB/T 15945 judges by the grid that is there: nobody has to say whether it is one of 50 or of 60 Hz.
    public void TheGridsOwnFrequencyIsFoundByTheFirstTenSeconds(int millihertz, int outside, int grid)
    {
        Fresh();
        Start();
        Assert.AreEqual(0, _monitor.GridMillihertz);
        for (int second = 0; second <= 11; second++)
        {
            _reading.FrequencyMillihertz = millihertz;
            Add(second, 220_000);
        }

        Assert.AreEqual(grid, _monitor.GridMillihertz);
        Assert.AreEqual(1L, _monitor.Frequency.Total);
        Assert.AreEqual((long)outside, _monitor.Frequency.Above + _monitor.Frequency.Below);
    }

    [TestMethod]
    public void AGridThatWasFoundIsKept()
    {
        Fresh();
        Start();
        for (int second = 0; second <= 31; second++)
        {
            _reading.FrequencyMillihertz = second <= 10 ? 60_000 : 50_000;
            Add(second, 220_000);
        }

        Assert.AreEqual(60_000, _monitor.GridMillihertz);
        Assert.AreEqual(2L, _monitor.Frequency.Below);
    }

    [TestMethod]
    public void ATenSecondFrequencyWithADipInItIsKeptOutAsAWhole()
    {
        Fresh();
        Start();
        for (int second = 0; second <= 31; second++)
        {
            _reading.FrequencyMillihertz = second > 10 && second <= 20 ? 49_000 : 50_000;
            Add(second, second == 15 ? 100_000 : 220_000);
        }

        Assert.AreEqual(2L, _monitor.Frequency.Total);
        Assert.AreEqual(0L, _monitor.Frequency.Below);
    }

    [TestMethod]
    public void APieceOfTenSecondsIsNoFrequencyValue()
    {
        Fresh();
        Start();
        for (int second = 5; second <= 20; second++)
        {
            Add(second, 220_000);
        }

        Add(21, 220_000);
        Assert.AreEqual(1L, _monitor.Frequency.Total);
    }

    [TestMethod]
    public void AReadingAfterAGapDoesNotStandForTheGap()
    {
        Fresh();
        Start();
        for (int second = 0; second <= 600; second++)
        {
            Add(second, 220_000);
        }

        // The sensor was silent for 25 minutes: neither of the two intervals in between is made up.
        for (int second = 2100; second <= 3001; second++)
        {
            Add(second, 220_000);
        }

        Assert.AreEqual(3, _recorder.TenMinutes);
        Assert.AreEqual(600_000L, _recorder.TenMinutesCovered);
        Assert.AreEqual(Base + 2_400_000, _recorder.TenMinutesBegin);
        Assert.AreEqual(2L, _monitor.Voltage(0).Total);
    }

    [TestMethod]
    public void APieceOfTenMinutesIsShownButNotJudged()
    {
        Fresh();
        Start();

        // Power-up 8 min 20 s into the interval, at a voltage that is too high.
        for (int second = 500; second <= 1201; second++)
        {
            Add(second, second <= 600 ? 240_000 : 220_000);
        }

        Assert.AreEqual(2, _recorder.TenMinutes);
        Assert.AreEqual(1L, _monitor.Voltage(0).Total);
        Assert.AreEqual(0L, _monitor.Voltage(0).Above);
    }

    [TestMethod]
    public void NinetyPercentOfTenMinutesAreJudged()
    {
        Fresh();
        Start();
        for (int second = 60; second <= 601; second++)
        {
            Add(second, 220_000);
        }

        Assert.AreEqual(1L, _monitor.Voltage(0).Total);
    }

    [TestMethod]
    public void TheShareOfTenMinuteValuesInsideIsTheQualificationRate()
    {
        Fresh();
        Start();

        // A day of 144 values, seven of them too high: 137/144 = 95.138 %, cut.
        for (int second = 0; second <= 86_401; second++)
        {
            int block = (second - 1) / 600;
            Add(second, block % 20 == 3 && block < 140 ? 235_500 : 235_300);
        }

        Assert.AreEqual(144L, _monitor.Voltage(0).Total);
        Assert.AreEqual(7L, _monitor.Voltage(0).Above);
        Assert.IsTrue(_monitor.Voltage(0).TryReadRate(out int hundredths));
        Assert.AreEqual(9_513, hundredths);
    }

    [TestMethod]
    public void UnbalanceIsJudgedByTheNinetyFivePercentValueAndTheHighest()
    {
        Fresh();
        Start();
        Assert.IsFalse(_monitor.TryJudgeUnbalance(out bool isInside));
        FeedUnbalance(0, 96, 150);
        FeedUnbalance(96, 4, 390);
        Assert.IsTrue(_monitor.TryJudgeUnbalance(out isInside));
        Assert.IsTrue(isInside, "4 of 100 values above 2 % are allowed");
        FeedUnbalance(100, 1, 401);
        Assert.IsTrue(_monitor.TryJudgeUnbalance(out isInside));
        Assert.IsFalse(isInside, "no value may pass 4 %");
    }

    /// <summary>GB/T 15543: 2 % and, short-term, 4 % are kept by who reaches them; GB/T 14549: 5 % likewise.</summary>
    [TestMethod]
    [DataRow(200, 400, true)]
    [DataRow(201, 400, false)]
    [DataRow(200, 401, false)]
    public void TheLimitOfUnbalanceItselfIsInside(int usual, int highest, bool isExpectedInside)
    {
        Fresh();
        Start();
        FeedUnbalance(0, 96, usual);
        FeedUnbalance(96, 4, highest);
        Assert.IsTrue(_monitor.TryJudgeUnbalance(out bool isInside));
        Assert.AreEqual(isExpectedInside, isInside);
    }

    [TestMethod]
    [DataRow(500, true)]
    [DataRow(501, false)]
    public void TheLimitOfDistortionItselfIsInside(int hundredths, bool isExpectedInside)
    {
        Fresh();
        Start();
        for (int i = 0; i < 30; i++)
        {
            _monitor.SetDistortion(0, hundredths);
            Add(i, 220_000);
        }

        Assert.IsTrue(_monitor.TryJudgeDistortion(0, out bool isInside));
        Assert.AreEqual(isExpectedInside, isInside);
    }

    [TestMethod]
    public void DistortionIsJudgedByTheNinetyFivePercentValue()
    {
        Fresh();
        Start();
        Assert.IsFalse(_monitor.TryJudgeDistortion(0, out bool isInside));
        for (int i = 0; i < 300; i++)
        {
            _monitor.SetDistortion(0, i < 279 ? 300 : 900);
            Add(i, 220_000);
        }

        Assert.IsTrue(_monitor.TryJudgeDistortion(0, out isInside));
        Assert.IsFalse(isInside, "7 of 99 values are above 5 %");
    }

    /// <summary>GB/T 14549 has other limits at 6 and 10 kV (4 %; 3.2 and 1.6 % an order): they are settings.</summary>
    [TestMethod]
    public void LimitsOfHarmonicsAreSettingsWithTheDefaultsOfLowVoltage()
    {
        Fresh();
        QualitySettings settings = new QualitySettings();
        Assert.AreEqual(500, settings.TotalDistortionHundredths);
        Assert.AreEqual(400, settings.OddHarmonicHundredths);
        Assert.AreEqual(200, settings.EvenHarmonicHundredths);
        settings.TotalDistortionHundredths = 400;
        settings.OddHarmonicHundredths = 320;
        settings.EvenHarmonicHundredths = 160;
        _monitor = new QualityMonitor(settings, 1, 3, true, _recorder);
        HarmonicStatistics orders = new HarmonicStatistics(settings, 1, 21, null);
        for (int i = 0; i < 30; i++)
        {
            _monitor.SetDistortion(0, 450);
            Add(i, 220_000);
            orders.Set(0, 5, 321);
            orders.Set(0, 7, 320);
            orders.Set(0, 4, 161);
            orders.Set(0, 6, 160);
            orders.Add(Base + i * 200, 200, false);
        }

        Assert.IsTrue(_monitor.TryJudgeDistortion(0, out bool isInside));
        Assert.IsFalse(isInside, "4.5 % of 4");
        for (int order = 4; order <= 7; order++)
        {
            Assert.IsTrue(orders.TryJudge(0, order, out isInside));
            Assert.AreEqual(order >= 6, isInside);
        }
    }

    /// <summary>GB/T 12325: 220 V single phase +7 / −10 %, three-phase up to 20 kV ±7 %.</summary>
    [TestMethod]
    [DataRow(1, 198_000, 235_400)]
    [DataRow(3, 204_600, 235_400)]
    public void VoltageIsInsideByTheLimitsOfItsPhases(int phases, int lowest, int highest)
    {
        Fresh();
        QualitySettings settings = new QualitySettings(phases);
        QualificationCounter counter = new QualificationCounter(
            220 * settings.VoltageLowerPermille, 220 * settings.VoltageUpperPermille);
        counter.Add(lowest);
        counter.Add(highest);
        Assert.AreEqual(0L, counter.Above + counter.Below);
        counter.Add(lowest - 1);
        counter.Add(highest + 1);
        Assert.AreEqual(1L, counter.Below);
        Assert.AreEqual(1L, counter.Above);
    }

    /// <summary>GB/T 15945: ±0.2 Hz; GB/T 12325: +7 and −10 %. One value beyond is outside.</summary>
    [TestMethod]
    [DataRow(50_200, 235_400, true, true)]
    [DataRow(50_201, 235_400, false, true)]
    [DataRow(49_799, 235_401, false, false)]
    [DataRow(49_800, 198_000, true, true)]
    public void FrequencyAndVoltageAreJudgedByEveryValue(
        int millihertz, int millivolts, bool isFrequencyInside, bool isVoltageInside)
    {
        Fresh();
        Start();
        Assert.IsFalse(_monitor.TryJudgeFrequency(out bool isInside));
        Assert.IsFalse(_monitor.TryJudgeVoltage(0, out isInside));
        for (int second = 0; second <= 1201; second++)
        {
            bool isOther = second > 600 && second <= 1200;
            _reading.FrequencyMillihertz = isOther ? millihertz : 50_000;
            Add(second, isOther ? millivolts : 220_000);
        }

        Assert.IsTrue(_monitor.TryJudgeFrequency(out isInside));
        Assert.AreEqual(isFrequencyInside, isInside);
        Assert.IsTrue(_monitor.TryJudgeVoltage(0, out isInside));
        Assert.AreEqual(isVoltageInside, isInside);
    }

    private void FeedUnbalance(int from, int count, int hundredths)
    {
        for (int i = from == 0 ? 0 : from * 3 + 1; i <= (from + count) * 3; i++)
        {
            _monitor.SetSequence(hundredths, 0);
            Add(i, 220_000);
        }

        Assert.AreEqual((long)(from + count), _monitor.NegativeSequence.Total);
    }

    private void Start() => _monitor = new QualityMonitor(new QualitySettings(), 1, 3, true, _recorder);

    private void Add(int second, int millivolts)
    {
        _reading.VoltageMillivolts[0] = millivolts;
        _monitor.Add(_reading, second * 1000L, Base + second * 1000L);
    }

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _recorder = new IntervalRecorder();
        _reading = new Measurement { FrequencyMillihertz = 50_000 };
        _monitor = null;
    }
}
