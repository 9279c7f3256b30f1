using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Modbus;

[TestClass]
public class ModbusClientTests
{
    private const string Profile =
        "name x\nphases 1\nfunction 4\nread 0 80\nvoltage 1 0 f32 1 V\nactive 1 0x0C f32 1 W\nactive 0 0x0C f32 1 W\n" +
        "import 0 0x48 f32 1 kWh\n";

    [TestMethod]
    public void TheFactsRequestIsSentByteForByteAndTheRecordedAnswerRead()
    {
        ScriptedLine line = ScriptedLine.Pair();
        ModbusClient client = new ModbusClient(line, ModbusFraming.Rtu);
        Assert.IsTrue(client.TryBeginRead(1, 4, 0, 2));
        client.Tick(0);
        Assert.AreEqual("01 04 00 00 00 02 71 CB", line.Other.TakeText());
        Reply(line, Dlt645Bytes.Of("01 04 04 43 66 33 34 1B 38"));
        client.Tick(10);
        Assert.AreEqual(ModbusOutcome.Done, client.Outcome);
        Assert.IsTrue(ModbusType.TryRead(client.Bytes, client.DataOffset, ModbusType.Float, false, false, 1_000,
            out long mv));
        Assert.AreEqual(230_200, mv);
    }

    [TestMethod]
    public void ARefusalIsToldWithItsCode()
    {
        ScriptedLine line = ScriptedLine.Pair();
        ModbusClient client = Asked(line, ModbusFraming.Rtu);
        Reply(line, Dlt645Bytes.Of("01 84 02 C2 C1"));
        client.Tick(10);
        Assert.AreEqual(ModbusOutcome.Refused, client.Outcome);
        Assert.AreEqual(ModbusProtocol.IllegalAddress, client.ErrorCode);
    }

    [TestMethod]
    public void EchoNoiseAndOtherUnitsInFrontDoNotHideTheReply()
    {
        ScriptedLine line = ScriptedLine.Pair();
        ModbusClient client = Asked(line, ModbusFraming.Rtu);
        Reply(line, Dlt645Bytes.Of("01 04 00 00 00 02 71 CB 00 FF"));
        Reply(line, ModbusServerTests.Rtu("02 04 04 00 00 00 00"));
        Reply(line, Dlt645Bytes.Of("01 04 01 04 04 43 66 80 00 6F DF"));
        client.Tick(10);
        Assert.AreEqual(ModbusOutcome.Done, client.Outcome);
        Assert.AreEqual(0x4366, client.Register(0));
    }

    [TestMethod]
    public void AReplyOfAnotherLengthIsABadAnswerAndNotTaken()
    {
        ScriptedLine line = ScriptedLine.Pair();
        ModbusClient client = Asked(line, ModbusFraming.Rtu);
        client.Tries = 1;
        long now = 10;
        for (int i = 0; i < 4; i++)
        {
            Reply(line, ModbusServerTests.Rtu("01 04 02 43 66"));
            for (int t = 0; t < 200; t++)
            {
                client.Tick(now);
                now += 10;
            }
        }

        Assert.AreEqual(ModbusOutcome.BadAnswer, client.Outcome);
    }

    [TestMethod]
    public void ASilentDeviceIsGivenUpAfterAllTriesInBoundedTime()
    {
        ScriptedLine line = ScriptedLine.Pair();
        ModbusClient client = Asked(line, ModbusFraming.Rtu);
        long now = 0;
        while (client.Outcome == ModbusOutcome.Waiting)
        {
            client.Tick(now);
            now += 10;
            Assert.IsTrue(now < 5_000);
        }

        Assert.AreEqual(ModbusOutcome.TimedOut, client.Outcome);
        Assert.AreEqual(3, line.WriteCount);
    }

    [TestMethod]
    public void ALineThatNeverRestsIsSaidToBeBusy()
    {
        ScriptedLine line = ScriptedLine.Pair();
        ModbusClient client = new ModbusClient(line, ModbusFraming.Rtu);
        client.TryBeginRead(1, 4, 0, 2);
        byte[] noise = { 0x55 };
        for (int i = 0; i < 2_000 && client.Outcome == ModbusOutcome.Waiting; i++)
        {
            Reply(line, noise);
            client.Tick(i);
        }

        Assert.AreEqual(ModbusOutcome.LineBusy, client.Outcome);
        Assert.AreEqual(0, line.WriteCount);
    }

    [TestMethod]
    public void OnTcpALateReplyToAnEarlierRequestIsNotTaken()
    {
        ScriptedLine line = ScriptedLine.Pair();
        ModbusClient client = Asked(line, ModbusFraming.Tcp);
        Assert.AreEqual("00 01 00 00 00 06 01 04 00 00 00 02", line.Other.TakeText());
        client.Tick(2_000);
        client.Tick(2_001);
        Assert.AreEqual("00 02 00 00 00 06 01 04 00 00 00 02", line.Other.TakeText());
        Reply(line, Dlt645Bytes.Of("00 01 00 00 00 07 01 04 04 00 01 00 02"));
        client.Tick(2_010);
        Assert.AreEqual(ModbusOutcome.Waiting, client.Outcome);
        Reply(line, Dlt645Bytes.Of("00 02 00 00 00 07 01 04 04 00 03 00 04"));
        client.Tick(2_020);
        Assert.AreEqual(ModbusOutcome.Done, client.Outcome);
        Assert.AreEqual(3, client.Register(0));
    }

