using MeterFirmware.Dlt645;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt645;

[TestClass]
public class Dlt645ClientTests
{
    private static readonly byte[] _address = { 0x78, 0x56, 0x34, 0x12, 0x00, 0x00 };

    [TestMethod]
    public void AReadComesBackWithoutItsIdentifier()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Dlt645Client client = new Dlt645Client(bench.Master, 64);
        Assert.IsTrue(Ask(bench, client, 0x00010000) == Dlt645Outcome.Done);
        Assert.AreEqual("56 34 12 00", Dlt645Bytes.Text(client.Data, 0, client.DataLength));
    }

    [TestMethod]
    public void PartsOfALongAnswerAreJoined()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Meter.Counts.Rates = 63;
        Dlt645Client client = new Dlt645Client(bench.Master, 512);
        Assert.IsTrue(Ask(bench, client, 0x0001FF00) == Dlt645Outcome.Done);
        Assert.AreEqual(256, client.DataLength);
        Dlt645Format.TryRead(Dlt645Format.Energy, client.Data, 252, out long last);
        Assert.AreEqual(12_345L * 63, last);
    }

    [TestMethod]
    public void AnAnswerLongerThanTheBufferIsSaidSo()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Meter.Counts.Rates = 63;
        Assert.IsTrue(Ask(bench, new Dlt645Client(bench.Master, 200), 0x0001FF00) == Dlt645Outcome.BadAnswer);
    }

    [TestMethod]
    public void ALostRequestAndALostReplyAreRepeated()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Dlt645Client client = new Dlt645Client(bench.Master, 64);
        bench.Master.LoseWrites = 1;
        Assert.IsTrue(Ask(bench, client, 0x00010000) == Dlt645Outcome.Done);
        bench.Master.Other.LoseWrites = 2;
        Assert.IsTrue(Ask(bench, client, 0x00010000) == Dlt645Outcome.Done);
        bench.Master.Other.LoseWrites = 3;
        Assert.IsTrue(Ask(bench, client, 0x00010000) == Dlt645Outcome.TimedOut);
    }

    [TestMethod]
    public void ARefusalSaysWhy()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Dlt645Client client = new Dlt645Client(bench.Master, 64);
        Assert.IsTrue(Ask(bench, client, 0x00010500) == Dlt645Outcome.Refused);
        Assert.AreEqual(Dlt645Protocol.ErrorNoSuchData, client.ErrorBits);
    }

    [TestMethod]
    public void ASensorReadsAnotherMakersMeter()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Dlt645PowerSensor sensor = new Dlt645PowerSensor(new Dlt645Client(bench.Master, 64), _address, 3);
        Measurement m = new Measurement();
        Assert.IsTrue(RunRound(bench, sensor, m));
        Assert.AreEqual(3, m.PhaseCount);
        Assert.AreEqual(230_100, m.VoltageMillivolts[0]);
        Assert.AreEqual(230_300, m.VoltageMillivolts[2]);
        Assert.AreEqual(5_000, m.CurrentMilliamps[1]);
        Assert.AreEqual(1_150_000, m.ActivePowerMilliwatts[0]);
        Assert.AreEqual(-1_150_000, m.ActivePowerMilliwatts[1]);
        Assert.AreEqual(-10_000, m.PowerFactorTenThousandths[1]);
        Assert.AreEqual(49_980, m.FrequencyMillihertz);
        Assert.IsTrue(m.HasEnergy);

        // The first reading is the baseline; then 0.01 kWh is 36 kJ, taken once.
        Assert.AreEqual(0L, m.ImportMicrojoules[0]);
        bench.Meter.Import += 1;
        Assert.IsTrue(RunRound(bench, sensor, m));
        Assert.AreEqual(36_000_000_000L, m.ImportMicrojoules[0]);
        Assert.IsTrue(sensor.TryRead(bench.NowMs, m));
        Assert.AreEqual(0L, m.ImportMicrojoules[0]);
    }

    [TestMethod]
    public void TotalPowerIsGivenOnceAndAnOldOneIsNoReading()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Dlt645TotalPower sensor =
            new Dlt645TotalPower(new Dlt645Client(bench.Master, Dlt645TotalPower.AnswerBytes), _address);
        Measurement m = new Measurement();
        bench.Meter.TotalPower = -12_345;
        Assert.IsFalse(sensor.TryRead(bench.NowMs, m), "only asked");
        bench.Run();
        Assert.IsTrue(sensor.TryRead(bench.NowMs, m));
        Assert.AreEqual(-1_234_500, m.ActivePowerMilliwatts[0]);
        Assert.AreEqual(1, m.PhaseCount);
        Assert.IsFalse(sensor.TryRead(bench.NowMs, m), "given once");
        bench.Run();
        bench.Meter.TotalPower = 799_999;
        Assert.IsTrue(sensor.TryRead(bench.NowMs, m), "of before");
        bench.Run();
        Assert.IsTrue(sensor.TryRead(bench.NowMs, m));
        Assert.AreEqual(79_999_900, m.ActivePowerMilliwatts[0]);
        bench.Meter.Missing = 0x02030000;
        for (int i = 0; i < 3; i++)
        {
            bench.Run();
            Assert.IsFalse(sensor.TryRead(bench.NowMs, m), "refused");
        }

        Assert.AreEqual(SensorFault.Implausible, sensor.Faults);
        bench.Meter.Missing = 0;
        bench.Master.Other.LoseWrites = 6;
        bool any = false;
        for (int i = 0; i < 120; i++)
        {
            bench.Run();
            any |= sensor.TryRead(bench.NowMs, m);
        }

        Assert.AreEqual(SensorFault.Missing, sensor.Faults);
        Assert.IsFalse(any);
        for (int i = 0; i < 60; i++)
        {
            bench.Run();
            any |= sensor.TryRead(bench.NowMs, m);
        }

        Assert.IsTrue(any, "it is back");
        Assert.AreEqual(SensorFault.None, sensor.Faults);
    }

    [TestMethod]
    public void TheRegisterWrapIsFollowed()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Meter.Import = 99_999_999;
        Dlt645PowerSensor sensor = new Dlt645PowerSensor(new Dlt645Client(bench.Master, 64), _address, 1);
        Measurement m = new Measurement();
        Assert.IsTrue(RunRound(bench, sensor, m));
        bench.Meter.Import = 1;
        Assert.IsTrue(RunRound(bench, sensor, m));
        Assert.AreEqual(2 * 36_000_000_000L, m.ImportMicrojoules[0]);
    }

    [TestMethod]
    public void ACounterThatWasClearedIsAGapAndNotEnergy()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Dlt645PowerSensor sensor = new Dlt645PowerSensor(new Dlt645Client(bench.Master, 64), _address, 1);
        Measurement m = new Measurement();
        Assert.IsTrue(RunRound(bench, sensor, m));
        bench.Meter.Import = 0;
        RunRound(bench, sensor, m);
        Assert.AreEqual(SensorFault.EnergyGap, sensor.Faults & SensorFault.EnergyGap);
        Assert.AreEqual(0L, m.ImportMicrojoules[0]);
        bench.Meter.Import = 1;
        Assert.IsTrue(RunRound(bench, sensor, m));
        Assert.AreEqual(36_000_000_000L, m.ImportMicrojoules[0]);
        Assert.AreEqual(0, sensor.Faults);
    }

    [TestMethod]
    public void AMeterThatFallsSilentIsMissingAndItsOldValuesAreNoReading()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Dlt645PowerSensor sensor = new Dlt645PowerSensor(new Dlt645Client(bench.Master, 64), _address, 1);
        Measurement m = new Measurement();
        Assert.IsTrue(RunRound(bench, sensor, m));
        bench.Master.Other.LoseWrites = 1_000_000;
        for (int i = 0; i < 200; i++)
        {
            sensor.TryRead(bench.NowMs, m);
            bench.Run();
        }

        Assert.IsFalse(sensor.TryRead(bench.NowMs, m));
        Assert.AreEqual(SensorFault.Missing, sensor.Faults);

        // What it counted meanwhile comes when it is back.
        bench.Master.Other.LoseWrites = 0;
        bench.Meter.Import += 3;
        Assert.IsTrue(RunRound(bench, sensor, m));
        Assert.AreEqual(3 * 36_000_000_000L, m.ImportMicrojoules[0]);
        Assert.AreEqual(0, sensor.Faults);
    }

    private static Dlt645Outcome Ask(Dlt645Bench bench, Dlt645Client client, int di)
    {
        Assert.IsTrue(client.TryBeginRead(_address, di));
        for (int i = 0; i < 200 && client.Outcome == Dlt645Outcome.Waiting; i++)
        {
            client.Tick(bench.NowMs);
            bench.Run();
        }

        return client.Outcome;
    }

    /// <summary>Ticks until the next round is complete; true when its reading is good.</summary>
    private static bool RunRound(Dlt645Bench bench, Dlt645PowerSensor sensor, Measurement m)
    {
        // The round under way may hold values from before; the one after it is new.
        long wanted = sensor.RoundCount + (sensor.RoundCount == 0 ? 1 : 2);
        bool good = false;
        for (int i = 0; i < 500 && sensor.RoundCount < wanted; i++)
        {
            bool read = sensor.TryRead(bench.NowMs, m);
            good = read || (good && (sensor.Faults & SensorFault.EnergyGap) == 0);
            bench.Run();
            if (read && m.ImportMicrojoules[0] > 0)
            {
                return true;
            }
        }

        return good;
    }
}
