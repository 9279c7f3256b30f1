using System;
using System.Globalization;
using System.Linq;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Firmware.Tests.Modbus;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;
using MeterFirmware.Tools.MeterCtl.Modbus;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Modbus;

/// <summary>The data files against register contents as the makers' tables have them.</summary>
[TestClass]
public class ModbusMetersTests
{
    [TestMethod]
    public void EveryShippedFileIsReadAndHasPowerAndACounterOrAVoltage()
    {
        Assert.IsTrue(ModbusMeters.Names.Count >= 20);
        foreach (string name in ModbusMeters.Names)
        {
            ModbusProfile profile = ModbusMeters.Load(name);
            Assert.AreEqual(name, profile.Name);
            Assert.IsTrue(profile.Title.Length > 5, name);
            Assert.IsTrue(profile.Has(Quantity.Active, 0) && profile.Has(Quantity.Voltage, 1), name);
            Assert.IsTrue(profile.Has(Quantity.Import, 0) || profile.Has(Quantity.Export, 0), name);
        }
    }

    [TestMethod]
    [DataRow("sdm630", "0x00=43668000 0x34=C42F0000 0x4A=42F6E979",
        "voltage1=230500 active0=-700000 export0=123456001")]
    [DataRow("sdm120", "0x00=43668000 0x0C=442F0000 0x48=42F6E979", "voltage1=230500 active1=700000 import0=123456001")]
    [DataRow("dtsu666", "0x06=0002000A 0x2006=45101000 0x2012=45DAC000 0x101E=42F6E979",
        "voltage1=230500 active0=700000")]
    [DataRow("dtsu666-4000", "0x2006=45101000 0x401E=42F6E979", "voltage1=230500 import0=123456001")]
    [DataRow("dtsu666-h", "0x2006=43668000 0x2012=442F0000", "voltage1=230500 active0=700000")]
    [DataRow("dtsu666-20", "0x61=09010902 0x16A=FFFFFD44 0x0A=0000303A 0x14=00000007",
        "voltage1=230500 voltage2=230600 active0=-700000 import0=123460000 export0=70000")]
    [DataRow("ddsu666", "0x2000=43668000 0x2004=3F333333 0x4000=42F6E979", "voltage1=230500 active1=700000")]
    [DataRow("adl400", "0x61=0901 0x16A=FFFFFD44 0x0A=0000303A 0x8D=00010002",
        "voltage1=230500 active0=-700000 import0=123460000 currentRatio0=2000")]
    [DataRow("adl400-primary", "0x81A=3F333333 0x818=40000000 0x84C=000004D2",
        "active0=700000 active3=2000000 import0=123400000")]
    [DataRow("em24", "0x00=09010000 0x28=E4A8FFFF 0x42=04D20000 0x37=01F4",
        "voltage1=230500 active0=-700000 import0=123400000 frequency0=50000")]
    [DataRow("em340", "0x28=E4A8FFFF 0x34=04D20000 0x4E=FFFF7FFF 0x33=01F4",
        "active0=-700000 import0=123400000 export0=-")]
    [DataRow("iem3155", "0xBD3=43668000 0xBF3=3F333333 0xC83=000000000001E240",
        "voltage1=230500 active0=700000 import0=123456000")]
    [DataRow("b23", "0x5B00=00000901 0x5B14=FFFEEE90 0x5000=0000000000003039 0x5004=FFFFFFFFFFFFFFFF",
        "voltage1=230500 active0=-700000 import0=123450000 export0=-")]
    [DataRow("umg", "0x4A38=43668000 0x4A52=442F0000 0x4A7C=47F12000",
        "voltage1=230500 active0=700000 import0=123456000")]
    [DataRow("adw300", "20=0901 36=000002BC 62=0000303A", "voltage1=230500 active0=700000 import0=123460000")]
    [DataRow("djsf1352", "50=43668000 54=3F333333 12=0001E240", "voltage1=230500 active0=700000 import0=123456000")]
    public void TheFileReadsWhatTheMakersTableSays(string meter, string registers, string expected)
    {
        ModbusPowerSensor sensor = Round(ModbusMeters.Load(meter), registers, 0);
        foreach (string value in expected.Split(' '))
        {
            Check(sensor, value);
        }
    }

