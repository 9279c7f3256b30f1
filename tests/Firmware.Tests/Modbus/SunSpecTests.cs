using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Modbus;

[TestClass]
public class SunSpecTests
{
    private const string Profile =
        "name x\nmodels 201 204\nvoid\nread 2 53\nvoltage 1-3 8 i16 1 V scale 15\nactive 0 18 i16 1 W scale 22\n" +
        "active 1-3 19 i16 1 W scale 22\nfrequency 0 16 i16 1 Hz scale 17\nimport 0 46 u32 1 Wh scale 54\n";

    // Mark, models 1, 203, 213, 701, end.
    private const int Registers = 2 + 68 + 107 + 126 + 155 + 2;

    private static readonly byte[] _bytes = new byte[512];

    [TestMethod]
    public void TheModelsFollowOneAnotherToTheEnd()
    {
        SunSpecMap map = new SunSpecMap(new FakeModbusMeter(), "Maker", "Model", "1.0", "0042", 7);
        Assert.AreEqual("53 75 6E 53 00 01 00 42 4D 61 6B 65 72 00", Read(map, 40_000, 7));
        Assert.AreEqual("00 07 80 00 00 CB 00 69", Read(map, 40_068, 4));
        Assert.AreEqual("00 D5 00 7C", Read(map, 40_070 + 107, 2));
        Assert.AreEqual("02 BD 00 99", Read(map, 40_070 + 107 + 126, 2));
        Assert.AreEqual("FF FF 00 00", Read(map, 40_070 + 107 + 126 + 155, 2));
        Assert.IsFalse(map.Covers(39_999, 2));
        Assert.IsFalse(map.Covers(40_070 + 107 + 126 + 155, 3));
    }

    [TestMethod]
    public void PointsStandWhereTheModelSaysWithTheirScale()
    {
        SunSpecMap map = new SunSpecMap(new FakeModbusMeter(), "M", "M", "1", "1", 1);
        int model = 40_070;

        // 1.23 A, 231.5 V, 49.98 Hz, 70 × 10 W, 97.20 %, 5 000 Wh exported, 1 234 567 Wh imported.
        Assert.AreEqual("00 7B 00 7B 00 7B 00 7B FF FE", Read(map, model + 2, 5));
        Assert.AreEqual("09 01 09 0B 09 15 09 1F 80 00", Read(map, model + 7, 5));
        Assert.AreEqual("FF FF 13 86 FF FE 00 46", Read(map, model + 15, 4));
        Assert.AreEqual("25 F8 25 F8 25 F8 25 F8 FF FE", Read(map, model + 33, 5));
        Assert.AreEqual("00 00 13 88", Read(map, model + 38, 2));
        Assert.AreEqual("00 12 D6 87", Read(map, model + 46, 2));
        Assert.AreEqual("43 66 80 00 43 67 80 00", Read(map, model + 107 + 10, 4));
    }

    /// <summary>Model 701 by sunspec/models json/model_701.json: what is given is positive there.</summary>
    [TestMethod]
    public void AMetersMeasurementsAreTurnedForModel701()
    {
        SunSpecMap map = new SunSpecMap(new FakeModbusMeter(), "M", "M", "1", "1", 1);
        int model = 40_070 + 107 + 126;

        // Three phases; a meter has no state, no alarms and no mode.
        Assert.AreEqual("00 02 FF FF FF FF FF FF FF FF FF FF FF FF FF FF", Read(map, model + 2, 8));

        // −70 × 10 W, 72 × 10 VA, 5 × 10 var, −0.9720, 1.23 A; no voltage between phases, 230.5 V; 49.980 Hz.
        Assert.AreEqual("FF BA 00 48 00 05 DA 08 00 7B FF FF 09 01 00 00 C3 3C", Read(map, model + 10, 9));

        // 5 000 Wh given, 1 234 567 Wh taken; of reactive energy it has none.
        Assert.AreEqual("00 00 00 00 00 00 13 88 00 00 00 00 00 12 D6 87", Read(map, model + 19, 8));
        Assert.AreEqual("FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF", Read(map, model + 27, 8));

        // No temperatures. L1: −23 × 10 W, its voltage, no energy of its own.
        Assert.AreEqual("80 00 80 00 80 00 80 00 80 00 80 00 FF E9", Read(map, model + 35, 7));
        Assert.AreEqual("FF FF 09 0B FF FF FF FF FF FF FF FF", Read(map, model + 46, 6));
        Assert.AreEqual("FF FF 09 1F", Read(map, model + 92, 2));

        // Nothing throttles; scales; no text.
        Assert.AreEqual("FF FF FF FF FF FF", Read(map, model + 110, 3));
        Assert.AreEqual("FF FE FF FF FF FD 00 01 FF FC", Read(map, model + 113, 5));
        Assert.AreEqual("00 01 00 01 00 00 00 00 80 00 00 00", Read(map, model + 118, 6));
    }

    [TestMethod]
    public void APhaseThatAMeterHasNotIsNotImplementedInModel701()
    {
        FakeModbusMeter meter = new FakeModbusMeter { PhaseCount = 1 };
        SunSpecMap map = new SunSpecMap(meter, "M", "M", "1", "1", 1);
        int model = 40_070 + 107 + 126;
        Assert.AreEqual("00 00", Read(map, model + 2, 1));
        Assert.AreEqual("80 00 80 00 80 00 80 00 80 00 FF FF FF FF", Read(map, model + 64, 7));

        // 40 kW do not fit 16 bits of watts; a meter that does not answer has its energies.
        meter.Active = 40_000_000;
        Assert.AreEqual("80 00", Read(map, model + 10, 1));
        meter.HasReading = false;
        Assert.AreEqual("80 00 80 00 80 00 80 00 80 00 FF FF FF FF FF FF FF FF", Read(map, model + 10, 9));
        Assert.AreEqual("00 00 00 00 00 00 13 88", Read(map, model + 19, 4));
    }

