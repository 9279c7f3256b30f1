using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>The whole charge point with a vehicle in front: sessions, bills, power loss, the vehicle's bad habits.</summary>
[TestClass]
public class ChargePointTests
{
    // 2026-03-02 is a Monday; 09:30 in China: half an hour before the rate changes.
    private static readonly long _start = new DateTimeOffset(2026, 3, 2, 9, 30, 0,
        TimeSpan.FromHours(8)).ToUnixTimeSeconds();

    private static TariffTable Tariff()
    {
        const string Text = """
            {"name":"test","timezone":"+08:00","currency":"CNY","rates":["day","dear"],
             "days":{"all":[["00:00","day"],["10:00","dear"],["12:00","day"]]},
             "seasons":[{"from":"01-01","weekday":"all","weekend":"all"}],"holidays":[],
             "prices":{"day":"0.617","dear":"1.2345"},"serviceFee":"0.4"}
            """;
        return TariffSource.Parse(Text).Table;
    }

    private static SimulatedChargerParts Options(bool isFree = true, ICheckpointStore checkpoints = null) => new()
    {
        Tariff = Tariff(),
        StartUtcSeconds = _start,
        Sessions = new SessionSettings { IsFree = isFree },
        Checkpoints = checkpoints ?? new CheckpointStore(new RamBlockStore(4, 64 * 1024), 16 * 1024),
    };

    private static List<SessionRecord> Sessions(SimulatedChargerParts options)
    {
        List<SessionRecord> sessions = [];
        byte[] bytes = new byte[2_048];
        HmacSha256 hmac = new();
        hmac.SetKey(options.BillingKey, 0, options.BillingKey.Length);
        for (long number = options.Records.OldestNumber; number < options.Records.NextNumber; number++)
        {
            Assert.IsTrue(options.Records.TryRead(number, bytes, out int count, out int kind));
            if (kind == RecordKind.Session)
            {
                SessionRecord record = new();
                Assert.IsTrue(record.TryRead(bytes, 0, count));
                Assert.IsTrue(SessionRecord.IsAuthentic(bytes, 0, count, hmac), "the tag holds");
                bytes[count / 2] ^= 1;
                Assert.IsFalse(SessionRecord.IsAuthentic(bytes, 0, count, hmac), "a changed byte breaks the tag");
                sessions.Add(record);
            }
        }

        return sessions;
    }

