using System;
using System.IO;
using System.Text.Json.Nodes;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Releases;
using MeterFirmware.Tools.Tests.Support;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>What is kept over an update that changes the length of the stored state.</summary>
[TestClass]
public class ChargerStateTests
{
    private readonly CheckpointStore _store = new(new RamBlockStore(4, 64 * 1024), 16 * 1024);
    private readonly CheckpointStore _tariffs = new(new RamBlockStore(2, 8 * 1024), 4 * 1024);

    [TestMethod]
    public void AWeldStandsInALongerStateOfAnotherVersionToo()
    {
        byte[] state = new byte[12_000 + CheckpointStore.OverheadBytes];
        LittleEndian.WriteInt32(state, 0, 99);
        LittleEndian.WriteInt32(state, 8, 1);
        Assert.IsTrue(_store.TryWrite(state, 12_000));
        SimulatedCharger charger = Charger();
        charger.Run(1_000);
        Assert.IsTrue(charger.Product.Controller.State.Has(ChargerFault.Welded));
        charger.Vehicle.PlugIn();
        charger.Run(30_000);
        Assert.IsFalse(charger.Bench.IsCoilOn);
        Assert.AreEqual(0, charger.Bench.DutyHundredths, "state F");
    }

    /// <summary>A state of version 2 that an older firmware, or one between, would have kept.</summary>
    [TestMethod]
    [DataRow(-20)]
    [DataRow(4)]
    [DataRow(400)]
    public void RegistersAreReadFromAnOldStateThatIsShorterOrLonger(int extraBytes)
    {
        byte[] state = ReleaseChargerState.Load(
            Path.Combine(AppContext.BaseDirectory, "Releases", "2026-11-30", "charger"));
        byte[] longer = [.. state, .. new byte[400]];
        JsonObject facts = ReleaseChargerState.Facts(longer[..(state.Length + extraBytes)]);
        Assert.AreEqual(1_246L, (long)facts["exportWattHours"]);
        Assert.IsTrue((bool)facts["isInSession"]);
    }

    /// <summary>A tag of a later firmware is passed over; one that is missing leaves what it holds as new.</summary>
    [TestMethod]
    public void ASectionThatIsUnknownOrMissingCostsNoOther()
    {
        byte[] state = Rich();
        string whole = ReleaseChargerState.Facts(state).ToJsonString();
        Assert.AreEqual(whole, ReleaseChargerState.Facts([.. state, 200, 3, 0, 1, 2, 3]).ToJsonString());
        int sections = 0;
        for (int at = StateWriter.HeadBytes; at < state.Length; sections++)
        {
            int end = at + StateWriter.SectionHeadBytes + LittleEndian.ReadUInt16(state, at + 1);
            bool isMeters = state[at] == 4;
            JsonObject rest = ReleaseChargerState.Facts([.. state[..at], .. state[end..]]);
            Assert.AreEqual(isMeters ? 0L : 1_246L, (long)rest["exportWattHours"], $"without section {state[at]}");
            Assert.AreEqual(state[at] == 7 ? 32_000 : 28_000, (int)rest["ceiling"][2], $"without section {state[at]}");
            Assert.AreEqual(state[at] == 6 ? 0 : 100, (int)rest["surplus"][1], $"without section {state[at]}");
            Assert.AreEqual(state[at] == 8 ? 1L : 4L, (long)rest["nextRecordNumber"], $"without section {state[at]}");
            at = end;
        }

        Assert.AreEqual(13, sections);
    }

    [TestMethod]
    public void OfAStateThatIsCutAnywhereNothingIsApplied()
    {
        byte[] state = Rich();
        string nothing = ReleaseChargerState.Facts([0]).ToJsonString();
        int borders = 0;
        for (int length = 1; length < state.Length; length++)
        {
            // At a border between two sections it is a shorter state, not a cut one.
            bool isBorder = new StateReader().TryOpen(state[..length], length);
            borders += isBorder ? 1 : 0;
            if (!isBorder && (length % 7 == 0 || length < 64 || LongRun.IsAsked))
            {
                Assert.AreEqual(nothing, ReleaseChargerState.Facts(state[..length]).ToJsonString(), $"{length} bytes");
            }
        }

        Assert.AreEqual(13, borders);
    }

