using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Who may charge, on the whole charge point: cards that lie or repeat, reservations, limits over clock steps
/// and losses of supply.</summary>
[TestClass]
public class SessionRulesTests
{
    /// <summary>2026-03-02T09:30:00+08:00.</summary>
    private const long StartUtcSeconds = 1_772_415_000;

    private static readonly byte[] _mine = [4, 0xA1, 0xB2, 0xC3];
    private static readonly byte[] _other = [9, 9, 9, 9];

    [TestMethod]
    public void ACardThatLiesOnTheReaderStartsOnceAndStopsNothing()
    {
        Reader reader = new() { Card = _mine };
        SimulatedCharger charger = Charger(new VehicleSettings(), reader: reader);
        charger.Product.Sessions.LocalList.TryAdd(_mine, 4);
        charger.Vehicle.PlugIn();
        charger.Run(60_000);
        Assert.IsTrue(charger.Bench.IsCoilOn);
        Assert.AreEqual(2, charger.Product.Sessions.NextNumber, "one session");
        reader.Card = null;
        charger.Run(5_000);
        Assert.IsTrue(charger.Bench.IsCoilOn);
        reader.Card = _mine;
        charger.Run(10_000);
        Assert.IsFalse(charger.Bench.IsCoilOn, "shown again it stops");
        Assert.AreEqual(2, charger.Product.Sessions.NextNumber);
    }

    [TestMethod]
    public void AReaderThatMissesEverySecondReadSeesOneCard()
    {
        Reader reader = new() { Card = _mine, IsFlickering = true };
        SimulatedCharger charger = Charger(new VehicleSettings(), reader: reader);
        charger.Product.Sessions.LocalList.TryAdd(_mine, 4);
        charger.Vehicle.PlugIn();
        charger.Run(60_000);
        Assert.IsTrue(charger.Bench.IsCoilOn);
        Assert.AreEqual(2, charger.Product.Sessions.NextNumber);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(5)]
    [DataRow(9)]
    [DataRow(16)]
    public void AUidOfALengthThatNoCardHasIsRefused(int length)
    {
        Reader reader = new() { Card = new byte[length] };
        SimulatedCharger charger = Charger(new VehicleSettings(), reader: reader, acceptsUnknown: true);
        charger.Vehicle.PlugIn();
        charger.Run(10_000);
        Assert.IsFalse(charger.Product.Sessions.IsActive);
        Assert.IsTrue(Refusals(charger).All(refusal => refusal == (long)SessionRefusal.BadToken)
            && Refusals(charger).Count == 1);
    }

    [TestMethod]
    public void ACardShownWhileTheStopRunsBeginsNothingNew()
    {
        SimulatedCharger charger = Charger(new VehicleSettings { IgnoresStop = true });
        SessionManager sessions = charger.Product.Sessions;
        sessions.LocalList.TryAdd(_mine, 4);
        charger.Vehicle.PlugIn();
        charger.Run(5_000);
        sessions.Present(_mine, 4, charger.Clock.NowMs);
        charger.Run(20_000);
        Assert.AreEqual(SessionRefusal.None, sessions.Present(_mine, 4, charger.Clock.NowMs));
        charger.Run(3_000);
        Assert.IsTrue(sessions.IsActive, "the vehicle ignores the stop for 6 s");
        Assert.AreEqual(SessionRefusal.Busy, sessions.Present(_mine, 4, charger.Clock.NowMs));
        Assert.AreEqual(SessionRefusal.Busy, sessions.StartRemotely(_other, 4, charger.Clock.NowMs));
        charger.Run(20_000);
        Assert.AreEqual(2, sessions.NextNumber, "no second session");
    }

    [TestMethod]
    public void AReservationNeedsNoListAndIsNotTakenOver()
    {
        SimulatedCharger charger = Charger(new VehicleSettings());
        SessionManager sessions = charger.Product.Sessions;
        charger.Run(100);
        Assert.AreEqual(SessionRefusal.None, sessions.Reserve(_mine, 4, 60_000, charger.Clock.NowMs));
        Assert.AreEqual(SessionRefusal.Reserved, sessions.Reserve(_other, 4, 60_000, charger.Clock.NowMs));
        Assert.AreEqual(SessionRefusal.None, sessions.Reserve(_mine, 4, 90_000, charger.Clock.NowMs), "prolonged");
        charger.Vehicle.PlugIn();
        charger.Run(1_000);
        Assert.AreEqual(SessionRefusal.None, sessions.Present(_mine, 4, charger.Clock.NowMs));
        charger.Run(10_000);
        Assert.IsTrue(charger.Bench.IsCoilOn);
    }

    [TestMethod]
    public void ATimeLimitCountsTimeAndNotTheClock()
    {
        SimulatedCharger charger = Charger(new VehicleSettings(), isFree: true);
        charger.Vehicle.PlugIn();
        charger.Run(5_000);
        charger.Product.Sessions.SetLimits(0, 300, 0, 0);
        charger.Clock.TryReadUtc(out long utc, out _);
        charger.SetTime(utc + 86_400);
        charger.Run(200_000);
        Assert.IsTrue(charger.Bench.IsCoilOn, "a clock that was set is no time that passed");
        charger.SetTime(utc - 86_400);
        charger.Run(110_000);
        Assert.IsFalse(charger.Product.Sessions.IsActive);
        Assert.AreEqual(SessionReason.TimeReached, charger.Product.Sessions.Record.Reason);
    }

