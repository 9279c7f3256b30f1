using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.MeterCtl.Dlt698;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt698;

/// <summary>Attributes 3 and 5: what a whole number of an object means.</summary>
[TestClass]
public class ScalerUnitTests
{
    // Type 89, power of ten, unit: icprog/dlt698.45 StdDataType.h and another concentrator's DL698_DataDef.h.
    [TestMethod]
    [DataRow("00000300", "59FE21")]
    [DataRow("00100300", "59FE21")]
    [DataRow("00100500", "59FC21")]
    [DataRow("00110500", "59FC21")]
    [DataRow("00300300", "59FE23")]
    [DataRow("00800500", "59FC23")]
    [DataRow("10100300", "59FC1C")]
    [DataRow("20000300", "59FF26")]
    [DataRow("20010300", "59FD24")]
    [DataRow("20040300", "59FF1B")]
    [DataRow("20050300", "59FF1F")]
    [DataRow("20060300", "59FF1D")]
    [DataRow("200F0300", "59FE2F")]
    [DataRow("20100300", "59FF09")]
    [DataRow("20170300", "59FC1C")]
    public void AnObjectTellsItsScaleAndUnit(string oad, string data) =>
        Assert.AreEqual(data, new ObjectBench().Get(oad));

    // Units that only one source has, or two have under different numbers; objects and elements that are not there.
    [TestMethod]
    [DataRow("200A0300", 4)]
    [DataRow("200B0300", 4)]
    [DataRow("200F0500", 4)]
    [DataRow("20140300", 4)]
    [DataRow("10100500", 4)]
    [DataRow("00120300", 6)]
    [DataRow("00900300", 6)]
    [DataRow("10300300", 6)]
    [DataRow("00100301", 8)]
    [DataRow("10100301", 8)]
    [DataRow("20000301", 8)]
    public void WhatHasNoneIsRefused(string oad, int error) =>
        Assert.AreEqual($"DAR {error}", new ObjectBench().Get(oad));

    /// <summary>The catalogue's unit, and the places that meterctl shows the object's numbers with.</summary>
    [TestMethod]
    public void TheyAreThoseOfTheCatalogueAndOfMeterctl()
    {
        ObjectBench bench = MeterObjectsTests.Filled();
        for (int measurand = 0; measurand < Measurands.Count; measurand++)
        {
            if (measurand == Measurands.PowerFactor)
            {
                continue;
            }

            uint oad = Measurands.ObjectAttribute(measurand, Measurands.Has(measurand, -1) ? -1 : 0);
            string shown = Fields(bench, (oad & 0xFFFF0000) | 0x300).Single(f => f.Value.StartsWith("10^")).Value;
            Dlt698Field value = Fields(bench, oad).Single(f => f.Unit.Length > 0);
            string unit = Measurands.Unit(measurand);
            Assert.AreEqual(unit.EndsWith('h') ? "k" + unit : unit, value.Unit);
            int places = value.Value.Split('.')[1].Length;
            Assert.AreEqual($"10^-{places} {value.Unit}", shown, Measurands.Name(measurand));
        }
    }

    private static List<Dlt698Field> Fields(ObjectBench bench, uint oad) =>
        Dlt698Decoder.Explain(Convert.FromHexString(bench.Ask($"05 01 00 {oad:X8} 00")), null).Fields;
}
