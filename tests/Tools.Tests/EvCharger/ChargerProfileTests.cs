using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.Storage;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Charging profiles (OCPP) through the whole charge point: by command to what the vehicle is offered.</summary>
[TestClass]
public class ChargerProfileTests
{
    // 2026-01-01 00:00 UTC.
    private const long Start = 1_767_225_600;

    /// <summary>The product looks at its clock once a round of 100 ms: a second may begin that much later.</summary>
    private const int AwayFromASecondsEdgeMs = 500;

    private readonly FaultyBlockStore _flash = new(2, 8_192);
    private SimulatedCharger _charger;
    private CommandDesk _desk;

    private int Offer => _charger.Product.Controller.State.OfferMilliamps;

    [TestInitialize]
    public void Build()
    {
        _charger = new SimulatedCharger(Options());
        PlugIn();
    }

    [TestMethod]
    public void TheLowestOfStationAndTransactionHoldsAndTheCeilingIsNeverRaised()
    {
        Assert.AreEqual(16_000, Offer, "nobody says anything: the safe current");
        Set(
            """{"id":1,"purpose":"ChargePointMaxProfile","stackLevel":"""
                + """0,"kind":"Absolute","unit":"mA","startUtcSeconds":0,"periods":[[0,20000]]}""");
        _charger.Run(10_000);
        Assert.AreEqual(20_000, Offer, "a manager said so");
        Set(
            """{"id":2,"purpose":"TxDefaultProfile","stackLevel":3,"kind":"Relative","unit":"mA","periods":[[0,"""
                + """10000],[3600,13000]]}""");
        _charger.Run(10_000);
        Assert.AreEqual(10_000, Offer);
        Set("""{"id":3,"purpose":"TxProfile","stackLevel":0,"kind":"Relative","unit":"W","periods":[[0,5520]]}""");
        _charger.Run(10_000);
        Assert.AreEqual(8_000, Offer, "the transaction's own: 5 520 W are 8 A on three phases");
        Set(
            """{"id":1,"purpose":"ChargePointMaxProfile","stackLevel":"""
                + """0,"kind":"Absolute","unit":"mA","startUtcSeconds":0,"periods":[[0,900000]]}""");
        Assert.AreEqual(CommandRefusal.None, Do("""{"action":"clear","id":3}"""));
        Assert.AreEqual(CommandRefusal.None, Do("""{"action":"clear","purpose":"TxDefaultProfile"}"""));
        _charger.Run(10_000);
        Assert.AreEqual(32_000, Offer, "900 A by profile are what station and cable bear");
        Assert.AreEqual(CommandRefusal.None, Do("""{"action":"clear"}"""));
        _charger.Run(10_000);
        Assert.AreEqual(16_000, Offer);
        Assert.AreEqual(CommandRefusal.WrongState, Do("""{"action":"clear"}"""), "there is none left");
    }

    [TestMethod]
    public void ADailyProfilePausesAndResumesAtItsTimes()
    {
        // From 00:02:00 UTC each day for a minute a pause, then 12 A.
        Set(
            """{"id":1,"purpose":"TxDefaultProfile","stackLevel":0,"kind":"Daily","unit":"mA","startUtcSeconds":"""
                + $$"""{{Start - 86_400 + 120}},"periods":[[0,0],[60,12000]]}""");
        _charger.Run(120_000 - ElapsedMs() - 1_000);
        Assert.AreEqual(12_000, Offer, "before today's start yesterday's still applies");
        _charger.Run(10_000);
        Assert.AreEqual(0, Offer);
        Assert.IsFalse(_charger.Bench.IsCoilOn);
        _charger.Run(60_000);
        Assert.AreEqual(12_000, Offer);
        Assert.IsTrue(_charger.Bench.IsCoilOn);
    }

    [TestMethod]
    public void ItIsKeptOverALossOfSupplyAndWithoutTimeTheSafeCurrentHolds()
    {
        Set(
            """{"id":9,"purpose":"ChargePointMaxProfile","stackLevel":"""
                + """99,"kind":"Absolute","unit":"mA","startUtcSeconds":0,"periods":[[0,7000]]}""");
        Set("""{"id":10,"purpose":"TxProfile","stackLevel":0,"kind":"Relative","unit":"mA","periods":[[0,6000]]}""");
        _charger.Run(10_000);
        Assert.AreEqual(6_000, Offer);
        _charger.LosePower(5_000, isWarned: false);
        PlugIn();
        Assert.AreEqual(7_000, Offer, "the station's stays, the transaction's went with it");
        _charger.LosePower(5_000, isWarned: false);
        _charger.Clock.HasTime = false;
        PlugIn();
        Assert.AreEqual(16_000, Offer, "which of them holds is not known: the safe current");
        _charger.Product.Limits.TrySet(CommandRole.Utility, 32_000, 60_000, _charger.Clock.NowMs);
        _charger.Run(10_000);
        Assert.AreEqual(16_000, Offer, "and nobody lifts it");
    }

