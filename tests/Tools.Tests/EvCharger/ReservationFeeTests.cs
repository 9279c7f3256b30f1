using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Each reservation that costs something is billed once, to who made it, whatever comes at the same
/// time.</summary>
[TestClass]
public class ReservationFeeTests
{
    private const long Start = 1_772_415_000;
    private const int HourMs = 3_600_000;

    private static readonly byte[] _first = [1, 1, 1, 1];
    private static readonly byte[] _second = [2, 2, 2, 2];

    [TestMethod]
    public void ALapseWhileTwoBillsWaitForTheTimeIsBilledAndTheVehicleThatWaitsBeginsBehindIt()
    {
        SimulatedChargerParts options = Options(isFree: true);
        SimulatedCharger charger = Untimed(options);
        Visit(charger);
        Visit(charger);
        Assert.AreEqual(FinishedSessions.WaitingMax, charger.Product.Sessions.WaitingCount);
        Assert.AreEqual(SessionRefusal.None, Reserve(charger, _first, 600_000));
        Plug(charger);
        charger.Run(300_000);
        Assert.IsFalse(charger.Product.Sessions.IsActive, "kept for somebody else");
        charger.Run(310_000);
        Assert.IsTrue(charger.Product.Sessions.IsActive, "the reservation has lapsed");
        charger.SetTime(charger.Clock.UtcSeconds);
        charger.Vehicle.Unplug();
        charger.Run(30_000);
        List<SessionRecord> records = Records(options);
        CollectionAssert.AreEqual(new long[] { 1, 2, 3, 4 }, records.Select(record => record.Number).ToArray());
        Assert.AreEqual(SessionReason.NotUsed, records[2].Reason);
        Assert.AreEqual(600L, records[2].ReservationSeconds);
    }

    [TestMethod]
    public void ASessionBeginsWhenABillIsFreeAgainWhileThreeAreBeingDated()
    {
        SimulatedChargerParts options = Options(isFree: true);
        SimulatedCharger charger = Untimed(options);
        Visit(charger, 50 * 60_000);
        Visit(charger, 50 * 60_000);
        Plug(charger);
        charger.Run(300_000);
        charger.SetTime(charger.Clock.UtcSeconds);
        charger.Vehicle.Unplug();
        charger.Run(1_300);
        Plug(charger);
        charger.Run(30_000);
        Assert.IsTrue(charger.Product.Sessions.IsActive);
        Assert.HasCount(3, Records(options));
        Assert.IsTrue(Records(options).All(record => record.Flags == 0));
    }

    [TestMethod]
    public void WhoeverReservesInTheSameTickIsToldToComeAgainWhileAnothersMinutesAreNotBilled()
    {
        SimulatedChargerParts options = Options(isFree: false);
        SimulatedCharger charger = Charger(options);
        SessionManager sessions = charger.Product.Sessions;
        Assert.AreEqual(SessionRefusal.None, Reserve(charger, _first, HourMs));
        charger.Run(300_000);
        Assert.AreEqual(SessionRefusal.None, sessions.CancelReservation(_first, 4, charger.Clock.NowMs));
        Assert.AreEqual(SessionRefusal.Busy, Reserve(charger, _second, HourMs));
        Assert.AreEqual(SessionRefusal.Busy, Reserve(charger, _first, HourMs), "its own minutes are not lost either");
        charger.Run(100);
        Assert.AreEqual(SessionRefusal.None, Reserve(charger, _second, HourMs));
        SessionRecord record = Records(options).Single();
        CollectionAssert.AreEqual(_first, record.Token[..record.TokenLength]);
        Assert.AreEqual(300L, record.ReservationSeconds);
    }

    [TestMethod]
    public void AReservationThatLapsedIsBilledBeforeTheNextIsTaken()
    {
        SimulatedChargerParts options = Options(isFree: false);
        SimulatedCharger charger = Charger(options);
        Assert.AreEqual(SessionRefusal.None, Reserve(charger, _first, 300_000));
        charger.Run(300_000);
        int refused = 0;
        while (Reserve(charger, _second, 300_000) == SessionRefusal.Busy)
        {
            refused++;
            charger.Step();
        }

        charger.Run(301_000);
        Assert.IsLessThanOrEqualTo(EvChargerProduct.SliceCount, refused);
        CollectionAssert.AreEqual(new byte[] { 1, 2 },
            Records(options).Select(record => record.Token[0]).ToArray());
    }

