using System;
using System.Linq;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Every command of a charger on the whole charge point: done, or refused with a reason and nothing changed.</summary>
[TestClass]
public class ChargerCommandTests
{
    private SimulatedCharger _charger;
    private CommandDesk _desk;

    private SessionManager Sessions => _charger.Product.Sessions;

    [TestInitialize]
    public void Build()
    {
        _charger = new SimulatedCharger(SessionRulesTests.Options()) { Vehicle = new Vehicle(new VehicleSettings()) };
        _desk = new CommandDesk(_charger);
        _charger.Run(100);
    }

    [TestMethod]
    public void ARemoteStartWithLimitsChargesAndAStopEndsIt()
    {
        Assert.AreEqual(CommandRefusal.NoSession, Do(CommandCode.Session, """{"action":"stop"}"""));
        Assert.AreEqual(CommandRefusal.NoSession, Do(CommandCode.Session, """{"action":"limits","wattHours":5000}"""));
        Assert.AreEqual(CommandRefusal.None,
            Do(CommandCode.Session, """{"action":"start","token":"04a1b2c3","wattHours":1000}"""));
        _charger.Vehicle.PlugIn();
        _charger.Run(20_000);
        Assert.IsTrue(_charger.Bench.IsCoilOn);
        Assert.AreEqual(CommandRefusal.Busy, Do(CommandCode.Session, """{"action":"start","token":"ffffffff"}"""));
        _charger.Run(10 * 60_000);
        Assert.AreEqual(SessionReason.EnergyReached, Sessions.Record.Reason);
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Session, """{"action":"start","token":"04a1b2c3"}"""));
        _charger.Run(20_000);
        Assert.AreEqual(CommandRefusal.None,
            Do(CommandCode.Session, """{"action":"limits","cost":2.5,"seconds":60}"""));
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Session, """{"action":"stop"}"""));
        _charger.Run(10_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
        Assert.AreEqual(SessionReason.Remote, Sessions.Record.Reason);
    }

    [TestMethod]
    public void AReservationIsMadeProlongedAndCancelledByItsOwnTokenOnly()
    {
        Assert.AreEqual(CommandRefusal.NoSession,
            Do(CommandCode.Session, """{"action":"cancel","token":"04a1b2c3"}"""));
        Assert.AreEqual(CommandRefusal.None,
            Do(CommandCode.Session, """{"action":"reserve","token":"04a1b2c3","seconds":600}"""));
        Assert.AreEqual(CommandRefusal.Reserved,
            Do(CommandCode.Session, """{"action":"reserve","token":"0909","seconds":600}"""));
        Assert.AreEqual(CommandRefusal.Reserved, Do(CommandCode.Session, """{"action":"cancel","token":"0909"}"""));
        Assert.AreEqual(CommandRefusal.Reserved, Do(CommandCode.Session, """{"action":"start","token":"0909"}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange,
            Do(CommandCode.Session, """{"action":"reserve","token":"04a1b2c3","seconds":86401}"""));
        _charger.Run(100);
        Assert.AreEqual(ConnectorStatus.Reserved, _charger.Product.Status);
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Session, """{"action":"cancel","token":"04a1b2c3"}"""));
        _charger.Run(100);
        Assert.AreEqual(ConnectorStatus.Available, _charger.Product.Status);
        _charger.Vehicle.PlugIn();
        _charger.Run(1_000);
        Assert.AreEqual(CommandRefusal.Busy,
            Do(CommandCode.Session, """{"action":"reserve","token":"04a1b2c3","seconds":600}"""), "occupied");
    }

    [TestMethod]
    public void AVehicleIdentifierChargesWhenItIsListedAndNeverStops()
    {
        _charger.Vehicle.PlugIn();
        _charger.Run(1_000);
        Assert.AreEqual(CommandRefusal.UnknownToken,
            Do(CommandCode.Session, """{"action":"vehicle","token":"a1b2c3d4e5f6"}"""));
        Sessions.LocalList.TryAdd(Convert.FromHexString("a1b2c3d4e5f6"), 6);
        Assert.AreEqual(CommandRefusal.None,
            Do(CommandCode.Session, """{"action":"vehicle","token":"a1b2c3d4e5f6"}"""));
        _charger.Run(20_000);
        Assert.IsTrue(_charger.Bench.IsCoilOn);
        Assert.AreEqual(CommandRefusal.Busy,
            Do(CommandCode.Session, """{"action":"vehicle","token":"a1b2c3d4e5f6"}"""));
        _charger.Run(10_000);
        Assert.IsTrue(_charger.Bench.IsCoilOn);
    }

    [TestMethod]
    public void ALimitWithAnEndLowersTheOfferAndIsNeverAboveWhatWasCommissioned()
    {
        StartCharging();
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Limit, """{"milliamps":10000,"seconds":60}"""));
        _charger.Run(6_000);
        Assert.AreEqual(10_000, _charger.Product.Controller.State.OfferMilliamps);
        Assert.AreEqual(CommandRefusal.AboveCommissioned,
            Do(CommandCode.Limit, """{"milliamps":80001,"seconds":60}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange, Do(CommandCode.Limit, """{"milliamps":10000,"seconds":0}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange, Do(CommandCode.Limit, """{"milliamps":-1,"seconds":9}"""));
        _charger.Run(70_000);
        Assert.AreEqual(16_000, _charger.Product.Controller.State.OfferMilliamps, "the safe current counts again");
    }

    [TestMethod]
    public void ALoweredCeilingSurvivesARestartAndBindsEveryLimit()
    {
        Assert.AreEqual(CommandRefusal.AboveCommissioned, Do(CommandCode.Limit, """{"milliamps":99000}"""));
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Limit, """{"milliamps":8000}"""));
        _charger.LosePower(1_000, isWarned: false);
        _desk = new CommandDesk(_charger);
        StartCharging();
        Assert.AreEqual(8_000, _charger.Product.Controller.State.OfferMilliamps);
        Do(CommandCode.Limit, """{"milliamps":32000,"seconds":600}""");
        _charger.Run(10_000);
        Assert.AreEqual(8_000, _charger.Product.Controller.State.OfferMilliamps);
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Limit, """{"milliamps":80000}"""),
            "up again to what was commissioned");
        _charger.Run(10_000);
        Assert.AreEqual(32_000, _charger.Product.Controller.State.OfferMilliamps);
    }

    /// <summary>cases/safety-and-security/07: the owner's own signed limit lifts nothing that the utility set, for good
    /// or for a time, and each ends by itself.</summary>
    [TestMethod]
    public void EachRoleHasALimitOfItsOwnAndTheLeastHolds()
    {
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Limit, """{"milliamps":8000}"""));
        Assert.AreEqual(CommandRefusal.None, ByOwner("""{"milliamps":80000}"""));
        Assert.AreEqual(CommandRefusal.RoleNotAllowed, ByOwner("""{"milliamps":80000,"role":"utility"}"""));
        Assert.AreEqual(CommandRefusal.UnknownRole, Do(CommandCode.Limit, """{"milliamps":80000,"role":"nobody"}"""));
        Assert.AreEqual(8_000, _charger.Product.Limits.Ceiling.Value, "the utility's");
        Assert.AreEqual(CommandRefusal.None, ByOwner("""{"milliamps":7000}"""));
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Limit, """{"milliamps":80000}"""));
        _charger.LosePower(1_000, isWarned: false);
        _desk = new CommandDesk(_charger);
        StartCharging();
        Assert.AreEqual(7_000, Offer, "the owner's, also after a restart");
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Limit, """{"milliamps":80000,"role":"owner"}"""));
        Assert.AreEqual(80_000, _charger.Product.Limits.Ceiling.Value, "the utility lifts everybody's");

        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Limit, """{"milliamps":6000,"seconds":600}"""));
        Assert.AreEqual(CommandRefusal.None, ByOwner("""{"milliamps":32000,"seconds":1}"""));
        _charger.Run(10_000);
        Assert.AreEqual(6_000, Offer, "the owner's second has passed, the utility's minutes have not");
        Assert.AreEqual(CommandRefusal.None, ByOwner("""{"milliamps":10000,"seconds":3600}"""));
        _charger.Run(600_000);
        Assert.AreEqual(10_000, Offer, "the owner's is left");
    }

    private int Offer => _charger.Product.Controller.State.OfferMilliamps;

    [TestMethod]
    public void OutOfServiceLetsASessionEndAndBeginsNoOther()
    {
        StartCharging();
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Availability, """{"operative":false}"""));
        _charger.Run(10_000);
        Assert.IsTrue(_charger.Bench.IsCoilOn, "as OCPP: scheduled");
        Do(CommandCode.Session, """{"action":"stop"}""");
        _charger.Run(10_000);
        Assert.AreEqual(ConnectorStatus.Unavailable, _charger.Product.Status);
        Assert.AreEqual(CommandRefusal.Unavailable,
            Do(CommandCode.Session, """{"action":"start","token":"04a1b2c3"}"""));
        _charger.LosePower(1_000, isWarned: false);
        _desk = new CommandDesk(_charger);
        _charger.Run(1_000);
        Assert.AreEqual(ConnectorStatus.Unavailable, _charger.Product.Status, "also after a restart");
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Availability, """{"operative":true}"""));
        StartCharging();
    }

    [TestMethod]
    public void ALocalListArrivesInPiecesWholeOrNotAtAllAndIsKept()
    {
        byte[] list = [7, 0, 0, 0, 4, 4, 0xA1, 0xB2, 0xC3, 7, 4, 1, 2, 3, 4, 5, 6];
        Assert.AreEqual(CommandRefusal.None, SendList(list, 6));
        Assert.Contains("\"version\":7,\"tokens\":2", _desk.Answer);
        Assert.IsTrue(Sessions.LocalList.Contains([4, 0xA1, 0xB2, 0xC3], 4));
        byte[] twice = [8, 0, 0, 0, 2, 1, 2, 2, 1, 2];
        Assert.AreEqual(CommandRefusal.BadArgument, SendList(twice, 100));
        byte[] cut = [8, 0, 0, 0, 9, 1, 2];
        Assert.AreEqual(CommandRefusal.BadArgument, SendList(cut, 100));
        byte[] longToken = [8, 0, 0, 0, 17, .. new byte[17]];
        Assert.AreEqual(CommandRefusal.BadArgument, SendList(longToken, 100));
        Assert.AreEqual(CommandRefusal.WrongState, Do(CommandCode.LocalList, """{"bytes":17,"at":5,"data":"AAAA"}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange,
            Do(CommandCode.LocalList, """{"bytes":99999,"at":0,"data":"AAAA"}"""));
        Assert.AreEqual(2, Sessions.LocalList.Count, "the list before stays");
        _charger.LosePower(1_000, isWarned: false);
        _desk = new CommandDesk(_charger);
        Assert.AreEqual(2, Sessions.LocalList.Count);
        Assert.AreEqual(7, Sessions.LocalList.Version);
    }

    [TestMethod]
    public void AResetEndsALatchAndIsRefusedWhereNothingStands()
    {
        Assert.AreEqual(CommandRefusal.WrongState, Do(CommandCode.Reset, "{}"));
        StartCharging();
        _charger.Bench.RcdDcMilliamps = 10;
        _charger.Run(1_000);
        _charger.Bench.RcdDcMilliamps = 0;
        _charger.Run(3_000);
        Assert.AreEqual(CommandRefusal.Faulted, Do(CommandCode.Session, """{"action":"start","token":"04a1b2c3"}"""));
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Reset, "{}"));
        _charger.Run(1_000);
        Assert.AreEqual(0, _charger.Product.Controller.State.ActiveFaults);
    }

    [TestMethod]
    public void UnlockEndsTheSessionFirstAndNeedsALockOrASession()
    {
        Assert.AreEqual(CommandRefusal.NotSupported, Do(CommandCode.Session, """{"action":"unlock"}"""));
        StartCharging();
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Session, """{"action":"unlock"}"""));
        _charger.Run(10_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
        Assert.AreEqual(SessionReason.Unlocked, Sessions.Record.Reason);
    }

    [TestMethod]
    public void PhasesSelfTestClockAndHealthAnswer()
    {
        Assert.AreEqual(CommandRefusal.OutOfRange, Do(CommandCode.Phases, """{"count":2}"""));
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Phases, """{"count":1}"""));
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.SelfTest, "{}"));
        _charger.Run(40_000);
        Assert.AreEqual(1, _charger.Bench.PhaseCount);
        StartCharging();
        Assert.AreEqual(CommandRefusal.WrongState, Do(CommandCode.SelfTest, "{}"));
        Assert.AreEqual(CommandRefusal.OutOfRange, Do(CommandCode.Clock, """{"utcSeconds":5}"""));
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Health, "{}"));
        string health = _desk.Answer;
        Assert.Contains("\"contactorCycles\":1", health);
        Assert.Contains("\"availability\":1.0000", health);
        Assert.AreEqual(CommandRefusal.NotSupported, Do(CommandCode.Relay, """{"closed":true}"""));
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Restart, "{}"));
        Assert.IsTrue(_charger.Firmware.Core.RestartAsked);
    }

    [TestMethod]
    [DataRow(CommandCode.Session, "{}")]
    [DataRow(CommandCode.Session, """{"action":"fly"}""")]
    [DataRow(CommandCode.Session, """{"action":"fly","token":"04"}""")]
    [DataRow(CommandCode.Session, """{"action":"start"}""")]
    [DataRow(CommandCode.Session, """{"action":"start","token":""}""")]
    [DataRow(CommandCode.Session, """{"action":"start","token":"0"}""")]
    [DataRow(CommandCode.Session, """{"action":"start","token":"0g"}""")]
    [DataRow(CommandCode.Session, """{"action":"start","token":"0102030405060708090a0b0c0d0e0f1011"}""")]
    [DataRow(CommandCode.Session, """{"action":"start","token":"04","wattHours":-1}""")]
    [DataRow(CommandCode.Session, """{"action":"start","token":"04","wattHours":"9"}""")]
    [DataRow(CommandCode.Session, """{"action":"start","token":"04","cost":1.00001}""")]
    [DataRow(CommandCode.Session, """{"action":"start","token":"04","watthours":5}""")]
    [DataRow(CommandCode.Session, """{"action":"stop","token":"04"}""")]
    [DataRow(CommandCode.Session, """{"action":"reserve","token":"04"}""")]
    [DataRow(CommandCode.Limit, """{"milliamps":"6000"}""")]
    [DataRow(CommandCode.Limit, """{"milliamps":6000,"minutes":1}""")]
    [DataRow(CommandCode.Availability, """{"operative":1}""")]
    [DataRow(CommandCode.Phases, "{}")]
    [DataRow(CommandCode.Reset, """{"what":"all"}""")]
    [DataRow(CommandCode.LocalList, """{"bytes":4,"at":0,"data":"A*AA"}""")]
    public void AnArgumentThatIsNotAsWrittenChangesNothing(int code, string arguments)
    {
        Assert.AreEqual(CommandRefusal.BadArgument, Do(code, arguments));
        _charger.Vehicle.PlugIn();
        _charger.Run(5_000);
        Assert.IsFalse(Sessions.IsActive);
        Assert.IsTrue(Sessions.IsOperative);
    }

    [TestMethod]
    public void OnlyATechnicianResetsAndOnlyTheUtilityLoadsTheList()
    {
        foreach (int role in Enumerable.Range(0, CommandRole.Count))
        {
            Assert.AreEqual(role == CommandRole.Technician, CommandCatalogue.IsAllowed(CommandCode.Reset, role));
            Assert.AreEqual(role == CommandRole.Utility, CommandCatalogue.IsAllowed(CommandCode.LocalList, role));
            Assert.AreEqual(role is CommandRole.Utility or CommandRole.Technician,
                CommandCatalogue.IsAllowed(CommandCode.Availability, role));
        }
    }

    private void StartCharging()
    {
        Assert.AreEqual(CommandRefusal.None, Do(CommandCode.Session, """{"action":"start","token":"04a1b2c3"}"""));
        _charger.Vehicle.PlugIn();
        _charger.Run(60_000);
        Assert.IsTrue(_charger.Bench.IsCoilOn);
    }

    private int SendList(byte[] list, int piece)
    {
        int refusal = CommandRefusal.None;
        for (int at = 0; at < list.Length && refusal == CommandRefusal.None; at += piece)
        {
            string data = Convert.ToBase64String(list[at..Math.Min(list.Length, at + piece)]);
            refusal = Do(CommandCode.LocalList, $"{{\"bytes\":{list.Length},\"at\":{at},\"data\":\"{data}\"}}");
        }

        return refusal;
    }

    private int Do(int code, string arguments) => _desk.Do(code, arguments);

    private int ByOwner(string arguments) => _desk.Do(CommandCode.Limit, arguments, CommandRole.Owner);
}