    /// <summary>An update that keeps other rates: registers stay, the running session's number is not given out again.
    /// </summary>
    [TestMethod]
    public void ARateMoreCostsNoRegister()
    {
        SimulatedCharger charger = Charger();
        charger.Vehicle.PlugIn();
        charger.Run(600_000);
        charger.Product.PowerFails(charger.Clock.NowMs);
        long wattHours = charger.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Assert.IsGreaterThan(1_000L, wattHours);
        SimulatedCharger next = Charger(ChargerLimits.RateCount - 1);
        Assert.AreEqual(wattHours, next.Product.Meter.Registers.TotalWattHours(EnergyKind.Import));
        Assert.AreEqual(charger.Product.Sessions.NextNumber, next.Product.Sessions.NextNumber);
        next.Run(1_000);
        Assert.AreEqual("21", string.Join(' ', SessionRulesTests.Events(next, ChargerEventCode.StateDamaged)));
    }

    // A state of today with every section.
    private static byte[] Rich()
    {
        string folder = Directory.CreateTempSubdirectory("mf-state-").FullName;
        ReleaseChargerState.Make(folder);
        byte[] state = ReleaseChargerState.Load(folder);
        Directory.Delete(folder, recursive: true);
        return state;
    }

    [TestMethod]
    public void ATariffByCommandHoldsForBillAndPlanAndOverARestart()
    {
        TariffTable other = Cheaper();
        byte[] table = new byte[other.ByteCount];
        other.CopyTo(table, 0);
        SimulatedCharger charger = Charger();
        CommandDesk desk = new(charger);
        charger.Vehicle.PlugIn();
        charger.Run(30_000);
        Assert.AreEqual(CommandRefusal.Busy, Send(desk, table, table.Length), "a session is billed by one tariff");
        charger.Vehicle.Unplug();
        charger.Run(5_000);
        Assert.AreEqual(CommandRefusal.WrongState,
            desk.Do(CommandCode.Tariff, """{"bytes":99,"at":5,"data":"AAAA"}"""));
        Assert.AreEqual(CommandRefusal.OutOfRange,
            desk.Do(CommandCode.Tariff, """{"bytes":9999,"at":0,"data":"AAAA"}"""));
        byte[] broken = (byte[])table.Clone();
        broken[^1] ^= 1;
        Assert.AreEqual(CommandRefusal.BadArgument, Send(desk, broken, 60));
        Assert.AreEqual(CommandRefusal.None, Send(desk, table, 60));
        StringAssert.EndsWith(desk.Answer, $"\"tariff\":\"{other.Name}\"");
        Bill(charger, other);
        charger.LosePower(1_000, isWarned: false);
        Bill(charger, other);
    }

    private static void Bill(SimulatedCharger charger, TariffTable tariff)
    {
        charger.Vehicle = new Vehicle(new VehicleSettings());
        charger.Vehicle.PlugIn();
        charger.Run(300_000);
        charger.Vehicle.Unplug();
        charger.Run(5_000);
        SessionRecord record = charger.Product.Sessions.Record;
        Assert.AreEqual((long)tariff.Crc, record.TariffCrc);
        Assert.IsGreaterThan(500L, record.RateWattHours[0]);
        Assert.AreEqual(MeterFirmware.Tariffs.Bill.LineCost(record.RateWattHours[0], record.RateMicrojoules[0], 10_000),
            record.RateCost[0]);
    }

    private static int Send(CommandDesk desk, byte[] bytes, int piece)
    {
        int refusal = CommandRefusal.None;
        for (int at = 0; at < bytes.Length && refusal == CommandRefusal.None; at += piece)
        {
            string data = Convert.ToBase64String(bytes, at, Math.Min(piece, bytes.Length - at));
            refusal = desk.Do(CommandCode.Tariff, $$"""{"bytes":{{bytes.Length}},"at":{{at}},"data":"{{data}}"}""");
        }

        return refusal;
    }

    private static TariffTable Cheaper()
    {
        const string Text = """
            {"name":"one cent","timezone":"+08:00","currency":"CNY","rates":["flat"],"days":{"all":[["00:00","flat"]]},
             "seasons":[{"from":"01-01","weekday":"all","weekend":"all"}],"holidays":[],"prices":{"flat":"0.01"}}
            """;
        return TariffSource.Parse(Text).Table;
    }

    private SimulatedCharger Charger(int rates = ChargerLimits.RateCount) => new(new SimulatedChargerParts
    {
        Tariff = TariffFile.Load("china-workplace-five-rates").Table,
        StartUtcSeconds = 1_772_400_000,
        Metering = new MeteringSettings { PhaseCount = 3, TierCountMax = 1, RateCountMax = rates },
        Checkpoints = _store,
        TariffStore = _tariffs,
    })
    {
        Vehicle = new Vehicle(new VehicleSettings()),
    };
}
