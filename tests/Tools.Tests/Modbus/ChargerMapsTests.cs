using System;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Grid;
using MeterFirmware.Modbus;
using MeterFirmware.ModbusCharger;
using MeterFirmware.Tools.Tests.EvCharger;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Modbus;

/// <summary>The whole charger under SunSpec: lengths and places by sunspec/models json/model_702.json and so on; the
/// numbers of the profile are those that <c>meterctl grid profile en50549</c> shows.</summary>
[TestClass]
public class ChargerMapsTests
{
    private const int First = SunSpecMap.Base + 2;

    private readonly byte[] _bytes = new byte[256];

    [TestMethod]
    public void UnderAProfileItHasTheModelsThatItHasDataFor()
    {
        V2gBench bench = Giving("en50549");
        Assert.AreEqual("1:66 203:105 213:124 701:153 702:50 703:17 704:65 711:22 713:7 ", Chain(Map(bench)));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("none")]
    public void WithoutAProfileItMeasures(string profile)
    {
        V2gBench bench = new(profile);
        Assert.AreEqual("1:66 203:105 213:124 701:153 ", Chain(Map(bench)));
    }

    [TestMethod]
    public void ABatteryThatSaysNothingIsNotInTheList()
    {
        V2gBench bench = Giving("en50549");
        bench.Gateway.IsThere = false;
        bench.Run(1_000);
        Assert.AreEqual("1:66 203:105 213:124 701:153 702:50 703:17 704:65 711:22 ", Chain(Map(bench)));
    }

    [TestMethod]
    public void Model701TellsWhatItGives()
    {
        V2gBench bench = Giving("en50549");
        IModbusMap map = Map(bench);
        int at = At(map, 701);

        // Three phases, on, running, connected, no alarms; 5 kW given within a step of 10 W.
        Assert.AreEqual("0002 0001 0003 0001 0000 0000", Read(map, at + 2, 6));
        int tens = (short)ModbusProtocol.ReadUInt16(_bytes, Fill(map, at + 10, 1));
        Assert.IsTrue(tens is >= 495 and <= 501, tens.ToString());
        bench.Disturb(254_000, 50_000);
        bench.Run(3_100);
        Assert.AreEqual("0001 0006 0000 0000 0400", Read(map, at + 3, 5), "fault, not connected, over-voltage");
    }

    [TestMethod]
    public void Model702To713AreThoseOfStationProfileAndVehicle()
    {
        V2gBench bench = Giving("en50549");
        IModbusMap map = Map(bench);
        int at = At(map, 702);

        // 22 080 W, charging as much, 7 000 W back; 398.4 V between phases; 32 A.
        Assert.AreEqual("5640 FFFF FFFF FFFF FFFF FFFF FFFF FFFF 5640 1B58", Read(map, at + 2, 10));
        Assert.AreEqual("0F90 FFFF FFFF 0C80", Read(map, at + 14, 4));
        Assert.AreEqual("0000 8000 8000 8000 FFFF FFFE 8000", Read(map, at + 45, 7));

        at = At(map, 704);
        Assert.AreEqual("0001 0001 0000 1388 8000 0000 8000 8000", Read(map, at + 22, 8));
        Assert.AreEqual("8000 8000 0000 8000 8000 8000", Read(map, at + 53, 6));

        at = At(map, 713);
        int stored = bench.Discharge.StoredPermille;
        Assert.AreEqual($"EA60 {60_000 * stored / 1_000:X4} {stored:X4} FFFF FFFF 0000 FFFF", Read(map, at + 2, 7));
    }

    [TestMethod]
    [DataRow("en50549")]
    [DataRow("vde4105")]
    public void Model703And711AreTheProfiles(string name)
    {
        V2gBench bench = Giving(name);
        IModbusMap map = Map(bench);
        GridProfile profile = bench.Discharge.Grid.Profile;
        int at = At(map, 703);
        Assert.AreEqual(1, Number(map, at + 2, 1));
        Assert.AreEqual(profile[GridField.ReturnHighPpm] / 1_000, Number(map, at + 3, 1));
        Assert.AreEqual(profile[GridField.ReturnLowPpm] / 1_000, Number(map, at + 4, 1));
        Assert.AreEqual(50_000 + profile[GridField.ReturnHighMillihertz], Number(map, at + 5, 2));
        Assert.AreEqual(50_000 + profile[GridField.ReturnLowMillihertz], Number(map, at + 7, 2));
        Assert.AreEqual(profile[GridField.ReturnWaitMs], 1_000 * Number(map, at + 9, 2));
        Assert.AreEqual("FFFF FFFD", Read(map, at + 17, 2));
        at = At(map, 711);
        Assert.AreEqual("0001 0001 0001 0001", Read(map, at + 2, 4));
        Assert.AreEqual(profile[GridField.OverStartMillihertz], Number(map, at + 14, 2));
        Assert.AreEqual(profile[GridField.OverDroopPpm], 100 * Number(map, at + 18, 1));
        Assert.AreEqual(profile[GridField.FrequencyResponseMs], Number(map, at + 20, 2));
        Assert.AreEqual("8000 0001", Read(map, at + 22, 2), "no lower bound; nothing is changed here");
    }

