using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Calibration;
using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Bench;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>A calibration from the bench to a meter in the field, by signed command and by file.</summary>
[TestClass]
public sealed class CalibrationCommandTests
{
    private const string Device = "cal-1";
    private const int BoardErrorMillionths = 8_000;
    private const long LoadMicrojoulesASecond = 1_000_000_000;
    private const long Day = 86_400;

    private readonly string _folder = Directory.CreateTempSubdirectory("mf-cal-").FullName;
    private readonly long _now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task TheBenchsRecordReachesAMeterOverTheBrokerAndIsReadBackWithItsHistory()
    {
        string first = Bench("first.json", "CNAS-1");
        string second = Bench("second.json", "CNAS-2");
        byte[] secret = new byte[DeviceSecurity.SecretBytes];
        new Random(3).NextBytes(secret);
        SecretFile.Write(_folder, "secret", secret);
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        using MqttNetLink link = new(builder => builder.WithTcpServer("127.0.0.1", broker.Port));
        SimulatedMeter meter = Meter(null, link);
        Assert.IsTrue(meter.Firmware.Core.Security.TryCommission(secret));
        OpenProgramming(meter);
        bool isDone = false;
        Thread running = new(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                meter.Step(20, LoadMicrojoulesASecond / 50);
                Thread.Sleep(10);
            }
        });
        running.Start();
        try
        {
            CommandLine Send(string name, string arguments, string role) => CommandLine.Run("command", name, arguments, "--device", Device,
                "--secret", Path.Combine(_folder, "secret"), "--role", role, "--valid", "86000", "--broker", $"mqtt://127.0.0.1:{broker.Port}");
            CommandLine sent = Send("calibration", first, "technician");
            Assert.AreEqual(0, sent.ExitCode, sent.Errors);
            StringAssert.Contains(sent.Output, "\"ordinal\":1");
            StringAssert.Contains(Send("calibration", first, "technician").Output, "\"ordinal\":1", "the same one again is the same one");
            StringAssert.Contains(Send("calibration", second, "technician").Output, "\"ordinal\":2");
            CommandLine utility = Send("calibration", second, "utility");
            Assert.AreEqual(2, utility.ExitCode);
            StringAssert.Contains(utility.Errors, "utility may not give 'calibration'");

            string newest = Send("read", """{"what":"calibration"}""", "reader").Output;
            StringAssert.Contains(newest, "\"ordinal\":2");
            StringAssert.Contains(newest, "\"certificate\":\"CNAS-2\"");
            StringAssert.Contains(newest, "\"operator\":\"李伟\"");
            string older = Send("read", """{"what":"calibration","last":2}""", "utility").Output;
            StringAssert.Contains(older, "\"certificate\":\"CNAS-1\"");
            Assert.AreEqual(1, Send("read", """{"what":"calibration","last":3}""", "utility").ExitCode, "there is no third");

            File.WriteAllText(second, File.ReadAllText(second).Replace("\"phase\": 0", "\"phase\": 384"));
            CommandLine refused = Send("calibration", second, "technician");
            Assert.AreEqual(1, refused.ExitCode);
            StringAssert.Contains(refused.Errors, "out-of-range, expected phase: -383 to 383 steps");
        }
        finally
        {
            Volatile.Write(ref isDone, true);
            running.Join();
        }

        Assert.AreEqual(2, meter.Recorder.Events.Count(EventCode.CalibrationChanged, 0));
        EventRecord changed = new();
        Assert.IsTrue(meter.Recorder.Events.TryRead(EventCode.CalibrationChanged, 0, 1, changed));
        Assert.AreEqual(2, changed.Values[0]);
        Assert.IsTrue(changed.Values[1] >= 0 && changed.ValueCount == 3, "with the registers");
        AssertCalibrated(meter);
    }

    [TestMethod]
    public void ACalibrationHoldsAtOnceAndAfterALossOfSupplyAndAnUncalibratedBoardIsWrongByItsError()
    {
        SimulatedMeter meter = Meter(null, null);
        Run(meter, 3);
        OpenProgramming(meter);
        Assert.AreEqual(1_008_000, meter.Product.Reading.ActivePowerMilliwatts[0], 300, "the board's error");
        byte[] bytes = CalibrationFile.Bytes(CalibrationFile.Load(Bench("record.json", "CNAS-1"), _now));
        Assert.AreEqual(CommandRefusal.None, meter.Firmware.Calibration.Take(bytes, bytes.Length, _now));
        AssertCalibrated(meter);
        meter.PowerDown();
        meter.StayDark(60_000);
        meter.Restore(LoadMicrojoulesASecond / 1000);
        AssertCalibrated(meter);
    }

    /// <summary>The old calibration or the new one, never a part; its event is there once, whatever write the supply failed in.
    /// </summary>
    [TestMethod]
    public void APowerCutAtAnyWriteLeavesTheOldCalibrationOrTheNewOneWithItsEvent()
    {
        byte[] first = CalibrationFile.Bytes(CalibrationFile.Load(Bench("first.json", "CNAS-1"), _now));
        byte[] second = CalibrationFile.Bytes(CalibrationFile.Load(Bench("second.json", "CNAS-2", "--current-error-ppm", "-20000"), _now));
        FaultyBlockStore flash = new(_plan.BlockCount, _plan.BlockBytes);
        SimulatedMeter meter = Meter(flash, null);
        Run(meter, 2);
        OpenProgramming(meter);
        Assert.AreEqual(CommandRefusal.None, meter.Firmware.Calibration.Take(first, first.Length, _now));
        Run(meter, 2);
        OpenProgramming(meter);
        FaultyBlockStore branch = flash.Snapshot();
        int cuts = 0;
        int kept = 0;
        flash.BeforeWrite = (block, buffer, offset, count) =>
        {
            foreach (int bytes in new[] { 0, 1, 11, 12, count / 2, count - 1, count }.Where(bytes => bytes >= 0 && bytes <= count).Distinct())
            {
                branch.CopyFrom(flash);
                branch.CutAtWrite = 1;
                branch.CutAfterBytes = bytes;
                _ = buffer == null ? branch.TryErase(block) : branch.TryAppend(block, buffer, offset, count);
                branch.RestorePower();
                SimulatedMeter restarted = Meter(branch, null);
                Run(restarted, 3);
                CalibrationRecord record = new();
                Assert.IsTrue(restarted.Recorder.TryReadCalibration(1, record));
                bool isNew = record.Certificate[^1] == '2';
                kept += isNew ? 1 : 0;
                Assert.AreEqual(isNew ? 2 : 1, restarted.Recorder.CalibrationCount);
                Assert.AreEqual(isNew ? 2 : 1, restarted.Recorder.Events.Count(EventCode.CalibrationChanged, 0), $"write {cuts}, {bytes} bytes");
                Assert.AreEqual(isNew ? 1_028_571 : 1_000_000, restarted.Product.Reading.ActivePowerMilliwatts[0], 300);
                cuts++;
            }
        };
        Assert.AreEqual(CommandRefusal.None, meter.Firmware.Calibration.Take(second, second.Length, _now));
        flash.BeforeWrite = null;
        Assert.IsTrue(cuts >= 12 && kept >= 6 && kept < cuts, $"{cuts} cuts, {kept} with the new one");
    }

    /// <summary>The bench's record comes by command, by file, or again: without the input under the seal nothing is
    /// taken.</summary>
    [TestMethod]
    public void WithoutTheProgrammingInputNoCalibrationIsTaken()
    {
        byte[] first = CalibrationFile.Bytes(CalibrationFile.Load(Bench("first.json", "CNAS-1"), _now));
        byte[] second = CalibrationFile.Bytes(
            CalibrationFile.Load(Bench("second.json", "CNAS-2", "--current-error-ppm", "-20000"), _now));
        SimulatedMeter meter = Meter(null, null);
        Run(meter, 3);
        Assert.AreEqual(CommandRefusal.WrongState, meter.Firmware.Calibration.Take(first, first.Length, _now));
        Assert.AreEqual("programming input closed within the last 30 minutes", meter.Firmware.Calibration.Expected);
        Assert.AreEqual(0, meter.Recorder.CalibrationCount);
        OpenProgramming(meter);
        Assert.AreEqual(CommandRefusal.None, meter.Firmware.Calibration.Take(first, first.Length, _now));
        Run(meter, ProgrammingWindow.OpenMs / 1000);
        Assert.AreEqual(CommandRefusal.WrongState, meter.Firmware.Calibration.Take(second, second.Length, _now),
            "the link was left closed");
        Assert.AreEqual(CommandRefusal.None, meter.Firmware.Calibration.Take(first, first.Length, _now),
            "the one in force again");
        AssertCalibrated(meter);
        Assert.AreEqual(1, meter.Recorder.CalibrationCount);
        Assert.AreEqual(1, meter.Recorder.Events.Count(EventCode.Metrology, 0));
    }

    [TestMethod]
    public void AStoreThatRefusesLeavesTheOldCalibrationInForce()
    {
        byte[] first = CalibrationFile.Bytes(CalibrationFile.Load(Bench("first.json", "CNAS-1"), _now));
        byte[] second = CalibrationFile.Bytes(CalibrationFile.Load(Bench("second.json", "CNAS-2", "--current-error-ppm", "-20000"), _now));
        FaultyBlockStore flash = new(_plan.BlockCount, _plan.BlockBytes);
        SimulatedMeter meter = Meter(flash, null);
        Run(meter, 2);
        OpenProgramming(meter);
        Assert.AreEqual(CommandRefusal.None, meter.Firmware.Calibration.Take(first, first.Length, _now));
        flash.RefuseEvery = 1;
        Assert.AreEqual(CommandRefusal.StorageFailed, meter.Firmware.Calibration.Take(second, second.Length, _now));
        flash.RefuseEvery = 0;
        AssertCalibrated(meter);
        Assert.AreEqual(1, meter.Recorder.Events.Count(EventCode.CalibrationChanged, 0));
    }

    [TestMethod]
    [DataRow("operator", "operator, instrument and certificate: 1 to 48 bytes")]
    [DataRow("certificate", "operator, instrument and certificate: 1 to 48 bytes")]
    [DataRow("future", "date: from 2020 to today")]
    [DataRow("expired", "due: after the date and after today")]
    [DataRow("forever", "due: after the date and after today, 20 years at most")]
    [DataRow("uncertainty", "uncertainty: 1 to 20000 millionths")]
    [DataRow("channel", "rows: each of the meter's channels")]
    [DataRow("ranges", "with ranges that rise from 0 mA")]
    [DataRow("before", "error before: within 500000 millionths")]
    [DataRow("after", "error after: within 15000 millionths, the meter's class")]
    [DataRow("gain", "gains: 2097152 to 6291456")]
    [DataRow("older", "date: not before that of the calibration in force")]
    [DataRow("cut", "a calibration record, whole")]
    public void WhatIsWrongIsRefusedWithWhatWasExpectedAndChangesNothing(string wrong, string expected)
    {
        SimulatedMeter meter = Meter(null, null);
        Run(meter, 2);
        OpenProgramming(meter);
        CalibrationRecord record = CalibrationFile.Load(Bench("record.json", "CNAS-1"), _now);
        byte[] good = CalibrationFile.Bytes(record);
        Assert.AreEqual(CommandRefusal.None, meter.Firmware.Calibration.Take(good, good.Length, _now));
        switch (wrong)
        {
            case "operator":
                record.Operator = [0xC3];
                break;
            case "certificate":
                record.Certificate = [];
                break;
            case "future":
                record.UtcSeconds = _now + 2 * Day;
                break;
            case "expired":
                record.UtcSeconds = _now - 30 * Day;
                record.DueUtcSeconds = _now - 1;
                break;
            case "forever":
                record.DueUtcSeconds = record.UtcSeconds + 21 * 366 * Day;
                break;
            case "uncertainty":
                record.UncertaintyMillionths = 20_001;
                break;
            case "channel":
                record.Set(0, CalibrationRecord.Channel, 1);
                break;
            case "ranges":
                record.Set(0, CalibrationRecord.FromMilliamps, 1);
                break;
            case "before":
                record.Set(0, CalibrationRecord.ErrorBefore, -500_001);
                break;
            case "after":
                record.Set(0, CalibrationRecord.ErrorAfter, 15_001);
                break;
            case "gain":
                record.Set(0, CalibrationRecord.PowerGain, 1);
                break;
            case "older":
                record.UtcSeconds -= Day;
                break;
        }

        byte[] bytes = CalibrationFile.Bytes(record);
        Assert.AreEqual(wrong == "cut" ? CommandRefusal.BadArgument : CommandRefusal.OutOfRange,
            meter.Firmware.Calibration.Take(bytes, bytes.Length - (wrong == "cut" ? 1 : 0), _now));
        StringAssert.Contains(meter.Firmware.Calibration.Expected, expected);
        Assert.AreEqual(1, meter.Recorder.CalibrationCount);
        Assert.AreEqual(1, meter.Recorder.Events.Count(EventCode.CalibrationChanged, 0));
        AssertCalibrated(meter);
    }

    [TestMethod]
    public void ARecordOfTheSimulatedBenchSaysSoAndOnlyASimulatedMeterTakesIt()
    {
        string path = Bench("record.json", "CNAS-1");
        StringAssert.Contains(File.ReadAllText(path), "\"simulated\": true");
        CalibrationRecord record = CalibrationFile.Load(path, _now);
        byte[] simulated = CalibrationFile.Bytes(record);
        Assert.IsTrue(record.IsSimulated);
        SimulatedMeter real = Meter(null, null, takesSimulated: false);
        Run(real, 2);
        OpenProgramming(real);
        Assert.AreEqual(CommandRefusal.OutOfRange, real.Firmware.Calibration.Take(simulated, simulated.Length, _now));
        StringAssert.Contains(real.Firmware.Calibration.Expected, "a record of a real bench");
        Assert.AreEqual(0, real.Recorder.CalibrationCount);

        File.WriteAllText(path, File.ReadAllText(path).Replace("\"simulated\": true", "\"simulated\": false"));
        byte[] own = CalibrationFile.Bytes(CalibrationFile.Load(path, _now));
        Assert.AreEqual(CommandRefusal.None, real.Firmware.Calibration.Take(own, own.Length, _now));
        AssertCalibrated(real);

        // A simulated meter's history keeps the mark.
        SimulatedMeter meter = Meter(null, null);
        Run(meter, 2);
        OpenProgramming(meter);
        Assert.AreEqual(CommandRefusal.None, meter.Firmware.Calibration.Take(simulated, simulated.Length, _now));
        FlatJson arguments = new(16, 4);
        byte[] json = Encoding.ASCII.GetBytes("""{"what":"calibration"}""");
        Assert.IsTrue(arguments.TryRead(json, 0, json.Length));
        ByteTextWriter result = new(2_000);
        result.BeginObject();
        Assert.AreEqual(CommandRefusal.None, MeterCalibration.Read(meter.Recorder, arguments, result));
        result.EndObject();
        StringAssert.Contains(Encoding.UTF8.GetString(result.Bytes, 0, result.Length), "\"simulated\":true");
    }

    [TestMethod]
    public void AFlashWithASimulatedCalibrationDoesNotCalibrateARealMeter()
    {
        byte[] simulated = CalibrationFile.Bytes(CalibrationFile.Load(Bench("record.json", "CNAS-1"), _now));
        FaultyBlockStore flash = new(_plan.BlockCount, _plan.BlockBytes);
        SimulatedMeter meter = Meter(flash, null);
        Run(meter, 2);
        OpenProgramming(meter);
        Assert.AreEqual(CommandRefusal.None, meter.Firmware.Calibration.Take(simulated, simulated.Length, _now));
        SimulatedMeter real = Meter(flash, null, takesSimulated: false);
        Run(real, 3);
        Assert.AreEqual(1_008_000, real.Product.Reading.ActivePowerMilliwatts[0], 300, "the board's error");
    }

    [TestMethod]
    public void TheLongestRecordFitsItsMessageAndItsAnswer()
    {
        CalibrationRecord record = new()
        {
            Operator = Encoding.UTF8.GetBytes(new string('o', CalibrationRecord.TextBytesMax)),
            Instrument = Encoding.UTF8.GetBytes(new string('i', CalibrationRecord.TextBytesMax)),
            Certificate = Encoding.UTF8.GetBytes(new string('c', CalibrationRecord.TextBytesMax)),
            UtcSeconds = _now,
            DueUtcSeconds = _now + 365 * Day,
            UncertaintyMillionths = 20_000,
            RowCount = 8,
        };
        for (int i = 0; i < 8 * CalibrationRecord.ColumnCount; i++)
        {
            record.Set(i / CalibrationRecord.ColumnCount, i % CalibrationRecord.ColumnCount, int.MinValue);
        }

        TelemetrySettings options = new();
        Assert.IsTrue(Convert.ToBase64String(CalibrationFile.Bytes(record)).Length + 400 < options.IncomingBytesMax);
        for (int row = 0; row < 8; row++)
        {
            record.Set(row, CalibrationRecord.Channel, row);
            record.Set(row, CalibrationRecord.FromMilliamps, 0);
        }

        SimulatedMeter meter = Meter(null, null);
        Run(meter, 2);
        Assert.IsTrue(meter.Recorder.TryAddCalibration(record));
        FlatJson arguments = new(16, 4);
        byte[] json = Encoding.ASCII.GetBytes("""{"what":"calibration"}""");
        Assert.IsTrue(arguments.TryRead(json, 0, json.Length));
        ByteTextWriter result = new(options.PayloadBytesMax - 200);
        result.BeginObject();
        Assert.AreEqual(CommandRefusal.None, MeterCalibration.Read(meter.Recorder, arguments, result));
        result.EndObject();
        Assert.IsFalse(result.Overflowed);
        using JsonDocument document = JsonDocument.Parse(result.Bytes.AsMemory(0, result.Length));
        Assert.AreEqual(8, document.RootElement.GetProperty("rows").GetArrayLength());
    }

    [TestMethod]
    public void AThreePhaseRecordIsMadeChannelByChannelAndFitsNoOtherMeter()
    {
        string path = Bench("three.json", "CNAS-1");
        Bench("three.json", "CNAS-1", "--channel", "1", "--current-error-ppm", "-5000");
        Bench("three.json", "CNAS-1", "--channel", "2", "--ranges", "0,1000");
        CalibrationRecord record = CalibrationFile.Load(path, _now);
        Assert.AreEqual(4, record.RowCount);
        Assert.IsNull(CalibrationRules.FindProblem(record, 3, AccuracyLimit.Default, true, _now));
        Assert.IsNotNull(CalibrationRules.FindProblem(record, 1, AccuracyLimit.Default, true, _now));
        CommandLine twice = Calibrate(path, "CNAS-1", "--channel", "2");
        Assert.AreEqual(2, twice.ExitCode);
        StringAssert.Contains(twice.Errors, "channel 2 follows channel 1");
        StringAssert.Contains(Calibrate(path, "CNAS-9", "--channel", "2").Errors, "of the same operator, instrument, certificate");
    }

    [TestMethod]
    [DataRow("\"certificate\": \"CNAS-1\"", "\"certificate\": 1", "line 5: $.certificate: a text was expected")]
    [DataRow("\"phase\": 0", "\"phase\": 0.5", "line 17: $.rows[0].phase: a whole number was expected")]
    [DataRow("\"phase\": 0,", "", "$.rows[0].phase: missing, a whole number was expected")]
    [DataRow("\"phase\": 0", "\"angle\": 0", "$.rows[0].angle: no such member; expected channel, fromMilliamps")]
    [DataRow("\"operator\"", "\"who\"", "$.who")]
    [DataRow("\"due\": \"20", "\"due\": \"x20", "$.due: ")]
    [DataRow("\"uncertaintyMillionths\": 501", "\"uncertaintyMillionths\": 0", "expected uncertainty: 1 to 20000")]
    [DataRow("{", "[", "line 1: $: an object was expected")]
    public void AWrongFileIsRefusedByNameLineAndFieldBeforeItIsSent(string good, string wrong, string expected)
    {
        string path = Bench("record.json", "CNAS-1");
        string text = File.ReadAllText(path);
        StringAssert.Contains(text, good);
        File.WriteAllText(path, text[..text.IndexOf(good, StringComparison.Ordinal)] + wrong + text[(text.IndexOf(good, StringComparison.Ordinal) + good.Length)..]);
        SecretFile.Write(_folder, "secret", new byte[DeviceSecurity.SecretBytes]);
        CommandLine refused = CommandLine.Run("command", "calibration", path, "--role", "technician", "--device", Device,
            "--secret", Path.Combine(_folder, "secret"), "--print");
        Assert.AreEqual(2, refused.ExitCode, refused.Output);
        StringAssert.Contains(refused.Errors, path);
        StringAssert.Contains(refused.Errors, expected);
    }

    [TestMethod]
    public void ABenchThatMissesItsClassWritesNoRecord()
    {
        string path = Path.Combine(_folder, "missed.json");
        CommandLine missed = Calibrate(path, "CNAS-1", "--class", "0.5S", "--transformer-error-ppm", "-9000", "--transformer-phase-urad", "6000");
        Assert.AreEqual(1, missed.ExitCode);
        Assert.IsFalse(File.Exists(path));
    }

    [TestMethod]
    public void TheDevicesLimitOfAClassIsTheWidestOfItsTable()
    {
        foreach (AccuracyClass accuracy in AccuracyClass.All)
        {
            Assert.AreEqual((int)Math.Round(accuracy.Limits.Max(limit => limit.LimitPercent) * 1e4), AccuracyLimit.Of(accuracy.Name), accuracy.Name);
        }

        Assert.AreEqual(-1, AccuracyLimit.Of("2"));
    }

    private static readonly MeterPlan _plan = new() { BlockBytes = 16_384, RecordBlocks = 6, JournalBlocks = 6 };

    private SimulatedMeter Meter(FaultyBlockStore flash, MqttNetLink link, bool takesSimulated = true) =>
        new(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = _now,
            TakesSimulatedCalibration = takesSimulated,
            Link = link ?? (Hardware.IMqttLink)new DisconnectedLink(),
            Plan = _plan,
            Flash = flash,
            Records = null,
            History = new HistoryParts(),
            CurrentErrorMillionths = BoardErrorMillionths,
            Telemetry = new TelemetrySettings { Device = Device, SpreadMs = 100, BackoffMs = 100, BackoffMsMax = 2_000, StableMs = 1_000 },
        });

    private static void OpenProgramming(SimulatedMeter meter)
    {
        Run(meter, 1);
        meter.Programming.IsClosed = true;
        Run(meter, 2);
        Assert.IsTrue(meter.Firmware.Programming.IsOpen);
    }

    private static void Run(SimulatedMeter meter, int seconds)
    {
        for (int second = 0; second < seconds; second++)
        {
            meter.Step(1_000, LoadMicrojoulesASecond);
        }
    }

    private static void AssertCalibrated(SimulatedMeter meter)
    {
        Run(meter, 3);
        long before = Exact(meter);
        Run(meter, 600);
        Assert.AreEqual(600 * LoadMicrojoulesASecond, Exact(meter) - before, 600 * LoadMicrojoulesASecond / 10_000.0, "to 0.01 %");
        Assert.AreEqual(1_000_000, meter.Product.Reading.ActivePowerMilliwatts[0], 300);
    }

    private static long Exact(SimulatedMeter meter)
    {
        EnergyRegisters registers = meter.Product.Meter.Registers;
        return registers.TotalWattHours(EnergyKind.Import) * Scaling.MicrojoulesPerWattHour + registers.TotalRemainder(EnergyKind.Import);
    }

    private string Bench(string name, string certificate, params string[] more)
    {
        string path = Path.Combine(_folder, name);
        CommandLine run = Calibrate(path, certificate, more);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        return path;
    }

    private CommandLine Calibrate(string path, string certificate, params string[] more) => CommandLine.Run(
    [
        "calibrate", "--operator", "李伟", "--instrument", "Zera MT310 50012345", "--certificate", certificate,
        "--date", CalibrationFile.Date(_now), "--due", CalibrationFile.Date(_now + 5 * 365 * Day), "--out", path,
        .. more.Contains("--current-error-ppm") ? [] : new[] { "--current-error-ppm", $"{BoardErrorMillionths}" }, .. more,
    ]);
}
