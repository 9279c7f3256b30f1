using System;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.SiteBus;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Charging;

/// <summary>The whole charger with a plan of its own, or as a member of a site.</summary>
[TestClass]
public class PlannedChargerTests
{
    private const int SlotSeconds = 300;

    // A vehicle that is not known yet charges for a minute, so that its phases and current are seen.
    private const int ProbeMs = 90_000;
    private static readonly long _start = new DateTimeOffset(2026, 3, 2, 23, 30, 0,
        TimeSpan.FromHours(8)).ToUnixTimeSeconds();

    [TestMethod]
    public void ItWaitsForTheCheapHourSaysSoAndThenCharges()
    {
        (SimulatedCharger charger, PlannedCharging plan) = Charger();
        Assert.IsTrue(plan.TrySetTarget(0, 0));
        charger.Vehicle.PlugIn();
        charger.Run(10_000);
        Assert.IsTrue(plan.TrySetTarget(5_000, _start + 7 * 3600 + 600));
        charger.Run(ProbeMs);
        Assert.IsLessThan(200L, charger.Vehicle.DrawnWattHours,
            "a minute to see what the vehicle takes; midnight is cheaper");
        Assert.AreEqual("waiting for 00:00, price 0.7500; ready 06:40 at the latest", Report(plan));
        Assert.AreEqual(PlanReason.WaitingForPrice, plan.Reason);
        charger.Run(31 * 60_000);
        Assert.AreEqual(ConnectorStatus.Charging, charger.Product.Status);
        StringAssert.StartsWith(Report(plan), "charging, 16.0 A; ready 0");
    }

    [TestMethod]
    public void BoostChargesNowAndEndsWithTheVehicle()
    {
        (SimulatedCharger charger, PlannedCharging plan) = Charger();
        charger.Vehicle.PlugIn();
        charger.Run(10_000);
        Assert.IsTrue(plan.TrySetTarget(5_000, _start + 7 * 3600));
        charger.Run(30_000);
        Assert.AreNotEqual(ConnectorStatus.Charging, charger.Product.Status);
        plan.Boost(true);
        charger.Run(30_000);
        Assert.AreEqual(ConnectorStatus.Charging, charger.Product.Status);
        StringAssert.StartsWith(Report(plan), "boost, 16.0 A");
        charger.Vehicle.Unplug();
        charger.Run(5_000);
        charger.Vehicle.PlugIn();
        charger.Run(10_000);
        Assert.IsTrue(plan.TrySetTarget(5_000, _start + 7 * 3600));
        charger.Run(30_000);
        Assert.AreNotEqual(ConnectorStatus.Charging, charger.Product.Status, "the next session is planned again");
    }

    [TestMethod]
    public void SkipHoldsForOneSession()
    {
        (SimulatedCharger charger, PlannedCharging plan) = Charger();
        charger.Vehicle.PlugIn();
        charger.Run(10_000);
        Assert.IsTrue(plan.TrySetTarget(5_000, _start + 7 * 3600));
        charger.Run(ProbeMs);
        Assert.AreNotEqual(ConnectorStatus.Charging, charger.Product.Status, "midnight is cheaper");
        plan.SkipOnce();
        charger.Run(30_000);
        Assert.AreEqual(ConnectorStatus.Charging, charger.Product.Status);
        charger.Vehicle.Unplug();
        charger.Run(5_000);
        charger.Vehicle.PlugIn();
        charger.Run(10_000);
        Assert.IsTrue(plan.TrySetTarget(5_000, _start + 7 * 3600));
        charger.Run(2 * ProbeMs);
        Assert.AreNotEqual(ConnectorStatus.Charging, charger.Product.Status, "the next session is planned again");
    }

