using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>What a driver wants and what the plan knows of it: departure, limits, the vehicle itself, and an outage between.</summary>
[TestClass]
public class SessionPlanTests
{
    /// <summary>2026-03-02T09:30:00+08:00; dear until 13:30, cheap after.</summary>
    internal const long Start = 1_772_415_000;
    private const int HourMs = 3_600_000;

    private CheckpointStore _checkpoints;
    private SimulatedCharger _charger;
    private CommandDesk _desk;

    private PlannedCharging Plan => _charger.Product.Plan;

    private long Drawn => _charger.Vehicle.DrawnWattHours;

    [TestMethod]
    [DataRow(600, true)]
    [DataRow(-3_600, true)]
    [DataRow(600, false)]
    public void ADepartureEndsNothingTheTargetDoes(int departureSeconds, bool hasPlan)
    {
        Build(hasPlan: hasPlan);
        StartWith($"\"wattHours\":20000,\"departureUtcSeconds\":{Start + departureSeconds}");
        _charger.Run(HourMs);
        Assert.IsGreaterThan(10_000L, Drawn, "it should have left, so it charges");
        Assert.IsTrue(_charger.Product.Sessions.IsActive);
        _charger.Run(HourMs + HourMs / 2);
        Assert.IsTrue(Drawn is >= 20_000 and < 20_100, Drawn.ToString());
        Assert.AreEqual(SessionReason.EnergyReached, _charger.Product.Sessions.Record.Reason);
    }

    [TestMethod]
    public void ATimeLimitIsWhatThePlanPlansFor()
    {
        Build();
        StartWith("\"seconds\":7200");
        _charger.Run(2 * HourMs + 60_000);
        Assert.AreEqual(SessionReason.TimeReached, _charger.Product.Sessions.Record.Reason);
        Assert.IsGreaterThan(21_000L, Drawn, "two hours of charging, and not of waiting");
    }

    [TestMethod]
    public void ACostLimitIsSpentInTheCheapHours()
    {
        // 30 kWh by 14:30: one cheap hour brings 11 kWh for 3.3; what is left buys 1.4 kWh of the dear ones at best (a slot is
        // 0.9 kWh, and each too many costs four times as much of the cheap). Spent as it comes it is 4.2 kWh.
        Build();
        StartWith($"\"wattHours\":30000,\"cost\":5.0000,\"departureUtcSeconds\":{Start + 5 * 3_600}");
        _charger.Run(5 * HourMs);
        Assert.IsTrue(Drawn is > 11_000 and < 12_800, $"{Drawn} Wh");
        Build();
        StartWith("\"cost\":5.0000");
        _charger.Run(3 * HourMs);
        Assert.AreEqual(0L, Drawn, "all of it in the cheap time");
        _charger.Run(3 * HourMs);
        Assert.IsTrue(Drawn is > 16_000 and < 16_800, Drawn.ToString());
        Assert.AreEqual(SessionReason.CostReached, _charger.Product.Sessions.Record.Reason);
    }

    [TestMethod]
    [DataRow(1, 16_000, 16_000, 15_000)]
    [DataRow(3, 16_000, 32_000, 30_000)]
    public void AVehicleThatTakesLessIsReadyByItsDepartureAllTheSame(
        int phaseCount, int vehicleMilliamps, int stationMilliamps, int wantedWattHours)
    {
        VehicleSettings vehicle = new()
        {
            WantedWattHours = 60_000,
            PhaseCount = phaseCount,
            MilliampsMax = vehicleMilliamps
        };
        Build(vehicle: vehicle, milliamps: stationMilliamps);
        string wishes = $"\"wattHours\":{wantedWattHours},\"departureUtcSeconds\":{Start + 5 * 3_600 + 1_800}";
        StartWith(wishes);
        _charger.Run(10_000);
        StringAssert.StartsWith(PlanLine(), "seeing what the vehicle takes; waiting for 13:30");
        _charger.Run(110_000);
        Assert.AreEqual(phaseCount, Plan.Acceptance.PhaseCount);
        Assert.AreEqual(stationMilliamps > vehicleMilliamps ? vehicleMilliamps : 0, Plan.Acceptance.MilliampsMax);
        _charger.Run(5 * HourMs + HourMs / 2 - 130_000);
        Assert.IsTrue(Drawn >= wantedWattHours - 50, $"{Drawn} Wh at the departure");
    }

    [TestMethod]
    public void TheLookAtAVehicleTakesNoMoreThanAMinuteAndOfAKnownOneNone()
    {
        Build();
        string wishes = $"\"wattHours\":15000,\"departureUtcSeconds\":{Start + 6 * 3_600}";
        StartWith(wishes);
        _charger.Run(120_000);
        long looked = Drawn;
        Assert.IsTrue(looked is > 20 and < 200, looked.ToString());
        _charger.Run(HourMs);
        Assert.AreEqual(looked, Drawn, "then it waits for the cheap time");
        _charger.Vehicle.Unplug();
        _charger.Run(5_000);

        // The same driver again, also after a restart.
        _charger.Product.PowerFails(_charger.Clock.NowMs);
        Build(startUtc: _charger.Clock.UtcSeconds + 5);
        StartWith(wishes);
        _charger.Run(HourMs);
        Assert.AreEqual(0L, Drawn, "it is known");
        Assert.IsTrue(Plan.Acceptance.IsKnown && !Plan.Acceptance.IsLearnt);
    }

