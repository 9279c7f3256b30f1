using System;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

[TestClass]
public class BillTests
{
    [TestMethod]
    [DataRow(0L, 0L, 617_000L, 0L)]
    [DataRow(1_000_000L, 0L, 617_000L, 6_170_000L)]
    [DataRow(1L, 0L, 50_000L, 1L)] // 0.00005 rounds up: half away from zero.
    [DataRow(1L, 0L, 49_999L, 0L)]
    [DataRow(1L, 0L, -50_000L, -1L)]
    [DataRow(1L, 0L, -49_999L, 0L)]
    [DataRow(3L, 0L, -50_000L, -2L)]
    [DataRow(0L, 1_800_000_000L, 100_000L, 1L)] // Half a watt-hour at 0.1 is 0.00005.
    [DataRow(0L, 1_799_999_999L, 100_000L, 0L)]
    [DataRow(999L, 3_599_999_999L, 1_000_000L, 10_000L)]
    [DataRow(115_980L, 0L, 108_000L, 125_258L)] // 12.52584 CAD
    [DataRow(509_230L, 0L, 62_000L, 315_723L)] // 31.57226 CAD
    [DataRow(1_000_000_000_000L, 0L, 400_000_000_000L, 4_000_000_000_000_000_000L)]
    [DataRow(1_000_000_000_000L, 3_599_999_999L, 1L, 10_000_000L)]
    public void ALineIsExactAndRoundedOnceHalfAwayFromZero(long wattHours, long microjoules, long price, long expected)
    {
        Assert.AreEqual(expected, Bill.LineCost(wattHours, microjoules, price));
    }

    [TestMethod]
    public void WhatDoesNotFitThrowsInsteadOfWrapping()
    {
        Assert.ThrowsException(typeof(Exception), () => Bill.LineCost(1_000_000_000_000, 0, 1_000_000_000_000));
        Assert.ThrowsException(typeof(Exception), () => Bill.LineCost(-1, 0, 1));
        Assert.ThrowsException(typeof(Exception), () => Bill.LineCost(1, 3_600_000_000, 1));
    }
}
