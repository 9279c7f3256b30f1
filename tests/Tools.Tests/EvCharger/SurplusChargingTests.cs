using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.Dlt645;
using MeterFirmware.EvCharger;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>The whole charge point beside a building with photovoltaics, under clouds.</summary>
[TestClass]
public class SurplusChargingTests
{
    private const int HouseWatts = 400;

    // A frame and its reply take 0.2 s at 2400 baud, a meter up to 0.5 s between them (DL/T 645-2007, 5.3).
    private const int LineMs = 700;

    private readonly GridPoint _grid = new() { HouseWatts = HouseWatts };
    private readonly FakeDlt645Meter _gridMeter = new();
    private ScriptedLine _line;
    private Dlt645Server _server;
    private SimulatedCharger _charger;
    private CommandDesk _desk;
    private int _worstStretch;
    private int _stretch;
    private int _secondsCharging;
    private double _importedWattHours;
    private double _exportedWattHours;

    private int Offer => _charger.Product.Controller.State.OfferMilliamps;

    [TestMethod]
    [DataRow(0, false)]
    [DataRow(500, false)]
    [DataRow(1_400, false)]
    [DataRow(0, true)]
    [DataRow(500, true)]
    [DataRow(1_400, true)]
    public void WithoutALackTimeNoMoreIsImportedThanIsAllowedUnderClouds(int allowedWatts, bool isOverLine)
    {
        Begin(wiredPhases: 1, vehiclePhases: 1, isOverLine);
        int refusal = Do($$"""{"mode":"only","importWatts":{{allowedWatts}},"lackSeconds":0}""");
        Assert.AreEqual(CommandRefusal.None, refusal);
        int closings = _charger.Bench.CloseCount;
        for (int second = 0; second < 3_600; second++)
        {
            _grid.SolarWatts = Clouds(second);
            Second(allowedWatts);
        }

        Tell(allowedWatts, isOverLine);
        Console.WriteLine($"above the allowance at most {_worstStretch} s at a time");
        Assert.IsLessThanOrEqualTo(20, _worstStretch, "as long as an offer and a vehicle need to follow");

        // Each of the ten clouds is a stop. The contactor rule lets the first three closings go at once and then four
        // an hour, so that half of the gaps in the clouds are used: 1 000 Wh, as without the rule, cannot be had.
        Assert.IsLessThanOrEqualTo(3 + 4, _charger.Bench.CloseCount - closings);
        Assert.IsGreaterThan(900, _charger.Vehicle.DrawnWattHours);
        Assert.IsTrue(Offer == 0 || Offer >= 6_000);
    }

    [TestMethod]
    [DataRow(0, false)]
    [DataRow(500, true)]
    public void CloudsThatPassStopNothingAndAlmostAllOfTheSunIsTaken(int allowedWatts, bool isOverLine)
    {
        Begin(wiredPhases: 1, vehiclePhases: 1, isOverLine);
        Assert.AreEqual(CommandRefusal.None, Do($$"""{"mode":"only","importWatts":{{allowedWatts}}}"""));
        int closings = _charger.Bench.CloseCount;
        for (int second = 0; second < 3_600; second++)
        {
            _grid.SolarWatts = Clouds(second);
            Second(allowedWatts);
        }

        Tell(allowedWatts, isOverLine);
        Assert.AreEqual(1, _charger.Bench.CloseCount - closings);
        Assert.IsGreaterThan(2_500, _charger.Vehicle.DrawnWattHours);
        Assert.IsLessThan(_charger.Vehicle.DrawnWattHours / 8.0, _importedWattHours, "the building's own included");
    }

    [TestMethod]
    public void WithoutSunNothingIsOfferedAndWithItTheOfferFollows()
    {
        Begin(wiredPhases: 1, vehiclePhases: 1);
        Assert.AreEqual(16_000, Offer, "off: as any charger");
        Assert.AreEqual(CommandRefusal.None, Do("""{"mode":"only"}"""));
        Run(30);
        Assert.AreEqual(0, Offer);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
        _grid.SolarWatts = HouseWatts + 3_000;
        Run(50);
        Assert.AreEqual(0, Offer, "it must last a minute");
        Run(120);
        Assert.IsTrue(Offer is > 12_500 and <= 13_050, Offer + " mA of 3 kW");
        Assert.IsTrue(_grid.Watts is > -200 and <= 0, _grid.Watts + " W: all of it, nothing from the grid");
        Assert.AreEqual(CommandRefusal.None, Do("""{"mode":"only","exportWatts":600}"""));
        Run(200);
        Assert.IsTrue(_grid.Watts is > -800 and <= -600, _grid.Watts + " W: the reserve stays");
    }

