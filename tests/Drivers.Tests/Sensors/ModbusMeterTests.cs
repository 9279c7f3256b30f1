using MeterFirmware.Boards.Sensors.ModbusMeter;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Sensors;

/// <summary>Another maker's meter on a Modbus line: as a board's sensor, and as the meter that a charger bills by.
/// </summary>
[TestClass]
public class ModbusMeterTests
{
    private const string Path = "I:\\sdm120.txt";

    // In µJ.
    private const long WattHour = 3_600_000_000;

    // A meter board ticks once a second, a charger's loop every 10 ms.
    private const int MeterTickMs = 1_000;
    private const int ChargerTickMs = 10;

    private static readonly Measurement _measurement = new Measurement();

    [TestMethod]
    public void ABoardsSensorIsTheMeterThatItsSettingsName()
    {
        ModbusMeterBench bench = new ModbusMeterBench(7);
        SensorTable sensors = new SensorTable();
        sensors.Add("modbus", new ModbusMeterMaker(bench.Line, "COM2", Files));
        BoardSettings settings = new BoardSettings { Sensor = "modbus", MeterFile = Path, MeterUnit = 7 };
        Assert.IsTrue(settings.FirstProblem(sensors) == null, settings.FirstProblem(sensors));
        Assert.AreEqual("COM2", sensors.LineOf(settings));
        IPowerSensor sensor = sensors.Make(settings);
        long fed = 0;
        for (long ms = 0; ms < 60_000; ms += MeterTickMs)
        {
            bench.SetImport(1_000 + (int)(ms / 2_000));
            bool isRead = sensor.TryRead(ms, _measurement);
            Assert.IsTrue(isRead || ms < 5_000, "at " + ms + ", faults " + sensor.Faults);
            fed += isRead ? _measurement.ImportMicrojoules[0] : 0;
            bench.Tick(ms);
        }

        Assert.AreEqual(230_500, _measurement.VoltageMillivolts[0]);
        Assert.AreEqual(10_000, _measurement.CurrentMilliamps[0]);
        Assert.AreEqual(2_305_000, _measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(50_000, _measurement.FrequencyMillihertz);

        // 29 Wh came in 60 s, of which the first answer and the last may miss a round each.
        Assert.IsTrue(fed >= 26 * WattHour && fed <= 29 * WattHour, "microjoules " + fed);
    }

    [TestMethod]
    [DataRow("", 1, "", "meterFile must name the data file of the Modbus meter, such as I:\\sdm630.txt")]
    [DataRow("I:\\none.txt", 1, "", "I:\\none.txt: not there")]
    [DataRow("I:\\wrong.txt", 1, "", "I:\\wrong.txt, line 2: ")]
    [DataRow(Path, 0, "", "meterUnit must be 1 to 247")]
    [DataRow(Path, 248, "", "meterUnit must be 1 to 247")]
    [DataRow(Path, 1, "COM2", "dlt645Line must be another line than the Modbus meter's, COM2")]
    public void WhatDoesNotFitIsRefusedByName(string file, int unit, string line, string expected)
    {
        BoardSettings settings = new BoardSettings { MeterFile = file, MeterUnit = unit, Dlt645Line = line };
        ModbusMeterMaker maker = new ModbusMeterMaker(new ModbusMeterBench(1).Line, "COM2", Files);
        Assert.Contains(expected, maker.FirstProblem(settings));
    }

    [TestMethod]
    public void AGainIsRefused()
    {
        ModbusMeterMaker maker = new ModbusMeterMaker(new ModbusMeterBench(1).Line, "COM2", Files);
        BoardSettings settings = new BoardSettings { MeterFile = Path, PowerGain = 4_200_000 };
        Assert.Contains("a Modbus meter takes none", maker.FirstProblem(settings));
    }

    /// <summary>Another meter measures otherwise, and a board without one keeps the mark that it had.</summary>
    [TestMethod]
    public void TheMeterIsPartOfTheMetrologyMark()
    {
        int mark = new BoardSettings { Sensor = "modbus", MeterFile = Path }.MetrologyMark();
        Assert.IsTrue(mark != new BoardSettings { Sensor = "modbus", MeterFile = Path, MeterUnit = 2 }.MetrologyMark());
        Assert.AreEqual(
            new BoardSettings { MeterUnit = 1 }.MetrologyMark(), new BoardSettings { MeterUnit = 2 }.MetrologyMark());
    }

    /// <summary>The chip's values every 10 ms, the meter's energy: to the Wh, through an hour with a silence.</summary>
    [TestMethod]
    public void AChargerBillsItsOwnMetersEnergyAndJudgesTheChipsValues()
    {
        ModbusMeterBench bench = new ModbusMeterBench(1);
        FixedChip chip = new FixedChip();
        EnergyMeterPair pair = Pair(chip, bench);
        Assert.IsTrue(pair.CountsEnergy);
        long fed = 0;
        int silent = 0;
        for (long ms = 0; ms < 120_000; ms += ChargerTickMs)
        {
            bench.SetImport(1_000 + (int)(ms / 1_000));
            bench.IsSilent = ms > 40_000 && ms < 60_000;
            bool isRead = pair.TryRead(ms, _measurement);
            fed += isRead ? _measurement.ImportMicrojoules[0] : 0;
            silent += isRead || ms < 2_000 ? 0 : 1;
            Assert.IsTrue(!isRead || _measurement.CurrentMilliamps[0] == chip.Milliamps, "the chip's, at once");
            chip.Milliamps++;
            pair.Poll(ms);
            bench.Tick(ms);
        }

        // 20 s of silence, of which the first 5 are borne; nothing that the meter counted is lost.
        Assert.IsTrue(silent > 1_000 && silent < 2_000, "ticks without a reading " + silent);
        Assert.IsTrue(fed >= 116 * WattHour && fed <= 119 * WattHour, "microjoules " + fed);
    }

    [TestMethod]
    public void ASilentMeterIsMissingAndAFailingChipLosesNoEnergy()
    {
        ModbusMeterBench bench = new ModbusMeterBench(1);
        FixedChip chip = new FixedChip();
        EnergyMeterPair pair = Pair(chip, bench);
        Run(pair, bench, 0, 5_000);
        Assert.IsTrue(pair.TryRead(5_000, _measurement));
        Assert.AreEqual(0, pair.Faults);
        chip.IsFailing = true;
        bench.SetImport(1_500);
        Run(pair, bench, 5_000, 10_000);
        Assert.IsFalse(pair.TryRead(10_000, _measurement));
        chip.IsFailing = false;
        Assert.IsTrue(pair.TryRead(10_010, _measurement));
        Assert.AreEqual(500 * WattHour, _measurement.ImportMicrojoules[0]);
        Assert.IsTrue(pair.TryRead(10_020, _measurement));
        Assert.AreEqual(0L, _measurement.ImportMicrojoules[0], "handed out once");
        bench.IsSilent = true;
        Run(pair, bench, 10_020, 20_000);
        Assert.IsFalse(pair.TryRead(20_000, _measurement));
        Assert.AreEqual(SensorFault.Missing, pair.Faults);
    }

    [TestMethod]
    public void AMeterWithoutACounterCannotBill()
    {
        string withCounter = ModbusMeterBench.DataFile;
        Assert.IsTrue(EnergyMeterPair.Bills(new ModbusProfileReader().Read(withCounter)));
        string without = withCounter.Substring(0, withCounter.IndexOf("import"));
        Assert.IsFalse(EnergyMeterPair.Bills(new ModbusProfileReader().Read(without)));
    }

    private static EnergyMeterPair Pair(IPowerSensor chip, ModbusMeterBench bench) => new EnergyMeterPair(
        chip, ModbusMeterFile.Sensor(bench.Line, ModbusMeterFile.Read(Files, Path, out string _), 1));

    private static void Run(EnergyMeterPair pair, ModbusMeterBench bench, long fromMs, long untilMs)
    {
        for (long ms = fromMs; ms < untilMs; ms += ChargerTickMs)
        {
            pair.TryRead(ms, _measurement);
            pair.Poll(ms);
            bench.Tick(ms);
        }
    }

    private static string Files(string path)
    {
        if (path == Path)
        {
            return ModbusMeterBench.DataFile;
        }

        return path == "I:\\wrong.txt" ? "name x\nnothing 1\n" : throw new System.Exception("not there");
    }

    [TestMethod]
    [DataRow("line 9600 none\n", 1, "line 9600 none\n", 2, "")]
    [DataRow("line 9600 none\n", 3, "line 9600 none\n", 3,
        "two meters on one line must have two units, not 3 both")]
    [DataRow("line 2400 none\n", 1, "line 9600 none\n", 2,
        "two meters on one line must speak at one speed and parity: 2400 none and 9600 none")]
    [DataRow("line 9600 even\n", 1, "line 9600 odd\n", 2,
        "two meters on one line must speak at one speed and parity: 9600 even and 9600 odd")]
    public void TwoMetersShareALineOfOneSpeedUnderTwoUnits(
        string firstLine, int firstUnit, string secondLine, int secondUnit, string problem)
    {
        const string Registers = "function 4\nphases 1\nread 0 2\nactive 1 0 f32 1 W\n";
        ModbusProfile first = new ModbusProfileReader().Read("name a\n" + firstLine + Registers);
        ModbusProfile second = new ModbusProfileReader().Read("name b\n" + secondLine + Registers);
        string found = ModbusMeterFile.SharedProblem(first, firstUnit, second, secondUnit);
        Assert.AreEqual(problem, found == null ? "" : found);
    }

    private sealed class FixedChip : IPowerSensor
    {
        public int Milliamps { get; set; } = 1_000;

        public bool IsFailing { get; set; }

        public int Faults => 0;

        public bool CountsEnergy => true;

        public bool TryRead(long nowMs, Measurement measurement)
        {
            measurement.PhaseCount = 1;
            measurement.VoltageMillivolts[0] = 229_000;
            measurement.CurrentMilliamps[0] = Milliamps;
            measurement.ImportMicrojoules[0] = 1_000_000;
            measurement.HasEnergy = true;
            return !IsFailing;
        }
    }
}