    [TestMethod]
    public void ASessionAcrossARateChangeIsBilledExactlyByRate()
    {
        SimulatedChargerParts options = Options();
        SimulatedCharger charger =
            new(options) { Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 9_000 }) };
        charger.Run(5_000);
        Assert.AreEqual(ConnectorStatus.Available, charger.Product.Status);
        charger.Vehicle.PlugIn();
        charger.Run(60_000);
        Assert.AreEqual(ConnectorStatus.Charging, charger.Product.Status);
        charger.Run(3_600_000);
        Assert.AreEqual(ConnectorStatus.SuspendedEv, charger.Product.Status);
        charger.Vehicle.Unplug();
        charger.Run(2_000);
        Assert.AreEqual(ConnectorStatus.Available, charger.Product.Status);

        SessionRecord session = Sessions(options).Single();
        Assert.AreEqual(SessionReason.Unplugged, session.Reason);
        long energy = session.EndWattHours - session.StartWattHours;
        Assert.IsTrue(Math.Abs(energy - charger.Vehicle.DrawnWattHours) <= 1,
            $"{energy} Wh against the vehicle's {charger.Vehicle.DrawnWattHours}");
        Assert.IsTrue(session.RateWattHours[0] > 0 && session.RateWattHours[1] > 0, "both rates");
        decimal day = (session.RateWattHours[0] + session.RateMicrojoules[0] / 3.6e9m) / 1000m * 0.617m;
        decimal dear = (session.RateWattHours[1] + session.RateMicrojoules[1] / 3.6e9m) / 1000m * 1.2345m;
        decimal parts = (session.EndMicrojoules - session.StartMicrojoules) / 3.6e9m;
        decimal fee = (energy + parts) / 1000m * 0.4m;
        Assert.AreEqual(Math.Round(day, 4, MidpointRounding.AwayFromZero), session.RateCost[0] / 10_000m);
        Assert.AreEqual(Math.Round(dear, 4, MidpointRounding.AwayFromZero), session.RateCost[1] / 10_000m);
        Assert.AreEqual(Math.Round(fee, 4, MidpointRounding.AwayFromZero), session.ServiceCost / 10_000m);
        Assert.AreEqual(session.RateCost[0] + session.RateCost[1] + session.ServiceCost, session.TotalCost());
    }

    [TestMethod]
    public void AnUnknownCardIsRefusedAndAListedOneStartsAndStops()
    {
        SimulatedChargerParts options = Options(isFree: false);
        SimulatedCharger charger = new(options) { Vehicle = new Vehicle(new VehicleSettings()) };
        byte[] known = [1, 2, 3, 4];
        byte[] stranger = [9, 9, 9, 9];
        charger.Product.Sessions.LocalList.TryAdd(known, 4);
        charger.Vehicle.PlugIn();
        charger.Run(10_000);
        Assert.IsFalse(charger.Bench.IsCoilOn, "nothing without a card");
        Assert.AreEqual(SessionRefusal.UnknownToken,
            charger.Product.Sessions.Present(stranger, 4, charger.Clock.NowMs));
        Assert.AreEqual(SessionRefusal.BadToken, charger.Product.Sessions.Present(stranger, 0, charger.Clock.NowMs));
        Assert.AreEqual(SessionRefusal.NoSession, charger.Product.Sessions.StopRemotely());
        Assert.AreEqual(SessionRefusal.None, charger.Product.Sessions.Present(known, 4, charger.Clock.NowMs));
        charger.Run(20_000);
        Assert.IsTrue(charger.Bench.IsCoilOn);
        Assert.AreEqual(SessionRefusal.Busy, charger.Product.Sessions.Present(stranger, 4, charger.Clock.NowMs));
        Assert.AreEqual(SessionRefusal.None, charger.Product.Sessions.Present(known, 4, charger.Clock.NowMs));
        charger.Run(10_000);
        Assert.IsFalse(charger.Bench.IsCoilOn);
        Assert.AreEqual(ConnectorStatus.Finishing, charger.Product.Status);
        SessionRecord session = Sessions(options).Single();
        Assert.AreEqual(SessionReason.Local, session.Reason);
        Assert.AreEqual(4, session.TokenLength);
    }

    [TestMethod]
    public void AReservationKeepsOthersOutUntilItEnds()
    {
        SimulatedCharger charger = new(Options(isFree: true)) { Vehicle = new Vehicle(new VehicleSettings()) };
        byte[] mine = [1];
        SessionManager sessions = charger.Product.Sessions;
        charger.Run(100);
        Assert.AreEqual(SessionRefusal.BadValue, sessions.Reserve(mine, 1, -5, charger.Clock.NowMs));
        Assert.AreEqual(SessionRefusal.None, sessions.Reserve(mine, 1, 60_000, charger.Clock.NowMs));
        charger.Run(100);
        Assert.AreEqual(ConnectorStatus.Reserved, charger.Product.Status);
        Assert.AreEqual(SessionRefusal.Reserved, sessions.StartRemotely([2], 1, charger.Clock.NowMs));
        charger.Vehicle.PlugIn();
        charger.Run(20_000);
        Assert.IsFalse(charger.Bench.IsCoilOn, "reserved for somebody else");
        charger.Run(60_000);
        Assert.IsTrue(charger.Bench.IsCoilOn, "the reservation has ended");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void ASessionCutByALossOfSupplyIsClosedHonestlyAndGoesOnAsANewOne(bool isWarned)
    {
        SimulatedChargerParts options = Options(isFree: false);
        SimulatedCharger charger = new(options) { Vehicle = new Vehicle(new VehicleSettings()) };
        charger.Vehicle.PlugIn();
        charger.Run(5_000);
        charger.Product.Sessions.StartRemotely([7, 7], 2, charger.Clock.NowMs);
        charger.Run(20 * 60_000);
        long before = charger.Product.Meter.Registers.TotalWattHours(0);
        charger.LosePower(5_000, isWarned);
        Assert.IsFalse(charger.Bench.IsCoilOn, "a charger starts open");
        charger.Run(30_000);
        Assert.IsTrue(charger.Bench.IsCoilOn, "the same vehicle goes on");
        charger.Vehicle.Unplug();
        charger.Run(2_000);
        List<SessionRecord> sessions = Sessions(options);
        Assert.HasCount(2, sessions);
        Assert.AreEqual(SessionReason.PowerLoss, sessions[0].Reason);
        Assert.AreEqual(RecordFlags.PowerLoss, sessions[0].Flags & RecordFlags.PowerLoss);
        Assert.AreEqual(1, sessions[0].Number);
        Assert.AreEqual(2, sessions[1].Number);
        Assert.AreEqual(sessions[0].EndWattHours, sessions[1].StartWattHours, "no energy between the two");
        long lost = before - sessions[0].EndWattHours;
        Assert.IsTrue(isWarned ? lost == 0 : lost <= 15 * 60 * 11_040 / 3600,
            $"lost {lost} Wh: at most a checkpoint interval");
    }

    [TestMethod]
    [DataRow(1_000L, 0L, 0L, SessionReason.EnergyReached)]
    [DataRow(0L, 300L, 0L, SessionReason.TimeReached)]
    [DataRow(0L, 0L, 10_000L, SessionReason.CostReached)]
    public void ALimitEndsTheSessionInOrder(long wattHours, long seconds, long cost, int reason)
    {
        SimulatedChargerParts options = Options();
        SimulatedCharger charger = new(options) { Vehicle = new Vehicle(new VehicleSettings()) };
        charger.Vehicle.PlugIn();
        charger.Run(5_000);
        Assert.AreEqual(SessionRefusal.BadValue, charger.Product.Sessions.SetLimits(-1, 0, 0, 0));
        Assert.AreEqual(SessionRefusal.None, charger.Product.Sessions.SetLimits(wattHours, seconds, cost, 0));
        charger.Run(20 * 60_000);
        SessionRecord session = Sessions(options).Single();
        Assert.AreEqual(reason, session.Reason);
        Assert.IsFalse(charger.Bench.IsCoilOn, "and it stays ended while the vehicle is there");
        Assert.IsTrue(wattHours == 0 || session.EndWattHours - session.StartWattHours is >= 1_000 and < 1_030);
        Assert.IsTrue(cost == 0 || session.TotalCost() is >= 10_000 and < 10_400);
    }

    [TestMethod]
    public void AWeldSurvivesARestartAndTripsUpstream()
    {
        SimulatedChargerParts options = Options();
        SimulatedCharger charger = new(options) { Vehicle = new Vehicle(new VehicleSettings()) };
        charger.Vehicle.PlugIn();
        charger.Run(20_000);
        charger.Bench.Feedback = ChargerFeedback.Welded;
        charger.Vehicle.Unplug();
        charger.Run(1_000);
        Assert.AreEqual(ConnectorStatus.Unavailable, charger.Product.Status);
        Assert.IsTrue(charger.Bench.IsUpstreamTripped);
        charger.LosePower(1_000, isWarned: false);
        charger.Run(1_000);
        Assert.AreEqual("F", charger.Product.Controller.StateName,
            "the contact is open again, the weld is not forgotten");
        charger.Product.Reset();
        charger.Run(1_000);
        Assert.AreEqual(ConnectorStatus.Available, charger.Product.Status);
    }

    [TestMethod]
    public void VehiclesWithBadHabitsAreStoppedAndGoodOnesAreNot()
    {
        Assert.IsTrue(Charges(new VehicleSettings { ReactMs = 25_000 }), "slow");
        Assert.IsTrue(Charges(new VehicleSettings { NeedsVentilation = true }), "ventilated");
        Assert.IsFalse(Charges(new VehicleSettings { LacksDiode = true }), "no diode");
        Assert.IsFalse(Charges(new VehicleSettings { TogglesEveryMs = 200 }), "toggles");
        Assert.IsFalse(Charges(new VehicleSettings { GreedPermille = 200 }), "greedy: 20 % more than offered");
        Assert.IsTrue(Charges(new VehicleSettings { GreedPermille = 100 }), "10 % more is within the rule");
    }

    [TestMethod]
    public void AVehicleThatIgnoresTheStopIsForcedAfterSixSecondsAndASleeperIsWoken()
    {
        SimulatedCharger rude = new(Options()) { Vehicle = new Vehicle(new VehicleSettings { IgnoresStop = true }) };
        rude.Vehicle.PlugIn();
        rude.Run(20_000);
        rude.Product.Limits.TrySet(MeterFirmware.Commands.CommandRole.Utility, 0, 3_600_000, rude.Clock.NowMs);
        rude.Run(5_900);
        Assert.IsTrue(rude.Bench.IsCoilOn);
        rude.Run(200);
        Assert.IsFalse(rude.Bench.IsCoilOn);

        SimulatedCharger sleeper =
            new(Options()) { Vehicle = new Vehicle(new VehicleSettings { SleepsDeeply = true }) };
        sleeper.Vehicle.PlugIn();
        sleeper.Run(20_000);
        sleeper.Product.Limits.TrySet(MeterFirmware.Commands.CommandRole.Utility, 0, 60_000, sleeper.Clock.NowMs);
        sleeper.Run(60_000);
        Assert.IsTrue(sleeper.Vehicle.IsAsleep);
        sleeper.Run(25_000);
        Assert.IsFalse(sleeper.Bench.IsCoilOn, "the renewed offer alone does not wake it");
        sleeper.Run(20_000);
        Assert.IsTrue(sleeper.Bench.IsCoilOn, "state F does");
    }

    [TestMethod]
    public void PhasesSwitchOnlyOpenAndAfterThePause()
    {
        SimulatedCharger charger = new(Options()) { Vehicle = new Vehicle(new VehicleSettings()) };
        charger.Vehicle.PlugIn();
        charger.Run(20_000);
        Assert.IsFalse(charger.Product.TryRequestPhases(2));
        Assert.IsTrue(charger.Product.TryRequestPhases(1));
        charger.Run(20_000);
        Assert.IsFalse(charger.Bench.IsCoilOn);
        Assert.AreEqual(3, charger.Bench.PhaseCount, "the pause runs");
        charger.Run(60_000);
        Assert.AreEqual(1, charger.Bench.PhaseCount);
        Assert.IsTrue(charger.Bench.IsCoilOn);
        Assert.AreEqual(0, charger.Bench.LineMilliamps[1]);
    }

    private static bool Charges(VehicleSettings vehicle)
    {
        SimulatedCharger charger = new(Options()) { Vehicle = new Vehicle(vehicle) };
        charger.Vehicle.PlugIn();
        charger.Run(60_000);
        return charger.Bench.IsCoilOn;
    }
}