    [TestMethod]
    public void ASessionsProfileEndsWithIt()
    {
        Set("""{"id":1,"purpose":"TxProfile","stackLevel":0,"kind":"Relative","unit":"mA","periods":[[0,8000]]}""");
        _charger.Run(10_000);
        Assert.AreEqual(8_000, Offer);
        _charger.Vehicle.Unplug();
        _charger.Run(10_000);
        Assert.AreEqual(CommandRefusal.NoSession,
            Do(
                """{"action":"set","id":1,"purpose":"TxProfile","stackLevel":"""
                    + """0,"kind":"Relative","unit":"mA","periods":[[0,8000]]}"""));
        _charger.Vehicle.PlugIn();
        _charger.Run(30_000);
        Assert.AreEqual(16_000, Offer);
    }

    [TestMethod]
    public void OnePhaseByProfileIsSwitchedInOrderAndAfterThePause()
    {
        Set(
            """{"id":1,"purpose":"TxDefaultProfile","stackLevel":0,"kind":"Relative","unit":"W","periods":[[0,"""
                + """2300,1]]}""");
        _charger.Run(20_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn, "the pause");
        Assert.AreEqual(3, _charger.Bench.PhaseCount);
        _charger.Run(40_000);
        Assert.AreEqual(1, _charger.Bench.PhaseCount);
        Assert.AreEqual(10_000, Offer, "2 300 W on the one phase");
        Assert.AreEqual(CommandRefusal.None, Do("""{"action":"clear"}"""));
        _charger.Run(60_000);
        Assert.AreEqual(3, _charger.Bench.PhaseCount);
    }

    [TestMethod]
    public void AStoreThatRefusesLeavesTheProfilesAsTheyWere()
    {
        Set(
            """{"id":1,"purpose":"ChargePointMaxProfile","stackLevel":"""
                + """0,"kind":"Absolute","unit":"mA","startUtcSeconds":0,"periods":[[0,9000]]}""");
        _flash.RefuseEvery = 1;
        Assert.AreEqual(CommandRefusal.StorageFailed,
            Do(
                """{"action":"set","id":1,"purpose":"ChargePointMaxProfile","stackLevel":"""
                    + """0,"kind":"Absolute","unit":"mA","startUtcSeconds":0,"periods":[[0,12000]]}"""));
        Assert.AreEqual(CommandRefusal.StorageFailed, Do("""{"action":"clear"}"""));
        _charger.Run(10_000);
        Assert.AreEqual(9_000, Offer);
        _flash.RefuseEvery = 0;
        Set(
            """{"id":1,"purpose":"ChargePointMaxProfile","stackLevel":"""
                + """0,"kind":"Absolute","unit":"mA","startUtcSeconds":0,"periods":[[0,12000]]}""");
        _charger.Run(10_000);
        Assert.AreEqual(12_000, Offer);
    }

    [TestMethod]
    public void TheCompositeScheduleIsReported()
    {
        Set(
            """{"id":1,"purpose":"ChargePointMaxProfile","stackLevel":"""
                + $$"""0,"kind":"Absolute","unit":"mA","startUtcSeconds":{{Start}},"periods":[[0,20000],[7200,"""
                + """10000]]}""");
        _charger.Run(AwayFromASecondsEdgeMs);
        long now = Start + ElapsedMs() / 1_000;
        Assert.AreEqual(CommandRefusal.None, Do("""{"action":"report","seconds":86400}"""));
        Assert.AreEqual($"\"isWhole\":true,\"schedule\":[[0,20000,3],[{Start + 7_200 - now},10000,3]]", _desk.Answer);
    }