    /// <summary>A set-point is a signed command.</summary>
    [TestMethod]
    public void NothingIsWritten()
    {
        V2gBench bench = Giving("en50549");
        IModbusMap map = Map(bench);
        int at = At(map, 704);
        byte[] reply = new byte[16];
        byte[] request = [0x06, (byte)((at + 22) >> 8), (byte)(at + 22), 0, 0];
        Assert.AreEqual(2, new ModbusResponder(map).Handle(request, 0, request.Length, reply, 0));
        Assert.AreEqual("8602", Convert.ToHexString(reply, 0, 2));
        bench.Run(2_000);
        Assert.AreEqual(5_000, bench.Gateway.DischargeWatts);
    }

    [TestMethod]
    public void EveryPartReadsAsTheWholeDoesAndNothingIsAllocated()
    {
        V2gBench bench = Giving("en50549");
        IModbusMap map = Map(bench);
        int end = First;
        while (map.Covers(end, 1))
        {
            end++;
        }

        byte[] whole = new byte[2 * (end - First)];
        for (int i = First; i < end; i++)
        {
            map.Read(i, 1, whole, 2 * (i - First));
        }

        for (int i = First; i < end; i += 7)
        {
            int count = end - i < 125 ? end - i : 125;
            map.Read(i, count, _bytes, 0);
            CollectionAssert.AreEqual(whole[(2 * (i - First))..(2 * (i - First + count))], _bytes[..(2 * count)]);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        map.Read(At(map, 702), 100, _bytes, 0);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>As much as a meter's server may take, models of a unit included.</summary>
    [TestMethod]
    public void ServerAndMapsTakeLessThanThreeKilobytes()
    {
        V2gBench bench = new("en50549");
        ScriptedLine line = ScriptedLine.Pair();
        object kept = null;
        long bytes = Allocation.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            kept = new ModbusServer(line, new ModbusSettings(), Map(bench));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        GC.KeepAlive(kept);
        Assert.IsTrue(bytes <= 3_072, $"server and maps {bytes}");
    }

    private static V2gBench Giving(string profile)
    {
        V2gBench bench = new(profile);
        bench.Give();
        for (int second = 0; second < 1_200 && bench.Gateway.DischargeWatts < 5_000; second++)
        {
            bench.Run(1_000);
        }

        bench.Run(10_000);
        Assert.AreEqual(5_000, bench.Gateway.DischargeWatts);
        return bench;
    }

    private static IModbusMap Map(V2gBench bench) => ChargerMaps.Create(bench.Charger.Product,
        new SafetySettings { StationMilliampsMax = 32_000 },
        new ChargerPlate { Maker = "MeterFirmware", Model = "simulated", Version = "1", Serial = "1" });

    private string Chain(IModbusMap map)
    {
        string chain = "";
        for (int at = First; Number(map, at, 1) != 0xFFFF; at += 2 + (int)Number(map, at + 1, 1))
        {
            chain += $"{Number(map, at, 1)}:{Number(map, at + 1, 1)} ";
        }

        return chain;
    }

    private int At(IModbusMap map, int model)
    {
        int at = First;
        while (Number(map, at, 1) != model)
        {
            Assert.AreNotEqual(0xFFFF, Number(map, at, 1), "the model is not in the list");
            at += 2 + (int)Number(map, at + 1, 1);
        }

        return at;
    }

    private long Number(IModbusMap map, int at, int registers)
    {
        Fill(map, at, registers);
        long value = 0;
        for (int i = 0; i < registers; i++)
        {
            value = (value << 16) | (uint)ModbusProtocol.ReadUInt16(_bytes, 2 * i);
        }

        return value;
    }

    private string Read(IModbusMap map, int at, int registers)
    {
        Fill(map, at, registers);
        string text = "";
        for (int i = 0; i < registers; i++)
        {
            text += $" {ModbusProtocol.ReadUInt16(_bytes, 2 * i):X4}";
        }

        return text[1..];
    }

    private int Fill(IModbusMap map, int at, int registers)
    {
        Assert.AreEqual(0, map.Read(at, registers, _bytes, 0));
        return 0;
    }
}