    [TestMethod]
    public void AStoppedSessionDoesNotGoOnAfterALossOfSupply()
    {
        SimulatedCharger charger = Charger(new VehicleSettings { IgnoresStop = true });
        charger.Vehicle.PlugIn();
        charger.Run(5_000);
        charger.Product.Sessions.StartRemotely(_mine, 4, charger.Clock.NowMs);
        charger.Run(60_000);
        charger.Product.Sessions.StopRemotely();
        charger.Run(2_000);
        charger.LosePower(2_000, isWarned: true);
        charger.Run(30_000);
        Assert.IsFalse(charger.Bench.IsCoilOn);
        Assert.AreEqual(2, charger.Product.Sessions.NextNumber);
        Assert.AreEqual(SessionReason.Remote, charger.Product.Sessions.Record.Reason);
        Assert.AreEqual(RecordFlags.PowerLoss, charger.Product.Sessions.Record.Flags & RecordFlags.PowerLoss);
    }

    [TestMethod]
    public void LimitsHoldOnOverALossOfSupply()
    {
        SimulatedCharger charger = Charger(new VehicleSettings());
        charger.Vehicle.PlugIn();
        charger.Run(5_000);
        charger.Product.Sessions.StartRemotely(_mine, 4, charger.Clock.NowMs);
        charger.Run(5_000);
        charger.Product.Sessions.SetLimits(2_000, 0, 0, 0);
        charger.Run(6 * 60_000);
        long before = charger.Vehicle.DrawnWattHours;
        Assert.IsTrue(before is > 800 and < 1_500);
        charger.LosePower(2_000, isWarned: true);
        charger.Run(30 * 60_000);
        Assert.IsFalse(charger.Product.Sessions.IsActive);
        Assert.IsTrue(charger.Vehicle.DrawnWattHours is >= 2_000 and < 2_060,
            charger.Vehicle.DrawnWattHours.ToString());
    }

    [TestMethod]
    public void AWeldIsRememberedThoughTheRestOfTheStateFitsNoMore()
    {
        SimulatedChargerParts options = Options();
        SimulatedCharger charger = new(options) { Vehicle = new Vehicle(new VehicleSettings()) };
        charger.Vehicle.PlugIn();
        charger.Run(5_000);
        charger.Product.Sessions.StartRemotely(_mine, 4, charger.Clock.NowMs);
        charger.Run(20_000);
        charger.Bench.Feedback = ChargerFeedback.Welded;
        charger.Vehicle.Unplug();
        charger.Run(2_000);
        SimulatedCharger again = new(new SimulatedChargerParts
        {
            Tariff = TariffFile.Load("china-workplace-five-rates").Table,
            StartUtcSeconds = options.StartUtcSeconds + 60,
            Checkpoints = options.Checkpoints,
            Metering = new MeteringSettings { PhaseCount = 3, TierCountMax = 4, RateCountMax = 12 },
        });
        again.Run(1_000);
        Assert.AreEqual("F", again.Product.Controller.StateName);
    }

    [TestMethod]
    public void AvailabilityIsRememberedOverARestart()
    {
        SimulatedCharger charger = Charger(new VehicleSettings());
        charger.Run(60_000);
        charger.Bench.EarthPresent = false;
        charger.Run(60_000);
        int before = charger.Product.Health.AvailabilityTenThousandths;
        Assert.IsTrue(before is > 4_900 and < 5_100);
        charger.LosePower(1_000, isWarned: true);
        Assert.IsTrue(Math.Abs(before - charger.Product.Health.AvailabilityTenThousandths) <= 5);
    }

    internal static SimulatedChargerParts Options(
        bool isFree = false, ICardReader reader = null, bool acceptsUnknown = false, IConnectorLock motor = null,
        bool hasSupplyMeter = false, int lineMilliohms = 0, IMqttLink link = null, TelemetrySettings telemetry = null,
        long startUtcSeconds = StartUtcSeconds) => new()
        {
            Lock = motor,
            HasSupplyMeter = hasSupplyMeter,
            LineMilliohms = lineMilliohms,
            Tariff = TariffFile.Load("china-workplace-five-rates").Table,
            StartUtcSeconds = startUtcSeconds,
            Link = link,
            Telemetry = telemetry ?? new TelemetrySettings { Product = "ev-charger" },
            Sessions = new SessionSettings { IsFree = isFree, AcceptsUnknownOffline = acceptsUnknown },
            Cards = reader,
        };

    private static SimulatedCharger Charger(VehicleSettings vehicle, bool isFree = false, ICardReader reader = null,
        bool acceptsUnknown = false) =>
        new(Options(isFree, reader, acceptsUnknown)) { Vehicle = new Vehicle(vehicle) };

    private static List<long> Refusals(SimulatedCharger charger) => Events(charger, ChargerEventCode.CardRefused);

    /// <summary>The first values of all events of a code.</summary>
    internal static List<long> Events(SimulatedCharger charger, int code)
    {
        List<long> values = [];
        byte[] bytes = new byte[2_048];
        EventRecord record = new();
        for (long number = charger.Records.OldestNumber; number < charger.Records.NextNumber; number++)
        {
            if (charger.Records.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Event
                && record.TryRead(bytes, 0, count) && record.Code == code)
            {
                values.Add(record.Values[0]);
            }
        }

        return values;
    }

    /// <summary>A reader on which a card lies, read again and again.</summary>
    internal sealed class Reader : ICardReader
    {
        private bool _isMissing;

        public byte[] Card { get; set; }

        public bool IsFlickering { get; set; }

        public bool IsReady => true;

        public bool TryReadUid(long nowMs, byte[] uid, out int uidLength)
        {
            _isMissing = IsFlickering && !_isMissing;
            uidLength = Card is null || _isMissing ? 0 : Card.Length;
            if (Card is null || _isMissing)
            {
                return false;
            }

            Card.CopyTo(uid, 0);
            return true;
        }
    }
}