    [TestMethod]
    public void AReservationWithinItsFreeMinutesHoldsNobodyUp()
    {
        SimulatedChargerParts options = Options(isFree: false);
        SimulatedCharger charger = Charger(options);
        Assert.AreEqual(SessionRefusal.None, Reserve(charger, _first, HourMs));
        charger.Run(60_000);
        charger.Product.Sessions.CancelReservation(_first, 4, charger.Clock.NowMs);
        Assert.AreEqual(SessionRefusal.None, Reserve(charger, _second, 300_000));
        charger.Run(301_000);
        SessionRecord record = Records(options).Single();
        CollectionAssert.AreEqual(_second, record.Token[..record.TokenLength]);
        Assert.AreEqual(300L, record.ReservationSeconds);
    }

    [TestMethod]
    public void AReservationThatWasProlongedOverADayIsKeptOverALossOfSupply()
    {
        SimulatedChargerParts options = Options(isFree: false);
        SimulatedCharger charger = Charger(options);
        Assert.AreEqual(SessionRefusal.None, Reserve(charger, _first, 24 * HourMs));
        charger.Clock.Advance(23 * HourMs);
        charger.Run(1_000);
        Assert.AreEqual(SessionRefusal.None, Reserve(charger, _first, 24 * HourMs), "prolonged");
        charger.Clock.Advance(7 * HourMs);
        charger.Run(1_000);
        Assert.AreEqual(SessionRefusal.None,
            charger.Product.Sessions.Present(_first, 4, charger.Clock.NowMs));
        Plug(charger);
        charger.Run(20 * 60_000);
        charger.LosePower(1_000, isWarned: true);
        charger.Run(2_000);
        SessionRecord record = Records(options).First();
        Assert.AreEqual(RecordFlags.PowerLoss, record.Flags);
        Assert.IsTrue(record.ReservationSeconds is >= 108_000 and <= 108_010, $"{record.ReservationSeconds}");
        Assert.IsGreaterThan(0L, record.ReservationCost);
    }

    private static List<SessionRecord> Records(SimulatedChargerParts options) => SessionTimeTests.Records(options);

    private static SessionRefusal Reserve(SimulatedCharger charger, byte[] token, int forMs) =>
        charger.Product.Sessions.Reserve(token, token.Length, forMs, charger.Clock.NowMs);

    private static SimulatedChargerParts Options(bool isFree) => new()
    {
        Tariff = TariffSource.Parse("""
            {"name":"kept","timezone":"+08:00","currency":"CNY","rates":["flat"],
             "days":{"all":[["00:00","flat"]]},"seasons":[{"from":"01-01","weekday":"all","weekend":"all"}],
             "prices":{"flat":"0.6"},"reservationFee":{"perMinute":"0.1","freeMinutes":2}}
            """).Table,
        StartUtcSeconds = Start,
        Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = isFree },
    };

    [TestMethod]
    public void ABillThatBeginsNamesNoGridProfileOfTheOneBefore()
    {
        SessionBill bill = new();
        bill.Record.GridName = "en50549";
        bill.Record.GridCrc = 1;
        bill.Begin(new SessionInputs());
        Assert.IsNull(bill.Record.GridName);
        Assert.AreEqual(0U, bill.Record.GridCrc);
    }

    private static SimulatedCharger Charger(SimulatedChargerParts options)
    {
        SimulatedCharger charger = new(options);
        charger.Run(1_000);
        return charger;
    }

    private static SimulatedCharger Untimed(SimulatedChargerParts options)
    {
        SimulatedCharger charger = new(options);
        charger.Clock.HasTime = false;
        charger.Run(1_000);
        return charger;
    }

    private static void Plug(SimulatedCharger charger)
    {
        charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 });
        charger.Vehicle.PlugIn();
    }

    private static void Visit(SimulatedCharger charger, int ms = 300_000)
    {
        Plug(charger);
        charger.Run(ms);
        charger.Vehicle.Unplug();
        charger.Run(5_000);
    }
}