    [TestMethod]
    public void AWriteIsReadFromItsReplyAndNotFromItsEcho()
    {
        ScriptedLine line = ScriptedLine.Pair();
        ModbusClient client = new ModbusClient(line, ModbusFraming.Rtu);
        byte[] values = { 0x12, 0x34 };
        Assert.IsTrue(client.TryBeginWrite(1, 3, values, 1));
        client.Tick(0);
        string request = line.Other.TakeText();
        Reply(line, Dlt645Bytes.Of(request));
        client.Tick(10);
        Assert.AreEqual(ModbusOutcome.Waiting, client.Outcome);
        Reply(line, ModbusServerTests.Rtu("01 10 00 03 00 01"));
        client.Tick(20);
        Assert.AreEqual(ModbusOutcome.Done, client.Outcome);
    }

    [TestMethod]
    public void ASensorGivesTheMetersValuesAndTheDifferenceOfItsCounter()
    {
        SdmBench bench = new SdmBench(Profile);
        Measurement m = new Measurement();
        bench.Run(m, 50);
        Assert.IsTrue(bench.Sensor.RoundCount > 0);
        Assert.AreEqual(230_500, m.VoltageMillivolts[0]);
        Assert.AreEqual(700_000, m.ActivePowerMilliwatts[0]);
        Assert.AreEqual(0, bench.MicroJoules);
        bench.SetImport(900);
        bench.Run(m, 300);
        Assert.AreEqual(900_000 * 3_600_000L, bench.MicroJoules, "0.9 kWh");
        Assert.AreEqual(SensorFault.None, bench.Sensor.Faults);
    }

    [TestMethod]
    public void ACounterThatGoesBackBooksNothingAndIsSaid()
    {
        SdmBench bench = new SdmBench(Profile);
        Measurement m = new Measurement();
        bench.SetImport(5_000);
        bench.Run(m, 300);
        bench.SetImport(1_000);
        bench.Run(m, 300);
        Assert.AreEqual(0, bench.MicroJoules);
        Assert.AreEqual(SensorFault.EnergyGap, bench.Sensor.Faults);
        bench.SetImport(1_500);
        bench.Run(m, 300);
        Assert.AreEqual(500_000 * 3_600_000L, bench.MicroJoules);
        Assert.AreEqual(SensorFault.None, bench.Sensor.Faults);
    }

    [TestMethod]
    [DataRow(6, 3_000_000)]
    [DataRow(18, 3_000_000)]
    [DataRow(0, 1_001)]
    [DataRow(0, -1)]
    [DataRow(70, -50)]
    public void AValueThatNoMeterShowsIsImplausibleAndNoReading(int register, int value)
    {
        SdmBench bench = new SdmBench(
            Profile + "current 1 6 f32 1 A\napparent 1 18 f32 1 VA\nfrequency 0 70 f32 1 Hz\n");
        bench.SetFloat(6, 1, 1);
        bench.SetFloat(18, 230, 1);
        bench.SetFloat(70, 50, 1);
        Measurement m = new Measurement();
        bench.Run(m, 100);
        Assert.IsTrue(bench.HasReading);
        bench.SetFloat(register, value, 1);
        bench.Run(m, 2_000);
        Assert.IsFalse(bench.HasReading, "it has grown stale");
        Assert.AreEqual(SensorFault.Implausible, bench.Sensor.Faults);
        Assert.AreEqual(1_000, m.CurrentMilliamps[0]);
    }

    [TestMethod]
    public void AMeterBehindAVoltageTransformerShowsTheMainsVoltage()
    {
        // 10 kV over 100 V.
        SdmBench bench = new SdmBench(Profile + "voltageRatio 0 30 f32 1 1\n");
        bench.SetFloat(0, 57, 1);
        bench.SetFloat(30, 100, 1);
        Measurement m = new Measurement();
        bench.Sensor.PowerWattsMax = 1_000_000;
        bench.Run(m, 100);
        Assert.AreEqual(SensorFault.None, bench.Sensor.Faults);
        Assert.AreEqual(5_700_000, m.VoltageMillivolts[0]);
        Assert.AreEqual(70_000_000, m.ActivePowerMilliwatts[0]);
    }

    [TestMethod]
    public void AMeterThatFallsSilentIsMissingAndItsReadingEnds()
    {
        SdmBench bench = new SdmBench(Profile);
        Measurement m = new Measurement();
        bench.Run(m, 100);
        bench.IsSilent = true;
        bench.Run(m, 2_500);
        Assert.AreEqual(SensorFault.Missing, bench.Sensor.Faults);
        Assert.IsFalse(bench.HasReading);
        bench.IsSilent = false;
        bench.Run(m, 500);
        Assert.IsTrue(bench.HasReading);
        Assert.AreEqual(SensorFault.None, bench.Sensor.Faults);
    }

    private static ModbusClient Asked(ScriptedLine line, ModbusFraming framing)
    {
        ModbusClient client = new ModbusClient(line, framing);
        client.TryBeginRead(1, 4, 0, 2);
        client.Tick(0);
        return client;
    }

    private static void Reply(ScriptedLine line, byte[] bytes) => line.Other.TryWrite(bytes, 0, bytes.Length);
}
