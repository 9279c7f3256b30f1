using MeterFirmware.Metering;
using MeterFirmware.Recording;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Recording;

[TestClass]
public class CalibrationTests
{
    private const long Start = RecorderBench.Midnight + 10 * 3600;

    [TestMethod]
    public void ACalibrationIsAnEventAndOldRecordsAreKept()
    {
        RecorderBench bench = new RecorderBench(Start);
        bench.Parts.Factors = new EmissionFactors();
        bench.Start(false);
        for (int i = 1; i <= 6; i++)
        {
            Assert.IsTrue(bench.Recorder.TryAddCalibration(Record(i)));
        }

        bench.Outage(60);
        CalibrationRecord read = new CalibrationRecord();
        for (int last = 1; last <= 5; last++)
        {
            Assert.IsTrue(bench.Recorder.TryReadCalibration(last, read));
            Assert.AreEqual(7 - last, read.Get(1, CalibrationRecord.Phase));
            Assert.AreEqual(3, read.Instrument.Length);
            Assert.AreEqual(2_000, read.UncertaintyMillionths);
            Assert.AreEqual(-12_345, read.Get(1, CalibrationRecord.ErrorBefore));
        }

        Assert.IsFalse(bench.Recorder.TryReadCalibration(6, read));
        Assert.AreEqual(6L, bench.Recorder.Events.Count(EventCode.CalibrationChanged, 0));
        Assert.AreEqual(2_000, bench.Recorder.Carbon.EnergyUncertaintyMillionths);
    }

    [TestMethod]
    public void ACalibrationWithoutTraceabilityIsRefused()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        CalibrationRecord record = Record(1);
        record.Certificate = new byte[0];
        Assert.IsFalse(bench.Recorder.TryAddCalibration(record));
        record = Record(1);
        record.DueUtcSeconds = record.UtcSeconds;
        Assert.IsFalse(bench.Recorder.TryAddCalibration(record));
        Assert.AreEqual(0L, bench.Recorder.Events.Count(EventCode.CalibrationChanged, 0));
    }

    private static CalibrationRecord Record(int number)
    {
        CalibrationRecord record = new CalibrationRecord();
        record.UtcSeconds = Start + number;
        record.DueUtcSeconds = Start + 5L * 365 * 86_400;
        record.UncertaintyMillionths = 2_000;
        record.Operator = new byte[] { 65, 66 };
        record.Instrument = new byte[] { 65, 66, 67 };
        record.Certificate = new byte[] { 49 };
        record.RowCount = 2;
        record.Set(1, CalibrationRecord.Phase, number);
        record.Set(1, CalibrationRecord.ErrorBefore, -12_345);
        return record;
    }
}
