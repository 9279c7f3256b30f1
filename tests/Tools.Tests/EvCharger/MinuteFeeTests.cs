using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Fees by the minute in a signed session record, and the same from the bill engine.</summary>
[TestClass]
public class MinuteFeeTests
{
    private const long Start = 1_772_415_000;
    private const string Token = "04a1b2c3";

    private static readonly TariffFile _tariff = TariffSource.Parse("""
        {"name":"fees","timezone":"+08:00","currency":"CNY","rates":["flat","peak"],
         "days":{"all":[["00:00","flat"],["09:43","peak"]]},
         "seasons":[{"from":"01-01","weekday":"all","weekend":"all"}],
         "prices":{"flat":"0.617","peak":"1.2"},"serviceFee":{"flat":"0.4","peak":"0.5"},
         "occupancyFee":{"perMinute":"0.2","freeMinutes":10,"maximum":"5"},
         "reservationFee":{"perMinute":"0.1","freeMinutes":2}}
        """);

    private readonly SimulatedChargerParts _options = Options(null);

    private SimulatedCharger _charger;
    private CommandDesk _desk;

    [TestMethod]
    public void StandingThereAfterTheStopIsBilledInTheSessionsRecordOnceThePlugIsOut()
    {
        Charge(20);
        Assert.AreEqual(CommandRefusal.None, _desk.Do(CommandCode.Session, "{\"action\":\"stop\"}"));
        _charger.Run(25 * 60_000);
        Assert.IsEmpty(Records(), "the vehicle stands there");
        Unplug();
        SessionRecord record = Records().Single();
        Assert.AreEqual(SessionReason.Remote, record.Reason);
        Assert.IsTrue(record.OccupancySeconds is >= 1_497 and <= 1_503, $"{record.OccupancySeconds} s");
        Assert.AreEqual(_tariff.Table.OccupancyFee.CostOf(record.OccupancySeconds), record.OccupancyCost);
        Assert.IsTrue(record.OccupancyCost is 30_000 or 32_000, "15 minutes of 0.2, or one begun");
        Assert.AreEqual(record.TotalCost(), record.RateCost[0] + record.RateCost[1] + record.ServiceCost
            + record.OccupancyCost);
    }

    [TestMethod]
    public void AFullVehicleOccupiesFromItsLastCurrentAndTheCapHolds()
    {
        Charge(20, wantedWattHours: 2_000);
        _charger.Run(60 * 60_000);
        Unplug();
        SessionRecord record = Records().Single();
        Assert.AreEqual(SessionReason.Unplugged, record.Reason);
        Assert.IsGreaterThan(3_600L, record.OccupancySeconds);
        Assert.AreEqual(50_000L, record.OccupancyCost, "the cap");
    }

    [TestMethod]
    public void WhoChargesUntilHeLeavesPaysNoOccupancy()
    {
        Charge(20);
        Unplug();
        SessionRecord record = Records().Single();
        Assert.IsLessThan(10L, record.OccupancySeconds);
        Assert.AreEqual(0L, record.OccupancyCost);
    }

    [TestMethod]
    public void ALossOfSupplyEndsTheCountAtTheLastCheckpoint()
    {
        Charge(20);
        _desk.Do(CommandCode.Session, "{\"action\":\"stop\"}");
        _charger.Run(25 * 60_000);
        SimulatedCharger later = new(Options(_options));
        later.Run(3_000);
        SessionRecord record = Records().Single();
        Assert.IsTrue(record.OccupancySeconds is >= 600 and <= 1_503, $"{record.OccupancySeconds} s");
    }

    [TestMethod]
    public void TheSessionOfAVehicleThatStandsThereIsDatedAsSoonAsTheTimeIsKnown()
    {
        Build(hasTime: false);
        Start20();
        _desk.Do(CommandCode.Session, "{\"action\":\"stop\"}");
        _charger.Run(5_000);
        _charger.SetTime(_charger.Clock.UtcSeconds);
        _charger.Run(10_000);
        Assert.IsEmpty(Records(), "the vehicle stands there");
        _charger.LosePower(1_000, isWarned: true);
        _charger.Run(2_000);
        SessionRecord record = Records().Single();
        Assert.AreEqual(0, record.Flags);
        Assert.IsTrue(record.StartUtcSeconds - Start is >= 0 and <= 5, $"{record.StartUtcSeconds - Start}");
        Assert.IsGreaterThan(0L, record.RateWattHours[0], "until 09:43");
        Assert.IsGreaterThan(0L, record.RateWattHours[1], "from then on");
    }

