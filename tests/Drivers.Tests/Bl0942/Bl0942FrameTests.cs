using MeterFirmware.Drivers.Bl0942;
using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Bl0942;

/// <summary>Bytes on the wire by the data sheet, and packets that users recorded (esphome issue 10136).</summary>
[TestClass]
public class Bl0942FrameTests
{
    private const string ModeOurs = "0F 00 00 7F";

    private static long _nowMs;
    private static int _faults;

    [TestMethod]
    public void TheLineIsOpenedAndModeIsSetUpAsTheDataSheetWritesIt()
    {
        ScriptedLine line = new ScriptedLine();
        Bl0942PowerSensor sensor = new Bl0942PowerSensor(line, new Bl0942Settings());
        sensor.TryRead(0, new Measurement());
        Assert.AreEqual(4_800, line.Baud);
        Assert.AreEqual(0, line.Parity);
        Assert.AreEqual("A8 1D 55 00 00 E5 A8 19 0F 00 00 2F 58 19", line.TakeSent());
    }

    [TestMethod]
    public void AChipWithAnAddressIsSpokenToByIt()
    {
        ScriptedLine line = new ScriptedLine();
        Measurement measurement = new Measurement();
        Bl0942PowerSensor sensor = new Bl0942PowerSensor(line, new Bl0942Settings { Address = 3, Baud = 9_600 });
        sensor.TryRead(0, measurement);
        Assert.AreEqual(9_600, line.Baud);
        Assert.AreEqual("AB 1D 55 00 00 E2 AB 19 0F 00 00 2C 5B 19", line.TakeSent());
        line.Put("0F 00 00 7C");
        sensor.TryRead(20, measurement);
        sensor.TryRead(40, measurement);
        Assert.AreEqual("5B AA", line.TakeSent());
    }

