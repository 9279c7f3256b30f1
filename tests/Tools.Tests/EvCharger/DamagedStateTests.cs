using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Charging;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Tests.Releases;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>A saved state that passes its check sum and whose numbers cannot be: a bug, another version's layout, a
/// tampered file. The charger starts all the same, and says what it does not know.</summary>
[TestClass]
public class DamagedStateTests
{
    private const long Start = 1_772_415_000;

    private readonly CheckpointStore _store = new(new RamBlockStore(4, 64 * 1024), 16 * 1024);

    [TestMethod]
    public void NoMutatedStateThrowsOrWritesAnImpossibleBill()
    {
        byte[] whole = Saved(out int length);
        Random random = new(11);
        int damaged = 0;
        for (int i = 0; i < (LongRun.IsAsked ? 20_000 : 6_000); i++)
        {
            byte[] state = (byte[])whole.Clone();
            for (int left = 1 + random.Next(3); left > 0; left--)
            {
                int at = 4 + random.Next(length - 4);
                state[at] = random.Next(3) switch
                {
                    0 => 0xFF,
                    1 => (byte)(state[at] ^ (1 << random.Next(8))),
                    _ => (byte)random.Next(256)
                };
            }

            SimulatedChargerParts options = Options(new OneState(state, length), log: new MemoryRecordLog(16, 1_024));
            SimulatedCharger charger = new(options);
            for (int tick = 0; tick < EvChargerProduct.SliceCount; tick++)
            {
                charger.Step();
            }

            damaged += Check(charger, options) ? 1 : 0;
        }

        Assert.IsGreaterThan(100, damaged, "many of them had no possible numbers");
    }

    [TestMethod]
    public void EveryPartThatCanBeDamagedHasItsNameInTheCatalogue()
    {
        byte[] whole = Saved(out int length);
        string catalogue = File.ReadAllText(Path.Combine(Checkout.Root, "firmware", "Catalogue", "events.json"));
        string named = catalogue[catalogue.IndexOf("which part (", StringComparison.Ordinal)..];
        named = named[..named.IndexOf(')')];
        List<long> told = [];
        for (int at = StateWriter.HeadBytes; at < length;)
        {
            int end = at + StateWriter.SectionHeadBytes + LittleEndian.ReadUInt16(whole, at + 1);
            byte[] state = (byte[])whole.Clone();
            Array.Fill(state, (byte)0xFF, at + StateWriter.SectionHeadBytes, end - at - StateWriter.SectionHeadBytes);
            SimulatedCharger charger = new(Options(new OneState(state, length)));
            charger.Run(1_000);
            told.AddRange(SessionRulesTests.Events(charger, ChargerEventCode.StateDamaged));
            at = end;
        }

        CollectionAssert.Contains(told, 10L);
        foreach (long part in told)
        {
            Assert.IsTrue(named.Contains($" {part} ") || named.Contains($"({part} "), $"part {part}: {named}");
        }
    }

    [TestMethod]
    public void ADamagedSessionIsClosedWithItsCostUnknownAndAnEvent()
    {
        byte[] state = Saved(out int length);
        int session = OffsetOfSessions(state, length);

        // The energy of the first rate, beyond what any session has.
        LittleEndian.WriteInt64(state, session + 80 + SessionRecord.RunningBytes + TierBytes(), 1L << 55);
        SimulatedChargerParts options = Options(new OneState(state, length));
        SimulatedCharger charger = new(options) { Vehicle = new Vehicle(new VehicleSettings()) };
        charger.Run(2_000);
        SessionRecord record = SessionTimeTests.Records(options).Single();
        Assert.AreEqual(RecordFlags.CostUnknown | RecordFlags.PowerLoss, record.Flags);
        Assert.AreEqual(1L, record.Number);
        Assert.AreEqual(0, record.RateCount);
        Assert.AreEqual(0L, record.TotalCost());
        Assert.IsGreaterThan(1_000L, record.EndWattHours - record.StartWattHours, "the registers are known");
        Assert.AreEqual("1", string.Join(' ', SessionRulesTests.Events(charger, ChargerEventCode.SessionDamaged)));
        charger.Vehicle.PlugIn();
        charger.Run(60_000);
        Assert.IsTrue(charger.Bench.IsCoilOn, "it is in service");
        Assert.AreEqual(3L, charger.Product.Sessions.NextNumber);
    }