    [TestMethod]
    public void EnergyBeyondTheBatteryAndADepartureInThePastAreBounded()
    {
        (SimulatedCharger charger, PlannedCharging plan) = Charger();
        charger.Vehicle.PlugIn();
        charger.Run(10_000);

        // 40 kWh, 90 % full: 4.4 kWh fit, whatever is asked; that can wait for midnight.
        Assert.IsTrue(plan.TrySetBattery(40_000, 900, 1000));
        Assert.IsTrue(plan.TrySetTarget(500_000, _start + 7 * 3600));
        charger.Run(30_000);
        Assert.AreEqual(PlanReason.WaitingForPrice, plan.Reason);
        Assert.IsTrue(plan.TrySetTarget(5_000, _start - 3600));
        charger.Run(30_000);
        Assert.AreEqual(PlanReason.Late, plan.Reason);
        Assert.AreEqual(ConnectorStatus.Charging, charger.Product.Status);
        Assert.IsFalse(plan.TrySetTarget(-1, 0));
        Assert.IsFalse(plan.TrySetBattery(40_000, 1001, 0));
        Assert.IsFalse(plan.TrySetBattery(-1, 0, 0));
    }

    [TestMethod]
    public void AMemberOfASiteObeysItsGrantAndThenTheSafeCurrent()
    {
        Air air = new();
        SiteMember member = new(air, 0, 77, 6_000);
        SimulatedCharger charger = new(new SimulatedChargerParts
        {
            Tariff = Tariff(),
            StartUtcSeconds = _start,
            Site = member
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 40_000 }),
        };
        charger.Vehicle.PlugIn();
        charger.Run(30_000);
        Assert.AreEqual(6_000, charger.Product.Controller.State.OfferMilliamps, "nobody leads");
        Assert.IsTrue(air.Last.WantedMilliamps >= 16_000 && air.Last.Milliamps > 5_000,
            "it says what it wants and draws");
        for (int second = 0; second < 30; second++)
        {
            air.Grant(13_000);
            charger.Run(1_000);
        }

