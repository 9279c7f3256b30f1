using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Scenarios;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>A pilot that blinks and a plug that is loose: session and lock stay, nothing fills the flash, no bill is
/// lost.</summary>
[TestClass]
public class LoosePlugTests
{
    private static readonly byte[] _token = [1, 2, 3, 4];

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void ABlinkOfThePilotEndsNoSessionAndUnlocksNothing(bool isFree)
    {
        Motor motor = new();
        SimulatedChargerParts options = Options(isFree, motor);
        SimulatedCharger charger = Charging(options);
        Short(charger, 80);
        Assert.IsFalse(charger.Bench.IsCoilOn, "opened at once all the same");
        charger.Run(3_600_000);
        Assert.IsTrue(charger.Bench.IsCoilOn, "it went on");
        Assert.IsTrue(motor.IsLocked);
        Assert.AreEqual(1, motor.Changes);
        charger.Vehicle.Unplug();
        charger.Run(3_000);
        SessionRecord record = SessionTimeTests.Records(options).Single();
        Assert.AreEqual(SessionReason.Unplugged, record.Reason);
        Assert.IsGreaterThan(10_000L, record.EndWattHours - record.StartWattHours);
        Assert.IsFalse(motor.IsLocked);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-12_000)]
    public void NobodyIsTrappedByAPilotThatSaysNothing(int pilotMillivolts)
    {
        Motor motor = new();
        SimulatedCharger charger = Charging(Options(false, motor));
        Short(charger, 29_500, pilotMillivolts);
        Assert.IsTrue(motor.IsLocked, "for 30 s it may come back");
        Short(charger, 2_000, pilotMillivolts);
        Assert.IsFalse(motor.IsLocked);
        Assert.IsTrue(charger.Product.Sessions.IsActive, "whether the vehicle has left is not known");
        charger.Run(30_000);
        Assert.IsTrue(motor.IsLocked && charger.Bench.IsCoilOn, "it had not, and its session goes on");
        Assert.AreEqual(2L, charger.Product.Sessions.NextNumber);
    }

    [TestMethod]
    public void APersonsRequestOpensTheLockWhileThePilotSaysNothing()
    {
        Motor motor = new();
        SimulatedCharger charger = Charging(Options(false, motor));
        Short(charger, 1_000);
        Assert.AreEqual(SessionRefusal.None, charger.Product.Sessions.Present(_token, 4, charger.Clock.NowMs));
        Short(charger, 1_000);
        Assert.IsFalse(motor.IsLocked);
        charger.Run(60_000);
        Assert.IsFalse(charger.Bench.IsCoilOn, "stopped is stopped, also when the pilot is back");
    }

    [TestMethod]
    public void APauseByALimitUnlocksNothing()
    {
        Motor motor = new();
        SimulatedCharger charger = Charging(Options(false, motor));
        charger.Product.Limits.TrySet(MeterFirmware.Commands.CommandRole.Utility, 0, 3_600_000, charger.Clock.NowMs);
        charger.Run(1_800_000);
        Assert.IsFalse(charger.Bench.IsCoilOn);
        Assert.IsTrue(motor.IsLocked);
        Assert.AreEqual(1, motor.Changes);
    }

    [TestMethod]
    [DataRow(100)]
    [DataRow(500)]
    [DataRow(2_000)]
    public void ALoosePlugWritesNoRecordsAndWearsNoFlash(int contactMs)
    {
        CountedStore store = new();
        SimulatedChargerParts options = Options(true, null, store);
        SimulatedCharger charger = new(options) { Vehicle = new Vehicle(new VehicleSettings { ReactMs = 60_000 }) };
        charger.Run(2_000);
        int writes = store.Writes;
        long next = options.Records.NextNumber;
        for (int i = 0; i < 200; i++)
        {
            charger.Vehicle.PlugIn();
            charger.Run(contactMs);
            charger.Vehicle.Unplug();
            charger.Run(contactMs);
        }

        charger.Run(3_000);
        // Short gaps make one visit of it, and that is announced once after a minute.
        int visits = contactMs == 500 ? 1 : 0;
        Assert.AreEqual(next + 2 * visits, options.Records.NextNumber, "no record, no more events");
        Assert.IsLessThanOrEqualTo(writes + 2 * visits, store.Writes, "no checkpoint");
        Assert.AreEqual(1L + visits, charger.Product.Sessions.NextNumber, "no number used up");
        Assert.IsGreaterThan(0L, charger.Product.Sessions.EmptyCount);
        Assert.IsFalse(charger.Product.Sessions.IsActive);
    }

    [TestMethod]
    public void ASessionWithATokenThatBroughtNothingIsAnEventAndNoRecord()
    {
        SimulatedChargerParts options = Options(false, null);
        SimulatedCharger charger = new(options) { Vehicle = new Vehicle(new VehicleSettings { ReactMs = 600_000 }) };
        charger.Vehicle.PlugIn();
        charger.Run(2_000);
        charger.Product.Sessions.StartRemotely(_token, 4, charger.Clock.NowMs);
        charger.Run(60_000);
        charger.Vehicle.Unplug();
        charger.Run(3_000);
        Assert.IsEmpty(SessionTimeTests.Records(options));
        Assert.AreEqual("1", string.Join(' ', SessionRulesTests.Events(charger, ChargerEventCode.SessionStarted)));
        Assert.AreEqual("1", string.Join(' ', SessionRulesTests.Events(charger, ChargerEventCode.SessionEmpty)));
        Assert.AreEqual(2L, charger.Product.Sessions.NextNumber);
    }

    [TestMethod]
    public void ABillIsTheLastToGoWhenTheJournalIsFull()
    {
        // The smallest that hold a state; boards have 8 KB.
        RamBlockStore flash = new(ChargerPlan.BlockCount, 6_144);
        CompleteCharger charger = Complete(flash, out ChargerBench bench, out SimulatedClock clock);
        Vehicle vehicle = new(new VehicleSettings { WantedWattHours = 60_000 });
        vehicle.PlugIn();
        Run(charger, bench, clock, vehicle, 600_000);
        vehicle.Unplug();
        Run(charger, bench, clock, vehicle, 3_000);
        long bill = Bills(charger.Journal).Single();

        // What else writes, far more than the flash holds: intervals and events, nothing of it delivered.
        byte[] other = new byte[60];
        for (int i = 0; i < 6_000; i++)
        {
            Assert.IsTrue(charger.Journal.TryAppend(i % 3 == 0 ? RecordKind.Event : RecordKind.Interval, other, 0,
                other.Length, out long _));
        }

        Assert.AreEqual(bill, Bills(charger.Journal).Single());
        Assert.IsGreaterThan(1_000, charger.Journal.DroppedRecords);

        // And bills for months: the oldest goes when only bills are left to go.
        byte[] bytes = new byte[140];
        int bills = 1;
        for (; bills < 2_000 && Bills(charger.Journal).First() == bill; bills++)
        {
            charger.Journal.TryAppend(RecordKind.Session, bytes, 0, bytes.Length, out long _);
        }

        Assert.IsTrue(bills is > 550 and < 2_000, bills.ToString());
    }

    private static IEnumerable<long> Bills(Journal journal)
    {
        byte[] bytes = new byte[2_048];
        for (long number = journal.OldestNumber; number < journal.NextNumber; number++)
        {
            if (journal.TryRead(number, bytes, out int _, out int kind) && kind == RecordKind.Session)
            {
                yield return number;
            }
        }
    }

    private static SimulatedCharger Charging(SimulatedChargerParts options)
    {
        SimulatedCharger charger =
            new(options) { Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 }) };
        charger.Product.Sessions.LocalList.TryAdd(_token, 4);
        charger.Run(2_000);
        charger.Vehicle.PlugIn();
        charger.Run(3_000);
        if (!options.Sessions.IsFree)
        {
            Assert.AreEqual(SessionRefusal.None, charger.Product.Sessions.Present(_token, 4, charger.Clock.NowMs));
        }

        charger.Run(60_000);
        Assert.IsTrue(charger.Bench.IsCoilOn);
        return charger;
    }

    // The pilot lies on earth, or worse, whatever the vehicle does.
    private static void Short(SimulatedCharger charger, int ms, int millivolts = 0)
    {
        for (int i = 0; i < ms / SimulatedCharger.TickMs; i++)
        {
            charger.Clock.Advance(SimulatedCharger.TickMs);
            charger.Vehicle.Step(charger.Clock.NowMs, charger.Bench);
            charger.Bench.CpHighMillivolts = millivolts;
            charger.Bench.Advance(charger.Clock.NowMs);
            charger.Product.Tick(charger.Clock.NowMs);
        }
    }

    private static SimulatedChargerParts Options(bool isFree, IConnectorLock motor,
        ICheckpointStore checkpoints = null) => new()
        {
            Tariff = SessionTimeTests.Tariff(),
            StartUtcSeconds = 1_772_415_000,
            Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = isFree },
            Lock = motor,
            Checkpoints = checkpoints ?? new CountedStore(),
        };

    private static CompleteCharger Complete(IBlockStore flash, out ChargerBench bench, out SimulatedClock clock)
    {
        bench = new ChargerBench();
        clock = new SimulatedClock(1_772_415_000);
        return new CompleteCharger(
            new EvChargerParts
            {
                Hardware = ChargerScenarioRunner.HardwareOf(bench),
                Charger = SafetySettings.For(ChargingStandard.Iec61851),
                Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = true },
                Metering =
                    new MeteringSettings { PhaseCount = 3, TierCountMax = 1, RateCountMax = ChargerLimits.RateCount },
                Clock = clock,
                Tariff = SessionTimeTests.Tariff(),
                BillingKey = new byte[32],
                SafeMilliamps = 16_000,
            },
            flash,
            false);
    }

    private static void Run(CompleteCharger charger, ChargerBench bench, SimulatedClock clock, Vehicle vehicle, int ms)
    {
        for (int i = 0; i < ms / 10; i++)
        {
            clock.Advance(10);
            vehicle.Step(clock.NowMs, bench);
            bench.Advance(clock.NowMs);
            charger.Tick(clock.NowMs);
        }
    }

    private sealed class Motor : IConnectorLock
    {
        public bool IsLocked { get; private set; }

        public int Changes { get; private set; }

        public bool TrySet(bool locked)
        {
            Changes += locked == IsLocked ? 0 : 1;
            IsLocked = locked;
            return true;
        }

        public bool TryReadFeedback(out bool locked)
        {
            locked = IsLocked;
            return true;
        }
    }

    private sealed class CountedStore : ICheckpointStore
    {
        private readonly CheckpointStore _inner = new(new RamBlockStore(4, 64 * 1024), 16 * 1024);

        public int Writes { get; private set; }

        public bool TryWrite(byte[] state, int count)
        {
            Writes++;
            return _inner.TryWrite(state, count);
        }

        public bool TryBegin(byte[] state, int count) => _inner.TryBegin(state, count);

        public int Carry(byte[] state, int done, int bytes) => _inner.Carry(state, done, bytes);

        public bool TryFinish(byte[] state)
        {
            Writes++;
            return _inner.TryFinish(state);
        }

        public bool TryReadNewest(byte[] state, out int count, out bool isOlder) =>
            _inner.TryReadNewest(state, out count, out isOlder);
    }
}