    [TestMethod]
    public void MinimumAndSurplusGoesOnThroughCloudsAndUsesTheSun()
    {
        Begin(wiredPhases: 1, vehiclePhases: 1);
        Assert.AreEqual(CommandRefusal.None, Do("""{"mode":"minimum"}"""));
        Run(30);
        Assert.AreEqual(6_000, Offer);
        _grid.SolarWatts = 4_000;
        Run(180);
        Assert.IsGreaterThan(15_000, Offer);
        int closings = _charger.Bench.CloseCount;
        _grid.SolarWatts = 0;
        Run(600);
        Assert.AreEqual(6_000, Offer);
        Assert.AreEqual(closings, _charger.Bench.CloseCount, "a cloud is no reason to switch");
    }

    [TestMethod]
    public void LittleSunIsTakenOnOnePhaseAndMuchOnThreeEachAfterThePause()
    {
        Begin(wiredPhases: 3, vehiclePhases: 3);
        Assert.AreEqual(CommandRefusal.None, Do("""{"mode":"only"}"""));
        _grid.SolarWatts = HouseWatts + 2_500;
        Run(180);
        Assert.AreEqual(1, _charger.Bench.PhaseCount, "2.5 kW are 6 A on one phase, not on three");
        Assert.IsTrue(Offer is > 10_000 and <= 10_870, Offer + " mA");
        _grid.SolarWatts = HouseWatts + 7_000;
        Run(590);
        Assert.AreEqual(1, _charger.Bench.PhaseCount, "not for a gap in the clouds");
        Run(120);
        Assert.AreEqual(3, _charger.Bench.PhaseCount);
        Run(60);
        Assert.IsTrue(Offer is > 9_000 and <= 10_150, Offer + " mA");
        Assert.IsLessThanOrEqualTo(0, _grid.Watts);
    }

    [TestMethod]
    public void AMeterThatIsSilentIsNoSurplus()
    {
        Begin(wiredPhases: 1, vehiclePhases: 1);
        _grid.SolarWatts = 5_000;
        Do("""{"mode":"only"}""");
        Run(150);
        Assert.IsGreaterThan(12_000, Offer);
        _grid.Answers = false;
        Run(8);
        Assert.AreEqual(0, Offer);
        Do("""{"mode":"minimum"}""");
        Run(10);
        Assert.AreEqual(6_000, Offer);
    }

    [TestMethod]
    public void AGridMeterOnALineIsFollowedAndItsSilenceAnotherMetersAnswerAndARefusalAreNoSurplus()
    {
        Begin(wiredPhases: 1, vehiclePhases: 1, isOverLine: true);
        _grid.SolarWatts = HouseWatts + 3_000;
        Assert.AreEqual(CommandRefusal.None, Do("""{"mode":"only"}"""));
        Run(170);
        Assert.IsTrue(Offer is > 12_500 and <= 13_050, Offer + " mA of 3 kW");
        Assert.IsTrue(_grid.Watts is > -200 and <= 0, _grid.Watts + " W");

        int closings = _charger.Bench.CloseCount;
        _line.LoseWrites = 1;
        Run(20);
        Assert.IsTrue(_charger.Bench.AreContactsClosed && _charger.Bench.CloseCount == closings,
            "one lost request is no stop");
        ItLacks(() => _line.LoseWrites = int.MaxValue, () => _line.LoseWrites = 0);
        ItLacks(() => _line.Other.LoseWrites = int.MaxValue, () => _line.Other.LoseWrites = 0);
        ItLacks(() => _gridMeter.Missing = 0x02030000, () => _gridMeter.Missing = 0);
        byte[] other = Dlt645Bytes.Frame("99 99 99 99 99 00", 0x91, "00 00 03 02 99 99 99");
        ItLacks(() => _server = null, () => _server = NewServer(), () => _line.Other.TryWrite(other, 0, other.Length));
    }