        Assert.AreEqual(13_000, charger.Product.Controller.State.OfferMilliamps);
        charger.Run(30_000);
        Assert.AreEqual(6_000, charger.Product.Controller.State.OfferMilliamps, "the grant has run out");
    }

    [TestMethod]
    public void FiftyChargersOnOneTariffStartSpreadOverTheirWindow()
    {
        // From 23:58 to 00:12; the window is ten minutes.
        long begin = _start + 28 * 60;
        int[] perMinute = new int[15];
        for (int i = 0; i < 50; i++)
        {
            (SimulatedCharger charger, PlannedCharging plan) = Charger("evc-" + i, 600, begin);
            charger.Vehicle.PlugIn();
            charger.Run(10_000);
            Assert.IsTrue(plan.TrySetTarget(5_000, begin + 7 * 3600));
            int minute = 0;
            for (; minute < 14 && charger.Product.Status != ConnectorStatus.Charging; minute++)
            {
                charger.Run(60_000);
            }

            perMinute[minute]++;
        }

        Console.WriteLine("starts a minute from 23:58: " + string.Join(' ', perMinute));
        Assert.AreEqual(0, perMinute[0] + perMinute[1] + perMinute[14], "none before midnight, none never");
        int most = 0;
        int minutes = 0;
        foreach (int count in perMinute)
        {
            most = Math.Max(most, count);
            minutes += count > 0 ? 1 : 0;
        }

        Assert.IsLessThanOrEqualTo(10, most);
        Assert.IsGreaterThanOrEqualTo(8, minutes);
    }

    [TestMethod]
    public void TheSameChargerStartsAtTheSameTimeAndBoostAndLatenessAreNotDelayed()
    {
        long begin = _start + 29 * 60;
        int[] seconds = new int[4];
        for (int i = 0; i < seconds.Length; i++)
        {
            (SimulatedCharger charger, PlannedCharging plan) = Charger("evc-late", 3_600, begin);
            charger.Vehicle.PlugIn();
            charger.Run(10_000);

            // The third cannot wait: its energy needs all the time it has; the fourth is boosted after midnight.
            Assert.IsTrue(plan.TrySetTarget(i == 2 ? 30_000 : 5_000, begin + (i == 2 ? 10_000 : 7 * 3600)));
            charger.Run(ProbeMs);
            for (; seconds[i] < 3_700 && charger.Product.Status != ConnectorStatus.Charging; seconds[i]++)
            {
                charger.Run(1_000);
                if (i == 3 && seconds[i] == 90)
                {
                    plan.Boost(true);
                }
            }
        }

        Assert.AreEqual(seconds[0], seconds[1], "drawn from the device's name and the day");
        Assert.IsTrue(seconds[0] > 300 && seconds[0] < 3_660, seconds[0] + " s");
        Assert.IsLessThan(60, seconds[2], "late");
        Assert.IsTrue(seconds[3] is > 90 and < 110, seconds[3] + " s");
    }

    [TestMethod]
    public void CommandsBoostSkipAndSetTheTarget()
    {
        (SimulatedCharger charger, PlannedCharging plan) = Charger();
        ChargerCommands commands = charger.Firmware.Commands;
        ByteTextWriter result = new(256);
        FlatJson arguments = new(16, 4);
        int Do(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Assert.IsTrue(arguments.TryRead(bytes, 0, bytes.Length));
            return commands.Execute(CommandCode.Session, CommandRole.Owner, arguments, result);
        }

        Assert.AreEqual(CommandRefusal.WrongState, Do("""{"action":"boost"}"""));
        charger.Vehicle.PlugIn();
        charger.Run(10_000);
        string target = "{\"action\":\"limits\",\"wattHours\":5000,\"departureUtcSeconds\":" + (_start + 25_800) + "}";
        Assert.AreEqual(CommandRefusal.None, Do(target));
        charger.Run(30_000);
        Assert.AreEqual("waiting for 00:00, price 0.7500; ready 06:40 at the latest", Report(plan));
        Assert.AreEqual(CommandRefusal.BadArgument, Do("""{"action":"boost","x":1}"""));
        Assert.AreEqual(CommandRefusal.None, Do("""{"action":"boost"}"""));
        charger.Run(30_000);
        Assert.AreEqual(PlanReason.Boost, plan.Reason);
        Assert.AreEqual(CommandRefusal.None, Do("""{"action":"plan"}"""));
        charger.Run(30_000);
        Assert.AreEqual(PlanReason.WaitingForPrice, plan.Reason);
        Assert.AreEqual(CommandRefusal.None, Do("""{"action":"skipPlan"}"""));
        charger.Run(30_000);
        Assert.AreEqual(ConnectorStatus.Charging, charger.Product.Status);
    }

    private static (SimulatedCharger Charger, PlannedCharging Plan) Charger(string device = "7", int spreadSeconds = 0,
        long? start = null)
    {
        TariffTable tariff = Tariff();
        PlannedCharging plan = PlannedCharging.Create(tariff, device, 3, 230, SlotSeconds, spreadSeconds);
        SimulatedCharger charger = new(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = start
            ?? _start,
            Plan = plan
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 40_000 }),
        };
        return (charger, plan);
    }

    internal static TariffTable Tariff()
    {
        const string Text = """
            {"name":"test","timezone":"+08:00","currency":"CNY","rates":["night","day"],
             "days":{"all":[["00:00","night"],["08:00","day"]]},
             "seasons":[{"from":"01-01","weekday":"all","weekend":"all"}],"holidays":[],
             "prices":{"night":"0.35","day":"1.20"},"serviceFee":"0.4"}
            """;
        return TariffSource.Parse(Text).Table;
    }

    private static string Report(PlannedCharging plan)
    {
        ByteTextWriter writer = new(128);
        plan.Write(writer);
        return Encoding.UTF8.GetString(writer.Bytes, 0, writer.Length);
    }

    private sealed class Air : ISiteBus
    {
        private readonly SiteFrame _grant = new();
        private int _sequence;
        private bool _isWaiting;

        public SiteFrame Last { get; } = new();

        public void Grant(int milliamps)
        {
            _grant.Type = SiteFrame.Grant;
            _grant.Member = 0;
            _grant.Serial = 77;
            _grant.Term = 16;
            _grant.Sequence = ++_sequence;
            _grant.Echo = Last.Sequence;
            _grant.Milliamps = milliamps;
            _grant.ValidMs = 10_000;
            _grant.Encode();
            _isWaiting = true;
        }

        public void Tick(long nowMs)
        {
        }

        public bool TrySend(byte[] frame, int length)
        {
            Array.Copy(frame, Last.Bytes, length);
            return Last.TryDecode(length);
        }

        public bool TryReceive(byte[] frame, out int length)
        {
            length = SiteFrame.Length;
            bool was = _isWaiting;
            _isWaiting = false;
            Array.Copy(_grant.Bytes, frame, length);
            return was;
        }
    }
}