    [TestMethod]
    public void AReportConvertsWattsWithEachPeriodsOwnPhases()
    {
        _charger = new SimulatedCharger(Options());
        _desk = new CommandDesk(_charger);
        _charger.Run(1_000);
        Set(
            """{"id":1,"purpose":"TxDefaultProfile","stackLevel":"""
                + $$"""0,"kind":"Absolute","unit":"W","startUtcSeconds":{{Start + 1}},"periods":[[0,11040,3],["""
                + """1800,7360,1]]}""");
        const string Asked = """{"action":"report","seconds":7200}""";
        _charger.Run(AwayFromASecondsEdgeMs);
        Do(Asked);
        Assert.AreEqual("\"isWhole\":true,\"schedule\":[[0,16000,3],[1800,32000,1]]", _desk.Answer,
            "before anything runs");
        PlugIn();
        _charger.Run(1_000 * (1 + 600) + AwayFromASecondsEdgeMs - ElapsedMs());
        Do(Asked);
        Assert.AreEqual("\"isWhole\":true,\"schedule\":[[0,16000,3],[1200,32000,1]]", _desk.Answer,
            "while it charges on three");
        _charger.Run(1_000 * (1 + 2_100) + AwayFromASecondsEdgeMs - ElapsedMs());
        Assert.AreEqual(1, _charger.Bench.PhaseCount);
        Assert.AreEqual(32_000, Offer, "what was reported is what it offers then");
        Set(
            """{"id":1,"purpose":"TxDefaultProfile","stackLevel":"""
                + $$"""0,"kind":"Absolute","unit":"W","startUtcSeconds":{{Start + 1}},"periods":[[0,7360,1],[3600,"""
                + """11040,3]]}""");
        Do(Asked);
        Assert.AreEqual("\"isWhole\":true,\"schedule\":[[0,32000,1],[1500,16000,3]]", _desk.Answer,
            "while it charges on one");
    }

    [TestMethod]
    public void AnAbsoluteProfileWithoutAStartCountsFromTheStartOfCharging()
    {
        const string Asked = """{"action":"report","seconds":7200}""";
        _charger = new SimulatedCharger(Options());
        _desk = new CommandDesk(_charger);
        _charger.Run(600_000);
        Set(
            """{"id":1,"purpose":"TxDefaultProfile","stackLevel":0,"kind":"Absolute","unit":"mA","periods":[[0,"""
                + """12000],[60,8000]]}""");
        Assert.AreEqual(CommandRefusal.OutOfRange,
            Do(
                """{"action":"set","id":2,"purpose":"ChargePointMaxProfile","stackLevel":"""
                    + """0,"kind":"Absolute","unit":"mA","periods":[[0,8000]]}"""));
        Do(Asked);
        Assert.AreEqual("\"isWhole\":true,\"schedule\":[[0,-1,3]]", _desk.Answer,
            "without a transaction it says nothing");
        PlugIn();
        Assert.AreEqual(12_000, Offer);
        _charger.Run(40_000);
        Assert.AreEqual(8_000, Offer);
        _charger.Vehicle.Unplug();
        _charger.Run(5_000);
        PlugIn();
        Assert.AreEqual(12_000, Offer, "the next one counts from its own start");
        Do("""{"action":"clear"}""");
        _charger.LosePower(1_000, isWarned: true);
        PlugIn();
        Assert.AreEqual(16_000, Offer);
    }

    [TestMethod]
    public void ADailyProfileRecursBeforeItsFirstStartTooAndValidFromHoldsItBack()
    {
        Set(
            """{"id":1,"purpose":"TxDefaultProfile","stackLevel":0,"kind":"Daily","unit":"mA","startUtcSeconds":"""
                + $$"""{{Start + 86_400}},"periods":[[0,9000]]}""");
        _charger.Run(10_000);
        Assert.AreEqual(9_000, Offer);
        Set(
            """{"id":1,"purpose":"TxDefaultProfile","stackLevel":0,"kind":"Daily","unit":"mA","startUtcSeconds":"""
                + $$"""{{Start + 86_400}},"validFromUtcSeconds":{{Start + 86_400}},"periods":[[0,9000]]}""");
        _charger.Run(10_000);
        Assert.AreEqual(16_000, Offer);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(2_592_000)]
    [DataRow(-7_200)]
    public void ARelativeProfileKeepsItsPlaceWhenTheClockBecomesKnownOrIsSet(int stepSeconds)
    {
        _charger = new SimulatedCharger(Options());
        _charger.Clock.HasTime = stepSeconds != 0;
        _desk = new CommandDesk(_charger);
        _charger.Run(5_000);
        Set(
            """{"id":1,"purpose":"TxDefaultProfile","stackLevel":0,"kind":"Relative","unit":"mA","periods":[[0,"""
                + """16000],[36000,0]]}""");
        PlugIn();
        _charger.SetTime(_charger.Clock.UtcSeconds + stepSeconds);
        for (int i = 0; i < 2_000; i++)
        {
            _charger.Step();
            Assert.AreEqual(16_000, Offer, $"tick {i}");
        }

        _charger.Run(600_000);
        Assert.AreEqual(16_000, Offer);
    }

