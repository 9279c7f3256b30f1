using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>The supply goes at any write of a session's end.</summary>
[TestClass]
public class SessionCutTests
{
    private const int BlockBytes = 8_192;
    private const long StartUtcSeconds = 1_772_400_000;

    private static readonly byte[] _token = [4, 0xA1, 0xB2, 0xC3];

    [TestMethod]
    public void ASessionIsToldOnceWhateverWriteOfItsEndIsCut()
    {
        FaultyBlockStore flash = new(ChargerPlan.BlockCount, BlockBytes);
        SimulatedCharger charger = Charger(flash, StartUtcSeconds);
        charger.Vehicle = new Vehicle(new VehicleSettings());
        charger.Vehicle.PlugIn();
        // Longer than between two checkpoints: energy is saved, a session that is cut is not empty.
        charger.Run(16 * 60_000);
        Assert.IsTrue(charger.Product.Sessions.IsActive);
        List<FaultyBlockStore> cuts = [];
        flash.BeforeWrite = (_, _, _, _) => cuts.Add(flash.Snapshot());
        charger.Vehicle.Unplug();
        charger.Run(5_000);
        flash.BeforeWrite = null;
        cuts.Add(flash.Snapshot());
        Assert.IsGreaterThan(2, cuts.Count);
        for (int cut = 0; cut < cuts.Count; cut++)
        {
            SimulatedCharger again = Charger(cuts[cut], StartUtcSeconds + 600);
            again.Run(5_000);
            again.Vehicle = new Vehicle(new VehicleSettings());
            again.Vehicle.PlugIn();
            again.Run(60_000);
            again.Vehicle.Unplug();
            again.Run(5_000);
            CollectionAssert.AreEqual(new long[] { 1, 2 }, Numbers(again), $"cut {cut} of {cuts.Count}");
        }
    }

    /// <summary>Twice without supply: the second cut meets the start after the first, which closes the session and goes
    /// on.</summary>
    [TestMethod]
    public void ADriversSessionGoesOnWhateverWriteOfTheStartAfterACutIsCutAgain()
    {
        FaultyBlockStore flash = new(ChargerPlan.BlockCount, BlockBytes);
        SimulatedCharger charger = Charger(flash, StartUtcSeconds, isFree: false);
        charger.Run(1_000);
        Assert.AreEqual(SessionRefusal.None, charger.Product.Sessions.StartRemotely(_token, 4, charger.Clock.NowMs));
        Plug(charger);
        charger.Run(16 * 60_000);
        List<FaultyBlockStore> cuts = [flash.Snapshot()];
        FaultyBlockStore first = flash.Snapshot();
        SimulatedCharger after = Charger(first, StartUtcSeconds + 1_000, isFree: false);
        Plug(after);
        first.BeforeWrite = (_, _, _, _) => cuts.Add(first.Snapshot());
        after.Run(5_000);
        first.BeforeWrite = null;
        cuts.Add(first.Snapshot());
        Assert.IsGreaterThan(4, cuts.Count);
        for (int cut = 0; cut < cuts.Count; cut++)
        {
            SimulatedCharger again = Charger(cuts[cut], StartUtcSeconds + 2_000, isFree: false);
            Plug(again);
            again.Run(60_000);
            string where = $"cut {cut} of {cuts.Count}";
            Assert.IsTrue(again.Bench.IsCoilOn, where);
            CollectionAssert.AreEqual(_token, again.Product.Sessions.Record.Token[..4], where);
            again.Vehicle.Unplug();
            again.Run(5_000);
            long[] told = Numbers(again);
            Assert.HasCount(told.Length, told.Distinct(), where);
            Assert.AreEqual(1L, told[0], where);
            Assert.AreEqual(again.Product.Sessions.Record.Number, told[^1], where);
            Assert.HasCount(2, told, where);
        }
    }

    [TestMethod]
    public void ANumberThatWasAnnouncedIsNotGivenAgainWhateverWriteIsCut()
    {
        FaultyBlockStore flash = new(ChargerPlan.BlockCount, BlockBytes);
        SimulatedCharger charger = Charger(flash, StartUtcSeconds);
        charger.Run(2_000);
        List<FaultyBlockStore> cuts = [];
        flash.BeforeWrite = (_, _, _, _) => cuts.Add(flash.Snapshot());
        Plug(charger);
        charger.Run(10_000);
        flash.BeforeWrite = null;
        Assert.AreEqual(2L, charger.Product.Sessions.NextNumber);
        Assert.IsGreaterThan(1, cuts.Count);
        foreach (FaultyBlockStore cut in cuts)
        {
            SimulatedCharger again = Charger(cut, StartUtcSeconds + 600);
            Plug(again);
            again.Run(10_000);
            List<long> announced = [.. SessionRulesTests.Events(again, ChargerEventCode.SessionStarted)];
            Assert.IsNotEmpty(announced);
            CollectionAssert.AllItemsAreUnique(announced);
        }
    }

    /// <summary>Whoever comes later does not charge on the token of a driver who has left.</summary>
    [TestMethod]
    public void ASessionThatDidNotGoOnInTimeIsOverForEveryLaterStart()
    {
        FaultyBlockStore flash = new(ChargerPlan.BlockCount, BlockBytes);
        SimulatedCharger charger = Charger(flash, StartUtcSeconds, isFree: false);
        charger.Run(1_000);
        charger.Product.Sessions.StartRemotely(_token, 4, charger.Clock.NowMs);
        Plug(charger);
        charger.Run(16 * 60_000);
        FaultyBlockStore kept = flash.Snapshot();
        SimulatedCharger empty = Charger(kept, StartUtcSeconds + 1_000, isFree: false);
        empty.Run(1_000);
        Assert.IsTrue(empty.Product.Sessions.IsResumeAwaited);
        empty.Run(60_000);
        Assert.IsFalse(empty.Product.Sessions.IsResumeAwaited);
        SimulatedCharger later = Charger(kept.Snapshot(), StartUtcSeconds + 2_000, isFree: false);
        Plug(later);
        later.Run(30_000);
        Assert.IsFalse(later.Bench.IsCoilOn);
        Assert.AreEqual(2L, later.Product.Sessions.NextNumber);
    }

    private static long[] Numbers(SimulatedCharger charger) =>
        [.. Sessions(charger.Records).Select(session => session.Number).Order()];

    private static void Plug(SimulatedCharger charger)
    {
        charger.Vehicle = new Vehicle(new VehicleSettings());
        charger.Vehicle.PlugIn();
    }

    /// <summary>The session records of a journal, in its order.</summary>
    internal static List<SessionRecord> Sessions(IRecordLog log)
    {
        List<SessionRecord> sessions = [];
        byte[] bytes = new byte[SessionRecord.BytesMax];
        for (long number = 1; log.TryFind(number, out number); number++)
        {
            SessionRecord session = new();
            if (log.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Session
                && session.TryRead(bytes, 0, count))
            {
                sessions.Add(session);
            }
        }

        return sessions;
    }

    private static SimulatedCharger Charger(FaultyBlockStore flash, long utcSeconds, bool isFree = true) => new(
        new SimulatedChargerParts
        {
            Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = isFree },
            Tariff = TariffFile.Load("china-workplace-five-rates").Table,
            StartUtcSeconds = utcSeconds,
            Flash = flash,
            Records = null,
            Checkpoints = null,
        });
}
