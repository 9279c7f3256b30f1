using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

/// <summary>A vehicle that draws more than it is told (cases/charging 14): less, then again, then a latch.</summary>
[TestClass]
public class OverCurrentTests
{
    private const int TickMs = 50;

    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851, 7_000, 1_500)]
    [DataRow((int)ChargingStandard.Iec61851, 8_000, 1_500)]
    [DataRow((int)ChargingStandard.Iec61851, 16_000, 3_000)]
    [DataRow((int)ChargingStandard.Gbt18487, 10_000, 2_500)]
    [DataRow((int)ChargingStandard.Gbt18487, 16_000, 3_000)]
    // The vehicle of cases/charging 14 draws 1.5 A a phase more: it is told so much less, and charges on.
    public void AVehicleThatDrawsALittleMoreIsToldLessAndChargesOn(int standard, int limitMilliamps, int addedMilliamps)
    {
        DrawingVehicle vehicle = new DrawingVehicle((ChargingStandard)standard);
        vehicle.AddedMilliamps = addedMilliamps;
        vehicle.Bench.Inputs.LimitMilliamps = limitMilliamps;
        vehicle.Run(3_600_000, TickMs);
        ChargeState state = vehicle.Bench.Controller.State;
        Assert.IsTrue(state.IsClosed, "an hour later it charges");
        Assert.AreEqual(0, state.ActiveFaults);
        Assert.AreEqual(2, vehicle.Closings);
        Assert.AreEqual(1, state.CurrentRetries);
        int bearable = Protection.SoftLimit(vehicle.Bench.Settings, limitMilliamps);
        Assert.IsTrue(vehicle.Milliamps <= bearable, vehicle.Milliamps.ToString());
        Assert.IsTrue(vehicle.MilliampHours > limitMilliamps * 9 / 10, vehicle.MilliampHours.ToString());
    }

    [TestMethod]
    // 6 A are the least that can be told: below 8 A such a vehicle waits, and is served when there is more.
    public void AVehicleThatCannotBeToldLittleEnoughWaitsForMore()
    {
        DrawingVehicle vehicle = new DrawingVehicle(ChargingStandard.Iec61851);
        vehicle.AddedMilliamps = 1_500;
        vehicle.Bench.Inputs.LimitMilliamps = 6_000;
        vehicle.Run(600_000, TickMs);
        ChargeState state = vehicle.Bench.Controller.State;
        Assert.IsFalse(state.IsClosed);
        Assert.AreEqual(0, state.ActiveFaults);
        Assert.IsFalse(state.NeedsPerson);
        vehicle.Bench.Inputs.LimitMilliamps = 8_000;
        vehicle.Run(60_000, TickMs);
        Assert.IsTrue(state.IsClosed);
        Assert.AreEqual(6_000, state.OfferMilliamps);
    }

    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851)]
    [DataRow((int)ChargingStandard.Gbt18487)]
    public void AVehicleThatDrawsWhatItLikesIsTriedThreeTimesAVisitAndThenLatches(int standard)
    {
        DrawingVehicle vehicle = new DrawingVehicle((ChargingStandard)standard);
        vehicle.IgnoresTheDuty = true;
        vehicle.MilliampsMax = 20_000;
        vehicle.Bench.Inputs.LimitMilliamps = 10_000;
        ChargeState state = vehicle.Bench.Controller.State;
        vehicle.Run(30_000, TickMs);
        Assert.IsTrue(state.Has(ChargerFault.OverCurrent));
        Assert.IsFalse(state.NeedsPerson, "it is tried again by itself");
        vehicle.Run(7_200_000, TickMs);
        Assert.AreEqual(3, state.CurrentRetries);
        Assert.AreEqual(4, vehicle.Closings, "the first and three retries");
        Assert.IsTrue(state.Has(ChargerFault.OverCurrent) && state.NeedsPerson);
        vehicle.Unplug(2_000);
        Assert.AreEqual(0, state.ActiveFaults, "a plug that was out ends it");
        Assert.AreEqual(0, state.CurrentRetries, "another visit has its own retries");
        Assert.AreEqual(0, state.ExcessMilliamps);
    }

    [TestMethod]
    [DataRow(25_000, ChargerFault.OverCurrent)]
    [DataRow(49_000, ChargerFault.HardOverCurrent)]
    // A cable of 20 A, an offer of 16 A: what the cable does not bear is not tried again.
    public void AboveCableOrStationAndFarAboveTheOfferItLatchesAtOnce(int milliamps, int fault)
    {
        DrawingVehicle vehicle = new DrawingVehicle(ChargingStandard.Iec61851);
        vehicle.IgnoresTheDuty = true;
        vehicle.MilliampsMax = milliamps;
        vehicle.Bench.Inputs.CableOhms = 680;
        vehicle.Run(60_000, TickMs);
        ChargeState state = vehicle.Bench.Controller.State;
        Assert.IsTrue(state.Has(fault));
        Assert.IsTrue(state.NeedsPerson);
        vehicle.Run(3_600_000, TickMs);
        Assert.AreEqual(1, vehicle.Closings);
        vehicle.Bench.Inputs.IsReset = true;
        vehicle.Bench.Tick(10);
        Assert.AreEqual(0, state.ActiveFaults, "a person ends it");
    }
}