    [TestMethod]
    public void WhatTheMeterHasNotIsNotImplemented()
    {
        FakeModbusMeter meter = new FakeModbusMeter { PhaseCount = 1 };
        SunSpecMap map = new SunSpecMap(meter, "M", "M", "1", "1", 1);
        Assert.AreEqual("00 C9 00 69", Read(map, 40_070, 2));
        Assert.AreEqual("00 7B 00 7B 80 00 80 00", Read(map, 40_072, 4));
        Assert.AreEqual("7F C0 00 00", Read(map, 40_070 + 107 + 14, 2));

        // 40 kW do not fit 16 bits of watts.
        meter.Active = 40_000_000;
        Assert.AreEqual("80 00", Read(map, 40_070 + 18, 1));
    }

    [TestMethod]
    public void EveryPartOfTheMapReadsAsTheWholeDoes()
    {
        SunSpecMap map = new SunSpecMap(new FakeModbusMeter(), "Maker", "Model", "1.0", "0042", 7);
        byte[] whole = new byte[2 * Registers];
        for (int i = 0; i < Registers; i++)
        {
            map.Read(40_000 + i, 1, whole, 2 * i);
        }

        for (int start = 0; start < Registers; start += 13)
        {
            int count = Registers - start < 125 ? Registers - start : 125;
            map.Read(40_000 + start, count, _bytes, 0);
            Assert.AreEqual(Dlt645Bytes.Text(whole, 2 * start, 2 * count), Dlt645Bytes.Text(_bytes, 0, 2 * count));
        }
    }

    [TestMethod]
    public void ThePlainMapHasEachValueAtItsFixedPlace()
    {
        PlainMap map = new PlainMap(new FakeModbusMeter());
        Assert.AreEqual("00 00 00 00 00 03 88 4C", Read(map, PlainMap.AddressOf(Quantity.Voltage, 1), 4), "231.5 V");
        Assert.AreEqual("88 4C 00 00", Read(map, PlainMap.AddressOf(Quantity.Voltage, 1) + 3, 2), "from the middle");
        Assert.AreEqual("FF FF FF FF FF FF 3C B0", Read(map, PlainMap.AddressOf(Quantity.Reactive, 0), 4));
        Assert.AreEqual("80 00 00 00 00 00 00 00", Read(map, PlainMap.AddressOf(Quantity.Import, 1), 4));
        Assert.AreEqual("03 EB 80 00", Read(map, PlainTable.ImportRates + 15, 2));
        Assert.IsFalse(map.Covers(0x03F0, 1));
    }

    [TestMethod]
    public void TheRegistersThatWereGivenAreServedForEver()
    {
        PlainMap map = new PlainMap(new FakeModbusMeter());
        for (int quantity = Quantity.Voltage; quantity <= Quantity.ReactiveExport; quantity++)
        {
            Assert.AreEqual(16 * quantity, PlainTable.RegisterOf(quantity));
            Assert.AreEqual(quantity, PlainTable.QuantityAt(16 * quantity));
        }

        Assert.AreEqual(0x0400, PlainTable.ImportRates);
        Assert.AreEqual(0x0600, PlainTable.ExportRates);
        for (int register = 0x00B0; register < 0x00E0; register += 4)
        {
            Assert.AreEqual("80 00 00 00 00 00 00 00", Read(map, register, 4), "no quantity yet");
        }

        Assert.IsFalse(map.Covers(0x00E0, 1));
    }

    [TestMethod]
    [DataRow(40000)]
    [DataRow(50000)]
    [DataRow(0)]
    public void AClientFindsTheModelWhereverTheChainBegins(int start)
    {
        ScriptedLine line = ScriptedLine.Pair();
        SunSpecMap map = new SunSpecMap(new FakeModbusMeter(), "M", "M", "1", "1", 1);
        ModbusServer server = new ModbusServer(line.Other, new ModbusSettings(), new ShiftedMap(map, start - 40_000));
        ModbusPowerSensor sensor = new ModbusPowerSensor(
            new ModbusClient(line, ModbusFraming.Rtu), new ModbusProfileReader().Read(Profile), 1);
        Measurement m = new Measurement();
        bool has = false;
        for (int i = 0; i < 200; i++)
        {
            has = sensor.TryRead(10 * i, m);
            server.Tick(10 * i);
        }

        Assert.IsTrue(has, sensor.Faults.ToString());
        Assert.AreEqual(231_500, m.VoltageMillivolts[0]);
        Assert.AreEqual(49_980, m.FrequencyMillihertz);
        Assert.AreEqual(230_000, m.ActivePowerMilliwatts[0], "tens of watts");
        Assert.IsTrue(sensor.TryValue(Quantity.Import, 0, out long import));
        Assert.AreEqual(1_234_567_000, import);
    }

    private string Read(IModbusMap map, int address, int count)
    {
        Assert.IsTrue(map.Covers(address, count));
        Assert.AreEqual(0, map.Read(address, count, _bytes, 0));
        return Dlt645Bytes.Text(_bytes, 0, 2 * count);
    }
}
