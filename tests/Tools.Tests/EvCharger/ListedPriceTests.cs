using System;
using System.Linq;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Day-ahead lists and announced days on a charger: bills, plan, and what a restart keeps.</summary>
[TestClass]
public class ListedPriceTests
{
    /// <summary>2026-03-02T09:30:00+08:00, a Monday.</summary>
    private const long Start = 1_772_415_000;
    private const int Day = 20_514;
    private const int HourMs = 3_600_000;

    [TestMethod]
    public void ASessionIsBilledByTheListWhereItHasAPriceAndElseByTheTable()
    {
        SimulatedChargerParts options = SessionTimeTests.Options();
        SimulatedCharger charger =
            new(options) { Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 }) };
        CommandDesk desk = new(charger);
        charger.Run(1_000);
        Assert.AreEqual(CommandRefusal.None, desk.Do(CommandCode.Prices, List(Day, 60, 9, 2_000_000)));
        charger.Vehicle.PlugIn();
        charger.Run(HourMs * 5 / 6);
        charger.Vehicle.Unplug();
        charger.Run(3_000);
        SessionRecord record = SessionTimeTests.Records(options).Single();
        Assert.AreEqual(RecordFlags.ListedPrice, record.Flags);
        Assert.IsGreaterThan(1_000L, record.RateWattHours[0]);
        Assert.AreEqual(Bill.LineCost(record.RateWattHours[0], record.RateMicrojoules[0], 2_000_000),
            record.RateCost[0], "until 10:00 by the list");
        Assert.AreEqual(Bill.LineCost(record.RateWattHours[1], record.RateMicrojoules[1], 1_234_500),
            record.RateCost[1], "then by the table");
    }

    [TestMethod]
    public void AListThatComesLateHoldsFromThenOnAndTwiceIsOnce()
    {
        SimulatedChargerParts options = SessionTimeTests.Options();
        SimulatedCharger charger =
            new(options) { Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 }) };
        CommandDesk desk = new(charger);
        charger.Vehicle.PlugIn();
        charger.Run(900_000);
        long before = charger.Product.Sessions.CostSoFar();
        long wattHours = charger.Product.Meter.Registers.TotalWattHours(0);
        Assert.AreEqual(CommandRefusal.None, desk.Do(CommandCode.Prices, List(Day, 30, 19, 2_000_000)));
        Assert.AreEqual(CommandRefusal.None, desk.Do(CommandCode.Prices, List(Day, 30, 19, 2_000_000)));
        charger.Run(600_000);
        long drawn = charger.Product.Meter.Registers.TotalWattHours(0) - wattHours;
        long cost = charger.Product.Sessions.CostSoFar() - before;
        Assert.IsLessThan(100L, Math.Abs(Bill.LineCost(drawn, 2_400_000) - cost), $"{drawn} Wh, {cost}: fee on top");
        Assert.AreEqual(CommandRefusal.OutOfRange, desk.Do(CommandCode.Prices, List(Day, 45, 12, 1)), "45 minutes");
        Assert.AreEqual(CommandRefusal.OutOfRange,
            desk.Do(CommandCode.Prices, "{\"day\":20514,\"data\":\"AAAAAAAAAAA=\",\"minutes\":60}"), "two prices");
    }

    [TestMethod]
    public void WhatTheFlashDoesNotTakeHoldsNeitherNowNorAfterARestart()
    {
        FaultyBlockStore flash = new(ChargerPlan.BlockCount, 8_192);
        SimulatedCharger charger = new(new SimulatedChargerParts
        {
            Tariff = SessionTimeTests.Tariff(),
            StartUtcSeconds = Start,
            Flash = flash,
            Records = null,
            Checkpoints = null,
        });
        CommandDesk desk = new(charger);
        charger.Run(1_000);
        Assert.AreEqual(CommandRefusal.None, desk.Do(CommandCode.Prices, List(Day, 60, 9, 2_000_000)));
        flash.RefuseEvery = 1;
        Assert.AreEqual(CommandRefusal.StorageFailed, desk.Do(CommandCode.Prices, List(Day, 60, 9, 3_000_000)));
        Assert.AreEqual(CommandRefusal.StorageFailed, desk.Do(CommandCode.Prices, List(Day + 1, 60, 9, 3_000_000)));
        Assert.IsFalse(charger.Product.Meter.Tariffs.DayAhead.Has(Day + 1));
        charger.Run(1_000);
        Assert.AreEqual(2_000_000L, charger.Product.Meter.Tariffs.DayAheadImportPrice, "what was taken before");
        flash.RefuseEvery = 0;
        Assert.AreEqual(CommandRefusal.None, desk.Do(CommandCode.Prices, List(Day, 60, 9, 3_000_000)));
        charger.Run(1_000);
        Assert.AreEqual(3_000_000L, charger.Product.Meter.Tariffs.DayAheadImportPrice);
    }

    [TestMethod]
    public void ExportPricesAreRefusedWhereNoneAreKept()
    {
        SimulatedCharger charger = new(SessionTimeTests.Options());
        charger.Run(1_000);
        string prices = Convert.ToBase64String(new byte[24 * 4]);
        byte[] text = Encoding.ASCII.GetBytes(
            $"{{\"day\":{Day},\"data\":\"{prices}\",\"export\":\"{prices}\",\"minutes\":60}}");
        FlatJson arguments = new(8, 4);
        Assert.IsTrue(arguments.TryRead(text, 0, text.Length));
        RefusalNote note = new();
        Assert.AreEqual(CommandRefusal.BadArgument, charger.Product.TakePrices(arguments, note));
        Assert.AreEqual("import prices only", note.Expected);
        Assert.IsFalse(charger.Product.Meter.Tariffs.DayAhead.HasAny);
    }

    [TestMethod]
    public void ThePlanWaitsForTheListsCheapHourAlsoAfterARestart()
    {
        TariffTable tariff = SessionPlanTests.DearThenCheap();
        SimulatedChargerParts Options(SimulatedChargerParts before, long startUtc) => new()
        {
            Tariff = tariff,
            StartUtcSeconds = startUtc,
            Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = true },
            Checkpoints = before?.Checkpoints ?? SessionTimeTests.Options().Checkpoints,
            Plan = PlannedCharging.Create(tariff, "x", 3, 230, 300, 0),
        };

        SimulatedChargerParts options = Options(null, Start);
        SimulatedCharger charger = new(options);
        charger.Run(2_000);
        Assert.AreEqual(CommandRefusal.None,
            new CommandDesk(charger).Do(CommandCode.Prices, List(Day, 60, 11, -50_000)), "paid to charge at 11");
        charger.Run(2_000);

        // The supply comes back; 13:30 is the tariff's own cheap time.
        SimulatedCharger later = new(Options(options, Start + 60))
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 }),
        };
        later.Vehicle.PlugIn();
        later.Run(HourMs + HourMs / 4);
        long seen = later.Vehicle.DrawnWattHours;
        later.Run(HourMs * 3 / 2);
        Assert.IsGreaterThan(seen + 5_000, later.Vehicle.DrawnWattHours, "it charged between 11 and 12");
    }

    [TestMethod]
    public void AnAnnouncedDayIsBilledByItsTableAndTheRecordSaysSo()
    {
        const string Text = """
            {"name":"hot","timezone":"+08:00","currency":"CNY","rates":["flat","sharp"],
             "days":{"all":[["00:00","flat"]],"hot":[["00:00","flat"],["09:40","sharp"]]},
             "seasons":[{"from":"01-01","weekday":"all","weekend":"all"}],"announced":[{"name":"hot","day":"hot"}],
             "prices":{"flat":"0.6","sharp":"1.5"},"serviceFee":{"flat":"0.4","sharp":"0.8"}}
            """;
        SimulatedChargerParts options = new()
        {
            Tariff = TariffSource.Parse(Text).Table,
            StartUtcSeconds = Start,
            Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = true },
        };
        SimulatedCharger charger =
            new(options) { Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 }) };
        CommandDesk desk = new(charger);
        charger.Run(2_000);
        Assert.AreEqual(CommandRefusal.OutOfRange,
            desk.Do(CommandCode.Prices, "{\"day\":20514,\"announce\":\"hoot\"}"), "no such kind");
        Assert.AreEqual(CommandRefusal.OutOfRange,
            desk.Do(CommandCode.Prices, "{\"day\":20513,\"announce\":\"hot\"}"), "yesterday");
        Assert.AreEqual(CommandRefusal.None, desk.Do(CommandCode.Prices, "{\"day\":20514,\"announce\":\"hot\"}"));
        charger.Vehicle.PlugIn();
        charger.Run(1_200_000);
        charger.Vehicle.Unplug();
        charger.Run(3_000);
        SessionRecord record = SessionTimeTests.Records(options).Single();
        Assert.AreEqual(RecordFlags.AnnouncedDay, record.Flags);
        Assert.IsGreaterThan(500L, record.RateWattHours[1], "sharp since 09:40");
        Assert.AreEqual(Bill.LineCost(record.RateWattHours[0], record.RateMicrojoules[0], 400_000)
            + Bill.LineCost(record.RateWattHours[1], record.RateMicrojoules[1], 800_000), record.ServiceCost,
            "a fee by rate");
    }

    /// <summary>A list with one price and none for all other times.</summary>
    private static string List(int day, int minutes, int at, int price)
    {
        byte[] list = new byte[24 * 60 / minutes * 4];
        for (int i = 0; i < list.Length / 4; i++)
        {
            LittleEndian.WriteInt32(list, 4 * i, i == at ? price : int.MinValue);
        }

        return $"{{\"day\":{day},\"data\":\"{Convert.ToBase64String(list)}\",\"minutes\":{minutes}}}";
    }
}