    [TestMethod]
    public void AVehicleThatDrawsNothingIsLookedAtForAMinuteOnly()
    {
        Build(vehicle: new VehicleSettings { ReactMs = 10_000_000 });
        StartWith($"\"wattHours\":15000,\"departureUtcSeconds\":{Start + 6 * 3_600}");
        _charger.Run(50_000);
        Assert.IsTrue(Plan.IsProbing);
        _charger.Run(30_000);
        Assert.IsFalse(Plan.IsProbing);
        Assert.AreEqual(0, Plan.LimitMilliamps);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AnOutageKeepsEnergyAndDeparture(bool isWarned)
    {
        Build();
        StartWith($"\"wattHours\":25000,\"departureUtcSeconds\":{Start + 3 * 3_600}");
        _charger.Run(1_200_000);
        long before = Drawn;
        Assert.IsGreaterThan(3_000L, before, "it must charge in the dear hours");
        Restart(isWarned);
        _charger.Run(60_000);
        Assert.AreEqual(Start + 3 * 3_600, Plan.DepartureUtc);
        _charger.Run(3 * HourMs - 1_200_000 - 70_000);
        long all = before + Drawn;
        Assert.IsTrue(all is >= 24_900 and < 29_000, $"{all} Wh at the departure");
    }

    [TestMethod]
    [DataRow("boost", true)]
    [DataRow("skipPlan", true)]
    [DataRow("boost", false)]
    public void AnOutageKeepsBoostAndSkip(string action, bool isFree)
    {
        Build(isFree);
        StartWith(null);
        _charger.Run(60_000);
        Assert.AreEqual(0L, Drawn, "waits for 13:30");
        Assert.AreEqual(CommandRefusal.None, _desk.Do(CommandCode.Session, $$"""{"action":"{{action}}"}"""));
        _charger.Run(60_000);
        Assert.IsGreaterThan(50L, Drawn);
        Restart(isWarned: true);
        _charger.Run(600_000);
        Assert.IsGreaterThan(1_000L, Drawn, "it goes on");
        _charger.Vehicle.Unplug();
        _charger.Run(5_000);
        _charger.Vehicle.PlugIn();
        StartWith(null);
        _charger.Run(600_000);
        Assert.IsFalse(Plan.IsBoosted, "a wish is one visit's");
    }

    [TestMethod]
    public void APermissionThatLapsedLeavesNoWishToTheNextDriver()
    {
        Build();
        _charger.Vehicle.Unplug();
        _charger.Run(5_000);
        StartWith($"\"wattHours\":3000,\"departureUtcSeconds\":{Start + 1_800}");
        _charger.Run(120_000);
        _charger.Vehicle.PlugIn();
        _charger.Run(5_000);
        StartWith(null);
        _charger.Run(5_000);
        Assert.IsTrue(_charger.Product.Sessions.IsActive);
        Assert.AreEqual(0L, Plan.DepartureUtc);
        Assert.AreEqual(0, Plan.RemainingWattHours);
    }

    private string PlanLine()
    {
        ByteTextWriter writer = new(PlanText.BytesMax);
        Plan.Write(writer);
        return Encoding.UTF8.GetString(writer.Bytes, 0, writer.Length);
    }

    private void StartWith(string limits)
    {
        if (_charger.Product.Sessions.IsActive)
        {
            Assert.IsNull(limits);
            return;
        }

        string more = limits is null ? "" : "," + limits;
        Assert.AreEqual(CommandRefusal.None,
            _desk.Do(CommandCode.Session, $$"""{"action":"start","token":"01020304"{{more}}}"""));
    }

    private void Restart(bool isWarned)
    {
        if (isWarned)
        {
            _charger.Product.PowerFails(_charger.Clock.NowMs);
        }

        Build(_charger.Product.Sessions.Record.TokenLength == 0, startUtc: _charger.Clock.UtcSeconds + 5);
    }

    private void Build(bool isFree = false, bool hasPlan = true, VehicleSettings vehicle = null, int milliamps = 16_000,
        long startUtc = Start)
    {
        TariffTable tariff = DearThenCheap();
        _checkpoints = startUtc == Start ? new CheckpointStore(new RamBlockStore(4, 64 * 1024), 16 * 1024)
            : _checkpoints;
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = startUtc,
            Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = isFree },
            Charger = new SafetySettings { StationMilliampsMax = milliamps, PhaseCount = 3 },
            SafeMilliamps = milliamps,
            Checkpoints = _checkpoints,
            Plan = hasPlan ? PlannedCharging.Create(tariff, "x", 3, 230, 300, 0) : null,
        })
        {
            Vehicle = new Vehicle(vehicle ?? new VehicleSettings { WantedWattHours = 60_000 }),
        };
        _desk = new CommandDesk(_charger);
        _charger.Vehicle.PlugIn();
        _charger.Run(2_000);
    }

    internal static TariffTable DearThenCheap()
    {
        const string Text = """
            {"name":"dtc","timezone":"+08:00","currency":"CNY","rates":["dear","cheap"],
             "days":{"all":[["00:00","cheap"],["08:00","dear"],["13:30","cheap"]]},
             "seasons":[{"from":"01-01","weekday":"all","weekend":"all"}],"holidays":[],
             "prices":{"dear":"1.2","cheap":"0.3"},"serviceFee":"0"}
            """;
        return TariffSource.Parse(Text).Table;
    }
}