    [TestMethod]
    public void ACutWhileASessionIsBeingDatedLeavesItsOwnRates()
    {
        Build(hasTime: false);
        Start20();
        _desk.Do(CommandCode.Session, "{\"action\":\"stop\"}");
        _charger.Run(5_000);
        _charger.SetTime(_charger.Clock.UtcSeconds);
        _charger.Run(300);
        _charger.LosePower(1_000, isWarned: true);
        _charger.Run(2_000);
        SessionRecord record = Records().Single();
        Assert.AreEqual(0, record.Flags);
        Assert.IsGreaterThan(0L, record.RateWattHours[1], "from 09:43 on");
        Assert.AreEqual(record.EndWattHours - record.StartWattHours,
            record.RateWattHours[0] + record.RateWattHours[1]
            + (record.RateMicrojoules[0] + record.RateMicrojoules[1]) / 3_600_000_000, "all of it");
    }

    [TestMethod]
    [DataRow(true, 0)]
    [DataRow(false, 0)]
    [DataRow(false, 300)]
    public void AReservationIsBilledWhetherItIsUsedLapsesOrIsTakenBack(bool isUsed, int cancelAfterSeconds)
    {
        Build();
        Assert.AreEqual(CommandRefusal.None, _desk.Do(CommandCode.Session,
            $"{{\"action\":\"reserve\",\"token\":\"{Token}\",\"seconds\":600}}"));
        if (isUsed)
        {
            _charger.Run(300_000);
            Start20();
            Unplug();
        }
        else if (cancelAfterSeconds > 0)
        {
            _charger.Run(cancelAfterSeconds * 1_000);
            Assert.AreEqual(CommandRefusal.None, _desk.Do(CommandCode.Session,
                $"{{\"action\":\"cancel\",\"token\":\"{Token}\"}}"));
            _charger.Run(1_000);
        }
        else
        {
            _charger.Run(700_000);
        }

        SessionRecord record = Records().Single();
        Assert.AreEqual(isUsed ? SessionReason.Unplugged : SessionReason.NotUsed, record.Reason);
        long seconds = isUsed || cancelAfterSeconds > 0 ? 300 : 600;
        Assert.IsTrue(record.ReservationSeconds >= seconds && record.ReservationSeconds <= seconds + 4,
            $"{record.ReservationSeconds}");
        Assert.AreEqual(_tariff.Table.ReservationFee.CostOf(record.ReservationSeconds), record.ReservationCost);
        Assert.IsGreaterThan(2_000L, record.ReservationCost);
        Assert.AreEqual(4, record.TokenLength);
    }

    [TestMethod]
    public void TheBillEngineGivesTheRecordsSums()
    {
        Build();
        _desk.Do(CommandCode.Session, $"{{\"action\":\"reserve\",\"token\":\"{Token}\",\"seconds\":600}}");
        _charger.Run(240_000);
        Start20();
        _desk.Do(CommandCode.Session, "{\"action\":\"stop\"}");
        _charger.Run(30 * 60_000);
        Unplug();
        SessionRecord record = Records().Single();

        // The record's energies at its rates' times: all of a rate in one minute of it.
        long[] minutes = new long[40];
        for (int rate = 0; rate < 2; rate++)
        {
            minutes[rate * 20] = record.RateWattHours[rate] * 3_600_000_000 + record.RateMicrojoules[rate];
        }

        BillDocument bill = BillEngine.Make(new BillRequest
        {
            Load = new LoadFile(Start, 60, minutes) { Lines = [.. Enumerable.Range(2, minutes.Length)] },
            Documents = [_tariff],
            IsCharging = true,
            OccupiedMinutes = (int)((record.OccupancySeconds + 59) / 60),
            ReservedMinutes = (int)((record.ReservationSeconds + 59) / 60),
        });
        Assert.AreEqual(record.TotalCost(), bill.Total, string.Join("; ", bill.Lines));
    }

    /// <summary>The same charger an hour after the first start.</summary>
    private static SimulatedChargerParts Options(SimulatedChargerParts before)
    {
        SimulatedChargerParts first = before ?? new() { Tariff = _tariff.Table, StartUtcSeconds = Start };
        return new()
        {
            Tariff = first.Tariff,
            StartUtcSeconds = before == null ? Start : Start + 3_600,
            Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings(),
            Records = first.Records,
            Checkpoints = first.Checkpoints,
        };
    }

    private void Build(int wantedWattHours = 60_000, bool hasTime = true)
    {
        _charger = new SimulatedCharger(_options)
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = wantedWattHours }),
        };
        _charger.Clock.HasTime = hasTime;
        _desk = new CommandDesk(_charger);
        _charger.Run(1_000);
    }

    private void Charge(int minutes, int wantedWattHours = 60_000)
    {
        Build(wantedWattHours);
        Begin();
        _charger.Run(minutes * 60_000);
    }

    private void Start20()
    {
        Begin();
        _charger.Run(20 * 60_000);
    }

    private void Begin()
    {
        Assert.AreEqual(CommandRefusal.None, _desk.Do(CommandCode.Session,
            $"{{\"action\":\"start\",\"token\":\"{Token}\"}}"));
        _charger.Vehicle.PlugIn();
    }

    private void Unplug()
    {
        _charger.Vehicle.Unplug();
        _charger.Run(3_000);
    }

    private List<SessionRecord> Records() => SessionTimeTests.Records(_options);
}