    [TestMethod]
    [DataRow("55000000000000000000000000000000204E00000300E1", 0, 0, 0, 50_000)]
    [DataRow("55A3B9009E4C36934300F498FF990000164E0001010076", 224_044, 189, -42_316, 50_025)]
    [DataRow("55C39100DDE833E77E006B0600A41A002E4E00000100F5", 214_184, 149, 2_636, 49_965)]
    public void RecordedPacketsAreRead(string packet, int millivolts, int milliamps, int milliwatts, int millihertz)
    {
        ScriptedLine line = new ScriptedLine();
        Measurement measurement = new Measurement();
        Bl0942PowerSensor sensor = SetUp(line, measurement);
        Assert.IsTrue(Exchange(line, sensor, measurement, packet, ModeOurs));
        Assert.AreEqual(millivolts, measurement.VoltageMillivolts[0]);
        Assert.AreEqual(milliamps, measurement.CurrentMilliamps[0]);
        Assert.AreEqual(milliwatts, measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(millihertz, measurement.FrequencyMillihertz);
        Assert.AreEqual(0, sensor.Faults);
    }

    [TestMethod]
    public void ThePulseCounterOfARecordedPacketIsEnergyByThePowersScale()
    {
        // CF 153 after CF 0: 153 × 419 430.4 / 623.4 W·s.
        ScriptedLine line = new ScriptedLine();
        Measurement measurement = new Measurement();
        Bl0942PowerSensor sensor = SetUp(line, measurement);
        Assert.IsTrue(Exchange(line, sensor, measurement, "55000000000000000000000000000000204E00000300E1", ModeOurs));
        Assert.IsTrue(Exchange(line, sensor, measurement, "55A3B9009E4C36934300F498FF990000164E0001010076", ModeOurs));
        Assert.AreEqual(102_940_088_546L, measurement.ImportMicrojoules[0]);
    }

    [TestMethod]
    [DataRow("55A3B9009E4C36934300F498FF990000164E0001010077", ModeOurs)]
    [DataRow("55A3B9009E4C36934300F498FF990000164E0001010076", "0F 00 00 7E")]
    [DataRow("55A3B9009E4C36834300F498FF990000164E0001010076", ModeOurs)]
    public void AWrongCheckSumIsNoReading(string packet, string mode)
    {
        ScriptedLine line = new ScriptedLine();
        Measurement measurement = new Measurement();
        Bl0942PowerSensor sensor = SetUp(line, measurement);
        Assert.IsFalse(Exchange(line, sensor, measurement, packet, mode));
        Assert.AreEqual(SensorFault.Implausible, _faults);
        Assert.IsTrue(Exchange(
            line, sensor, measurement, "55A3B9009E4C36934300F498FF990000164E0001010076", ModeOurs));
    }

    [TestMethod]
    public void ModeAsAfterPowerUpIsARestart()
    {
        ScriptedLine line = new ScriptedLine();
        Measurement measurement = new Measurement();
        Bl0942PowerSensor sensor = SetUp(line, measurement);
        Assert.IsFalse(Exchange(
            line, sensor, measurement, "55A3B9009E4C36934300F498FF990000164E0001010076", "87 00 00 07"));
        Assert.AreEqual(SensorFault.Reset, sensor.Faults);
    }

    [TestMethod]
    public void AStrangeModeIsARestartOnlyWhenItStays()
    {
        // Noise passes the check sum once in 256 times.
        ScriptedLine line = new ScriptedLine();
        Measurement measurement = new Measurement();
        Bl0942PowerSensor sensor = SetUp(line, measurement);
        for (int i = 0; i < 3; i++)
        {
            _nowMs += 1_000;
            sensor.TryRead(_nowMs, measurement);
            line.Put("55A3B9009E4C36934300F498FF990000164E0001010076");
            sensor.TryRead(_nowMs + 50, measurement);
            line.Put("12 34 56 F2");
            Assert.IsFalse(sensor.TryRead(_nowMs + 70, measurement));
            Assert.AreEqual(i < 2 ? SensorFault.Implausible : SensorFault.Reset, sensor.Faults);
        }
    }

    [TestMethod]
    public void EveryRegisterIsReadAtItsPlaceInTheTable()
    {
        Measurement measurement = new Measurement();
        Bl0942MapBus bus = new Bl0942MapBus();
        Bl0942PowerSensor sensor = new Bl0942PowerSensor(bus, new Bl0942Settings());
        Assert.IsFalse(sensor.TryRead(0, measurement));
        Assert.IsTrue(sensor.TryRead(100, measurement), "faults " + sensor.Faults);
        Assert.AreEqual(224_044, measurement.VoltageMillivolts[0]);
        Assert.AreEqual(189, measurement.CurrentMilliamps[0]);
        Assert.AreEqual(-42_316, measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(50_025, measurement.FrequencyMillihertz);

        // 419 430.4 W·s a pulse / 26 380 counts of the power for 42.316 W.
        bus.Pulses = 1;
        Assert.IsTrue(sensor.TryRead(1_100, measurement), "faults " + sensor.Faults);
        long microjoules = measurement.ImportMicrojoules[0] + measurement.ExportMicrojoules[0];
        Assert.IsTrue(microjoules > 672_800_000 && microjoules < 672_820_000, "microjoules " + microjoules);
    }

    [TestMethod]
    public void ByteByByteTheSameIsRead()
    {
        ScriptedLine line = new ScriptedLine();
        Measurement measurement = new Measurement();
        Bl0942PowerSensor sensor = SetUp(line, measurement);
        sensor.TryRead(100, measurement);
        byte[] packet = Hex.Bytes("1234" + "55A3B9009E4C36934300F498FF990000164E0001010076");
        for (int i = 0; i < packet.Length; i++)
        {
            line.Put(new byte[] { packet[i] });
            Assert.IsFalse(sensor.TryRead(101 + i, measurement));
        }

        Assert.AreEqual("58 AA 58 19", line.TakeSent());
        line.Put(ModeOurs);
        Assert.IsTrue(sensor.TryRead(130, measurement));
        Assert.AreEqual(-42_316, measurement.ActivePowerMilliwatts[0]);
    }

    private static Bl0942PowerSensor SetUp(ScriptedLine line, Measurement measurement)
    {
        Bl0942PowerSensor sensor = new Bl0942PowerSensor(line, new Bl0942Settings());
        sensor.TryRead(0, measurement);
        line.Put(ModeOurs);
        sensor.TryRead(50, measurement);
        line.TakeSent();
        return sensor;
    }

    private static bool Exchange(
        ScriptedLine line, Bl0942PowerSensor sensor, Measurement measurement, string packet, string mode)
    {
        // The chip's part: one packet and one MODE, each when it is asked for.
        bool isSent = false;
        _nowMs += 60_000;
        for (int call = 0; call < 8; call++)
        {
            _nowMs += 25;
            if (sensor.TryRead(_nowMs, measurement))
            {
                return true;
            }

            string asked = line.TakeSent();
            if (asked == "58 AA" && isSent)
            {
                _faults = sensor.Faults;
                _nowMs += 1_000;
                sensor.TryRead(_nowMs, measurement);
                line.TakeSent();
                return false;
            }

            isSent |= asked == "58 AA";
            line.Put(asked == "58 AA" ? packet : asked == "58 19" ? mode : "");
        }

        return false;
    }
}