    [TestMethod]
    [DataRow("sunspec-inverter", 103, 50, "8=0901 10=0901 13=FFFF 14=02BC 15=0000 16=1388 17=FFFE 24=0001E240 26=0000",
        "active0=-700000 voltage1=230500 export0=123456000 frequency0=50000")]
    [DataRow("sunspec-der", 701, 153,
        "10=02BC 116=0000 17=00001388 115=FFFE 19=000000000001E240 120=0000 41=00E9 47=0901 114=FFFF",
        "active0=-700000 active1=-233000 voltage1=230500 export0=123456000 frequency0=50000")]
    public void ProducedPowerIsExport(string meter, int model, int length, string points, string expected)
    {
        ModbusPowerSensor sensor = Round(
            ModbusMeters.Load(meter),
                $"40000=53756E53 40002=00010042 40070={model:X4}{length:X4} {40072 + length}=FFFF0000 {points}",
                    40_070);
        foreach (string value in expected.Split(' '))
        {
            Check(sensor, value);
        }
    }

    [TestMethod]
    public void LookAlikesAreMarkedAndTheWrongMapIsNotPlausible()
    {
        string[] marked = [.. ModbusMeters.Names.Where(n => ModbusMeters.Load(n).NeedsConfirmation)];
        CollectionAssert.AreEqual(new[] { "ddsu666", "dtsu666", "dtsu666-20", "dtsu666-4000", "dtsu666-h" }, marked);

        // Huawei's float in volts read as tenths of a volt, and the other way round.
        ModbusPowerSensor tenths = Round(ModbusMeters.Load("dtsu666"),
            "0x06=00010001 0x2006=43668000 0x2044=42480000", 0);
        Assert.IsFalse(ModbusPlausibility.TryJudge(tenths, ModbusMeters.Load("dtsu666"), out _));
        ModbusPowerSensor volts = Round(ModbusMeters.Load("dtsu666-h"), "0x2006=43668000 0x2044=42480000", 0);
        Assert.IsTrue(ModbusPlausibility.TryJudge(volts, ModbusMeters.Load("dtsu666-h"), out string why));
        Assert.AreEqual("230.5 V, 0.0 V, 0.0 V, 50.00 Hz", why);
    }

    private static void Check(ModbusPowerSensor sensor, string text)
    {
        string[] parts = text.Split('=');
        int quantity = Quantity.Find(parts[0][..^1]);
        bool has = sensor.TryValue(quantity, parts[0][^1] - '0', out long value);
        Assert.AreEqual(parts[1], has ? value.ToString(CultureInfo.InvariantCulture) : "-", parts[0]);
    }

    /// <summary>A sensor after one round over a device with these registers; offsets below 1000 count from
    /// <paramref name="model"/>.</summary>
    private static ModbusPowerSensor Round(ModbusProfile profile, string registers, int model)
    {
        RegisterBank bank = new(0x10000);
        Array.Clear(bank.Registers);
        foreach (string[] parts in registers.Split(' ').Select(r => r.Split('=')))
        {
            int address = parts[0].StartsWith("0x", StringComparison.Ordinal)
                ? Convert.ToInt32(parts[0], 16) : int.Parse(parts[0], CultureInfo.InvariantCulture);
            address += model > 0 && address < 1_000 ? model : 0;
            for (int i = 0; i < parts[1].Length / 4; i++)
            {
                bank.Registers[address + i] = Convert.ToInt32(parts[1].Substring(4 * i, 4), 16);
            }
        }

        ScriptedLine line = ScriptedLine.Pair();
        ModbusServer server = new(line.Other, new ModbusSettings(), bank);
        ModbusPowerSensor sensor = new(new ModbusClient(line, ModbusFraming.Rtu), profile, 1);
        Measurement m = new();
        for (int now = 0; now < 5_000 && sensor.RoundCount == 0; now += 10)
        {
            sensor.TryRead(now, m);
            server.Tick(now);
        }

        Assert.AreEqual(1, sensor.RoundCount, $"{profile.Name}: faults {sensor.Faults}");
        return sensor;
    }
}
