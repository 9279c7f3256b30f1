using System;
using System.Collections.Generic;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.EvCharger;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Lock, second meter, leaking vehicles, a shorted coil driver: what surrounds the state machine.</summary>
[TestClass]
public class StationTests
{
    [TestMethod]
    public void ThePlugIsLockedBeforeTheOfferAndFreeOnlyAfterTheCutOff()
    {
        Motor motor = new();
        SimulatedCharger charger = Charger(new VehicleSettings { IgnoresStop = true }, motor);
        motor.Now = () => charger.Clock.NowMs;
        charger.Vehicle.PlugIn();
        for (int tick = 0; tick < 2_000 && !charger.Bench.IsCoilOn; tick++)
        {
            charger.Step();
            Assert.IsTrue(motor.IsAt || charger.Bench.DutyHundredths == 10_000, "no offer before the lock");
        }

        Assert.IsTrue(charger.Bench.IsCoilOn && motor.IsAt);
        charger.Run(20_000);
        charger.Product.Sessions.StopRemotely();
        long openedMs = -1;
        for (int tick = 0; tick < 2_000 && motor.IsAt; tick++)
        {
            charger.Step();
            openedMs = openedMs < 0 && !charger.Bench.AreContactsClosed ? charger.Clock.NowMs : openedMs;
            Assert.IsTrue(motor.IsAt || openedMs > 0, "locked while live");
        }

        Assert.IsTrue(motor.UnlockedAtMs - openedMs is >= 80 and <= 200,
            $"{motor.UnlockedAtMs - openedMs} ms after the cut-off");
    }

    [TestMethod]
    public void AWeldedContactorKeepsThePlugLocked()
    {
        Motor motor = new();
        SimulatedCharger charger = Charger(new VehicleSettings(), motor);
        charger.Vehicle.PlugIn();
        charger.Run(20_000);
        charger.Bench.Feedback = ChargerFeedback.Welded;
        charger.Product.Sessions.StopRemotely();
        charger.Run(60_000);
        Assert.IsFalse(charger.Product.Sessions.IsActive);
        Assert.AreEqual("F", charger.Product.Controller.StateName);
        Assert.IsTrue(motor.IsAt, "what is live is not let go");
        charger.Bench.Feedback = ChargerFeedback.Follows;
        charger.Run(3_000);
        Assert.IsFalse(motor.IsAt, "upstream has cut it, and state F is older than 5 s");
    }