    [TestMethod]
    public void AStateOfAClockThatWasSetIsReDatedAndKeepsItsCost()
    {
        byte[] state = Saved(out int length);
        int record = OffsetOfSessions(state, length) + 80;

        // As release 0.1.0 left it after the clock was set back by two hours: it ended before it began.
        LittleEndian.WriteInt64(state, record + 16, LittleEndian.ReadInt64(state, record + 16) - 7_200);
        SimulatedChargerParts options = Options(new OneState(state, length));
        SimulatedCharger charger = new(options);
        charger.Run(2_000);
        SessionRecord read = SessionTimeTests.Records(options).Single();
        Assert.AreEqual(RecordFlags.ClockStep | RecordFlags.PowerLoss, read.Flags);
        Assert.IsTrue(read.EndUtcSeconds - read.StartUtcSeconds is >= 595 and <= 600);
        Assert.IsGreaterThan(0L, read.TotalCost());
    }

    [TestMethod]
    public void ACheckpointThatFailedIsTriedAgainInTenSeconds()
    {
        Refusing store = new();
        SimulatedCharger charger = new(Options(store)) { Vehicle = new Vehicle(new VehicleSettings()) };
        charger.Run(5_000);
        store.Refuses = true;
        charger.Vehicle.PlugIn();
        charger.Run(20_000);
        int tries = store.Tries;
        charger.Run(9_900);
        int more = store.Tries - tries;
        Assert.IsLessThanOrEqualTo(1, more, "not in every tick");
        charger.Run(20_000);
        Assert.AreEqual(3, store.Tries - tries + 1 - more, "each ten seconds");
        store.Refuses = false;
        charger.Run(10_000);
        tries = store.Tries;
        charger.Run(600_000);
        Assert.AreEqual(tries, store.Tries, "and then by its own period again");
    }

    [TestMethod]
    public void AnOlderStateIsNotReadBeyondItsEnd()
    {
        byte[] state = ReleaseChargerState.Load(
            Path.Combine(AppContext.BaseDirectory, "Releases", "2026-11-30", "charger"));
        EvChargerProduct empty = ReleaseChargerState.New(new OneState(state, 0), isPlugged: false).Product;
        int extension = 16 + empty.Meter.SavedBytes + empty.Sessions.SavedBytes + ChargerHealth.SavedBytes;

        // Cut within the surplus's three numbers: what stands behind the end is no part of it.
        for (int bytes = extension + 8; bytes <= extension + 20; bytes++)
        {
            EvChargerProduct older = ReleaseChargerState.New(new OneState(state, bytes), isPlugged: false).Product;
            Assert.AreEqual(bytes < extension + 20 ? 0 : 100, older.Limits.Surplus.ImportWatts, $"{bytes} bytes");
            Assert.AreEqual(1_246L, older.Meter.Registers.TotalWattHours(EnergyKind.Export));
        }
    }

    [TestMethod]
    public void NoMutatedProfileStoreThrows()
    {
        ProfileComposer composer = new(4, 230_000);
        for (int i = 0; i < 3; i++)
        {
            Assert.IsTrue(composer.TryPlace(i, ProfilePurpose.TransactionDefault, i, out ChargingProfile profile));
            profile.Kind = (ProfileKind)i;
            profile.IsUsed = profile.TryAddPeriod(0, 16_000, 3) && profile.TryAddPeriod(3_600, 8_000, 1);
        }

        byte[] whole = new byte[ProfileCodec.BytesMax(composer)];
        int length = ProfileCodec.Save(composer, whole);
        Random random = new(5);
        int taken = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = (byte[])whole.Clone();
            bytes[1 + random.Next(length - 5)] = (byte)random.Next(256);
            LittleEndian.WriteInt32(bytes, length - 4, (int)Crc32.Of(bytes, 0, length - 4));
            ProfileComposer read = new(4, 230_000) { TransactionStartUtc = Start };
            taken += ProfileCodec.TryLoad(read, bytes, length) ? 1 : 0;
            read.TryLimitAt(Start + 60, out int milliamps, out int phases);
            Assert.IsTrue(milliamps >= 0 && phases is >= 1 and <= 3);
            read.TryCompose(Start, 86_400, new CompositeSchedule(16), 16);
        }