    [TestMethod]
    public void TheModeIsKeptOverALossOfSupplyAndBadOnesChangeNothing()
    {
        Begin(wiredPhases: 1, vehiclePhases: 1);
        Assert.AreEqual(CommandRefusal.None, Do("""{"mode":"minimum","importWatts":200,"exportWatts":100}"""));
        Assert.AreEqual(CommandRefusal.BadArgument, Do("{}"));
        Assert.AreEqual(CommandRefusal.BadArgument, Do("""{"mode":"sun"}"""));
        Assert.AreEqual(CommandRefusal.BadArgument, Do("""{"mode":"only","importWatts":-1}"""));
        Assert.AreEqual(CommandRefusal.BadArgument, Do("""{"mode":"only","watts":1}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange, Do("""{"mode":"only","importWatts":100001}"""));
        Assert.AreEqual(CommandRefusal.BadArgument, Do("""{"mode":"only","lackSeconds":-1}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange, Do("""{"mode":"only","lackSeconds":3601}"""));
        Assert.AreEqual(300, _charger.Product.Limits.Surplus.LackSeconds, "as none was said");
        int refusal = Do("""{"mode":"minimum","importWatts":200,"exportWatts":100,"lackSeconds":600}""");
        Assert.AreEqual(CommandRefusal.None, refusal);
        _charger.LosePower(1_000, isWarned: false);
        Assert.AreEqual(SurplusCharging.Minimum, _charger.Product.Limits.Surplus.Mode);
        Assert.AreEqual(200, _charger.Product.Limits.Surplus.ImportWatts);
        Assert.AreEqual(100, _charger.Product.Limits.Surplus.ExportWatts);
        Assert.AreEqual(600, _charger.Product.Limits.Surplus.LackSeconds);
        _desk = new CommandDesk(new SimulatedCharger(SessionRulesTests.Options()));
        Assert.AreEqual(CommandRefusal.NotSupported, Do("""{"mode":"only"}"""));
    }

    // From charging: the reading ends, the offer too, and both come back.
    private void ItLacks(Action fail, Action mend, Action everySecond = null)
    {
        fail();
        for (int second = 0; second < 9; second++)
        {
            everySecond?.Invoke();
            Run(1);
        }

        Assert.AreEqual(0, Offer, "5 s after the last reading");
        Assert.IsFalse(_charger.Product.Limits.Surplus.IsGridKnown);
        mend();

        // The contactor rule counts a vehicle's closings: to see the meter's return alone, another one comes each time.
        _charger.Vehicle.Unplug();
        Run(12);
        _charger.Vehicle.PlugIn();
        Run(180 - 12);
        Assert.IsTrue(Offer is > 12_500 and <= 13_050, Offer + " mA when it is back");
    }

    private Dlt645Server NewServer()
    {
        Dlt645Settings settings = new();
        settings.Address[0] = 0x78;
        return new Dlt645Server(_line.Other, settings, _gridMeter, 256);
    }

    private void Begin(int wiredPhases, int vehiclePhases, bool isOverLine = false)
    {
        _line = ScriptedLine.Pair();
        _server = isOverLine ? NewServer() : null;
        Dlt645Client client = new(_line, Dlt645TotalPower.AnswerBytes);
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = TariffFile.Load("china-workplace-five-rates").Table,
            StartUtcSeconds = 1_772_400_000,
            Charger = new SafetySettings { StationMilliampsMax = 32_000, PhaseCount = wiredPhases },
            Grid = _grid,
            GridSensor = isOverLine ? new Dlt645TotalPower(client, [0x78, 0, 0, 0, 0, 0]) : null,
        })
        {
            Vehicle = new Vehicle(new VehicleSettings
            {
                WantedWattHours = 60_000,
                MilliampsMax = 32_000,
                PhaseCount = vehiclePhases
            }),
        };
        _desk = new CommandDesk(_charger);
        _charger.Vehicle.PlugIn();
        Run(30);
    }

    private int Do(string arguments) => _desk.Do(CommandCode.Surplus, arguments);

    private void Tell(int allowedWatts, bool isOverLine) => Console.WriteLine(
        $"allowed {allowedWatts} W{(isOverLine ? " over the line" : "")}: {_secondsCharging} s of charging, "
        + $"{_charger.Vehicle.DrawnWattHours} Wh, imported {_importedWattHours:0} Wh, "
        + $"exported {_exportedWattHours:0} Wh");

    private void Run(int seconds)
    {
        for (long end = _charger.Clock.NowMs + seconds * 1_000L; _charger.Clock.NowMs < end;)
        {
            _charger.Step();
            long nowMs = _charger.Clock.NowMs;
            if (nowMs % 1_000 == 0)
            {
                // A meter renews its value once a second.
                _gridMeter.TotalPower = _grid.Watts * 10;
            }

            if (nowMs % LineMs == 0)
            {
                _server?.Tick(nowMs);
            }
        }
    }

    // One second of the world, and what the charger is answerable for: import beyond what the building needs by itself.
    private void Second(int allowedWatts)
    {
        Run(1);
        bool isCharging = _charger.Bench.AreContactsClosed && _charger.Vehicle.Milliamps > 0;
        _secondsCharging += isCharging ? 1 : 0;
        int own = Math.Max(0, HouseWatts - _grid.SolarWatts);
        bool isAbove = isCharging && _grid.Watts - own > allowedWatts + 20;
        _stretch = isAbove ? _stretch + 1 : 0;
        _worstStretch = Math.Max(_worstStretch, _stretch);
        _importedWattHours += Math.Max(0, _grid.Watts) / 3600.0;
        _exportedWattHours += Math.Max(0, -_grid.Watts) / 3600.0;
    }

    // 4.5 kW of sun; a cloud of half a minute to three every five minutes takes 70 to 90 % of it, with soft edges.
    private static int Clouds(int second)
    {
        int cloud = second / 300;
        int length = 30 + cloud * 53 % 150;
        int inCloud = second % 300 - 100;
        int depth = 70 + cloud * 7 % 21;
        int edge = Math.Clamp(Math.Min(inCloud, length - inCloud) * 25, 0, 100);
        return 4_500 - 4_500 * depth / 100 * edge / 100;
    }
}