    [TestMethod]
    public void WhatFlowsWhileTheSupplysMeterIsSilentIsBilled()
    {
        SimulatedCharger charger = new(new SimulatedChargerParts
        {
            Tariff = TariffFile.Load("ontario-household").Table,
            StartUtcSeconds = 1_330_000_000,
            HasSupplyMeter = true,
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 1_000_000, IgnoresStop = true }),
        };
        charger.Vehicle.PlugIn();
        charger.Run(60_000);
        charger.Meters.IsSupplyReadable = false;
        charger.Run(60_000);
        Assert.IsFalse(charger.Bench.IsCoilOn, "a meter that is silent ends the charge");
        long billed = charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Assert.IsTrue(charger.Vehicle.DrawnWattHours - billed is >= 0 and <= 2,
            $"drawn {charger.Vehicle.DrawnWattHours} Wh, billed {billed}");
    }

    [TestMethod]
    public void AMotorThatMissesIsDrivenAgainAndOneThatFailsIsReported()
    {
        Motor motor = new() { Misses = 2 };
        SimulatedCharger charger = Charger(new VehicleSettings(), motor);
        charger.Vehicle.PlugIn();
        charger.Run(20_000);
        Assert.IsTrue(charger.Bench.IsCoilOn);
        Motor broken = new() { Misses = 1_000_000 };
        SimulatedCharger other = Charger(new VehicleSettings(), broken);
        other.Vehicle.PlugIn();
        other.Run(20_000);
        Assert.IsFalse(other.Bench.IsCoilOn, "no charge without the lock");
        Assert.AreEqual(1, SessionRulesTests.Events(other, ChargerEventCode.LockFailed).Count);
    }

    [TestMethod]
    public void OneBadReadingOfTheEndSwitchEndsNothing()
    {
        Motor motor = new();
        SimulatedCharger charger = Charger(new VehicleSettings(), motor);
        charger.Vehicle.PlugIn();
        charger.Run(20_000);
        int duty = charger.Bench.DutyHundredths;
        motor.IsUnreadable = true;
        charger.Run(50);
        motor.IsUnreadable = false;
        charger.Run(1_000);
        Assert.AreEqual(duty, charger.Bench.DutyHundredths);
        motor.IsUnreadable = true;
        charger.Run(1_000);
        Assert.AreEqual(10_000, charger.Bench.DutyHundredths, "a lock that is lost ends the offer");
    }

    [TestMethod]
    public void ThePlugIsFreeAfterALossOfSupplyThatTookTheVehicleAway()
    {
        Motor motor = new();
        SimulatedCharger charger = Charger(new VehicleSettings(), motor);
        charger.Vehicle.PlugIn();
        charger.Run(20_000);
        Assert.IsTrue(motor.IsAt);
        charger.Vehicle.Unplug();
        charger.LosePower(5_000, isWarned: false);
        charger.Run(5_000);
        Assert.IsFalse(motor.IsAt);
    }

    [TestMethod]
    public void AShortedCoilDriverIsCutByTheGuard()
    {
        SimulatedCharger charger = Charger(new VehicleSettings(), null);
        charger.Vehicle.PlugIn();
        charger.Run(20_000);
        charger.Bench.IsDriverShorted = true;
        charger.Vehicle.Unplug();
        long began = charger.Clock.NowMs;
        while (charger.Bench.IsCoilOn && charger.Clock.NowMs - began < 5_000)
        {
            charger.Step();
        }

        Assert.IsTrue(charger.Clock.NowMs - began <= 60 + 200 + 90, $"{charger.Clock.NowMs - began} ms");
        Assert.IsTrue(charger.Product.Controller.State.Has(ChargerFault.Welded));
    }

    [TestMethod]
    public void TwoMetersShowEfficiencyStandbyAndContactsThatAge()
    {
        SimulatedCharger charger =
            Charger(new VehicleSettings { WantedWattHours = 30_000 }, null, hasSupplyMeter: true);
        charger.Run(120_000);
        ChargerHealth health = charger.Product.Health;
        Assert.AreEqual(3_500, health.StandbyMilliwatts);
        charger.Vehicle.PlugIn();
        charger.Run(40 * 60_000);
        Assert.IsTrue(charger.Bench.IsCoilOn, "the mains are judged in front of the contactor");
        int first = health.ContactMicroohms;
        Assert.IsTrue(first is > 900 and < 1_100, first.ToString());

        // 7.5 W of 11 kW, and 16 A over 1 mΩ in three phases.
        Assert.IsTrue(health.EfficiencyTenThousandths is > 9_990 and < 9_996,
            health.EfficiencyTenThousandths.ToString());
        charger.Meters.ContactMicroohms = 4_000;
        charger.Run(60 * 60_000);
        Assert.IsTrue(health.ContactMicroohms > 3_500, health.ContactMicroohms.ToString());
        Assert.IsTrue(health.ContactMicroohmsFirst is > 900 and < 1_100);
        Assert.AreEqual(1, health.ContactorCycles);
    }

    [TestMethod]
    [DataRow(35.0, 0.0, ChargerFault.RcdAc)]
    [DataRow(0.0, 7.0, ChargerFault.RcdDc)]
    public void ALeakingVehicleIsCutAndLatched(double ac, double dc, int fault)
    {
        SimulatedCharger charger = Charger(new VehicleSettings { LeaksAcMilliamps = ac, LeaksDcMilliamps = dc }, null);
        charger.Vehicle.PlugIn();
        charger.Run(30_000);
        Assert.IsFalse(charger.Bench.IsCoilOn);
        Assert.IsTrue(charger.Product.Controller.State.Has(fault), "until it is unplugged, or a person resets");
        Assert.AreEqual(1, charger.Bench.CloseCount);
        charger.Vehicle.Unplug();
        charger.Run(3_000);
        Assert.AreEqual(ConnectorStatus.Available, charger.Product.Status);
    }

    [TestMethod]
    public void ALongLineLowersTheVoltageUnderLoadAndTheBillSeesTheTruth()
    {
        SimulatedChargerParts options = SessionRulesTests.Options(isFree: true, lineMilliohms: 500);
        SimulatedCharger charger = new(options) { Vehicle = new Vehicle(new VehicleSettings()) };
        charger.Vehicle.PlugIn();
        charger.Run(60_000);
        Assert.AreEqual(230_000 - 8_000, charger.Bench.VoltageAt(0), 20);
        charger.Run(600_000);
        long billed = charger.Product.Meter.Registers.TotalWattHours(0);
        Assert.IsTrue(Math.Abs(billed - charger.Vehicle.DrawnWattHours) <= 1);
    }

    private static SimulatedCharger Charger(VehicleSettings vehicle, IConnectorLock motor,
        bool hasSupplyMeter = false) =>
        new(SessionRulesTests.Options(isFree: true, motor: motor, hasSupplyMeter: hasSupplyMeter))
        {
            Vehicle =
            new Vehicle(vehicle)
        };

    /// <summary>A lock whose end switch follows its motor, but for so many tries.</summary>
    private sealed class Motor : IConnectorLock
    {
        public bool IsAt { get; private set; }

        public int Misses { get; set; }

        public bool IsUnreadable { get; set; }

        public Func<long> Now { get; set; } = () => 0;

        public long UnlockedAtMs { get; private set; }

        public bool TrySet(bool locked)
        {
            if (Misses > 0)
            {
                Misses--;
                return true;
            }

            UnlockedAtMs = IsAt && !locked ? Now() : UnlockedAtMs;
            IsAt = locked;
            return true;
        }

        public bool TryReadFeedback(out bool locked)
        {
            locked = IsAt;
            return !IsUnreadable;
        }
    }
}