        Assert.IsTrue(taken is > 5_000 and < 19_000, taken.ToString());
    }

    // A session of ten minutes, as a warning of the supply saved it.
    private byte[] Saved(out int length)
    {
        SimulatedCharger charger =
            new(Options(_store)) { Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 60_000 }) };
        charger.Run(2_000);
        charger.Vehicle.PlugIn();
        charger.Run(600_000);
        charger.Product.PowerFails(charger.Clock.NowMs);
        byte[] state = new byte[8_192];
        Assert.IsTrue(_store.TryReadNewest(state, out length, out bool _));
        return state;
    }

    private static bool Check(SimulatedCharger charger, SimulatedChargerParts options)
    {
        List<SessionRecord> records = SessionTimeTests.Records(options);
        foreach (SessionRecord record in records)
        {
            Assert.IsTrue(record.Number >= 1 && record.Number < charger.Product.Sessions.NextNumber);
            Assert.IsTrue(record.EndUtcSeconds >= record.StartUtcSeconds
                && record.EndWattHours >= record.StartWattHours);
            Assert.IsTrue(record.ChargingSeconds >= 0
                && record.ChargingSeconds <= record.EndUtcSeconds - record.StartUtcSeconds + 1);
            Assert.IsTrue(SessionReason.IsKnown(record.Reason));
        }

        return records.Any(record => (record.Flags & RecordFlags.CostUnknown) != 0);
    }

    // The sessions' section begins with the bits of a running session.
    private static int OffsetOfSessions(byte[] state, int length)
    {
        const int SessionsTag = 21;
        StateReader reader = new();
        Assert.IsTrue(reader.TryOpen(state, length));
        Assert.IsTrue(reader.TryFind(SessionsTag, 80, out int at, out _));
        return at;
    }

    private static int TierBytes() => CostRegister.StateBytesOf(1, 1) - 28;

    private static SimulatedChargerParts Options(ICheckpointStore store, MemoryRecordLog log = null) => new()
    {
        Tariff = SessionTimeTests.Tariff(),
        StartUtcSeconds = Start,
        Sessions = new MeterFirmware.EvCharger.Sessions.SessionSettings { IsFree = true },
        Checkpoints = store,
        Records = log ?? new MemoryRecordLog(64, 1_024),
        Plan = null,
    };

    /// <summary>One state that is read; nothing is kept.</summary>
    private sealed class OneState(byte[] state, int length) : ICheckpointStore
    {
        public bool TryWrite(byte[] bytes, int count) => true;

        public bool TryBegin(byte[] bytes, int count) => true;

        public int Carry(byte[] bytes, int done, int more) => done + more;

        public bool TryFinish(byte[] bytes) => true;

        public bool TryReadNewest(byte[] into, out int count, out bool isOlder)
        {
            // As a store may: what lies behind the state is not the state.
            Array.Copy(state, into, Math.Min(state.Length, into.Length));
            count = length;
            isOlder = false;
            return length > 0;
        }
    }

    private sealed class Refusing : ICheckpointStore
    {
        public bool Refuses { get; set; }

        public int Tries { get; private set; }

        public bool TryWrite(byte[] bytes, int count) => TryBegin(bytes, count);

        public bool TryBegin(byte[] bytes, int count)
        {
            Tries++;
            return !Refuses;
        }

        public int Carry(byte[] bytes, int done, int more) => done + more;

        public bool TryFinish(byte[] bytes) => !Refuses;

        public bool TryReadNewest(byte[] into, out int count, out bool isOlder)
        {
            count = 0;
            isOlder = false;
            return false;
        }
    }
}