    [TestMethod]
    public void OnlyTheUtilitySetsAndClearsExternalConstraints()
    {
        const string External =
            """{"action":"set","id":1,"purpose":"ChargingStationExternalConstraints","stackLevel":"""
                + """0,"kind":"Absolute","unit":"mA","startUtcSeconds":0,"periods":[[0,9000]]}""";
        Assert.AreEqual(CommandRefusal.RoleNotAllowed, Do(External, CommandRole.Owner));
        Assert.AreEqual(CommandRefusal.None, Do(External));
        Assert.AreEqual(CommandRefusal.WrongState, Do("""{"action":"clear"}""", CommandRole.Owner));
        Assert.AreEqual(CommandRefusal.RoleNotAllowed,
            Do(
                """{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
                    + """0,"kind":"Relative","unit":"mA","periods":[[0,9000]]}""", CommandRole.Owner));
        _charger.Run(10_000);
        Assert.AreEqual(9_000, Offer);
    }

    [TestMethod]
    [DataRow("""{"action":"set"}""")]
    [DataRow("""{"action":"fly"}""")]
    [DataRow("""{"action":"clear","id":-1}""")]
    [DataRow("""{"action":"clear","purpose":"Tx"}""")]
    [DataRow("""{"action":"clear","level":1}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """100,"kind":"Relative","unit":"mA","periods":[[0,8000]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Hourly","unit":"mA","periods":[[0,8000]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"A","periods":[[0,8000]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"mA","periods":[]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"mA","periods":[0,8000]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"mA","periods":[[0]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"mA","periods":[[0,8000,3,1]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"mA","periods":[[0,8000.5]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"mA","periods":[[0,-1]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"mA","periods":[[0,8000,4]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"mA","periods":[[60,8000]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"mA","periods":[[0,8000],[0,9000]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"mA","startUtcSeconds":5,"periods":[[0,8000]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Daily","unit":"mA","periods":[[0,8000]]}""")]
    [DataRow("""{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
        + """0,"kind":"Relative","unit":"W","periods":[[0,4294967296]]}""")]
    [DataRow("""{"action":"report"}""")]
    public void AProfileThatIsNotAsWrittenChangesNothing(string arguments)
    {
        Assert.AreEqual(CommandRefusal.BadArgument, Do(arguments));
        Assert.AreEqual(0, _charger.Product.Limits.Profiles.Count);
        _charger.Run(6_000);
        Assert.AreEqual(16_000, Offer);
    }

    [TestMethod]
    public void ContradictionsAndANinthProfileAreOutOfRange()
    {
        Assert.AreEqual(CommandRefusal.OutOfRange,
            Do(
                """{"action":"set","id":1,"purpose":"ChargePointMaxProfile","stackLevel":"""
                    + """0,"kind":"Relative","unit":"mA","periods":[[0,8000]]}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange,
            Do(
                """{"action":"set","id":1,"purpose":"TxDefaultProfile","stackLevel":"""
                    + """0,"kind":"Relative","unit":"mA","validFromUtcSeconds":9,"validToUtcSeconds":9,"periods":["""
                    + """[0,8000]]}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange, Do("""{"action":"report","seconds":0}"""));
        for (int i = 0; i < ChargerLimits.ProfileCount; i++)
        {
            Set(
                $$"""{"id":{{i}},"purpose":"TxDefaultProfile","stackLevel":"""
                    + $$"""{{i}},"kind":"Relative","unit":"mA","periods":[[0,{{8_000 + i * 1_000}}]]}""");
        }

        Assert.AreEqual(CommandRefusal.OutOfRange,
            Do(
                """{"action":"set","id":99,"purpose":"TxDefaultProfile","stackLevel":"""
                    + """99,"kind":"Relative","unit":"mA","periods":[[0,6000]]}"""));
        _charger.Run(10_000);
        Assert.AreEqual(15_000, Offer, "the highest of those that were taken");
    }

    private long ElapsedMs() => _charger.Clock.NowMs;

    private SimulatedChargerParts Options() => new()
    {
        Tariff = TariffFile.Load("china-workplace-five-rates").Table,
        StartUtcSeconds = Start,
        ProfileStore = new CheckpointStore(_flash, 4_096),
        Charger = new SafetySettings { StationMilliampsMax = 32_000 },
    };

    private void PlugIn()
    {
        _desk = new CommandDesk(_charger);
        _charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000, MilliampsMax = 63_000 });
        _charger.Vehicle.PlugIn();
        _charger.Run(30_000);
    }

    private void Set(string arguments) =>
        Assert.AreEqual(CommandRefusal.None,
            Do(arguments.Replace("{\"id\"", "{\"action\":\"set\",\"id\"", System.StringComparison.Ordinal)));

    private int Do(string arguments, int role = CommandRole.Utility) => _desk.Do(CommandCode.Profile, arguments, role);
}
